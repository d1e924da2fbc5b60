import { assert } from "../../../base/index.ts";
import { type RecordBucket, type RecordCursor, RecordRun } from "../backend.ts";
import { Slab, slabSpanMax } from "./slab.ts";

const slabBytes = 1 << 20;
const slabEntries = 1024;

/**
 * Bucket `key` in memory: slabs of about 1 MiB in revision order. A revision is found by a search
 * over slabs, then mostly at the place its number says. A slab more than half dead is rewritten and
 * joined with its neighbour, so garbage never takes more room than what is kept.
 */
export class RecordSlabs implements RecordBucket {
  readonly #slabs: Slab[] = [];
  /** Each slab's first main revision, side by side for the search. */
  #firsts = new Float64Array(64);
  #count = 0;
  #lastMain = 0;
  #lastSub = -1;

  /** Records kept. */
  get count(): number {
    return this.#count;
  }

  /** Bytes held for records, garbage and room to come included. */
  get capacityBytes(): number {
    let total = 0;
    for (const slab of this.#slabs) total += slab.bytes.length;
    return total;
  }

  append(
    main: number,
    sub: number,
    tombstone: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    assert(
      main > this.#lastMain || (main === this.#lastMain && sub > this.#lastSub),
      "records come in revision order",
    );
    this.#lastMain = main;
    this.#lastSub = sub;
    let slab = this.#slabs.at(-1);
    if (slab === undefined || !slab.fits(main, end - start)) {
      slab?.seal();
      slab = new Slab(main, Math.max(slabBytes, end - start), slabEntries);
      this.#replace(this.#slabs.length, 0, slab);
    }
    slab.append(main, sub, tombstone, bytes, start, end);
    this.#count++;
  }

  remove(main: number, sub: number, tombstone: boolean): void {
    const at = this.slabFor(main, sub);
    const slab = this.#slabs[at];
    if (slab === undefined) return;
    const index = slab.lowerBound(main, sub, 0);
    if (!isRecord(slab, index, main, sub) || slab.isTombstone(index) !== tombstone) return;
    slab.kill(index);
    this.#count--;
    if (slab.liveCount === 0) this.#replace(at, 1, undefined);
    else if (slab.liveBytes * 2 < slab.used) this.#rewrite(at);
  }

  cursor(): RecordCursor {
    return new SlabCursor(this);
  }

  borrowingCursor(): RecordCursor {
    return new SlabCursor(this);
  }

  /** The last slab that begins at or before (main, sub); -1 when there is none. */
  slabFor(main: number, sub: number): number {
    const firsts = this.#firsts;
    let low = 0;
    let high = this.#slabs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (firsts[middle]! <= main) low = middle + 1;
      else high = middle;
    }
    // Several slabs may begin within one transaction.
    while (low > 0 && firsts[low - 1] === main && this.#slabs[low - 1]!.subAt(0) > sub) low--;
    return low - 1;
  }

  slabAt(at: number): Slab | undefined {
    return this.#slabs[at];
  }

  /** Copies what is alive into a slab of its own, or behind the neighbour's when both fit. */
  #rewrite(at: number): void {
    const old = this.#slabs[at]!;
    const before = this.#slabs[at - 1];
    const isLast = at === this.#slabs.length - 1;
    const joins =
      before !== undefined &&
      before.liveBytes + old.liveBytes <= slabBytes / 2 &&
      old.lastMain() - before.firstMain < slabSpanMax;
    const parts = joins ? [before, old] : [old];
    let [bytes, entries] = [0, 0];
    for (const part of parts) {
      bytes += part.liveBytes;
      entries += part.liveCount;
    }
    const room = isLast ? Math.max(slabBytes, bytes) : bytes;
    const made = new Slab(firstLiveMain(parts), room, isLast ? entries + slabEntries : entries);
    for (const part of parts) copyLive(part, made);
    this.#replace(at + 1 - parts.length, parts.length, made);
  }

