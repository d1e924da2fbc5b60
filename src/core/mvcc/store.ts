// The multi-version store: every change a record in the backend, every key in the index
// (storage/mvcc/kvstore.go).
import { assert, bytesFromLatin1, type Id64, ownBytes } from "../../base/index.ts";
import { errors } from "../errors/index.ts";
import type { Backend, RecordCursor } from "./backend.ts";
import { finishedCompaction, scheduledCompaction } from "./compaction/compact-marks.ts";
import { type Compaction, Compactor } from "./compaction/compactor.ts";
import { HistoricEvent } from "./historic-event.ts";
import { leastKey } from "./key.ts";
import { KeyValueView } from "./record/key-value.ts";
import { RangeWriter } from "./range/index.ts";
import { type IndexCheckpoint, isOfBackend } from "./index-checkpoint.ts";
import { IndexRestore } from "./restore.ts";
import { firstRevision, neverCompacted } from "./revision.ts";
import { HashStorage, type KeyValueHash, RevisionHash } from "./hash/revision-hash.ts";
import type { StoreEvent } from "./store-event.ts";
import { KeyState, type TreeCursor, TreeIndex } from "./tree/index.ts";
import { WriteScratch, WriteTx } from "./write-tx.ts";

export class Store {
  readonly backend: Backend;
  /** The rest is for this room: it reads index and records without a call between. */
  readonly index: TreeIndex;
  readonly recordCursor: RecordCursor;
  readonly leaseCursor: RecordCursor;
  readonly keyCursor: TreeCursor;
  /** Operations since the start; what etcd_mvcc_*_total say. */
  readonly counts = { puts: 0, deletes: 0, ranges: 0, txns: 0, putBytes: 0 };
  /** Reads ranges. */
  readonly ranges: RangeWriter;
  readonly #hashes = new HashStorage();
  readonly #compactor: Compactor;
  readonly #scratch = new WriteScratch();
  readonly #state = new KeyState();
  readonly #view = new KeyValueView();
  /** Where the checkpoint stood that the index was restored from; 0 when it was not. */
  checkpointRevision = 0;
  #current = firstRevision;
  /** Those that may name a lease, of an index that was made from all records; asked for once. */
  #leasedKeys: ReadonlySet<string> | undefined;
  #compacted = neverCompacted;
  #writing: WriteTx | undefined;

  /**
   * Reads what the backend holds, or only what is newer than a checkpoint that is of this backend, or
   * nothing when all of it was read in steps before; an unfinished compaction is taken up again by
   * `compactStep`.
   */
  constructor(backend: Backend, known?: IndexCheckpoint | IndexRestore) {
    this.backend = backend;
    this.index = known instanceof IndexRestore ? known.index : new TreeIndex();
    this.recordCursor = backend.records.cursor();
    this.leaseCursor = backend.records.cursor();
    this.keyCursor = this.index.cursor();
    this.ranges = new RangeWriter(this);
    this.#compactor = new Compactor(backend, this.index, this.#hashes);
    this.#restore(known);
  }

  /** The revision of the last transaction that changed something; 1 for an empty store. */
  get currentRevision(): number {
    return this.#current;
  }

  /** Reads below it fail; -1 when nothing was ever compacted. */
  get compactedRevision(): number {
    return this.#compacted;
  }

  /** Keys that exist now. */
  get keyCount(): number {
    return this.index.liveCount;
  }

  /** What reads see at this moment: the revision being made by a transaction that changed things. */
  get readRevision(): number {
    return this.#writing?.revision ?? this.#current;
  }

