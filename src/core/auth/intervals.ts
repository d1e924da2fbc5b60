// A set of keys as intervals: sorted, apart from each other, each [begin, end) or open at its end.
import { compareBytes } from "../../base/index.ts";

interface Interval {
  readonly begin: Uint8Array;
  /** Undefined is beyond every key. */
  end: Uint8Array | undefined;
}

/** Keys of one kind of permission; built once from all of a user's grants, then only asked. */
export class Intervals {
  readonly #merged: Interval[] = [];

  /** `grants` in any order; those that touch become one, so that two may cover one request. */
  constructor(grants: readonly (readonly [begin: Uint8Array, end: Uint8Array | undefined])[]) {
    const sorted = grants
      .filter(([begin, end]) => end === undefined || compareBytes(begin, end) < 0)
      .toSorted(([a], [b]) => compareBytes(a, b));
    for (const [begin, end] of sorted) {
      const last = this.#merged.at(-1);
      if (last === undefined || (last.end !== undefined && compareBytes(last.end, begin) < 0)) {
        this.#merged.push({ begin, end });
      } else if (isBeyond(end, last.end)) {
        last.end = end;
      }
    }
  }

  get size(): number {
    return this.#merged.length;
  }

  hasKey(key: Uint8Array): boolean {
    const interval = this.#lastBeginningBy(key);
    return interval !== undefined && isBefore(key, interval.end);
  }

  /** Whether every key of [begin, end) is in the set; there is at least one. */
  covers(begin: Uint8Array, end: Uint8Array | undefined): boolean {
    const interval = this.#lastBeginningBy(begin);
    return interval !== undefined && isBefore(begin, interval.end) && !isBeyond(end, interval.end);
  }

  #lastBeginningBy(key: Uint8Array): Interval | undefined {
    let low = 0;
    let high = this.#merged.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareBytes(this.#merged[middle]!.begin, key) <= 0) low = middle + 1;
      else high = middle;
    }
    return this.#merged[low - 1];
  }
}

const isBefore = (key: Uint8Array, end: Uint8Array | undefined): boolean =>
  end === undefined || compareBytes(key, end) < 0;

/** Whether `a`, as an end, lies further out than `b`. */
const isBeyond = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  b !== undefined && (a === undefined || compareBytes(a, b) > 0);
