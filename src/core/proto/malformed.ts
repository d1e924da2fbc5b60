// What a decoder says of bytes that are no message.

/** Thrown by every decoder, and by nothing else: the bytes are not the message they claim to be. */
export class MalformedError extends Error {
  override readonly name = "MalformedError";
}

/** The wire format itself is broken: cut short, overlong, unbalanced or too deep. */
export const malformed = (): MalformedError =>
  new MalformedError("proto: cannot parse invalid wire-format data");

/** A `string` field holds something other than UTF-8. `field` is its full protobuf name. */
export const invalidText = (field: string): MalformedError =>
  new MalformedError(`proto: field ${field} contains invalid UTF-8`);
