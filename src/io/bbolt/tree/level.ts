import { headerBytes, type Page, pageFlag, writePageHeader } from "../format/page.ts";

/** Consumed elements are dropped from the columns when there are this many. */
const consumedMax = 1024;

/**
 * A row of elements on their way into new pages of one height of a tree: taken from old pages and
 * from operations by reference, written out in runs. Elements that lie side by side in their source
 * are copied as one, so an unchanged stretch of a page costs one copy.
 */
export class Level {
  /** 0 for leaves. */
  readonly height: number;
  /** Whether a page was made of this row already. */
  hasEmitted = false;
  /** Bytes of a page that would hold the whole row. */
  size = headerBytes;
  /** Whether any element of the row is a bucket. */
  hasBuckets = false;
  #head = 0;
  #tail = 0;
  #sources: Buffer[] = [];
  #starts = new Int32Array(256);
  #keyLengths = new Int32Array(256);
  /** The value's length in a leaf, the child's page id in a branch. */
  #rests = new Float64Array(256);
  #flags = new Uint8Array(256);
  /** Elements ever taken out; positions in `#pinnedUntil` count from the first ever taken in. */
  #consumed = 0;
  #pinned: Page[] = [];
  #pinnedUntil: number[] = [];

  constructor(height: number) {
    this.height = height;
  }

  get count(): number {
    return this.#tail - this.#head;
  }

  push(source: Buffer, start: number, keyLength: number, rest: number, flags: number): void {
    const at = this.#tail;
    if (at === this.#starts.length) this.#grow();
    this.#sources.push(source);
    this.#starts[at] = start;
    this.#keyLengths[at] = keyLength;
    this.#rests[at] = rest;
    this.#flags[at] = flags;
    this.#tail = at + 1;
    if (this.height === 0) {
      this.size += headerBytes + keyLength + rest;
      if (flags !== 0) this.hasBuckets = true;
    } else {
      this.size += headerBytes + keyLength;
    }
  }

  /** Takes elements [from, to) of a page of this height. The page is pinned until they are written. */
  take(page: Page, from: number, to: number): void {
    if (from === to) return;
    if (this.height === 0) {
      for (let at = from; at < to; at++) {
        const start = page.leafKeyStart(at);
        const keyLength = page.leafKeyLength(at);
        this.push(page.bytes, start, keyLength, page.leafValueLength(at), page.leafFlags(at));
      }
    } else {
      for (let at = from; at < to; at++) {
        this.push(page.bytes, page.branchKeyStart(at), page.branchKeyLength(at), page.child(at), 0);
      }
    }
    this.#pin(page);
  }

  #pin(page: Page): void {
    const until = this.#consumed + this.count;
    const last = this.#pinned.length - 1;
    if (last >= 0 && this.#pinned[last] === page) {
      this.#pinnedUntil[last] = until;
      return;
    }
    page.pins++;
    this.#pinned.push(page);
    this.#pinnedUntil.push(until);
  }

