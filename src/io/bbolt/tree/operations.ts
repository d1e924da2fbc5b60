import { assert } from "../../../base/index.ts";
import { compareKeyAt } from "../format/inode.ts";
import { keyBytesMax } from "../format/page.ts";
import { Arena } from "./arena.ts";

/** The value length that stands for "the key is deleted". */
export const deleted = -1;
const copyBytes = Buffer.prototype.copy;

/**
 * Puts and deletes not yet in the tree, one per key, in key order. Appending in order is the fast
 * path (revisions grow); anything else costs one search and a move of indexes. Keys and values are
 * copied into an arena, value behind key as a leaf has them, so that nothing is allocated per key.
 */
export class Operations {
  /** Positions are ranks in key order; entries are numbered as they came. */
  #order = new Int32Array(16);
  #count = 0;
  readonly #chunks: Buffer[] = [];
  #start = new Int32Array(16);
  #keyLength = new Int32Array(16);
  #valueLength = new Int32Array(16);
  readonly #arena = new Arena();

  /** The number of different keys. */
  get count(): number {
    return this.#count;
  }
  /** Bytes of keys and values taken in, those since replaced included. */
  get bytes(): number {
    return this.#arena.bytes;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.putSlice(key, value, 0, value.length);
  }

  /** Puts bytes[start, end) as the value. */
  putSlice(key: Uint8Array, bytes: Uint8Array, start: number, end: number): void {
    const entry = this.#add(key, end - start);
    if (end > start) {
      const at = this.#start[entry]! + key.length;
      copyBytes.call(bytes, this.#chunks[entry]!, at, start, end);
    }
  }

  delete(key: Uint8Array): void {
    this.#add(key, deleted);
  }

  #add(key: Uint8Array, valueLength: number): number {
    assert(key.length > 0 && key.length <= keyBytesMax, "a key has 1 to 32768 bytes");
    const entry = this.#newEntry(key, valueLength);
    const at =
      this.#count === 0 || this.#compare(this.#count - 1, key) < 0 ? -1 : this.lowerBound(key);
    if (at === -1) {
      this.#makeOrderRoom();
      this.#order[this.#count++] = entry;
    } else if (this.#compare(at, key) === 0) {
      this.#order[at] = entry;
    } else {
      this.#makeOrderRoom();
      this.#order.copyWithin(at + 1, at, this.#count++);
      this.#order[at] = entry;
    }
    return entry;
  }

  #newEntry(key: Uint8Array, valueLength: number): number {
    const entry = this.#chunks.length;
    if (entry === this.#start.length) this.#growEntries();
    const start = this.#arena.room(key.length + Math.max(0, valueLength));
    const { chunk } = this.#arena;
    for (let at = 0; at < key.length; at++) chunk[start + at] = key[at]!;
    this.#chunks.push(chunk);
    this.#start[entry] = start;
    this.#keyLength[entry] = key.length;
    this.#valueLength[entry] = valueLength;
    return entry;
  }

  #growEntries(): void {
    const grow = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(2 * old.length);
      grown.set(old);
      return grown;
    };
    this.#start = grow(this.#start);
    this.#keyLength = grow(this.#keyLength);
    this.#valueLength = grow(this.#valueLength);
  }

  #makeOrderRoom(): void {
    if (this.#count < this.#order.length) return;
    const grown = new Int32Array(2 * this.#order.length);
    grown.set(this.#order);
    this.#order = grown;
  }

  #compare(at: number, key: Uint8Array): number {
    const entry = this.#order[at]!;
    return compareKeyAt(this.#chunks[entry]!, this.#start[entry]!, this.#keyLength[entry]!, key);
  }

  /** The first position in [from, count) whose key is not below `key`; perhaps `count`. */
  lowerBound(key: Uint8Array, from = 0): number {
    let low = from;
    let high = this.#count;
    // Most keys asked for are older than a batch, or the next to come.
    if (low === high || this.#compare(low, key) >= 0) return low;
    if (this.#compare(high - 1, key) < 0) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(middle, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The position of `key`, or -1. */
  find(key: Uint8Array): number {
    const at = this.lowerBound(key);
    return at < this.#count && this.#compare(at, key) === 0 ? at : -1;
  }

  chunk(at: number): Buffer {
    return this.#chunks[this.#order[at]!]!;
  }
  keyStart(at: number): number {
    return this.#start[this.#order[at]!]!;
  }
  keyLength(at: number): number {
    return this.#keyLength[this.#order[at]!]!;
  }
  /** Bytes of the value, or `deleted`. */
  valueLength(at: number): number {
    return this.#valueLength[this.#order[at]!]!;
  }
  /** Views, good as long as this batch. */
  key(at: number): Buffer {
    const start = this.keyStart(at);
    return this.chunk(at).subarray(start, start + this.keyLength(at));
  }
  value(at: number): Buffer {
    const start = this.keyStart(at) + this.keyLength(at);
    return this.chunk(at).subarray(start, start + Math.max(0, this.valueLength(at)));
  }
}
