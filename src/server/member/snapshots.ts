// When the log is cut: a snapshot says that everything up to an entry is in the database, so that a
// restart begins there and older log files may go (etcdserver's snapshotIfNeededAndCompactRaftLog).
import { assert } from "../../base/index.ts";
import type { WalSnapshot } from "../../core/proto/index.ts";
import {
  type ConfState,
  type MemoryStorage,
  type Snapshot,
  snapshotTerm,
} from "../../core/raft/index.ts";
import type { Cancel, Clock, Failpoint, Log } from "../../io/host/index.ts";
import { encodeV2Store, type Snapshotter, type StoredMembership } from "../../io/snap/index.ts";
import type { Wal } from "../../io/wal/index.ts";
import type { DurableBackend } from "./backend-host.ts";

export interface SnapshotParts {
  readonly wal: Wal;
  readonly storage: MemoryStorage;
  readonly snapshotter: Snapshotter;
  readonly backend: DurableBackend;
  readonly clock: Clock;
  readonly log: Log;
  readonly failpoint?: Failpoint | undefined;
  /** The configuration at the last applied entry. */
  readonly confState: () => ConfState;
  readonly membership: () => StoredMembership;
  readonly fail: (error: Error) => void;
  readonly snapshotCount: number;
  readonly maxWalFiles: number;
  readonly maxSnapshotFiles: number;
}

const purgeIntervalMs = 30_000;

export class Snapshots {
  readonly #parts: SnapshotParts;
  #lastIndex: number;
  #isMaking = false;
  #cancelPurge: Cancel = () => {};

  constructor(parts: SnapshotParts, lastIndex: number) {
    this.#parts = parts;
    this.#lastIndex = lastIndex;
  }

  /** Purges at once, so that a member that restarts often purges too, and then every 30 s. */
  start(): void {
    this.#purge();
    this.#cancelPurge = this.#parts.clock.after(purgeIntervalMs, () => this.start());
  }

  stop(): void {
    this.#cancelPurge();
  }

  #purge(): void {
    const { wal, snapshotter, maxWalFiles, maxSnapshotFiles, log } = this.#parts;
    try {
      wal.purge(maxWalFiles);
      snapshotter.purge(maxSnapshotFiles);
    } catch (error) {
      log.error("failed to purge files", { error });
    }
  }

  /** Makes one when enough has been applied since the last. */
  applied(index: number): void {
    if (this.#isMaking || index - this.#lastIndex <= this.#parts.snapshotCount) return;
    this.#isMaking = true;
    this.#parts.log.info("triggering snapshot", {
      "local-member-applied-index": index,
      "local-member-snapshot-index": this.#lastIndex,
      "local-member-snapshot-count": this.#parts.snapshotCount,
    });
    const confState = this.#parts.confState();
    const data = encodeV2Store(this.#parts.membership());
    // Made now, while the log still has the entry; by the time it is durable it may be cut off.
    const snapshot = this.#parts.storage.createSnapshot(index, confState, data);
    assert(typeof snapshot !== "string", "snapshots are made of ever later entries");
    // The database must hold everything the snapshot stands for before anything says so.
    this.#parts.backend.commit((error) => {
      if (error !== undefined) return this.#parts.fail(error);
      this.#save(snapshot, { index, term: snapshotTerm(snapshot), confState });
    });
  }

  #save(snapshot: Snapshot, record: WalSnapshot): void {
    const { snapshotter, wal, log, failpoint, fail } = this.#parts;
    const { index } = record;
    failpoint?.("raftBeforeSaveSnap");
    snapshotter.saveSnap(snapshot, (error) => {
      if (error !== undefined) return fail(error);
      failpoint?.("raftBeforeWALSaveSnaphot");
      wal.saveSnapshot(record, (failed) => {
        if (failed !== undefined) return fail(failed);
        log.info("saved snapshot to disk", { "snapshot-index": index });
        failpoint?.("raftAfterSaveSnap");
        wal.releaseLockTo(index);
        failpoint?.("raftAfterWALRelease");
        snapshotter.releaseDatabases(index);
        this.#lastIndex = index;
        this.#isMaking = false;
      });
    });
  }
}
