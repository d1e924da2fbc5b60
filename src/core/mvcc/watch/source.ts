// What the watch machine asks of the store. The store fulfils it; nothing here changes a store.

/** One change to one key, as the key bucket records it. All bytes are borrowed until the call ends. */
export interface StoreEvent {
  /** True for a deletion. */
  readonly tombstone: boolean;
  readonly key: Uint8Array;
  /** The KeyValue message an Event carries; for a deletion it holds key and mod_revision alone. */
  readonly kv: Uint8Array;
  readonly mainRevision: number;
  readonly subRevision: number;
  /** True when the key did not exist before: create_revision equals mod_revision. */
  readonly created: boolean;
  /** The record this one replaced; 0 when there is none or it is compacted. */
  readonly previousMain: number;
  readonly previousSub: number;
}

export interface WatchSource {
  /** The newest main revision. */
  readonly currentRevision: number;
  /** The revision of the last compaction; history is whole from this revision on. */
  readonly compactedRevision: number;
  /**
   * Visits the changes with from <= main revision <= to in (main, sub) order, never half a
   * revision, until about `budget` were visited or `visit` returns false: it then wants nothing of
   * that revision. Returns the first main revision not visited.
   */
  eventsBetween(
    from: number,
    to: number,
    budget: number,
    visit: (event: StoreEvent) => boolean,
  ): number;
  /** The stored KeyValue bytes of one record, borrowed; undefined when it is compacted. */
  readRecord(main: number, sub: number): Uint8Array | undefined;
  /** The stored KeyValue of a key at a main revision, borrowed; undefined when there is none. */
  recordAt(key: Uint8Array, revision: number): Uint8Array | undefined;
}
