// Records of many keys: keys come in key order, their records lie in revision order. Read in that
// order neighbours share a page, so most need no search from the root of the tree.
import { assert } from "../../../base/index.ts";
import type { RecordBucket, RecordCursor } from "../backend.ts";
import { ByteWriter } from "../record/byte-writer.ts";

/** Fewer keys than this are quicker read one by one. */
export const gatherKeysMin = 32;
/** Keys read together. */
export const gatherKeysMax = 8192;

/** Revisions further apart than this on average share no pages: they are read as they come. */
const spreadMax = 16;
/** What is held of records before they are written in the keys' order. */
const heldBytesMax = 4 << 20;
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
  readonly #starts = new Int32Array(gatherKeysMax);
  readonly #ends = new Int32Array(gatherKeysMax);
  #least = 0;
  #most = 0;
  #ascends = true;

  constructor(records: RecordBucket, tag: number) {
    this.#cursor = records.borrowingCursor();
    this.#tag = tag;
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
    const asTheyCome = this.#ascends || this.#most - this.#least >= count * spreadMax;
    this.count = 0;
    this.#ascends = true;
    if (asTheyCome) this.#writeAsTheyCome(count, writer);
    else this.#writeSorted(count, writer);
  }

  #writeAsTheyCome(count: number, writer: ByteWriter): void {
    const cursor = this.#cursor;
    for (let at = 0; at < count; at++) {
      this.#seek(at, at > 0);
      writer.bytesField(this.#tag, cursor.buffer, cursor.start, cursor.end);
    }
  }

  #writeSorted(count: number, writer: ByteWriter): void {
    const held = this.#hold(count);
    const { buffer } = held;
    for (let at = 0; at < count; at++) {
      const end = this.#ends[at]!;
      if (end !== 0) {
        writer.bytes(buffer, this.#starts[at]!, end);
        continue;
      }
      // It did not fit into what may be held.
      const cursor = this.#cursor;
      this.#seek(at, false);
      writer.bytesField(this.#tag, cursor.buffer, cursor.start, cursor.end);
    }
    held.release();
  }

  /** Reads the records in revision order, as the fields they will be. */
  #hold(count: number): ByteWriter {
    const span = this.#sort(count);
    const held = new ByteWriter(count * 256);
    let isPlaced = false;
    for (let distance = 0; distance < span; distance++) {
      const place = this.#places[distance]!;
      if (place === 0) continue;
      if (this.#same[place - 1] === 0) this.#holdOne(place - 1, isPlaced, held);
      else this.#holdRevision(place, isPlaced, held);
      isPlaced = true;
    }
    // Offsets were counted from the start, which growing moves.
    for (let at = 0; at < count; at++) {
      if (this.#ends[at] === 0) continue;
      this.#starts[at]! += held.start;
      this.#ends[at]! += held.start;
    }
    return held;
  }

  /** Lets `#places` lead to what was added, by revision; returns how many of them may do so. */
  #sort(count: number): number {
    const span = this.#most - this.#least + 1;
    if (this.#places.length < span) this.#places = new Int32Array(2 * span);
    const places = this.#places;
    places.fill(0, 0, span);
    for (let at = 0; at < count; at++) {
      const distance = this.#mains[at]! - this.#least;
      this.#same[at] = places[distance]!;
      places[distance] = at + 1;
    }
    return span;
  }

  /** Several keys of one revision. A transaction's operations are too few for #order to be inexact. */
  #holdRevision(first: number, isPlaced: boolean, held: ByteWriter): void {
    let count = 0;
    for (let place = first; place !== 0; place = this.#same[place - 1]!) {
      this.#order[count++] = this.#subs[place - 1]! * gatherKeysMax + place - 1;
    }
    const order = this.#order.subarray(0, count).sort();
    for (let turn = 0; turn < count; turn++) {
      this.#holdOne(order[turn]! % gatherKeysMax, isPlaced || turn > 0, held);
    }
  }

  #holdOne(at: number, isPlaced: boolean, held: ByteWriter): void {
    const cursor = this.#cursor;
    this.#seek(at, isPlaced);
    if (held.length + cursor.end - cursor.start > heldBytesMax) {
      this.#ends[at] = 0;
      return;
    }
    this.#starts[at] = held.length;
    held.bytesField(this.#tag, cursor.buffer, cursor.start, cursor.end);
    this.#ends[at] = held.length;
  }

  /** Goes to a record, by steps where the cursor stands shortly before it. */
  #seek(at: number, isPlaced: boolean): void {
    const cursor = this.#cursor;
    const main = this.#mains[at]!;
    const sub = this.#subs[at]!;
    if (isPlaced) {
      const distance = main - cursor.main;
      if (distance >= 0 && distance <= stepsMax) {
        for (let step = 0; step < stepsMax && cursor.next(); step++) {
          if (cursor.main === main && cursor.sub === sub) return;
          if (cursor.main > main) break;
        }
      }
    }
    const found = cursor.seek(main, sub);
    assert(found, "an indexed record is in the backend");
  }
}
