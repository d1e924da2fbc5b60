import { assert } from "../../../base/index.ts";

/** A run of free pages at least this long is written through before single holes are filled. */
const runPagesMin = 32;
/** Longer runs share the hint of this length. */
const runHintsMax = 64;

interface PendingPages {
  /** The transaction that freed them. */
  readonly txid: number;
  /** Pairs: first id, number of pages. */
  runs: number[];
  /** How many readers had ended when these were last looked at. */
  lookedAt: number;
}

/**
 * Which pages may be written. A page freed by transaction T stays pending while a reader may see
 * it: one whose snapshot is at least as new as the page and older than T. Free pages are bits, so
 * that a file of 1 GiB costs 32 KiB and the lowest free page is found by scanning words.
 */
export class Freelist {
  #bits = new Uint32Array(64);
  /** By page: which transaction gave it out, counted from `#epoch`; 0 for before that. */
  #givenOut = new Uint32Array(2048);
  readonly #epoch: number;
  #freeCount = 0;
  #pending: PendingPages[] = [];
  #pendingCount = 0;
  #readersEnded = 0;
  /** What the running transaction took: pairs of first id and number of pages. */
  #taken: number[] = [];
  #run = { next: 0, end: 0 };
  #hasRuns = true;
  #lowest = 0;
  /** By length: no run as long begins below this page. */
  readonly #runHints = new Float64Array(runHintsMax + 1);

  constructor(epoch: number) {
    this.#epoch = epoch;
  }

  get freeCount(): number {
    return this.#freeCount;
  }
  get pendingCount(): number {
    return this.#pendingCount;
  }

  isFree(id: number): boolean {
    return (this.#bits[id >>> 5]! & (1 << (id & 31))) !== 0;
  }

  /** Marks pages free that no transaction has freed: how the list is first made. */
  addFree(id: number, pages: number): void {
    this.#reserve(id + pages);
    for (let page = id; page < id + pages; page++) {
      assert(!this.isFree(page), "a page is freed once");
      this.#bits[page >>> 5]! |= 1 << (page & 31);
    }
    this.#freeCount += pages;
    if (id < this.#lowest) this.#lowest = id;
  }

  /** Begins transaction `txid`: pending pages that no reader can see become free. */
  begin(readers: readonly number[]): void {
    this.#taken = [];
    this.#run = { next: 0, end: 0 };
    this.#hasRuns = true;
    this.#lowest = 0;
    this.#runHints.fill(0);
    for (const batch of this.#pending) {
      if (batch.lookedAt !== this.#readersEnded) this.#releaseFrom(batch, readers);
    }
    this.#pending = this.#pending.filter((batch) => batch.runs.length > 0);
  }

  #releaseFrom(batch: PendingPages, readers: readonly number[]): void {
    batch.lookedAt = this.#readersEnded;
    const kept: number[] = [];
    for (let at = 0; at < batch.runs.length; at += 2) {
      const id = batch.runs[at]!;
      const pages = batch.runs[at + 1]!;
      const from = this.givenOutTo(id);
      if (readers.some((reader) => reader >= from && reader < batch.txid)) {
        kept.push(id, pages);
      } else {
        this.addFree(id, pages);
        this.#pendingCount -= pages;
      }
    }
    batch.runs = kept;
  }

  /** A reader is gone: what it alone could see may be released at the next transaction. */
  readerEnded(): void {
    this.#readersEnded++;
  }

  /** The page was part of the tree and is not in transaction `txid`'s. */
  free(id: number, pages: number, txid: number): void {
    assert(id >= 2, "meta pages are never freed");
    let batch = this.#pending.at(-1);
    if (batch === undefined || batch.txid !== txid) {
      batch = { txid, runs: [], lookedAt: -1 };
      this.#pending.push(batch);
    }
    batch.runs.push(id, pages);
    this.#pendingCount += pages;
  }

  /** Takes `pages` pages side by side for transaction `txid`; -1 when there are none. */
  allocate(pages: number, txid: number): number {
    const id = pages === 1 ? this.#takeOne() : this.#takeRun(pages);
    if (id === undefined) return -1;
    for (let page = id; page < id + pages; page++) this.#bits[page >>> 5]! &= ~(1 << (page & 31));
    this.#freeCount -= pages;
    this.noteGivenOut(id, pages, txid);
    this.#taken.push(id, pages);
    return id;
  }

  /** Notes who gave the page out, also for pages from above the high-water mark. */
  noteGivenOut(id: number, pages: number, txid: number): void {
    this.#reserve(id + pages);
    this.#givenOut.fill(txid - this.#epoch, id, id + pages);
  }

  /** The transaction that gave the page out last; 0 for one before the list was made. */
  givenOutTo(id: number): number {
    const since = this.#givenOut[id] ?? 0;
    return since === 0 ? 0 : since + this.#epoch;
  }

  /** Long runs first, for they make long writes; then single holes, the lowest first. */
  #takeOne(): number | undefined {
    if (this.#freeCount === 0) return undefined;
    const run = this.#run;
    if (run.next < run.end && this.isFree(run.next)) return run.next++;
    if (this.#hasRuns && this.#freeCount >= runPagesMin) {
      const found = this.#findRun(runPagesMin, run.end);
      if (found !== undefined) {
        this.#run = { next: found.next + 1, end: found.end };
        return found.next;
      }
    }
    this.#hasRuns = false;
    const lowest = this.#nextFree(this.#lowest);
    this.#lowest = lowest;
    return lowest < this.#limit ? lowest : undefined;
  }

  /** Within a transaction no page becomes free, so a search goes on where the last one ended. */
  #takeRun(pages: number): number | undefined {
    const size = Math.min(pages, runHintsMax);
    const found = this.#findRun(pages, this.#runHints[size]!);
    if (pages <= runHintsMax) this.#runHints[size] = found?.next ?? this.#limit;
    return found?.next;
  }

  /** Makes single pages be taken strictly from the lowest up, as moving pages down needs. */
  preferLowest(): void {
    this.#hasRuns = false;
  }

  get #limit(): number {
    return this.#bits.length * 32;
  }

