// When the log is cut: a snapshot says that everything up to an entry is in the database, so that a
// restart begins there and older log files may go (etcdserver's snapshotIfNeededAndCompactRaftLog).
import { assert, type Id64, id64Hex } from "../../base/index.ts";
import type { WalSnapshot } from "../../core/proto/index.ts";
import {
  type ConfState,
  type MemoryStorage,
  type Snapshot,
  snapshotConfState,
  snapshotIndex,
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
  /** The present one: an installed snapshot brings another. */
  readonly durable: () => DurableBackend | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly failpoint?: Failpoint | undefined;
  /** The configuration at the last applied entry. */
  readonly confState: () => ConfState;
  readonly membership: () => StoredMembership;
  readonly fail: (error: Error) => void;
  readonly memberId: Id64;
  readonly snapshotCount: number;
  readonly maxWalFiles: number;
  readonly maxSnapshotFiles: number;
}

const purgeIntervalMs = 30_000;

export class Snapshots {
  readonly #parts: SnapshotParts;
  #lastIndex: number;
  #isMaking = false;
  #isForced = false;
  #receivedIndex = 0;
  #isStopped = false;
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

  /** What is under way is left as a power cut would leave it: the log, closed soon, says nothing of it. */
  stop(): void {
    this.#isStopped = true;
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
    const isDue = this.#isForced || index - this.#lastIndex > this.#parts.snapshotCount;
    if (this.#isMaking || !isDue || index === this.#lastIndex || this.#isStopped) return;
    this.#isMaking = true;
    this.#parts.log.info("triggering snapshot", {
      "local-member-id": id64Hex(this.#parts.memberId),
      "local-member-applied-index": index,
      "local-member-snapshot-index": this.#lastIndex,
      "local-member-snapshot-count": this.#parts.snapshotCount,
      "snapshot-forced": this.#isForced,
    });
    this.#isForced = false;
    const confState = this.#parts.confState();
    const data = encodeV2Store(this.#parts.membership());
    // Made now, while the log still has the entry; by the time it is durable it may be cut off.
    const term = this.#parts.storage.term(index);
    assert(term !== undefined, "snapshots are made of entries in the log");
    const snapshot: Snapshot = { data, metadata: { confState, index, term } };
    // The database must hold everything the snapshot stands for before anything says so.
    this.#parts.durable()?.commit((error) => {
      if (this.#isStopped) return;
      if (error !== undefined) return this.#parts.fail(error);
      this.#save(snapshot, { index, term, confState });
    });
  }

  /** The next turn makes one, however little was applied since the last. */
  force(): void {
    this.#isForced = true;
  }

  /**
   * Makes a snapshot of another member durable: its file, then the record in the log. Its database is
   * kept until `installed`. What is saved of our own state from now on would be older: it is dropped.
   */
  saveReceived(snapshot: Snapshot, done: (error: Error | undefined) => void): void {
    const { snapshotter, wal, failpoint } = this.#parts;
    const index = snapshotIndex(snapshot);
    failpoint?.("raftBeforeSaveSnap");
    this.#receivedIndex = index;
    snapshotter.pinDatabase(index);
    snapshotter.saveSnap(snapshot, (error) => {
      if (this.#isStopped) return;
      if (error !== undefined) return done(error);
      const record = {
        index,
        term: snapshotTerm(snapshot),
        confState: snapshotConfState(snapshot),
      };
      failpoint?.("raftBeforeWALSaveSnaphot");
      wal.saveSnapshot(record, (failed) => {
        if (failed !== undefined) this.#parts.fail(failed);
      });
      failpoint?.("raftAfterSaveSnap");
      failpoint?.("raftBeforeApplySnap");
      done(undefined);
      failpoint?.("raftAfterApplySnap");
    });
  }

  /** The state of the received snapshot is in force. */
  installed(index: number): void {
    const { snapshotter, wal } = this.#parts;
    snapshotter.unpinDatabase(index);
    wal.releaseLockTo(index);
    this.#parts.failpoint?.("raftAfterWALRelease");
    snapshotter.releaseDatabases(index);
    this.#lastIndex = index;
    this.#isMaking = false;
  }

  #save(snapshot: Snapshot, record: WalSnapshot): void {
    const { snapshotter, wal, log, failpoint, fail } = this.#parts;
    const { index } = record;
    snapshotter.saveSnap(snapshot, (error) => {
      if (this.#isStopped) return;
      if (error !== undefined) return fail(error);
      if (index <= this.#receivedIndex) return;
      failpoint?.("raftBeforeWALSaveSnaphot");
      wal.saveSnapshot(record, (failed) => {
        if (this.#isStopped) return;
        if (failed !== undefined) return fail(failed);
        if (index <= this.#receivedIndex) return;
        log.info("saved snapshot to disk", { "snapshot-index": index });
        wal.releaseLockTo(index);
        snapshotter.releaseDatabases(index);
        this.#lastIndex = index;
        this.#isMaking = false;
      });
    });
  }
}
