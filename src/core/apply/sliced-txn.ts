import { PiecedWriter, SlicedRange, type SlicedSort, type Store } from "../mvcc/index.ts";
import type { TxnRequest } from "../proto/index.ts";
import {
  chosenRanges,
  isReadOnlyTxn,
  rangeHeadBytes,
  writeRangeHead,
  writeSucceeded,
} from "./txn.ts";

/** A range that was small enough to be read at once. */
interface ReadRange {
  readonly body: PiecedWriter;
  readonly counts: readonly number[];
}

type Part = SlicedRange | SlicedSort | ReadRange;

/**
 * A read-only transaction with large ranges, read in steps between which the store may change, and
 * answered as if it had been read at once: every range is pinned to the revision of the first step.
 */
export class SlicedTxn {
  /** The answer's body, whole when `step` has returned true. */
  readonly body = new PiecedWriter();
  /** For the header: the store's revision when the transaction began. */
  readonly headerRevision: number;
  readonly #ranges: readonly Part[];
  #read = 0;
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
    const parts = sliced.map((large, at): Part => {
      if (large !== undefined) return large;
      const body = new PiecedWriter();
      const { written } = store.ranges.write(ranges[at]!, body.room(256));
      return { body, counts: [written] };
    });
    return new SlicedTxn(store.readRevision, succeeded, parts);
  }

  /** Made by `of`. */
  constructor(revision: number, succeeded: boolean, ranges: readonly Part[]) {
    this.headerRevision = revision;
    this.#ranges = ranges;
    writeSucceeded(this.body.room(rangeHeadBytes), succeeded);
  }

  /** Keys written, range by range. */
  get counts(): readonly number[] {
    return this.#ranges.flatMap(({ counts }) => counts);
  }

  /** Reads on; true when the answer is whole. */
  step(): boolean {
    if (this.#isDone) return true;
    const ranges = this.#ranges;
    while (this.#read < ranges.length) {
      const range = ranges[this.#read]!;
      if ("step" in range) {
        if (range.step()) this.#read++;
        return false;
      }
      this.#read++;
    }
    for (const { body } of ranges) {
      writeRangeHead(this.body.room(rangeHeadBytes), this.headerRevision, body.length);
      this.body.append(body);
    }
    this.#isDone = true;
    return true;
  }

  /** Gives it up; compaction may delete again. */
  cancel(): void {
    this.#isDone = true;
    for (const range of this.#ranges) if ("cancel" in range) range.cancel();
  }
}
