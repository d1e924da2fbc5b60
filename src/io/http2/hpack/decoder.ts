// Header blocks to fields (RFC 7541). The whole block is always read, also past the list limit,
// because the dynamic table must follow the peer's.
import { ConnectionError, errorCode } from "../error-code.ts";
import { HeaderField } from "./header-field.ts";
import { decodeHuffman } from "./huffman.ts";
import { latin1Text } from "./latin1.ts";
import { defaultTableBytes, HeaderTable } from "./table.ts";

/** Past this many times its limit a list is not a mistake: a byte of a block may stand for 4 KiB. */
export const bombFactor = 16;

export class HpackDecoder {
  readonly #table = new HeaderTable();
  readonly #listBytesMax: number;
  // The cursor of the block being read.
  #at = 0;
  #end = 0;
  /** Whether the last block went past the list limit: its fields are then incomplete. */
  overflowed = false;

  /** `listBytesMax` counts names, values and 32 a field, as SETTINGS_MAX_HEADER_LIST_SIZE does. */
  constructor(listBytesMax: number) {
    this.#listBytesMax = listBytesMax;
  }

  /** Changes whenever the meaning of an indexed field may have. */
  get generation(): number {
    return this.#table.generation;
  }

  /** Reads one whole block. Throws ConnectionError COMPRESSION_ERROR when it is malformed. */
  decode(block: Uint8Array, start: number, end: number): HeaderField[] {
    this.#at = start;
    this.#end = end;
    this.overflowed = false;
    const fields: HeaderField[] = [];
    let listBytes = 0;
    while (this.#at < end) {
      const first = block[this.#at]!;
      let field: HeaderField;
      if (first & 0x80) {
        field = this.#indexed(this.#integer(block, 0x7f));
      } else if (first & 0x40) {
        field = this.#literal(block, 0x3f);
        this.#table.add(field);
      } else if (first & 0x20) {
        this.#resize(this.#integer(block, 0x1f), fields.length);
        continue;
      } else {
        field = this.#literal(block, 0x0f);
      }
      listBytes += field.size;
      if (listBytes <= this.#listBytesMax) fields.push(field);
      else if (listBytes <= bombFactor * this.#listBytesMax) this.overflowed = true;
      else throw new ConnectionError(errorCode.enhanceYourCalm, "hpack: a list without measure");
    }
    return fields;
  }

  #resize(capacity: number, fieldsBefore: number): void {
    // RFC 7541 §4.2: only at the beginning of a block, and never above our SETTINGS.
    if (fieldsBefore > 0 || this.overflowed) throw malformed("a table size update after a field");
    if (capacity > defaultTableBytes) throw malformed("a table size above SETTINGS");
    this.#table.resize(capacity);
  }

  #indexed(index: number): HeaderField {
    const field = index === 0 ? undefined : this.#table.get(index);
    if (field === undefined) throw malformed("an index outside the tables");
    return field;
  }

  #literal(block: Uint8Array, mask: number): HeaderField {
    const index = this.#integer(block, mask);
    const name = index === 0 ? this.#string(block) : this.#indexed(index).name;
    return new HeaderField(name, this.#string(block));
  }

  /** RFC 7541 §5.1, up to 2^28: more is meant as an attack. */
  #integer(block: Uint8Array, mask: number): number {
    if (this.#at >= this.#end) throw malformed("the block ends early");
    let value = block[this.#at++]! & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      if (this.#at >= this.#end) throw malformed("the block ends early");
      const byte = block[this.#at++]!;
      value += (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value;
    }
    throw malformed("an integer too large");
  }

  #string(block: Uint8Array): string {
    const coded = this.#at < this.#end && (block[this.#at]! & 0x80) !== 0;
    const length = this.#integer(block, 0x7f);
    const start = this.#at;
    const end = start + length;
    if (end > this.#end) throw malformed("a string past the end of the block");
    this.#at = end;
    if (!coded) return latin1Text(block, start, end);
    const text = decodeHuffman(block, start, end);
    if (text === undefined) throw malformed("a bad Huffman code");
    return text;
  }
}

const malformed = (what: string): ConnectionError =>
  new ConnectionError(errorCode.compressionError, `hpack: ${what}`);