  /** Begins the only transaction there may be; `end` it before anything else is written. */
  write(): WriteTx {
    assert(this.#writing === undefined, "transactions follow one another");
    this.#writing = new WriteTx(this, this.#scratch);
    return this.#writing;
  }

  /** Called by the transaction. */
  endWrite(revision: number): void {
    assert(this.#writing !== undefined, "a transaction ends once");
    this.#writing = undefined;
    this.#current = revision;
  }

  /**
   * The revision a read asks for: 0 or less is the latest.
   * @throws futureRev, compacted
   */
  revisionToRead(asked: number): number {
    if (asked > this.readRevision) throw errors.futureRev();
    const revision = asked <= 0 ? this.readRevision : asked;
    if (revision < this.#compacted) throw errors.compacted();
    return revision;
  }

  /** The stored KeyValue of one record, borrowed until the store is next used. */
  readRecord(main: number, sub: number): Uint8Array | undefined {
    const cursor = this.recordCursor;
    if (!cursor.seek(main, sub)) return undefined;
    return cursor.buffer.subarray(cursor.start, cursor.end);
  }

  /**
   * The stored KeyValue of a key as it was at a revision, borrowed until the store is next used;
   * undefined when the key did not exist then, or the revision is compacted or to come.
   */
  recordAt(key: Uint8Array, revision: number): Uint8Array | undefined {
    if (revision < this.#compacted || revision > this.readRevision) return undefined;
    if (!this.index.get(key, revision, this.#state)) return undefined;
    return this.readRecord(this.#state.main, this.#state.sub);
  }

  /** The revision of the record that (main, sub) replaced; 0 when there is none or not any more. */
  previousOf(key: Uint8Array, main: number, sub: number): { main: number; sub: number } {
    const { keys } = this.index;
    // The chain is whole only above the compacted revision.
    let ref = main <= this.#compacted ? 0 : this.index.entryOf(key);
    while (
      ref !== 0 &&
      (keys.main(ref) > main || (keys.main(ref) === main && keys.sub(ref) > sub))
    ) {
      ref = keys.older(ref);
    }
    const replaced = ref === 0 ? 0 : keys.older(ref);
    if (replaced === 0 || keys.isDead(replaced)) return { main: 0, sub: 0 };
    return { main: keys.main(replaced), sub: keys.sub(replaced) };
  }

  /**
   * Tells `visit` the events of main revisions `from` to `to`, in order and never half a revision,
   * until about `budget` records were read or `visit` returns false. An event's bytes are borrowed
   * until `visit` returns. Returns the first main revision not wholly visited.
   */
  eventsBetween(
    from: number,
    to: number,
    budget: number,
    visit: (event: StoreEvent) => boolean,
  ): number {
    const cursor = this.backend.records.cursor();
    let left = budget;
    let last = from - 1;
    for (let more = cursor.seekFrom(from, 0); more; more = cursor.next()) {
      const { main } = cursor;
      if (main > to) break;
      if (main !== last && left <= 0) return main;
      last = main;
      left--;
      if (!visit(new HistoricEvent(this, cursor))) return main;
    }
    return Math.max(to + 1, from);
  }

  /**
   * Makes everything below `revision` unreadable at once; `compactStep` deletes it.
   * @throws compacted, futureRev
   */
  compact(revision: number): Compaction {
    if (revision <= this.#compacted) throw errors.compacted();
    if (revision > this.#current) throw errors.futureRev();
    const previous = this.#compacted;
    this.#compacted = revision;
    return this.#compactor.accept(revision, previous);
  }

  /** Deletes on; `budget` is about a microsecond a unit. True when nothing is left to delete. */
  compactStep(budget: number): boolean {
    return this.#compactor.step(budget);
  }

  /** Compactions accepted and not done. */
  get pendingCompactions(): number {
    return this.#compactor.pending;
  }

  /** Records compaction deleted since the start. */
  get compactedRecords(): number {
    return this.#compactor.deletedRecords;
  }

  /** Keeps all that is readable now where it is, until as many `unpin` have followed. */
  pin(): void {
    this.#compactor.pin();
  }

  unpin(): void {
    this.#compactor.unpin();
  }

  /** What compactions hashed, oldest first; at most ten. */
  compactionHashes(): readonly KeyValueHash[] {
    return this.#hashes.all();
  }

  /**
   * Begins HashKV at a revision, 0 being the current one. A revision that was compacted lately is
   * answered with the hash of that compaction, as etcd does. Compaction deletes nothing until the
   * job is done or cancelled.
   * @throws compacted, futureRev
   */
  hashByRevision(revision: number): HashJob {
    // Revision 0 may itself have been compacted; etcd then answers with that compaction's hash.
    const stored = this.#hashes.get(revision);
    if (stored !== undefined) return new HashJob(this.#compactor, undefined, stored);
    if (revision > 0 && revision < this.#compacted) throw errors.compacted();
    if (revision > this.#current) throw errors.futureRev();
    const at = revision === 0 ? this.#current : revision;
    const hash = new RevisionHash(this.backend, this.index, {
      compactRevision: this.#compacted,
      revision: at,
      keepsNothing: at < 0 || this.index.count(leastKey, undefined, at, this.#current) === 0,
    });
    return new HashJob(this.#compactor, hash, undefined);
  }

  /** Tells `visit` of every live key that names a lease; after a restart, for the lease table. */
  visitLeases(visit: (key: Uint8Array, lease: Id64) => void): void {
    const known = this.#leasedKeys;
    this.#leasedKeys = undefined;
    const state = this.#state;
    if (known !== undefined) {
      for (const key of [...known].toSorted().map(bytesFromLatin1)) {
        if (this.index.get(key, this.#current, state) && state.leased) visit(key, this.#leaseOf());
      }
      return;
    }
    const { keys } = this.index;
    const cursor = this.index.cursor();
    cursor.start(leastKey, undefined);
    for (let entry = cursor.nextLive(); entry !== 0; entry = cursor.nextLive()) {
      keys.get(entry, state);
      if (state.leased) visit(ownBytes(keys.key(entry)), this.#leaseOf());
    }
  }

  /** That the record of the state just read names. */
  #leaseOf(): Id64 {
    const { leaseCursor } = this;
    const found = leaseCursor.seek(this.#state.main, this.#state.sub);
    assert(found, "an indexed record is in the backend");
    this.#view.read(leaseCursor.buffer, leaseCursor.start, leaseCursor.end);
    return this.#view.lease;
  }

  /** Returns the newest main revision. */
  #restoreIndex(checkpoint: IndexCheckpoint | undefined): number {
    const known =
      checkpoint !== undefined && isOfBackend(checkpoint, this.backend) ? checkpoint : undefined;
    if (known !== undefined) this.index.restoreImage(known.blocks);
    this.checkpointRevision = known?.revision ?? 0;
    const rest = new IndexRestore(this.backend, this.index, known?.revision);
    rest.step(Infinity);
    return Math.max(rest.newest, known?.revision ?? 0);
  }

  #restore(known: IndexCheckpoint | IndexRestore | undefined): void {
    const finished = finishedCompaction(this.backend);
    const scheduled = scheduledCompaction(this.backend);
    const last = known instanceof IndexRestore ? known.newest : this.#restoreIndex(known);
    if (known instanceof IndexRestore) this.#leasedKeys = known.leasedKeys;
    this.#compacted = finished;
    // Everything up to a compaction may be deleted, its last tombstone included, so the newest
    // record alone would let the revision go down (etcd issue 17780).
    this.#current = Math.max(firstRevision, last, finished, scheduled);
    if (scheduled > finished) this.compact(scheduled);
  }
}

/** A HashKV under way. */
export class HashJob {
  readonly #compactor: Compactor;
  #running: RevisionHash | undefined;
  #result: KeyValueHash | undefined;

  constructor(
    compactor: Compactor,
    running: RevisionHash | undefined,
    result: KeyValueHash | undefined,
  ) {
    this.#compactor = compactor;
    this.#running = running;
    this.#result = result;
    if (running !== undefined) compactor.pin();
  }

  /** Hashes on; `budget` is about a microsecond a unit. The hash when it is complete. */
  step(budget: number): KeyValueHash | undefined {
    if (this.#running !== undefined && this.#running.step(budget) > 0) {
      this.#result = this.#running.result();
      this.cancel();
    }
    return this.#result;
  }

  /** Gives the job up; compaction may delete again. */
  cancel(): void {
    if (this.#running === undefined) return;
    this.#running = undefined;
    this.#compactor.unpin();
  }
}
