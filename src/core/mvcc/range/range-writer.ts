// Range: from the index straight into the bytes of a RangeResponse. A stored record is spliced in
// as it is, so a key costs a seek and a copy (etcdserver/txn/range.go, kvstore_txn.go rangeKeys).
import { assert, emptyBytes, ownBytes } from "../../../base/index.ts";
import { type RangeRequest, SortOrder, SortTarget } from "../../proto/index.ts";
import type { ByteWriter } from "../record/byte-writer.ts";
import { type RangeEnd, rangeEndOf } from "../key.ts";
import { KeyValueView } from "../record/key-value.ts";
import type { Store } from "../store.ts";
import { KeyState } from "../tree/index.ts";
import { gatherKeysMax, gatherKeysMin, RecordGather } from "./record-gather.ts";
import { type RangeItem, rangeItem, sortItems } from "./sorted-range.ts";

const kvsTag = 0x12;
const moreTag = 0x18;
const countTag = 0x20;

/** KEY in either default order: what the index gives without sorting. */
export function isDefaultOrdering(request: RangeRequest): boolean {
  return (
    request.sortOrder === SortOrder.NONE ||
    (request.sortTarget === SortTarget.KEY && request.sortOrder === SortOrder.ASCEND)
  );
}

export function hasRevisionFilters(request: RangeRequest): boolean {
  return (
    request.minModRevision !== 0 ||
    request.maxModRevision !== 0 ||
    request.minCreateRevision !== 0 ||
    request.maxCreateRevision !== 0
  );
}

/** Without an order etcd reads only one key more than the limit and sorts those. */
export function sortedItemsMax(request: RangeRequest): number {
  const isEarly = isDefaultOrdering(request) && !hasRevisionFilters(request) && request.limit > 0;
  return isEarly ? request.limit + 1 : Infinity;
}

/** Keys from `from` to `end`, undefined being the end of all, as they were at revision `at`. */
export interface ItemRange {
  readonly from: Uint8Array;
  readonly end: Uint8Array | undefined;
  readonly at: number;
}

export interface ItemLimits {
  /** Keys looked at. */
  readonly keys: number;
  /** Keys found. */
  readonly items: number;
  /** Of the values read to sort by them. */
  readonly bytes: number;
}

export interface GatheredItems {
  readonly items: RangeItem[];
  /** The next key, a copy. */
  readonly next: Uint8Array | undefined;
}

/** What a range gave; `writeRange` fills it. */
export interface RangeOutcome {
  /** Keys written. */
  written: number;
  more: boolean;
  /** Keys in the range at its revision, whatever limit and filters say. */
  count: number;
  /** The last key written, borrowed from the index; empty when there was none. */
  lastKey: Uint8Array;
}

/** Writes ranges of one store. */
export class RangeWriter {
  readonly #store: Store;
  readonly #state = new KeyState();
  readonly #view = new KeyValueView();
  /** Its buffers are made for the first range that fills them. */
  #gathered: RecordGather | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Writes the fields `kvs`, `more` and `count` of the response. A chunk of a stream is only `kvs`,
   * and is sorted within itself: its limit cuts in key order, so that the next chunk can go on.
   * The revision read is the request's, or what the store shows at this moment; `pinnedAt` is one that
   * was readable when the store was pinned.
   * @throws futureRev, compacted; then nothing is written
   */
  write(
    request: RangeRequest,
    writer: ByteWriter,
    isChunk = false,
    pinnedAt?: number,
  ): RangeOutcome {
    this.#store.counts.ranges++;
    const at = pinnedAt ?? this.#store.revisionToRead(request.revision);
    const end = rangeEndOf(request.rangeEnd);
    const outcome: RangeOutcome = { written: 0, more: false, count: 0, lastKey: emptyBytes };
    if (!isChunk) outcome.count = this.count(request.key, end, at);
    if (!request.countOnly) {
      if (end === "single") this.#writeOne(request, at, writer, outcome);
      else if (isSorted(request)) {
        const limits = { keys: Infinity, items: sortedItemsMax(request), bytes: Infinity };
        const { items } = this.gather(request, { from: request.key, end, at }, limits);
        if (isChunk) this.#cut(items, request.limit, outcome);
        this.#writeSorted(request, items, writer, outcome);
      } else this.#writeInOrder(request, end, at, writer, outcome);
    }
    if (!isChunk) writeRangeEnd(writer, outcome.more, outcome.count);
    return outcome;
  }

