/** What a client wrote is not the JSON that was asked for; the message is Go's. */
export class JsonError extends Error {}

const namedEscapes: Readonly<Record<string, string>> = {
  "'": String.raw`\'`,
  '"': '"',
  "\\": "\\\\",
  "\u0007": String.raw`\a`,
  "\b": String.raw`\b`,
  "\f": String.raw`\f`,
  "\n": String.raw`\n`,
  "\r": String.raw`\r`,
  "\t": String.raw`\t`,
  "\v": String.raw`\v`,
};

/** One octet between quotation marks as encoding/json's messages show it. */
export function quotedOctet(octet: number): string {
  const character = String.fromCharCode(octet);
  const named = namedEscapes[character];
  if (named !== undefined) return `'${named}'`;
  if (octet < 0x20 || octet === 0x7f) return `'\\x${octet.toString(16).padStart(2, "0")}'`;
  const isPlain = octet < 0x7f || (octet > 0xa0 && octet !== 0xad);
  return isPlain ? `'${character}'` : `'\\u${octet.toString(16).padStart(4, "0")}'`;
}
