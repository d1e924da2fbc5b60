// Fields to header blocks (RFC 7541). What repeats in every answer goes into the dynamic table once
// a connection and is one byte from then on; what varies is never put there.
import { encodeHuffman, huffmanLength } from "./huffman.ts";
import { defaultTableBytes, HeaderTable } from "./table.ts";
import { HeaderField } from "./header-field.ts";

/** One field to send. `repeats`: worth a place in the peer's table. Characters are octets. */
export interface FieldToSend {
  readonly name: string;
  readonly value: string;
  readonly repeats: boolean;
}

export class HpackEncoder {
  readonly #table = new HeaderTable();
  // RFC 7541 §4.2: a change is announced at the start of the next block, the smallest one first.
  #smallestAnnounced: number | undefined;
  #announced = defaultTableBytes;
  #bytes: Uint8Array = new Uint8Array(256);
  #length = 0;

  /** Blocks made under one generation from repeating fields only may be sent again as they are. */
  get generation(): number {
    return this.#table.generation;
  }

  /** Whether the next block begins with a table size update. */
  get announces(): boolean {
    return this.#smallestAnnounced !== undefined;
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE; we never use more than the default. */
  limitTable(bytes: number): void {
    const capacity = Math.min(bytes, defaultTableBytes);
    if (capacity === this.#announced) return;
    this.#smallestAnnounced = Math.min(this.#smallestAnnounced ?? capacity, capacity);
    this.#announced = capacity;
    this.#table.resize(capacity);
  }

  /** The block for these fields, of its own memory. */
  encode(fields: readonly FieldToSend[]): Uint8Array {
    this.#length = 0;
    if (this.#smallestAnnounced !== undefined) {
      if (this.#smallestAnnounced < this.#announced)
        this.#integer(0x20, 0x1f, this.#smallestAnnounced);
      this.#integer(0x20, 0x1f, this.#announced);
      this.#smallestAnnounced = undefined;
    }
    for (const field of fields) this.#field(field);
    return Uint8Array.prototype.slice.call(this.#bytes, 0, this.#length);
  }

  #field({ name, value, repeats }: FieldToSend): void {
    const index = this.#table.indexOf(name, value);
    if (index !== 0) return this.#integer(0x80, 0x7f, index);
    const nameIndex = this.#table.indexOfName(name);
    const field = repeats ? new HeaderField(name, value) : undefined;
    const adds = field !== undefined && field.size <= this.#table.capacity;
    if (adds) this.#integer(0x40, 0x3f, nameIndex);
    else this.#integer(0, 0x0f, nameIndex);
    if (nameIndex === 0) this.#string(name);
    this.#string(value);
    if (adds) this.#table.add(field);
  }

  #integer(mark: number, mask: number, value: number): void {
    this.#reserve(6);
    if (value < mask) {
      this.#bytes[this.#length++] = mark | value;
      return;
    }
    this.#bytes[this.#length++] = mark | mask;
    let rest = value - mask;
    for (; rest >= 0x80; rest >>>= 7) this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#length++] = rest;
  }

  #string(text: string): void {
    const coded = huffmanLength(text);
    this.#reserve(text.length + 6);
    if (coded < text.length) {
      this.#integer(0x80, 0x7f, coded);
      this.#length = encodeHuffman(text, this.#bytes, this.#length);
      return;
    }
    this.#integer(0, 0x7f, text.length);
    for (let at = 0; at < text.length; at++) this.#bytes[this.#length++] = text.charCodeAt(at);
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + bytes));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