  /** Writes the stored records of a range, as it is now, as fields of `tag`. */
  writeRecords(key: Uint8Array, end: RangeEnd, tag: number, writer: ByteWriter): void {
    const { index, keyCursor, readRevision, recordCursor } = this.#store;
    const state = this.#state;
    if (end === "single") {
      if (!index.get(key, readRevision, state)) return;
      this.#seek(state);
      writer.bytesField(tag, recordCursor.buffer, recordCursor.start, recordCursor.end);
      return;
    }
    keyCursor.start(key, end);
    for (let entry = keyCursor.nextLive(); entry !== 0; entry = keyCursor.nextLive()) {
      index.keys.get(entry, state);
      this.#seek(state);
      writer.bytesField(tag, recordCursor.buffer, recordCursor.start, recordCursor.end);
    }
  }

  /** Keys of a range at a revision that was found readable. */
  count(key: Uint8Array, end: RangeEnd, at: number): number {
    const { index, readRevision } = this.#store;
    if (end === "single") return index.get(key, at, this.#state) ? 1 : 0;
    return index.count(key, end, at, readRevision);
  }

  #writeOne(request: RangeRequest, at: number, writer: ByteWriter, outcome: RangeOutcome): void {
    const state = this.#state;
    if (!this.#store.index.get(request.key, at, state) || isFiltered(request, state)) return;
    this.#writeKeyValue(request, state, writer);
    outcome.written = 1;
    outcome.lastKey = request.key;
  }

  #writeInOrder(
    request: RangeRequest,
    end: Uint8Array | undefined,
    at: number,
    writer: ByteWriter,
    outcome: RangeOutcome,
  ): void {
    const { index, keyCursor, readRevision } = this.#store;
    const { keys } = index;
    const state = this.#state;
    const current = at >= readRevision;
    const limit = request.limit > 0 ? request.limit : Infinity;
    const filtered = hasRevisionFilters(request);
    // The count is not known to a stream, which always has a limit.
    const expected = outcome.count === 0 ? limit : Math.min(outcome.count, limit);
    const gathered =
      !request.keysOnly && expected >= gatherKeysMin ? this.#emptyGather() : undefined;
    const started = writer.length;
    let last = 0;
    keyCursor.start(request.key, end);
    for (;;) {
      const entry = current ? keyCursor.nextLive() : keyCursor.next();
      if (entry === 0) break;
      if (!keys.getAt(entry, at, state) || (filtered && isFiltered(request, state))) continue;
      if (outcome.written === limit) {
        outcome.more = true;
        break;
      }
      last = entry;
      outcome.written++;
      if (gathered === undefined || outcome.written <= guessKeys) {
        this.#writeKeyValue(request, state, writer);
        // The first keys' sizes are a fair guess at the others'.
        if (outcome.written === guessKeys) {
          const bytes = ((writer.length - started) / guessKeys) * expected;
          writer.ensure(Math.min(Math.ceil(bytes * 1.05) + 64, expectedBytesMax));
        }
        continue;
      }
      gathered.add(state.main, state.sub);
      if (gathered.count === gatherKeysMax) gathered.writeTo(writer);
    }
    if (gathered !== undefined && gathered.count > 0) gathered.writeTo(writer);
    if (last !== 0) outcome.lastKey = keys.key(last);
  }

  #emptyGather(): RecordGather {
    const gathered = (this.#gathered ??= new RecordGather(this.#store.backend.records, kvsTag));
    gathered.clear();
    return gathered;
  }

