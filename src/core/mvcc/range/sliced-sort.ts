import { assert, MinHeap } from "../../../base/index.ts";
import { type RangeRequest, SortOrder, SortTarget } from "../../proto/index.ts";
import { PiecedWriter } from "../record/pieced-writer.ts";
import { rangeEndOf } from "../key.ts";
import type { Store } from "../store.ts";
import { rangeEndBytes, sortedItemsMax, writeRangeEnd } from "./range-writer.ts";
import { compareItems, type RangeItem, sortItems } from "./sorted-range.ts";

/** One step gathers and sorts, or merges and writes, about so much: some milliseconds. */
const runItemsMax = 4096;
const lookedAtMax = 32_768;
const mergedItemsMax = 4096;
const stepBytesMax = 2 * 1024 * 1024;
/** Of one item, about. */
const itemBytes = 1024;

/** Items in order, of which some are written already. */
interface Run {
  readonly items: readonly RangeItem[];
  /** Its place among the runs, which is that of its keys. */
  readonly place: number;
  at: number;
}

/**
 * A large range in another order than by key, read in steps as `SlicedRange` reads one in key order:
 * runs of some thousand keys are gathered and sorted one by one, then merged into the answer. Where
 * the steps end depends on keys and bytes alone.
 */
export class SlicedSort {
  readonly body = new PiecedWriter();
  readonly headerRevision: number;
  readonly #store: Store;
  readonly #request: RangeRequest;
  readonly #end: Uint8Array | undefined;
  readonly #at: number;
  readonly #count: number;
  readonly #merging: MinHeap<Run>;
  #next: Uint8Array | undefined;
  #runs = 0;
  #gathered = 0;
  #written = 0;
  #isDone = false;

  /** Made by `SlicedRange.of`, which has counted the keys; `request` is its own. */
  constructor(store: Store, request: RangeRequest, found: { at: number; count: number }) {
    this.#store = store;
    this.headerRevision = store.readRevision;
    this.#request = request;
    const end = rangeEndOf(request.rangeEnd);
    assert(end !== "single", "one key needs no order");
    this.#end = end;
    this.#at = found.at;
    this.#count = found.count;
    this.#next = this.#request.key;
    const descending = request.sortOrder === SortOrder.DESCEND;
    const compare = compareItems(request.sortTarget, descending);
    const isReversed = request.sortTarget === SortTarget.KEY;
    this.#merging = new MinHeap((a, b) => {
      const order = isReversed ? b.place - a.place : compare(a.items[a.at]!, b.items[b.at]!);
      return order < 0 || (order === 0 && a.place < b.place);
    });
    store.pin();
  }

  /** Keys written, of this one range. */
  get counts(): readonly number[] {
    return [this.#written];
  }

  /** Reads on; true when the answer is whole. */
  step(): boolean {
    if (this.#isDone) return true;
    if (this.#next !== undefined) this.#gather(this.#next);
    else this.#merge();
    return this.#isDone;
  }

  /** Gives it up; compaction may delete again. */
  cancel(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#store.unpin();
  }

  /** Sorts the next run of keys, the first of which is `from` or behind it. */
  #gather(from: Uint8Array): void {
    const request = this.#request;
    const wanted = sortedItemsMax(request) - this.#gathered;
    const { items, next } = this.#store.ranges.gather(
      request,
      { from, end: this.#end, at: this.#at },
      { keys: lookedAtMax, items: Math.min(runItemsMax, wanted), bytes: stepBytesMax },
    );
    sortItems(items, request.sortTarget, request.sortOrder === SortOrder.DESCEND);
    this.#gathered += items.length;
    if (items.length > 0) this.#merging.push({ items, place: this.#runs++, at: 0 });
    this.#next = items.length === wanted ? undefined : next;
  }

  #merge(): void {
    const { body } = this;
    const request = this.#request;
    const merging = this.#merging;
    const limit = request.limit > 0 ? request.limit : Infinity;
    const bytesEnd = body.length + stepBytesMax;
    for (let left = mergedItemsMax; left > 0 && body.length < bytesEnd; left--) {
      const run = this.#written === limit ? undefined : merging.pop();
      if (run === undefined) return this.#finish();
      const writer = body.room(itemBytes);
      this.#store.ranges.writeItem(request, run.items[run.at++]!, writer);
      this.#written++;
      if (run.at < run.items.length) merging.push(run);
    }
  }

  #finish(): void {
    const more = this.#gathered > this.#written;
    writeRangeEnd(this.body.room(rangeEndBytes), more, this.#count);
    this.cancel();
  }
}