  #findRun(pages: number, from: number): { next: number; end: number } | undefined {
    if (this.#freeCount < pages) return undefined;
    let start = this.#nextFree(from);
    while (start < this.#limit) {
      const end = this.#nextUsed(start);
      if (end - start >= pages) return { next: start, end };
      start = this.#nextFree(end);
    }
    return undefined;
  }

  #nextFree(from: number): number {
    let word = from >>> 5;
    if (word >= this.#bits.length) return this.#limit;
    let bits = this.#bits[word]! & (-1 << (from & 31));
    while (bits === 0) {
      if (++word >= this.#bits.length) return this.#limit;
      bits = this.#bits[word]!;
    }
    return word * 32 + (31 - Math.clz32(bits & -bits));
  }

  #nextUsed(from: number): number {
    let word = from >>> 5;
    if (word >= this.#bits.length) return this.#limit;
    let bits = ~this.#bits[word]! & (-1 << (from & 31));
    while (bits === 0) {
      if (++word >= this.#bits.length) return this.#limit;
      bits = ~this.#bits[word]!;
    }
    return word * 32 + (31 - Math.clz32(bits & -bits));
  }

  /** Takes back everything transaction `txid` took and freed: it will not be committed. */
  rollBack(txid: number): void {
    const last = this.#pending.at(-1);
    if (last !== undefined && last.txid === txid) {
      this.#pending.pop();
      for (let at = 1; at < last.runs.length; at += 2) this.#pendingCount -= last.runs[at]!;
    }
    for (let at = 0; at < this.#taken.length; at += 2) {
      this.addFree(this.#taken[at]!, this.#taken[at + 1]!);
    }
    this.#taken = [];
  }

  /** Gives up the free pages just below `highWater`, down to `floor`; returns the new mark. */
  trimBelow(highWater: number, floor: number): number {
    let mark = highWater;
    while (mark > floor && this.isFree(mark - 1)) {
      mark--;
      this.#bits[mark >>> 5]! &= ~(1 << (mark & 31));
      this.#freeCount--;
    }
    return mark;
  }

  /** The number of free pages below `id`. */
  freeBelow(id: number): number {
    let count = 0;
    for (let at = this.#nextFree(0); at < id;) {
      const end = this.#nextUsed(at);
      count += Math.min(end, id) - at;
      at = this.#nextFree(end);
    }
    return count;
  }

  /** Every free or pending page once, for the check of the whole file. */
  forEach(visit: (id: number) => void): void {
    for (let id = this.#nextFree(0); id < this.#limit; id = this.#nextFree(id + 1)) visit(id);
    for (const { runs } of this.#pending) {
      for (let at = 0; at < runs.length; at += 2) {
        for (let page = 0; page < runs[at + 1]!; page++) visit(runs[at]! + page);
      }
    }
  }

  #reserve(limit: number): void {
    if (limit > this.#limit) {
      const bits = new Uint32Array(Math.max(2 * this.#bits.length, (limit >>> 5) + 1));
      bits.set(this.#bits);
      this.#bits = bits;
    }
    if (limit > this.#givenOut.length) {
      const givenOut = new Uint32Array(Math.max(2 * this.#givenOut.length, limit));
      givenOut.set(this.#givenOut);
      this.#givenOut = givenOut;
    }
  }
}
