// What a decoder says of bytes that are no message.

/** Thrown by every decoder, and by nothing else: the bytes are not the message they claim to be. */
export class MalformedError extends Error {
  override readonly name = "MalformedError";
}

/** The wire format is broken: cut short, overlong, unbalanced or too deep. Texts are Go's. */
export const malformed = (): MalformedError =>
  new MalformedError("proto: cannot parse invalid wire-format data");

/** A `string` field holds something other than UTF-8. */
export const invalidText = (): MalformedError =>
  new MalformedError("string field contains invalid UTF-8");
