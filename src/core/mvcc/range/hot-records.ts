// Records that lists ask for again and again, ready as fields of an answer. Keys that change at random
// have their records on pages all over bucket `key`: a search each costs ten times the copy.
import { writeCount } from "../record/varint.ts";
import { CopyMemory } from "./copy-memory.ts";

/** Below the fields kept, a place where others are put together before they go to a writer. */
export const stageBytes = 1 << 16;
/** Fields kept; the oldest make room. With the stage it is what the memory grows to by doubling. */
const bytesMax = (32 << 20) - stageBytes;
/** A longer field is not kept. */
const fieldBytesMax = 1 << 14;
/** Two names in each set, with the position of each. */
const setsMax = 1 << 16;
const setNumbers = 4;
/** A revision is one number below these. */
const mainMax = 2 ** 43;
const subMax = 1024;
/** Positions: nothing is known of the name; it was asked for once. */
const unknown = 0;
const seenOnce = -1;

/**
 * A ring of fields by revision. A record is kept when it is offered the second time, so that a list
 * that is asked for once leaves only names. Records never change, so nothing here is ever wrong.
 */
export class HotRecords {
  /** The stage, then the ring. */
  readonly memory = new CopyMemory();
  readonly #tag: number;
  readonly #bytesMax: number;
  readonly #sets = new Float64Array(setsMax * setNumbers);
  /** Where the next field goes, counted from 1 and without the ring's turns. */
  #head = 1;

  constructor(tag: number, limit = bytesMax) {
    this.#tag = tag;
    this.#bytesMax = limit;
  }

  /** The position of a record's field; 0 or less when it is not kept. */
  find(main: number, sub: number): number {
    if (sub >= subMax) return unknown;
    const name = main * subMax + sub;
    const at = setOf(main, sub);
    const sets = this.#sets;
    if (sets[at] === name) return sets[at + 1]!;
    return sets[at + 2] === name ? sets[at + 3]! : unknown;
  }

  /** Where in `memory` the field at a position begins; 0 when others have taken its place. */
  startOf(position: number): number {
    if (position <= 0 || position < this.#head - this.#bytesMax) return 0;
    return stageBytes + ((position - 1) % this.#bytesMax);
  }

  /** How long the field is that begins there. */
  lengthAt(start: number): number {
    const { bytes } = this.memory;
    let at = start + 1;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) return at - start + length;
    }
  }

  /** Takes bytes[from, to) for the record of a revision, which was not found. */
  offer(main: number, sub: number, bytes: Uint8Array, from: number, to: number): void {
    if (main >= mainMax || sub >= subMax || to - from > fieldBytesMax) return;
    const name = main * subMax + sub;
    const at = setOf(main, sub);
    const sets = this.#sets;
    if (sets[at] === name) sets[at + 1] = this.#keep(bytes, from, to);
    else if (sets[at + 2] === name) sets[at + 3] = this.#keep(bytes, from, to);
    else {
      sets[at + 2] = sets[at]!;
      sets[at + 3] = sets[at + 1]!;
      sets[at] = name;
      sets[at + 1] = seenOnce;
    }
  }

  #keep(bytes: Uint8Array, from: number, to: number): number {
    const room = to - from + 4;
    const inRing = (this.#head - 1) % this.#bytesMax;
    // A field lies in one piece: what is too short for it at the ring's end stays empty.
    if (inRing + room > this.#bytesMax) this.#head += this.#bytesMax - inRing;
    const position = this.#head;
    const start = stageBytes + ((position - 1) % this.#bytesMax);
    const { memory } = this;
    memory.ensure(start + room);
    const held = memory.bytes;
    held[start] = this.#tag;
    const body = writeCount(to - from, held, start + 1);
    held.set(bytes.subarray(from, to), body);
    this.#head = position + (body - start) + (to - from);
    return position;
  }
}

/** Revisions that follow one another have sets that do, as have those of one transaction. */
function setOf(main: number, sub: number): number {
  return ((main + Math.imul(sub, 40503)) & (setsMax - 1)) * setNumbers;
}
