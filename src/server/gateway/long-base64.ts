// Base64 of megabytes, decoded in pieces that stay in the processor's cache.

/** Shorter text is as well read as a string. */
const longBytesMin = 64 * 1024;
/** Sixteen octets of text are twelve of bytes. */
const pieceBytes = 64 * 1024;
const equalSign = 0x3d;

/**
 * The bytes that bytes[start, end) stand for. Undefined for what is short, and for anything out of the
 * ordinary, which is to be read, or refused, as the text it is.
 */
export function decodeLongBase64(bytes: Buffer, start: number, end: number): Buffer | undefined {
  if (end - start < longBytesMin) return undefined;
  let last = end;
  if ((end - start) % 4 === 0) while (last > end - 2 && bytes[last - 1] === equalSign) last--;
  const length = Math.floor(((last - start) * 3) / 4);
  if ((last - start) % 4 === 1) return undefined;
  const target = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  let isPlain = false;
  let isUrl = false;
  for (let at = start; at < last; at += pieceBytes) {
    const piece = bytes.toString("latin1", at, Math.min(at + pieceBytes, last));
    isUrl ||= piece.includes("-") || piece.includes("_");
    isPlain ||= piece.includes("+") || piece.includes("/");
    // What is passed over, as escapes are, leaves fewer bytes than the text is long.
    const expected = Math.floor((piece.length * 3) / 4);
    if (target.write(piece, filled, expected, "base64") !== expected) return undefined;
    filled += expected;
  }
  return isUrl && isPlain ? undefined : target;
}
