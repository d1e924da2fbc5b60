// How a call ended, read from HTTP/2 header fields (PROTOCOL-HTTP2.md; grpc-go http_util.go).
import type { IncomingHttpHeaders } from "node:http2";
import { Code } from "../../core/errors/index.ts";

export interface CallStatus {
  readonly code: number;
  readonly message: string;
}

export type AnswerFields = Readonly<IncomingHttpHeaders>;

const codeOfHttp: Readonly<Record<number, Code>> = {
  400: Code.Internal,
  401: Code.Unauthenticated,
  403: Code.PermissionDenied,
  404: Code.Unimplemented,
  429: Code.Unavailable,
  502: Code.Unavailable,
  503: Code.Unavailable,
  504: Code.Unavailable,
};

/** Undefined when these fields hold no gRPC status. */
export function statusOf(fields: AnswerFields): CallStatus | undefined {
  const code = fields["grpc-status"];
  if (typeof code !== "string") return undefined;
  const message = fields["grpc-message"];
  return {
    code: /^\d{1,9}$/.test(code) ? Number(code) : Code.Unknown,
    message: typeof message === "string" ? decodeMessage(message) : "",
  };
}

/** What an HTTP answer without a gRPC status amounts to; undefined for a good one. */
export function httpFault(fields: AnswerFields): CallStatus | undefined {
  const status = Number(fields[":status"]);
  if (status === 200) {
    const contentType = fields["content-type"] ?? "";
    if (contentType.startsWith("application/grpc")) return undefined;
    const what = "unexpected HTTP status code received from server: 200 (OK); transport: ";
    const why = `received unexpected content-type ${JSON.stringify(contentType)}`;
    return { code: Code.Unknown, message: what + why };
  }
  const message = `unexpected HTTP status code received from server: ${status}`;
  return { code: codeOfHttp[status] ?? Code.Unknown, message };
}

/** Percent-decoding that leaves a malformed escape as it stands. */
function decodeMessage(text: string): string {
  if (!text.includes("%")) return text;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const hex = /^%[0-9A-Fa-f]{2}/.exec(text.slice(at, at + 3));
    bytes.push(hex === null ? text.charCodeAt(at) : parseInt(hex[0].slice(1), 16));
    if (hex !== null) at += 2;
  }
  return Buffer.from(bytes).toString("utf8");
}