  #unpin(): void {
    let done = 0;
    while (done < this.#pinned.length && this.#pinnedUntil[done]! <= this.#consumed) {
      this.#pinned[done++]!.pins--;
    }
    if (done === 0) return;
    this.#pinned.splice(0, done);
    this.#pinnedUntil.splice(0, done);
  }

  /** Lets go of every page: the row will not be written. */
  abandon(): void {
    for (const page of this.#pinned) page.pins--;
    this.#pinned = [];
    this.#pinnedUntil = [];
  }

  /** Bytes of the at-th element with its key and value. */
  elementSize(at: number): number {
    const index = this.#head + at;
    const data = this.height === 0 ? this.#rests[index]! : 0;
    return headerBytes + this.#keyLengths[index]! + data;
  }

  /** Bytes of a page that would hold the first `count` elements. */
  sizeOfFirst(count: number): number {
    if (count === this.count) return this.size;
    let size = headerBytes;
    for (let at = 0; at < count; at++) size += this.elementSize(at);
    return size;
  }

  get firstSource(): Buffer {
    return this.#sources[this.#head]!;
  }
  get firstStart(): number {
    return this.#starts[this.#head]!;
  }
  get firstKeyLength(): number {
    return this.#keyLengths[this.#head]!;
  }
  /** The child of the first element of a branch row. */
  get firstChild(): number {
    return this.#rests[this.#head]!;
  }

  /** Writes the first `count` elements as a page, without consuming them. */
  write(
    count: number,
    target: { readonly bytes: Buffer; readonly words: Uint32Array },
    start: number,
    page: { readonly id: number; readonly length: number },
    overflow: number,
  ): void {
    const { bytes, words } = target;
    const isLeaf = this.height === 0;
    writePageHeader(
      words,
      start,
      page.id,
      isLeaf ? pageFlag.leaf : pageFlag.branch,
      count,
      overflow,
    );
    const end = isLeaf
      ? this.#writeLeaf(count, bytes, words, start)
      : this.#writeBranch(count, bytes, words, start);
    bytes.fill(0, end, start + page.length);
  }

  #writeLeaf(count: number, bytes: Buffer, words: Uint32Array, start: number): number {
    let word = (start >> 2) + 4;
    let position = headerBytes * count;
    let target = start + headerBytes + position;
    let runStart = 0;
    let runEnd = 0;
    let runSource: Buffer | undefined;
    for (let at = this.#head; at < this.#head + count; at++) {
      const keyLength = this.#keyLengths[at]!;
      const valueLength = this.#rests[at]!;
      words[word] = this.#flags[at]!;
      words[word + 1] = position;
      words[word + 2] = keyLength;
      words[word + 3] = valueLength;
      word += 4;
      position += keyLength + valueLength - headerBytes;
      const source = this.#sources[at]!;
      const from = this.#starts[at]!;
      if (source !== runSource || from !== runEnd) {
        if (runSource !== undefined) target += runSource.copy(bytes, target, runStart, runEnd);
        runSource = source;
        runStart = from;
      }
      runEnd = from + keyLength + valueLength;
    }
    if (runSource !== undefined) target += runSource.copy(bytes, target, runStart, runEnd);
    return target;
  }

  #writeBranch(count: number, bytes: Buffer, words: Uint32Array, start: number): number {
    let word = (start >> 2) + 4;
    let position = headerBytes * count;
    let target = start + headerBytes + position;
    let runStart = 0;
    let runEnd = 0;
    let runSource: Buffer | undefined;
    for (let at = this.#head; at < this.#head + count; at++) {
      const keyLength = this.#keyLengths[at]!;
      const child = this.#rests[at]!;
      words[word] = position;
      words[word + 1] = keyLength;
      words[word + 2] = child;
      words[word + 3] = child / 0x1_0000_0000;
      word += 4;
      position += keyLength - headerBytes;
      const source = this.#sources[at]!;
      const from = this.#starts[at]!;
      if (source !== runSource || from !== runEnd) {
        if (runSource !== undefined) target += runSource.copy(bytes, target, runStart, runEnd);
        runSource = source;
        runStart = from;
      }
      runEnd = from + keyLength;
    }
    if (runSource !== undefined) target += runSource.copy(bytes, target, runStart, runEnd);
    return target;
  }

  /** Drops the first `count` elements, which are `size` bytes as a page. */
  consume(count: number, size: number): void {
    this.#head += count;
    this.#consumed += count;
    this.size -= size - headerBytes;
    if (this.#head === this.#tail) {
      this.#head = 0;
      this.#tail = 0;
      this.#sources = [];
    } else if (this.#head >= consumedMax) {
      this.#shift();
    }
    this.#unpin();
  }

  #shift(): void {
    const head = this.#head;
    this.#sources.splice(0, head);
    this.#starts.copyWithin(0, head, this.#tail);
    this.#keyLengths.copyWithin(0, head, this.#tail);
    this.#rests.copyWithin(0, head, this.#tail);
    this.#flags.copyWithin(0, head, this.#tail);
    this.#tail -= head;
    this.#head = 0;
  }

  #grow(): void {
    const length = 2 * this.#starts.length;
    const starts = new Int32Array(length);
    starts.set(this.#starts);
    this.#starts = starts;
    const keyLengths = new Int32Array(length);
    keyLengths.set(this.#keyLengths);
    this.#keyLengths = keyLengths;
    const rests = new Float64Array(length);
    rests.set(this.#rests);
    this.#rests = rests;
    const flags = new Uint8Array(length);
    flags.set(this.#flags);
    this.#flags = flags;
  }
}
