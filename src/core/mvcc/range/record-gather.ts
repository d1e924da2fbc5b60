// Records of many keys: keys come in key order, their records lie in revision order. Read in that
// order neighbours share a page, so most need no search from the root of the tree.
import { assert } from "../../../base/index.ts";
import { type RecordBucket, type RecordCursor, RecordRun } from "../backend.ts";
import type { ByteWriter } from "../record/byte-writer.ts";
import { writeCount } from "../record/varint.ts";
import { CopyMemory } from "./copy-memory.ts";
import { HotWriter } from "./hot-writer.ts";

/** Fewer keys than this are quicker read one by one. */
export const gatherKeysMin = 32;
/** Keys read together. */
export const gatherKeysMax = 8192;

/** Revisions further apart than this on average share no pages: they are read as they come. */
const spreadMax = 16;
/** What is held of records before they are written in the keys' order. */
const heldBytesMax = 4 << 20;
/** The fields of records are put together here, below what is held, before they go to the writer. */
const fieldsBytes = 1 << 16;
/** A longer record goes to the writer alone. */
const fieldBytesMax = fieldsBytes / 4;
/** A tag of one byte and a length. */
const fieldHeadBytes = 4;
/** Between revisions further apart than this on average, hot records are quicker than pages. */
const denseMax = 2;
/** Between revisions this near, passing over records is quicker than a search. */
const nearMax = 32;
/** Between revisions this near, a step is quicker than a search. */
const stepsMax = 2;

/** Collects revisions, then writes their records as fields, in the order they were added. */
export class RecordGather {
  count = 0;
  readonly #tag: number;
  readonly #cursor: RecordCursor;
  readonly #mains = new Float64Array(gatherKeysMax);
  readonly #subs = new Float64Array(gatherKeysMax);
  /** By distance from the least revision: the place it was added last, plus one. */
  #places = new Int32Array(0);
  /** The place, plus one, that was added before with the same revision. */
  readonly #same = new Int32Array(gatherKeysMax);
  /** Those of one revision: the sub revision times gatherKeysMax plus the place, which sorts quickly. */
  readonly #order = new Float64Array(gatherKeysMax);
  /** Places in the order of their revisions. */
  readonly #sorted = new Int32Array(gatherKeysMax);
  readonly #run = new RecordRun();
  /** Which of the run's records are wanted. */
  readonly #wanted = new Int32Array(RecordRun.countMax);
  readonly #starts = new Int32Array(gatherKeysMax);
  readonly #ends = new Int32Array(gatherKeysMax);
  /** Fields, then records in revision order, which end at `#heldEnd`. */
  readonly #memory = new CopyMemory();
  #heldEnd = fieldsBytes;
  #least = 0;
  #most = 0;
  #ascends = true;
  readonly #hot: HotWriter;

  constructor(records: RecordBucket, tag: number) {
    this.#cursor = records.borrowingCursor();
    this.#tag = tag;
    this.#hot = new HotWriter(tag, gatherKeysMax);
  }

  /** Forgets what a range added that ended with an error. */
  clear(): void {
    this.count = 0;
    this.#ascends = true;
  }

