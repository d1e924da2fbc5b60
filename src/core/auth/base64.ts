// Standard base64 with padding, as Go's base64.StdEncoding: how a hashed password stands in the log.

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b, c] = [bytes[at]!, bytes[at + 1], bytes[at + 2]];
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text += alphabet[bits >> 18]! + alphabet[(bits >> 12) & 63]!;
    text += b === undefined ? "=" : alphabet[(bits >> 6) & 63]!;
    text += c === undefined ? "=" : alphabet[bits & 63]!;
  }
  return text;
}

/** Undefined where it is no base64. Go passes over line ends, and so do we. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const dense = text.replaceAll(/[\r\n]/g, "");
  if (dense.length % 4 !== 0) return undefined;
  const body = dense.replace(/={1,2}$/, "");
  const bytes = new Uint8Array((body.length * 3) >> 2);
  let bits = 0;
  for (let at = 0, to = 0; at < body.length; at++) {
    const value = alphabet.indexOf(body[at]!);
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xffffff;
    if (at % 4 === 0) continue;
    const left = 6 - 2 * (at % 4);
    bytes[to++] = bits >> left;
  }
  return bytes;
}
