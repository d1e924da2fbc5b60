// A status on the wire: grpc-status and a percent-encoded grpc-message, as grpc-go writes them
// (internal/transport/http_util.go).
import { Code } from "../../core/errors/index.ts";
import { FieldList, type FieldToSend } from "../http2/index.ts";

export interface Status {
  readonly code: number;
  readonly message: string;
}

const utf8 = new TextEncoder();

/** Percent-encodes what is not printable ASCII, and the percent sign; text is UTF-8 first. */
export function encodeMessage(message: string): string {
  if (/^[ -$&-~]*$/.test(message)) return message;
  let encoded = "";
  for (const byte of utf8.encode(message)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += isPlain
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

const field = (name: string, value: string, repeats: boolean): FieldToSend => ({
  name,
  value,
  repeats,
});

/** The trailers of every call that went well. */
export const okTrailers = new FieldList([["grpc-status", "0"]]);

export function trailersOf({ code, message }: Status): FieldList | readonly FieldToSend[] {
  if (code === Code.OK) return okTrailers;
  return [
    field("grpc-status", String(code), true),
    field("grpc-message", encodeMessage(message), false),
  ];
}

const plainHead = new FieldList([
  [":status", "200"],
  ["content-type", "application/grpc"],
]);
const protoHead = new FieldList([
  [":status", "200"],
  ["content-type", "application/grpc+proto"],
]);

/** The head of an answer; `contentType` as `replyContentType` gives it. */
export function headOf(contentType: string): FieldList | readonly FieldToSend[] {
  if (contentType === "application/grpc") return plainHead;
  if (contentType === "application/grpc+proto") return protoHead;
  return [field(":status", "200", true), field("content-type", contentType, false)];
}

/** An answer that is a status only: one header block, no message. */
export const trailersOnly = (
  httpStatus: number,
  contentType: string,
  status: Status,
): readonly FieldToSend[] => [
  field(":status", String(httpStatus), false),
  field("content-type", contentType, contentType === "application/grpc"),
  field("grpc-status", String(status.code), true),
  field("grpc-message", encodeMessage(status.message), false),
];
