// The port's in-memory form. etcd keeps its recent log here, written after the WAL; it also serves
// tests as a whole disk.
import { assert } from "../../../base/index.ts";
import {
  type ConfState,
  emptySnapshot,
  type Entry,
  type HardState,
  type Snapshot,
  snapshotConfState,
  snapshotIndex,
  snapshotTerm,
} from "../messages.ts";
import { EntryRun } from "./entry-run.ts";
import { type Storage, type StorageRefusal, storageRefusals } from "./storage.ts";

export class MemoryStorage implements Storage {
  #hardState: HardState | undefined;
  #snapshot: Snapshot = emptySnapshot();
  // The log after its compacted part, of which only the last term is remembered.
  readonly #entries = new EntryRun(1);
  #compactedTerm = 0;

  initialState(): { hardState: HardState | undefined; confState: ConfState } {
    return { hardState: this.#hardState, confState: snapshotConfState(this.#snapshot) };
  }

  setHardState(hardState: HardState): void {
    this.#hardState = hardState;
  }

  /**
   * Before a node starts on it: the configuration of the host's state, which may be ahead of the log's
   * beginning. The host then does not apply again what led to it.
   */
  setConfState(confState: ConfState): void {
    const { data, metadata } = this.#snapshot;
    const { index = 0, term = 0 } = metadata ?? {};
    this.#snapshot = { data, metadata: { confState, index, term } };
  }

  entries(low: number, high: number, sizeMax: number): Entry[] | undefined {
    if (low < this.#entries.first) return undefined;
    return this.#entries.slice(low, high, sizeMax);
  }

  term(index: number): number | undefined {
    if (index === this.#entries.first - 1) return this.#compactedTerm;
    if (index < this.#entries.first || index >= this.#entries.next) return undefined;
    return this.#entries.termAt(index);
  }

  lastIndex(): number {
    return this.#entries.next - 1;
  }

  firstIndex(): number {
    return this.#entries.first;
  }

  snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Adds entries, replacing those it has from the first of them on. No gap may arise. */
  append(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    const first = entries[0]!.index;
    const last = first + entries.length - 1;
    if (last < this.#entries.first) return;
    assert(first <= this.#entries.next, "appended entries leave no gap");
    const from = Math.max(0, this.#entries.first - first);
    this.#entries.truncate(first + from);
    this.#entries.append(entries, from);
  }

  /** Drops the entries up to and including `index`, which must be applied and in the log. */
  compact(index: number): StorageRefusal | undefined {
    if (index < this.#entries.first) return storageRefusals.compacted;
    assert(index < this.#entries.next, "only entries in the log are compacted");
    this.#compactedTerm = this.#entries.termAt(index);
    this.#entries.release(index + 1);
    return undefined;
  }

  /** Makes the snapshot at `index` the newest one; without `confState` the last one's is kept. */
  createSnapshot(
    index: number,
    confState: ConfState | undefined,
    data: Uint8Array,
  ): Snapshot | StorageRefusal {
    const kept = snapshotConfState(this.#snapshot);
    if (index <= snapshotIndex(this.#snapshot)) return storageRefusals.snapshotOutOfDate;
    const term = this.term(index);
    assert(term !== undefined, "a snapshot is made of entries in the log");
    this.#snapshot = { data, metadata: { confState: confState ?? kept, index, term } };
    return this.#snapshot;
  }

  /** Replaces everything by a snapshot received. */
  applySnapshot(snapshot: Snapshot): StorageRefusal | undefined {
    const index = snapshotIndex(this.#snapshot);
    if (index !== 0 && index >= snapshotIndex(snapshot)) return storageRefusals.snapshotOutOfDate;
    this.#snapshot = snapshot;
    this.#compactedTerm = snapshotTerm(snapshot);
    this.#entries.reset(snapshotIndex(snapshot) + 1);
    return undefined;
  }
}
