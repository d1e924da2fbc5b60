import type { ByteWriter } from "../record/byte-writer.ts";
import { HotRecords, stageBytes } from "./hot-records.ts";

/** Longer runs of fields go to the writer at once, shorter ones are put together first. */
const stagedBytesMax = 2048;

/**
 * Writes those of many records that are hot. Fields that follow one another in memory, too, are one
 * copy: a list whose keys do not change was kept in its order.
 */
export class HotWriter {
  readonly #hot: HotRecords;
  /** By place: the position of its field. */
  readonly #positions: Float64Array;
  /** What is to be copied next: fields in the ring. */
  #runStart = 0;
  #runEnd = 0;
  #staged = 0;

  constructor(tag: number, placesMax: number) {
    this.#hot = new HotRecords(tag);
    this.#positions = new Float64Array(placesMax);
  }

  /** Looks for the records of so many revisions; how many are not there. */
  find(mains: Float64Array, subs: Float64Array, count: number): number {
    let missing = 0;
    for (let at = 0; at < count; at++) {
      const position = this.#hot.find(mains[at]!, subs[at]!);
      this.#positions[at] = position;
      if (position <= 0) missing++;
    }
    return missing;
  }

  /** Writes the field of a place; false when it is not there. What is written, `flush` ends. */
  write(place: number, writer: ByteWriter): boolean {
    const hot = this.#hot;
    // One that was found may have made room for another meanwhile.
    const start = hot.startOf(this.#positions[place]!);
    if (start === 0) return false;
    if (start !== this.#runEnd) {
      this.#endRun(writer);
      this.#runStart = start;
    }
    this.#runEnd = start + hot.lengthAt(start);
    return true;
  }

  /** To be called before anything else is written or offered. */
  flush(writer: ByteWriter): void {
    this.#endRun(writer);
    this.#runStart = 0;
    this.#runEnd = 0;
    this.#endStage(writer);
  }

  /** A record that was not there: bytes[start, end). */
  offer(main: number, sub: number, bytes: Uint8Array, start: number, end: number): void {
    this.#hot.offer(main, sub, bytes, start, end);
  }

  #endRun(writer: ByteWriter): void {
    const { memory } = this.#hot;
    const length = this.#runEnd - this.#runStart;
    if (length === 0) return;
    if (length > stagedBytesMax || this.#staged + length > stageBytes) this.#endStage(writer);
    if (length > stagedBytesMax) {
      writer.bytes(memory.bytes, this.#runStart, this.#runEnd);
      return;
    }
    memory.copy(this.#staged, this.#runStart, length);
    this.#staged += length;
  }

  #endStage(writer: ByteWriter): void {
    if (this.#staged === 0) return;
    writer.bytes(this.#hot.memory.bytes, 0, this.#staged);
    this.#staged = 0;
  }
}
