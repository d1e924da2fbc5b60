// What a decoder says of bytes that are no message.

/** Thrown by every decoder, and by nothing else: the bytes are not the message they claim to be. */
export class MalformedError extends Error {
  override readonly name: string = "MalformedError";
}

/** A message that contains itself deeper than is decoded here; Go may still decode it. */
export class TooDeepError extends MalformedError {
  override readonly name = "TooDeepError";
}

/** The wire format is broken: cut short, overlong, unbalanced or too deep. Texts are Go's. */
export const malformed = (): MalformedError => new MalformedError(brokenText);

/** A message stands in itself too often. */
export const tooDeep = (): TooDeepError =>
  new TooDeepError("proto: exceeded maximum recursion depth");

/** A `string` field holds something other than UTF-8. */
export const invalidText = (): MalformedError =>
  new MalformedError("string field contains invalid UTF-8");

const brokenText = "proto: cannot parse invalid wire-format data";
