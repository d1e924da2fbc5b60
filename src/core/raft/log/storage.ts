// The port through which raft reads what was made durable. It only reads: what is to be written
// leaves in each Ready (storage.go). All calls are synchronous.
import type { ConfState, Entry, HardState, Snapshot } from "../messages.ts";

export interface Storage {
  /** What was saved last; no hard state at all is the zero one. Asked for once, at the start. */
  initialState(): { readonly hardState: HardState | undefined; readonly confState: ConfState };

  /**
   * The entries [low, high), or as many as have at most `sizeMax` encoded bytes together (Infinity
   * for no limit), but at least one. Undefined when `low` is compacted away. The array is the
   * caller's, the entries in it are not to be changed.
   */
  entries(low: number, high: number, sizeMax: number): Entry[] | undefined;

  /** The term of an entry in [firstIndex - 1, lastIndex]; undefined outside. */
  term(index: number): number | undefined;

  lastIndex(): number;

  /** The first entry that `entries` can still give; one past the last when there is none. */
  firstIndex(): number;

  /** The newest snapshot, or undefined while none can be had yet: raft asks again later. */
  snapshot(): Snapshot | undefined;
}

/** Why a storage did not do as it was told, in the words of etcd's raft. */
export const storageRefusals = {
  compacted: "requested index is unavailable due to compaction",
  snapshotOutOfDate: "requested index is older than the existing snapshot",
} as const;
export type StorageRefusal = (typeof storageRefusals)[keyof typeof storageRefusals];
