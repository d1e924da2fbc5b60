// Cuts the log in memory: it keeps only the entries a slow follower may still ask for.
import { emptyBytes } from "../../base/index.ts";
import type { ConfState } from "../../core/proto/index.ts";
import type { MemberParts } from "./member-parts.ts";

// A snapshot in memory lets the log be cut; etcd makes one every so many applied entries, and with each
// one on disk (snapshotIfNeededAndCompactRaftLog).
const intervalEntriesMax = 100;

type Parts = Pick<MemberParts, "storage" | "settings" | "mayCompact">;

export class MemoryCompaction {
  readonly #parts: Parts;
  #doneAt = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A snapshot took the place of everything up to `index`. */
  installed(index: number): void {
    this.#doneAt = index;
  }

  applied(index: number, confState: ConfState): void {
    const { storage, settings, mayCompact } = this.#parts;
    const interval = Math.min(intervalEntriesMax, settings.snapshotCount + 1);
    if (index < this.#doneAt + interval) return;
    this.#doneAt = index;
    const upTo = index - settings.snapshotCatchUpEntries;
    if (upTo < storage.firstIndex() || !mayCompact()) return;
    // What raft sends to who is further behind; its data is made when it is sent.
    storage.createSnapshot(index, confState, emptyBytes);
    storage.compact(upTo);
  }
}
