// How Go prints what a client sent: the texts of grpc-go are part of the contract.

const named: Readonly<Record<number, string>> = {
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
  34: '\\"',
  92: "\\\\",
};

/** As `%q` prints a string, given one character per octet. Octets above ASCII print as `\xNN`. */
export function quoted(octets: string): string {
  let text = '"';
  for (let at = 0; at < octets.length; at++) {
    const c = octets.charCodeAt(at);
    if (named[c] !== undefined) text += named[c];
    else if (c < 0x20 || c >= 0x7f) text += `\\x${c.toString(16).padStart(2, "0")}`;
    else text += octets[at];
  }
  return `${text}"`;
}

const utf8 = new TextDecoder();

/** The text whose UTF-8 these octets are, one character each. */
export const textOfOctets = (octets: string): string =>
  /^[ -~]*$/.test(octets)
    ? octets
    : utf8.decode(Uint8Array.from(octets, (character) => character.charCodeAt(0)));
