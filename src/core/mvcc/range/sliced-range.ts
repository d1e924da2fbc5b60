import { ownBytes } from "../../../base/index.ts";
import { makeRangeRequest, type RangeRequest } from "../../proto/index.ts";
import { PiecedWriter, pieceBytes } from "../record/pieced-writer.ts";
import { keyAfter, rangeEndOf } from "../key.ts";
import type { Store } from "../store.ts";
import { isSorted, rangeEndBytes, sortedItemsMax, writeRangeEnd } from "./range-writer.ts";
import { SlicedSort } from "./sliced-sort.ts";

/** A range of no more keys is read at once. */
const slicedFromKeys = 512;
/** One step reads about so much: a few milliseconds. */
const stepKeysMax = 8192;
const stepBytesMax = 2 * 1024 * 1024;
/** Until the size of a key is known. */
const firstKeys = 256;

/**
 * A large range, read in steps between which the store may change, and answered as if it had been read
 * at once: all steps read the revision of the first, and compaction deletes nothing meanwhile.
 */
export class SlicedRange {
  /** The answer's body, whole when `step` has returned true. */
  readonly body = new PiecedWriter();
  /** For the header: the store's revision when the range began. */
  readonly headerRevision: number;
  readonly #store: Store;
  readonly #request: RangeRequest;
  readonly #at: number;
  readonly #count: number;
  #left: number;
  #written = 0;
  #isDone = false;

  /**
   * Undefined when the range is small or cannot be sliced.
   * @throws futureRev, compacted
   */
  static of(store: Store, request: RangeRequest): SlicedRange | SlicedSort | undefined {
    const end = rangeEndOf(request.rangeEnd);
    if (end === "single" || request.countOnly) return undefined;
    const sorted = isSorted(request);
    const most = sorted ? sortedItemsMax(request) : request.limit;
    if (most > 0 && most <= slicedFromKeys) return undefined;
    const at = store.revisionToRead(request.revision);
    const count = store.ranges.count(request.key, end, at);
    if (count <= slicedFromKeys) return undefined;
    const own = makeRangeRequest({
      ...request,
      key: ownBytes(request.key),
      rangeEnd: ownBytes(request.rangeEnd),
    });
    return new (sorted ? SlicedSort : SlicedRange)(store, own, { at, count });
  }

  /** Made by `of`; `request` is its own. */
  constructor(store: Store, request: RangeRequest, found: { at: number; count: number }) {
    this.#store = store;
    this.headerRevision = store.readRevision;
    this.#request = request;
    this.#at = found.at;
    this.#count = found.count;
    this.#left = request.limit > 0 ? request.limit : Infinity;
    store.pin();
  }

  /** Keys written, of this one range. */
  get counts(): readonly number[] {
    return [this.#written];
  }

  /** Reads on; true when the answer is whole. */
  step(): boolean {
    if (this.#isDone) return true;
    const { body } = this;
    let keysLeft = stepKeysMax;
    let bytesLeft = stepBytesMax;
    while (keysLeft > 0 && bytesLeft > 0) {
      const before = body.length;
      const limit = Math.min(keysLeft, this.#keysIn(Math.min(bytesLeft, pieceBytes)), this.#left);
      const request = this.#request;
      request.limit = limit;
      const writer = body.room(this.#bytesOf(limit));
      const slice = this.#store.ranges.write(request, writer, true, this.#at);
      this.#written += slice.written;
      this.#left -= slice.written;
      if (!slice.more || this.#left === 0) {
        this.#finish(slice.more);
        return true;
      }
      request.key = keyAfter(slice.lastKey);
      keysLeft -= slice.written;
      bytesLeft -= body.length - before;
    }
    return false;
  }

  /** Gives the range up; compaction may delete again. */
  cancel(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#store.unpin();
  }

  // The sizes of the keys read are a fair guess at those of the others.

  #keysIn(bytes: number): number {
    if (this.#written === 0) return firstKeys;
    return Math.max(1, Math.floor((bytes * this.#written) / this.body.length));
  }

  #bytesOf(keys: number): number {
    if (this.#written === 0) return 0;
    const most = Math.min(keys, this.#count - this.#written);
    return Math.ceil((most * this.body.length * 1.05) / this.#written) + 64;
  }

  #finish(more: boolean): void {
    writeRangeEnd(this.body.room(rangeEndBytes), more, this.#count);
    this.cancel();
  }
}