  /** Drops the key that only showed that there is more. */
  #cut(items: RangeItem[], limit: number, outcome: RangeOutcome): void {
    outcome.more = items.length > limit;
    if (outcome.more) items.length = limit;
    const last = items.at(-1);
    if (last !== undefined) outcome.lastKey = this.#store.index.keys.key(last.entry);
  }

  #writeSorted(
    request: RangeRequest,
    items: RangeItem[],
    writer: ByteWriter,
    outcome: RangeOutcome,
  ): void {
    const descending = request.sortOrder === SortOrder.DESCEND;
    sortItems(items, request.sortTarget, descending);
    const limit = request.limit > 0 ? request.limit : Infinity;
    outcome.more ||= items.length > limit;
    outcome.written = Math.min(items.length, limit);
    for (let index = 0; index < outcome.written; index++) {
      this.writeItem(request, items[index]!, writer);
    }
  }

  /** Writes one key that `gather` found; the store may have changed since, if it was pinned. */
  writeItem(request: RangeRequest, item: RangeItem, writer: ByteWriter): void {
    const state = this.#state;
    state.entry = item.entry;
    state.main = item.main;
    state.sub = item.sub;
    state.createRevision = item.createRevision;
    state.version = item.version;
    this.#writeKeyValue(request, state, writer);
  }

  /**
   * Keys to be sorted, in key order, from `from` on, until so many were looked at or found, or values
   * of so many bytes read. `next` is where to go on, undefined behind the last.
   */
  gather(request: RangeRequest, range: ItemRange, limits: ItemLimits): GatheredItems {
    const { index, keyCursor } = this.#store;
    const { end, at } = range;
    const state = this.#state;
    const items: RangeItem[] = [];
    const byValue = request.sortTarget === SortTarget.VALUE;
    let keysLeft = limits.keys;
    let bytesLeft = limits.bytes;
    keyCursor.start(range.from, end);
    for (let entry = keyCursor.next(); entry !== 0; entry = keyCursor.next()) {
      if (keysLeft === 0 || bytesLeft <= 0 || items.length === limits.items) {
        return { items, next: ownBytes(index.keys.key(entry)) };
      }
      keysLeft--;
      if (!index.keys.getAt(entry, at, state) || isFiltered(request, state)) continue;
      const value = byValue ? this.#valueOf(state) : emptyBytes;
      bytesLeft -= value.length;
      items.push(rangeItem(state, value));
    }
    return { items, next: undefined };
  }

  #valueOf(state: KeyState): Uint8Array {
    this.#seek(state);
    const { recordCursor } = this.#store;
    this.#view.read(recordCursor.buffer, recordCursor.start, recordCursor.end);
    return ownBytes(this.#view.value);
  }

  #seek(state: KeyState): void {
    const found = this.#store.recordCursor.seek(state.main, state.sub);
    assert(found, "an indexed record is in the backend");
  }

  #writeKeyValue(request: RangeRequest, state: KeyState, writer: ByteWriter): void {
    if (request.keysOnly) {
      if (request.sortTarget !== SortTarget.VALUE) this.#writeFromIndex(state, writer);
      else this.#writeWithoutValue(state, writer);
      return;
    }
    this.#seek(state);
    const { buffer, start, end } = this.#store.recordCursor;
    // With room for what ends the answer: else an answer of one key would grow once more for it.
    writer.ensure(end - start + rangeEndBytes);
    writer.bytesField(kvsTag, buffer, start, end);
  }

  /** keys_only is answered without the record, and so without its lease (etcd 3.7). */
  #writeFromIndex(state: KeyState, writer: ByteWriter): void {
    const key = this.#store.index.keys.key(state.entry);
    const { createRevision, main, version } = state;
    const start = writer.beginMessage(kvsTag);
    if (key.length > 0) writer.bytesField(0x0a, key, 0, key.length);
    writer.countField(0x10, createRevision);
    writer.countField(0x18, main);
    writer.countField(0x20, version);
    writer.endMessage(start);
  }

  /** keys_only sorted by value read the record; only the value goes. */
  #writeWithoutValue(state: KeyState, writer: ByteWriter): void {
    this.#seek(state);
    const { buffer, start, end } = this.#store.recordCursor;
    const view = this.#view;
    view.read(buffer, start, end);
    const message = writer.beginMessage(kvsTag);
    writer.bytes(buffer, start, view.valueField);
    writer.bytes(buffer, view.valueEnd, end);
    writer.endMessage(message);
  }
}

/** The fields `more` and `count`, behind all `kvs`. */
export function writeRangeEnd(writer: ByteWriter, more: boolean, count: number): void {
  if (more) writer.countField(moreTag, 1);
  writer.countField(countTag, count);
}

/** A field's head, and what `writeRangeEnd` writes. */
export const rangeEndBytes = 32;
const guessKeys = 2;
/** No more than this is set aside on a guess. */
const expectedBytesMax = 1 << 26;

export const isSorted = (request: RangeRequest): boolean =>
  request.sortTarget !== SortTarget.KEY || request.sortOrder === SortOrder.DESCEND;

/** Bounds are inclusive and 0 is none (filterRangeResults). */
function isFiltered(request: RangeRequest, state: KeyState): boolean {
  const { maxModRevision, minModRevision, maxCreateRevision, minCreateRevision } = request;
  return (
    (maxModRevision !== 0 && state.main > maxModRevision) ||
    (minModRevision !== 0 && state.main < minModRevision) ||
    (maxCreateRevision !== 0 && state.createRevision > maxCreateRevision) ||
    (minCreateRevision !== 0 && state.createRevision < minCreateRevision)
  );
}