  /** Puts `slab`, or none, in the place of `count` slabs from `at` on. */
  #replace(at: number, count: number, slab: Slab | undefined): void {
    const kept = at + count;
    const length = this.#slabs.length;
    const behind = slab === undefined ? at : at + 1;
    if (length + 1 > this.#firsts.length) {
      const grown = new Float64Array(this.#firsts.length * 2);
      grown.set(this.#firsts);
      this.#firsts = grown;
    }
    this.#firsts.copyWithin(behind, kept, length);
    if (slab === undefined) {
      this.#slabs.splice(at, count);
    } else {
      this.#firsts[at] = slab.firstMain;
      this.#slabs.splice(at, count, slab);
    }
  }
}

const isRecord = (slab: Slab, index: number, main: number, sub: number): boolean =>
  index < slab.count &&
  slab.mainAt(index) === main &&
  slab.subAt(index) === sub &&
  !slab.isDead(index);

function firstLiveMain(parts: readonly Slab[]): number {
  for (const part of parts) {
    for (let index = 0; index < part.count; index++) {
      if (!part.isDead(index)) return part.mainAt(index);
    }
  }
  return 0;
}

function copyLive(from: Slab, to: Slab): void {
  for (let index = 0; index < from.count; index++) {
    if (from.isDead(index)) continue;
    const [start, end] = [from.startAt(index), from.endAt(index)];
    to.append(
      from.mainAt(index),
      from.subAt(index),
      from.isTombstone(index),
      from.bytes,
      start,
      end,
    );
  }
}

const nothing = new Slab(0, 0, 0);

class SlabCursor implements RecordCursor {
  buffer: Uint8Array = nothing.bytes;
  start = 0;
  end = 0;
  main = 0;
  sub = 0;
  tombstone = false;
  readonly #bucket: RecordSlabs;
  /** The slab read last; only a hint, as slabs come and go. */
  #at = 0;
  #slab = nothing;
  #index = 0;

  constructor(bucket: RecordSlabs) {
    this.#bucket = bucket;
  }

  seek(main: number, sub: number): boolean {
    const slab = this.#slabHolding(main, sub);
    if (slab === undefined) return false;
    const index = slab.lowerBound(main, sub, this.#index + 1);
    if (!isRecord(slab, index, main, sub)) return false;
    this.#show(slab, index);
    return true;
  }

  seekFrom(main: number, sub: number): boolean {
    const slab = this.#slabHolding(main, sub) ?? this.#bucket.slabAt(0);
    if (slab === undefined) return false;
    this.#at = Math.max(this.#at, 0);
    this.#slab = slab;
    this.#index = slab.lowerBound(main, sub, this.#index + 1) - 1;
    return this.next();
  }

  next(): boolean {
    for (;;) {
      this.#index++;
      while (this.#index >= this.#slab.count) {
        const slab = this.#bucket.slabAt(this.#at + 1);
        if (slab === undefined) return false;
        this.#at++;
        this.#slab = slab;
        this.#index = 0;
      }
      if (this.#slab.isDead(this.#index)) continue;
      this.#show(this.#slab, this.#index);
      return true;
    }
  }

  takeRun(run: RecordRun): void {
    const slab = this.#slab;
    let last = this.#index;
    run.begin(slab.bytes);
    for (let at = last; at < slab.count && run.count < RecordRun.countMax; at++) {
      if (slab.isDead(at)) continue;
      run.add(slab.mainAt(at), slab.subAt(at), slab.startAt(at), slab.endAt(at));
      last = at;
    }
    this.#show(slab, last);
  }

  #slabHolding(main: number, sub: number): Slab | undefined {
    const hint = this.#bucket.slabAt(this.#at);
    const { count } = hint ?? nothing;
    if (hint !== undefined && hint.firstMain < main && count > 0 && main < hint.lastMain()) {
      return hint;
    }
    this.#at = this.#bucket.slabFor(main, sub);
    return this.#bucket.slabAt(this.#at);
  }

  #show(slab: Slab, index: number): void {
    this.#slab = slab;
    this.#index = index;
    this.buffer = slab.bytes;
    this.start = slab.startAt(index);
    this.end = slab.endAt(index);
    this.main = slab.mainAt(index);
    this.sub = slab.subAt(index);
    this.tombstone = slab.isTombstone(index);
  }
}
