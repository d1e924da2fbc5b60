const marksDead = 0x8000_0000;
const marksTombstone = 0x4000_0000;
const subMask = 0x3fff_ffff;
/** A slab spans fewer main revisions than 32 bits count. */
export const slabSpanMax = 0xffff_ffff;

/**
 * A piece of bucket `key`: records back to back in revision order, and for each its revision and
 * end in a typed array. A removed record is only marked until its slab is rewritten.
 */
export class Slab {
  readonly firstMain: number;
  bytes: Uint8Array;
  count = 0;
  used = 0;
  liveCount = 0;
  liveBytes = 0;
  /** Three words a record: main revision behind the first, sub revision and marks, end. */
  #table: Uint32Array;

  constructor(firstMain: number, bytesMax: number, entries: number) {
    this.firstMain = firstMain;
    this.bytes = new Uint8Array(bytesMax);
    this.#table = new Uint32Array(entries * 3);
  }

  lastMain(): number {
    return this.mainAt(this.count - 1);
  }

  mainAt(index: number): number {
    return this.firstMain + this.#table[index * 3]!;
  }

  subAt(index: number): number {
    return this.#table[index * 3 + 1]! & subMask;
  }

  isTombstone(index: number): boolean {
    return (this.#table[index * 3 + 1]! & marksTombstone) !== 0;
  }

  isDead(index: number): boolean {
    return this.#table[index * 3 + 1]! >= marksDead;
  }

  startAt(index: number): number {
    return index === 0 ? 0 : this.#table[index * 3 - 1]!;
  }

  endAt(index: number): number {
    return this.#table[index * 3 + 2]!;
  }

  fits(main: number, length: number): boolean {
    return this.used + length <= this.bytes.length && main - this.firstMain < slabSpanMax;
  }

  append(
    main: number,
    sub: number,
    tombstone: boolean,
    from: Uint8Array,
    start: number,
    end: number,
  ): void {
    const row = this.count * 3;
    if (row === this.#table.length) this.#resize(Math.max(16, this.count * 2));
    copy(from, start, end, this.bytes, this.used);
    this.used += end - start;
    const table = this.#table;
    table[row] = main - this.firstMain;
    table[row + 1] = sub | (tombstone ? marksTombstone : 0);
    table[row + 2] = this.used;
    this.count++;
    this.liveCount++;
    this.liveBytes += end - start;
  }

  kill(index: number): void {
    this.#table[index * 3 + 1]! |= marksDead;
    this.liveCount--;
    this.liveBytes -= this.endAt(index) - this.startAt(index);
  }

  /** Gives back the room the table has left. */
  seal(): void {
    this.#resize(this.count);
  }

  /** The first entry at or behind (main, sub), dead ones included; `count` when there is none. */
  lowerBound(main: number, sub: number, hint: number): number {
    const delta = main - this.firstMain;
    if (delta < 0) return 0;
    if (this.#isAt(hint, delta, sub)) return hint;
    // Without gaps the nth revision is the nth record.
    if (this.#isAt(delta, delta, sub)) return delta;
    const table = this.#table;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = table[middle * 3]!;
      if (other < delta || (other === delta && this.subAt(middle) < sub)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #isAt(index: number, delta: number, sub: number): boolean {
    if (index >= this.count) return false;
    const table = this.#table;
    return table[index * 3] === delta && (table[index * 3 + 1]! & subMask) === sub;
  }

  #resize(entries: number): void {
    const to = new Uint32Array(entries * 3);
    to.set(this.#table.subarray(0, this.count * 3));
    this.#table = to;
  }
}

/** Below this many bytes a loop is quicker than making a view for `set` (bench/mvcc.ts). */
const loopBytesMax = 24;

function copy(from: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void {
  if (end - start > loopBytesMax) target.set(from.subarray(start, end), at);
  else for (let index = start; index < end; index++) target[at + index - start] = from[index]!;
}
