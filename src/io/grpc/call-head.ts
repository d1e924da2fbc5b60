// What the header section of a call says, worked out once for all calls whose blocks are alike.
// The refusals, their order and words are grpc-go's (internal/transport/http2_server.go,
// operateHeaders; server.go, handleStream).
import { Code } from "../../core/errors/index.ts";
import type { FieldList, FieldToSend, RequestHead } from "../http2/index.ts";
import { quoted, textOfOctets } from "./go-text.ts";
import type { MethodHandler } from "./method.ts";
import type { MethodCounts } from "./method-counts.ts";
import { binaryFault, FieldMetadata, type Metadata } from "./metadata.ts";
import { headOf, type Status } from "./status.ts";
import { parseTimeout } from "./timeout.ts";

/** Why a call is turned away before any handler sees it. */
export interface Refusal extends Status {
  readonly httpStatus: number;
}

export interface CallHead {
  readonly metadata: Metadata;
  readonly method: MethodHandler | undefined;
  readonly counts: MethodCounts | undefined;
  readonly refusal: Refusal | undefined;
  readonly timeoutMs: number | undefined;
  /** grpc-encoding of the request; empty for identity. */
  readonly encoding: string;
  readonly contentType: string;
  readonly replyHead: FieldList | readonly FieldToSend[];
}

const timeoutMsMin = 0.001;

interface Seen {
  contentType: string | undefined;
  encoding: string;
  timeout: string | undefined;
  authorities: string[];
  hosts: string[];
}

export function readCallHead(
  head: RequestHead,
  methods: ReadonlyMap<string, MethodHandler>,
  counts?: ReadonlyMap<string, MethodCounts>,
): CallHead {
  const seen = look(head);
  const contentType = replyContentType(seen.contentType);
  const timeout = seen.timeout === undefined ? undefined : parseTimeout(seen.timeout);
  const method = methods.get(head.path);
  return {
    metadata: new FieldMetadata(head.fields),
    method,
    counts: counts?.get(head.path),
    refusal:
      refusalOf(head, seen, timeout) ??
      (method === undefined ? unknownMethod(head.path, methods) : undefined),
    timeoutMs: typeof timeout === "number" ? timeout : undefined,
    encoding: seen.encoding === "identity" ? "" : seen.encoding,
    contentType,
    replyHead: headOf(contentType),
  };
}

function look(head: RequestHead): Seen {
  const seen: Seen = {
    contentType: undefined,
    encoding: "",
    timeout: undefined,
    authorities: [],
    hosts: [],
  };
  for (const { name, value } of head.fields) {
    switch (name) {
      case "content-type":
        if (seen.contentType === undefined || isGrpc(value)) seen.contentType = value;
        break;
      case "grpc-encoding":
        seen.encoding = value;
        break;
      case "grpc-timeout":
        seen.timeout = value;
        break;
      case ":authority":
        seen.authorities.push(value);
        break;
      case "host":
        seen.hosts.push(value);
        break;
    }
  }
  return seen;
}

const base = "application/grpc";
const isGrpc = (contentType: string): boolean =>
  contentType === base || /^application\/grpc[+;]/.test(contentType);

/** grpc-go answers in the subtype it was asked in. */
function replyContentType(contentType: string | undefined): string {
  if (contentType === undefined || !isGrpc(contentType)) return base;
  const subtype = contentType.slice(base.length + 1);
  return subtype === "" ? base : `${base}+${subtype}`;
}

function refusalOf(
  head: RequestHead,
  { contentType, authorities, hosts }: Seen,
  timeout: ReturnType<typeof parseTimeout> | undefined,
): Refusal | undefined {
  const internal = (httpStatus: number, message: string): Refusal => ({
    httpStatus,
    code: Code.Internal,
    message,
  });
  if (authorities.length > 1 || hosts.length > 1) {
    const counts = `:authority: ${authorities.length}, num values of host: ${hosts.length}`;
    return internal(400, `num values of ${counts}, both must only have 1 value as per HTTP/2 spec`);
  }
  if (contentType === undefined || !isGrpc(contentType)) {
    const message = `invalid gRPC request content-type ${quoted(contentType ?? "")}`;
    return { httpStatus: 415, code: Code.InvalidArgument, message };
  }
  // grpc-go keeps the error of the header field that comes last.
  const binary = binaryFault(head.fields);
  if (binary !== undefined) return internal(400, binary);
  if (typeof timeout === "object") return internal(400, `malformed grpc-timeout: ${timeout.error}`);
  if (authorities.length + hosts.length === 0) {
    return internal(400, "no host or :authority header present");
  }
  if (head.method !== "POST") {
    const what = `Received a HEADERS frame with :method ${quoted(head.method)}`;
    return internal(405, `${what} which should be POST`);
  }
  // Before anything can be done a microsecond has passed: grpc-go answers the same.
  if (typeof timeout === "number" && timeout < timeoutMsMin) {
    return { httpStatus: 200, code: Code.DeadlineExceeded, message: "context deadline exceeded" };
  }
  return undefined;
}

/** grpc-go's answer to a path that is no method here. */
export function unknownMethod(path: string, methods: ReadonlyMap<string, MethodHandler>): Refusal {
  const unimplemented = (message: string): Refusal => ({
    httpStatus: 200,
    code: Code.Unimplemented,
    message,
  });
  const slash = path.lastIndexOf("/");
  if (!path.startsWith("/") || slash === 0) {
    return unimplemented(`malformed method name: ${quoted(path)}`);
  }
  const service = path.slice(1, slash);
  const known = [...methods.keys()].some((name) => name.startsWith(`/${service}/`));
  if (!known) return unimplemented(`unknown service ${textOfOctets(service)}`);
  const method = textOfOctets(path.slice(slash + 1));
  return unimplemented(`unknown method ${method} for service ${textOfOctets(service)}`);
}
