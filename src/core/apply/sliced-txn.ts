import { ByteWriter, SlicedRange, type SlicedSort, type Store } from "../mvcc/index.ts";
import type { TxnRequest } from "../proto/index.ts";
import { chosenRanges, isReadOnlyTxn, writeRangeResponse, writeSucceeded } from "./txn.ts";

/** A range's answer: in steps, or whole. */
type Part = SlicedRange | SlicedSort | ByteWriter;

/** Bytes put together in one step. */
const stepBytesMax = 4 * 1024 * 1024;

/**
 * A read-only transaction with large ranges, read in steps between which the store may change, and
 * answered as if it had been read at once: every range is pinned to the revision of the first step.
 */
export class SlicedTxn {
  /** The answer's body, whole when `step` has returned true. */
  readonly writer = new ByteWriter(1024);
  /** For the header: the store's revision when the transaction began. */
  readonly headerRevision: number;
  readonly #ranges: readonly Part[];
  #read = 0;
  #joined = 0;
  #isDone = false;

  /**
   * Undefined when it writes, or when all its ranges are small or cannot be sliced.
   * @throws futureRev, compacted
   */
  static of(store: Store, request: TxnRequest): SlicedTxn | undefined {
    if (!isReadOnlyTxn(request)) return undefined;
    const { succeeded, ranges } = chosenRanges(store, request);
    let isLarge = false;
    const sliced = ranges.map((range) => {
      const large = SlicedRange.of(store, range);
      if (large !== undefined) isLarge = true;
      return large;
    });
    if (!isLarge) return undefined;
    const parts = sliced.map((large, at) => {
      if (large !== undefined) return large;
      const small = new ByteWriter(256);
      store.ranges.write(ranges[at]!, small);
      return small;
    });
    return new SlicedTxn(store.readRevision, succeeded, parts);
  }

  /** Made by `of`. */
  constructor(revision: number, succeeded: boolean, ranges: readonly Part[]) {
    this.headerRevision = revision;
    this.#ranges = ranges;
    writeSucceeded(this.writer, succeeded);
  }

  /** Reads on; true when the answer is whole. */
  step(): boolean {
    if (this.#isDone) return true;
    const ranges = this.#ranges;
    while (this.#read < ranges.length) {
      const range = ranges[this.#read]!;
      if (!(range instanceof ByteWriter)) {
        if (range.step()) this.#read++;
        return false;
      }
      this.#read++;
    }
    this.#join();
    this.#isDone = this.#joined === ranges.length;
    return this.#isDone;
  }

  /** Gives it up; compaction may delete again. */
  cancel(): void {
    this.#isDone = true;
    for (const range of this.#ranges) if (!(range instanceof ByteWriter)) range.cancel();
  }

  #join(): void {
    const { writer } = this;
    if (this.#joined === 0) writer.ensure(this.#bytes());
    const end = writer.length + stepBytesMax;
    while (this.#joined < this.#ranges.length && writer.length < end) {
      const range = this.#ranges[this.#joined++]!;
      const part = range instanceof ByteWriter ? range : range.writer;
      writeRangeResponse(writer, this.headerRevision, () =>
        writer.bytes(part.buffer, part.start, part.at),
      );
      part.release();
    }
  }

  /** Of all parts with what stands around them. */
  #bytes(): number {
    let bytes = 0;
    for (const range of this.#ranges) {
      bytes += (range instanceof ByteWriter ? range : range.writer).length + 32;
    }
    return bytes;
  }
}
