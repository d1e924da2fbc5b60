import { assert } from "../../../base/index.ts";

/** Bytes of the header of a page, of each element, and of a bucket's header alike. */
export const headerBytes = 16;
export const keyBytesMax = 32768;
export const pageFlag = { branch: 0x01, leaf: 0x02, meta: 0x04, freelist: 0x10 } as const;
/** The element flag that says: this value is a bucket. */
export const bucketElement = 1;
/** Page ids are refused above this: 2^40 pages of 4 KiB are 4 EiB. */
const pageIdMax = 2 ** 40;

// The format is the host's byte order. Every machine Node runs on that etcd supports is little-endian.
assert(new Uint8Array(Uint32Array.of(1).buffer)[0] === 1, "this machine is little-endian");

/**
 * One page (with its overflow pages) where it lies in memory. `words` is the same memory as `bytes`,
 * in 32-bit words; `start` is a byte offset in it, a multiple of 16. An element is 16 bytes: in a
 * leaf flags, position, key size, value size; in a branch position, key size, child (64 bits). A
 * position counts from the element itself.
 */
export class Page {
  readonly bytes: Buffer;
  readonly words: Uint32Array;
  readonly start: number;
  /** Bytes of the page with its overflow. */
  readonly length: number;
  readonly #header: number;
  /** Whether the memory is a cache's, which gives it to another page unless this one is pinned. */
  readonly isShared: boolean;
  /** The page this memory now holds; -1 for none. */
  id = -1;
  /** While above zero the memory may not be given to another page. */
  pins = 0;
  /** Set by every use, cleared by the cache's clock hand. */
  used = false;

  constructor(bytes: Buffer, words: Uint32Array, start: number, length: number, isShared = false) {
    assert(start % 4 === 0 && bytes.byteOffset === words.byteOffset, "a page is aligned");
    this.bytes = bytes;
    this.words = words;
    this.start = start;
    this.length = length;
    this.#header = start >> 2;
    this.isShared = isShared;
  }

  /** A page in memory of its own. */
  static ofLength(length: number): Page {
    const bytes = Buffer.alloc(length);
    return new Page(bytes, wordsOf(bytes), 0, length);
  }

  get flags(): number {
    return this.words[this.#header + 2]! & 0xffff;
  }
  get isLeaf(): boolean {
    return (this.words[this.#header + 2]! & 0xffff) === pageFlag.leaf;
  }
  get count(): number {
    return this.words[this.#header + 2]! >>> 16;
  }
  get overflow(): number {
    return this.words[this.#header + 3]!;
  }
  /** The id the page says it has. */
  get storedId(): number {
    return this.words[this.#header]! + this.words[this.#header + 1]! * 0x1_0000_0000;
  }

  leafFlags(at: number): number {
    return this.words[this.#header + 4 + 4 * at]!;
  }
  leafKeyStart(at: number): number {
    return this.start + headerBytes + 16 * at + this.words[this.#header + 5 + 4 * at]!;
  }
  leafKeyLength(at: number): number {
    return this.words[this.#header + 6 + 4 * at]!;
  }
  leafValueLength(at: number): number {
    return this.words[this.#header + 7 + 4 * at]!;
  }

  branchKeyStart(at: number): number {
    return this.start + headerBytes + 16 * at + this.words[this.#header + 4 + 4 * at]!;
  }
  branchKeyLength(at: number): number {
    return this.words[this.#header + 5 + 4 * at]!;
  }
  child(at: number): number {
    const word = this.#header + 6 + 4 * at;
    return this.words[word]! + this.words[word + 1]! * 0x1_0000_0000;
  }

  keyStart(at: number): number {
    return this.isLeaf ? this.leafKeyStart(at) : this.branchKeyStart(at);
  }
  keyLength(at: number): number {
    return this.isLeaf ? this.leafKeyLength(at) : this.branchKeyLength(at);
  }
  /** A view of the key, borrowed. */
  key(at: number): Buffer {
    const start = this.keyStart(at);
    return this.bytes.subarray(start, start + this.keyLength(at));
  }
  /** A view of a leaf element's value, borrowed. */
  value(at: number): Buffer {
    const start = this.leafKeyStart(at) + this.leafKeyLength(at);
    return this.bytes.subarray(start, start + this.leafValueLength(at));
  }

  writeHeader(id: number, flags: number, count: number, overflow: number): void {
    writePageHeader(this.words, this.start, id, flags, count, overflow);
  }
}

/** The memory of `bytes` as 32-bit words; both begin at the same place. */
export const wordsOf = (bytes: Buffer): Uint32Array =>
  new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);

export function writePageHeader(
  words: Uint32Array,
  start: number,
  id: number,
  flags: number,
  count: number,
  overflow: number,
): void {
  const at = start >> 2;
  words[at] = id;
  words[at + 1] = id / 0x1_0000_0000;
  words[at + 2] = flags | (count << 16);
  words[at + 3] = overflow;
}

/**
 * Says what is wrong with a branch or leaf page, or nothing. After this every element lies inside
 * the page, so that no later access needs to look. `id` is 0 for a page inside a bucket's value.
 */
export function pageProblem(page: Page, id: number): string | undefined {
  if (page.storedId !== id) return `page ${id}: says it is page ${page.storedId}`;
  const { flags } = page;
  if (flags === pageFlag.leaf) return leafProblem(page, id);
  if (flags === pageFlag.branch) return branchProblem(page, id);
  return `page ${id}: unexpected page type: ${flags.toString(16)}`;
}

function leafProblem(page: Page, id: number): string | undefined {
  const { words, length, count } = page;
  const dataStart = headerBytes * (count + 1);
  if (dataStart > length) return `page ${id}: ${count} elements do not fit`;
  let word = (page.start >> 2) + 4;
  for (let at = 0; at < count; at++, word += 4) {
    const keyLength = words[word + 2]!;
    const keyStart = headerBytes * (at + 1) + words[word + 1]!;
    const end = keyStart + keyLength + words[word + 3]!;
    if (keyLength === 0 || keyLength > keyBytesMax || keyStart < dataStart || end > length) {
      return `page ${id}: leaf element ${at} lies outside the page`;
    }
    if (words[word]! > bucketElement) return `page ${id}: leaf element ${at} has unknown flags`;
  }
  return undefined;
}

function branchProblem(page: Page, id: number): string | undefined {
  const { words, length, count } = page;
  const dataStart = headerBytes * (count + 1);
  if (count === 0) return `page ${id}: a branch without children`;
  if (dataStart > length) return `page ${id}: ${count} elements do not fit`;
  let word = (page.start >> 2) + 4;
  for (let at = 0; at < count; at++, word += 4) {
    const keyLength = words[word + 1]!;
    const keyStart = headerBytes * (at + 1) + words[word]!;
    if (keyLength === 0 || keyLength > keyBytesMax) {
      return `page ${id}: branch element ${at} has a key of ${keyLength} bytes`;
    }
    if (keyStart < dataStart || keyStart + keyLength > length) {
      return `page ${id}: branch element ${at} lies outside the page`;
    }
    const child = page.child(at);
    if (child < 2 || child > pageIdMax) return `page ${id}: branch element ${at} leads to ${child}`;
  }
  return undefined;
}
