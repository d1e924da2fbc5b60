// The tokens of one JSON value whose syntax was checked: what protojson's decoder reads of it, and its
// words for strings that are JSON and no text.
import { JsonError } from "./json-error.ts";
import { decodeLongBase64 } from "./long-base64.ts";

export type TokenKind = "{" | "}" | "[" | "]" | "string" | "number" | "bool" | "null";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const loneSurrogate =
  /\\u(?:d[c-f][\da-f]{2}|d[89ab][\da-f]{2}(?!\\ud[c-f][\da-f]{2}))([\s\S]{0,6})/i;
const loose = new TextDecoder("utf-8", { ignoreBOM: true });

/** Names and keys are short; what is longer is left to the decoder, which is faster at it. */
const plainTextBytesMax = 256;

/** Short text in ASCII without escapes; undefined for any other. */
function plainText(bytes: Buffer, start: number, end: number): string | undefined {
  if (end - start > plainTextBytesMax) return undefined;
  for (let at = start; at < end; at++) {
    const octet = bytes[at]!;
    if (octet >= 0x80 || octet === 0x5c) return undefined;
  }
  return bytes.toString("latin1", start, end);
}

export class JsonTokens {
  readonly #bytes: Buffer;
  #at = 0;
  /** The first backslash at or behind the place it was last looked for from. */
  #backslash = -1;
  /** The token read last: its first octet and the one after its last. */
  start = 0;
  end = 0;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength);
  }

  /** What comes next; nothing is read. */
  peek(): TokenKind {
    this.#skipSpace();
    const octet = this.#bytes[this.#at]!;
    switch (octet) {
      case 0x7b:
        return "{";
      case 0x7d:
        return "}";
      case 0x5b:
        return "[";
      case 0x5d:
        return "]";
      case 0x22:
        return "string";
      case 0x74:
      case 0x66:
        return "bool";
      case 0x6e:
        return "null";
      default:
        return "number";
    }
  }

  /** Reads the next token; commas and colons are passed over. */
  read(): TokenKind {
    const kind = this.peek();
    this.start = this.#at;
    if (kind === "string") this.#at = this.#endOfString();
    else if (kind === "number" || kind === "bool" || kind === "null") this.#at = this.#endOfWord();
    else this.#at++;
    this.end = this.#at;
    return kind;
  }

  /** As it stands in the text. */
  get raw(): string {
    return loose.decode(this.#bytes.subarray(this.start, this.end));
  }

  /** The text of the string read last. */
  text(): string {
    const plain = plainText(this.#bytes, this.start + 1, this.end - 1);
    if (plain !== undefined) return plain;
    const content = this.#bytes.subarray(this.start + 1, this.end - 1);
    let text: string;
    try {
      text = utf8.decode(content);
    } catch {
      throw this.syntaxError(this.start, "invalid UTF-8 in string");
    }
    if (!content.includes(0x5c)) return text;
    const parsed = JSON.parse(`"${text}"`) as string;
    if (parsed.isWellFormed()) return parsed;
    // Go names what stands where the other half of the pair should.
    const [, shown = ""] = loneSurrogate.exec(text) ?? [];
    throw this.syntaxError(this.start, `invalid escape code ${JSON.stringify(shown)} in string`);
  }

  /** The bytes that the string read last stands for, when it is long and plain base64. */
  longBytes(): Buffer | undefined {
    return decodeLongBase64(this.#bytes, this.start + 1, this.end - 1);
  }

  /** Reads past a whole value. */
  skip(): void {
    let depth = 0;
    do {
      const kind = this.read();
      if (kind === "{" || kind === "[") depth++;
      else if (kind === "}" || kind === "]") depth--;
      else if (kind === "string") this.text();
    } while (depth > 0);
  }

  syntaxError(at: number, what: string): JsonError {
    return new JsonError(`proto: syntax error ${this.#place(at)}: ${what}`);
  }

  error(at: number, what: string): JsonError {
    return new JsonError(`proto: ${this.#place(at)}: ${what}`);
  }

  unexpected(): JsonError {
    return this.syntaxError(this.start, `unexpected token ${this.raw}`);
  }

  #place(at: number): string {
    const before = loose.decode(this.#bytes.subarray(0, at));
    const line = before.split("\n");
    return `(line ${line.length}:${Array.from(line.at(-1)!).length + 1})`;
  }

  #skipSpace(): void {
    for (;;) {
      const octet = this.#bytes[this.#at];
      const isSeparator =
        octet === 0x20 ||
        octet === 0x0a ||
        octet === 0x0d ||
        octet === 0x09 ||
        octet === 0x2c ||
        octet === 0x3a;
      if (!isSeparator) return;
      this.#at++;
    }
  }

  /** A value may be megabytes of base64: the quotes and the backslashes are looked for, not each octet. */
  #endOfString(): number {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    for (;;) {
      const quote = bytes.indexOf(0x22, at);
      const backslash = this.#backslashFrom(at);
      if (quote < backslash) return quote + 1;
      at = backslash + 2;
    }
  }

  #backslashFrom(at: number): number {
    if (this.#backslash < at) {
      const found = this.#bytes.indexOf(0x5c, at);
      this.#backslash = found < 0 ? Infinity : found;
    }
    return this.#backslash;
  }

  #endOfWord(): number {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    for (; at < bytes.length; at++) {
      const octet = bytes[at]!;
      if (octet === 0x2c || octet === 0x7d || octet === 0x5d || octet <= 0x20) break;
    }
    return at;
  }
}