  add(main: number, sub: number): void {
    const at = this.count++;
    if (at === 0) this.#least = this.#most = main;
    else if (main < this.#mains[at - 1]!) this.#ascends = false;
    if (main < this.#least) this.#least = main;
    if (main > this.#most) this.#most = main;
    this.#mains[at] = main;
    this.#subs[at] = sub;
  }

  /** Writes the records and begins anew. */
  writeTo(writer: ByteWriter): void {
    const { count } = this;
    const span = this.#most - this.#least;
    const asTheyCome = this.#ascends || span >= count * spreadMax;
    this.clear();
    if (span < count * denseMax) {
      if (asTheyCome) this.#writeAsTheyCome(count, writer);
      else this.#writeSorted(count, writer, false);
      return;
    }
    const missing = this.#hot.find(this.#mains, this.#subs, count);
    // Many that are not hot are quicker read in the order they lie in.
    if (!asTheyCome && missing * 2 > count) this.#writeSorted(count, writer, true);
    else this.#writeHot(count, writer);
  }

  /** Writes what is hot from there, what is not as it comes. */
  #writeHot(count: number, writer: ByteWriter): void {
    const cursor = this.#cursor;
    const hot = this.#hot;
    let isPlaced = false;
    for (let at = 0; at < count; at++) {
      if (hot.write(at, writer)) continue;
      hot.flush(writer);
      const isNear = this.#seek(at, isPlaced);
      isPlaced = true;
      const { buffer, start, end } = cursor;
      writer.bytesField(this.#tag, buffer, start, end);
      if (!isNear) hot.offer(this.#mains[at]!, this.#subs[at]!, buffer, start, end);
    }
    hot.flush(writer);
  }

  #writeAsTheyCome(count: number, writer: ByteWriter): void {
    const cursor = this.#cursor;
    for (let at = 0; at < count; at++) {
      this.#seek(at, at > 0);
      writer.bytesField(this.#tag, cursor.buffer, cursor.start, cursor.end);
    }
  }

  #writeSorted(count: number, writer: ByteWriter, areHot: boolean): void {
    this.#hold(count);
    const memory = this.#memory;
    const { bytes } = memory;
    let filled = 0;
    for (let at = 0; at < count; at++) {
      const start = this.#starts[at]!;
      const length = this.#ends[at]! - start;
      const isShort = start !== 0 && length <= fieldBytesMax;
      if (!isShort || filled + fieldHeadBytes + length > fieldsBytes) {
        writer.bytes(bytes, 0, filled);
        filled = 0;
      }
      if (!isShort) {
        this.#writeLong(at, bytes, writer);
        continue;
      }
      bytes[filled] = this.#tag;
      filled = writeCount(length, bytes, filled + 1);
      memory.copy(filled, start, length);
      filled += length;
      if (areHot) {
        this.#hot.offer(this.#mains[at]!, this.#subs[at]!, bytes, start, start + length);
      }
    }
    writer.bytes(bytes, 0, filled);
  }

  #writeLong(at: number, held: Uint8Array, writer: ByteWriter): void {
    const start = this.#starts[at]!;
    if (start !== 0) return writer.bytesField(this.#tag, held, start, this.#ends[at]!);
    // It is not held.
    const cursor = this.#cursor;
    this.#seek(at, false);
    writer.bytesField(this.#tag, cursor.buffer, cursor.start, cursor.end);
  }

  /** Reads the records in revision order; where they lie, `#starts` (0: nowhere) and `#ends` say. */
  #hold(count: number): void {
    this.#sort(count);
    this.#heldEnd = fieldsBytes;
    const cursor = this.#cursor;
    for (let at = 0; at < count;) {
      this.#seek(this.#sorted[at]!, false);
      do {
        cursor.takeRun(this.#run);
        at = this.#holdFromRun(at, count);
      } while (at < count && this.#isNear(this.#sorted[at]!) && cursor.next());
    }
  }

  /** Whether the record of a place lies shortly behind the run. */
  #isNear(place: number): boolean {
    const { mains, count } = this.#run;
    const distance = this.#mains[place]! - mains[count - 1]!;
    return distance >= 0 && distance <= nearMax;
  }

  /** Copies what is wanted of the run, from `#sorted[at]` on; returns how far in that it came. */
  #holdFromRun(at: number, countSorted: number): number {
    const { mains, subs, starts, ends, count } = this.#run;
    const from = at;
    let wanted = 0;
    let bytes = 0;
    for (let index = 0; index < count && at < countSorted; index++) {
      const place = this.#sorted[at]!;
      if (mains[index] !== this.#mains[place] || subs[index] !== this.#subs[place]) continue;
      this.#wanted[wanted++] = index;
      bytes += ends[index]! - starts[index]!;
      at++;
    }
    if (wanted === 0) return at;
    if (bytes > wanted * fieldBytesMax) {
      // Long ones are copied once, from where they lie.
      for (let place = from; place < at; place++) this.#starts[this.#sorted[place]!] = 0;
      return at;
    }
    const first = starts[this.#wanted[0]!]!;
    const last = ends[this.#wanted[wanted - 1]!]!;
    // One copy with what lies between is quicker than many.
    if (last - first <= 2 * bytes) this.#holdBlock(from, wanted, first, last);
    else for (let index = 0; index < wanted; index++) this.#holdOne(from + index, index);
    return at;
  }

  #holdBlock(from: number, wanted: number, first: number, last: number): void {
    const { starts, ends, buffer } = this.#run;
    const offset = this.#heldEnd - first;
    const fits = this.#copy(buffer, first, last);
    for (let index = 0; index < wanted; index++) {
      const place = this.#sorted[from + index]!;
      const at = this.#wanted[index]!;
      this.#starts[place] = fits ? starts[at]! + offset : 0;
      this.#ends[place] = ends[at]! + offset;
    }
  }

  #holdOne(from: number, index: number): void {
    const at = this.#wanted[index]!;
    const { starts, ends, buffer } = this.#run;
    const place = this.#sorted[from]!;
    const start = this.#heldEnd;
    const fits = this.#copy(buffer, starts[at]!, ends[at]!);
    this.#starts[place] = fits ? start : 0;
    this.#ends[place] = this.#heldEnd;
  }

  /** Appends buffer[start, end) to what is held, unless that would be too much. */
  #copy(buffer: Uint8Array, start: number, end: number): boolean {
    const heldEnd = this.#heldEnd + end - start;
    if (heldEnd > heldBytesMax) return false;
    const memory = this.#memory;
    memory.ensure(heldEnd);
    memory.bytes.set(buffer.subarray(start, end), this.#heldEnd);
    this.#heldEnd = heldEnd;
    return true;
  }

  /** Fills `#sorted`. */
  #sort(count: number): void {
    const span = this.#most - this.#least + 1;
    if (this.#places.length < span) this.#places = new Int32Array(2 * span);
    const places = this.#places;
    places.fill(0, 0, span);
    for (let at = 0; at < count; at++) {
      const distance = this.#mains[at]! - this.#least;
      this.#same[at] = places[distance]!;
      places[distance] = at + 1;
    }
    let sorted = 0;
    for (let distance = 0; distance < span; distance++) {
      const place = places[distance]!;
      if (place === 0) continue;
      if (this.#same[place - 1] === 0) this.#sorted[sorted++] = place - 1;
      else sorted = this.#sortRevision(place, sorted);
    }
  }

  /** Several keys of one revision. A transaction's operations are too few for #order to be inexact. */
  #sortRevision(first: number, sorted: number): number {
    let count = 0;
    for (let place = first; place !== 0; place = this.#same[place - 1]!) {
      this.#order[count++] = this.#subs[place - 1]! * gatherKeysMax + place - 1;
    }
    const order = this.#order.subarray(0, count).sort();
    for (let turn = 0; turn < count; turn++) this.#sorted[sorted++] = order[turn]! % gatherKeysMax;
    return sorted;
  }

  /** Goes to a record, by steps where the cursor stands shortly before it: then true. */
  #seek(at: number, isPlaced: boolean): boolean {
    const cursor = this.#cursor;
    const main = this.#mains[at]!;
    const sub = this.#subs[at]!;
    if (isPlaced) {
      const distance = main - cursor.main;
      if (distance >= 0 && distance <= stepsMax) {
        for (let step = 0; step < stepsMax && cursor.next(); step++) {
          if (cursor.main === main && cursor.sub === sub) return true;
          if (cursor.main > main) break;
        }
      }
    }
    const found = cursor.seek(main, sub);
    assert(found, "an indexed record is in the backend");
    return false;
  }
}
