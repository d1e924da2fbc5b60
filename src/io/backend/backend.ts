import type { Backend, BucketName } from "../../core/mvcc/index.ts";
import { assert } from "../../base/index.ts";
import { Batch, CorruptFileError, Database, deleted } from "../bbolt/index.ts";
import { type Disk, type Failpoint, isDiskError } from "../host/index.ts";
import { Defragmentation, type Defragmented } from "./defrag.ts";
import { BufferCursor, type ReadBuffer } from "./read-buffer.ts";
import { FileRecords } from "./record-bucket.ts";
import { bucketNames, fillOf, packedFillOf } from "./schema.ts";
import { BackendSnapshot } from "./snapshot.ts";

export interface BackendOptions {
  readonly disk: Disk;
  readonly path: string;
  /** etcd's `--backend-batch-interval`; 100 unless told. */
  readonly batchIntervalMs?: number | undefined;
  /** etcd's `--backend-batch-limit`: operations; 10,000 unless told. */
  readonly batchLimit?: number | undefined;
  /** Bytes of the page cache; 64 MiB unless told. */
  readonly cacheBytesMax?: number | undefined;
  /** etcd's `--unsafe-no-fsync`. */
  readonly noSync?: boolean | undefined;
  /** A sidecar with the checksums of the file's pages; none is kept unless told. */
  readonly sumsPath?: string | undefined;
  /** Pages one call of `maybeCommit` may touch; 64, some tenths of a millisecond, unless told. */
  readonly stepPages?: number | undefined;
  /** Called when `maybeCommit` would have something to do before the interval is over. */
  readonly wake?: (() => void) | undefined;
  /** A commit failed in a way that leaves unknown what the disk holds: the member must stop. */
  readonly onFailure: (error: Error) => void;
  readonly failpoint?: Failpoint | undefined;
  readonly meter?: BackendMeter | undefined;
}

/** What a backend tells its meter; the names follow etcd_disk_backend_*. */
export interface BackendMeter {
  nowMs(): number;
  /** A commit took `seconds`, from its begin until it was durable. */
  committed(seconds: number): void;
  defragmenting(): void;
  /** A defragmentation ended after `seconds`. */
  defragmented(seconds: number): void;
}

/** Told when what it stands for is durable, or why it will not be. */
export type Done = (error: Error | undefined) => void;

/** A batch is committed early when it holds this many bytes. */
const batchBytesMax = 16 * 1024 * 1024;
/** Above this the disk is too slow for what is written. */
const overloadedBytes = 64 * 1024 * 1024;
/** Between attempts to commit to a full disk. */
const retryMs = 1000;

/**
 * mvcc's backend on a database file. Writes go to a batch in memory, seen by reads at once; about
 * ten times a second `maybeCommit` turns the batch into a commit and works on it in small steps.
 * What must be durable together is written between two calls of `maybeCommit`: the hook of
 * `setBeforeCommit` writes the consistent index last, into the same batch as the data it describes.
 */
export class FileBackend implements Backend {
  readonly records: FileRecords;
  readonly #options: BackendOptions;
  readonly #database: Database;
  readonly #buffer: ReadBuffer;
  readonly #batchIntervalMs: number;
  readonly #batchLimit: number;
  readonly #stepPages: number;
  #beforeCommit: () => void = () => {};
  #waiting: Done[] = [];
  #committingFor: Done[] = [];
  #isForced = false;
  #nowMs = 0;
  #commitStartedMs = 0;
  #lastCommitMs: number | undefined;
  #retryAtMs = 0;
  #fullError: Error | undefined;
  #defragmentation: Defragmentation | undefined;
  /** Operations of the open batch that `beforeWritebackBuf` was reached for. */
  #operationsSeen = 0;
  #defragmentingFor: Defragmented[] = [];
  #commits = 0;
  #isClosed = false;

  private constructor(options: BackendOptions, database: Database) {
    this.#options = options;
    this.#database = database;
    this.#batchIntervalMs = options.batchIntervalMs ?? 100;
    this.#batchLimit = options.batchLimit ?? 10_000;
    this.#stepPages = options.stepPages ?? 64;
    const { view } = database;
    this.#buffer = { active: new Batch(), committing: undefined, view, epoch: 0 };
    this.records = new FileRecords(this.#buffer, {
      putSlice: (key, bytes, start, end) =>
        this.#buffer.active.putSlice("key", key, bytes, start, end),
      remove: (key) => this.delete("key", key),
    });
    for (const name of bucketNames) {
      if (view.bucket(name) === undefined) this.#buffer.active.createBucket(name);
    }
  }

  /** Opens the file or makes it. Throws DiskError, InvalidDatabaseError, CorruptFileError. */
  static open(options: BackendOptions): FileBackend {
    const { disk, path } = options;
    const database = Database.open({
      disk,
      path,
      noSync: options.noSync === true,
      sumsPath: options.sumsPath,
      // Whoever was reading, nothing of such a file may be answered.
      onDamage: options.onFailure,
      ...(options.cacheBytesMax === undefined ? {} : { cacheBytesMax: options.cacheBytesMax }),
    });
    return new FileBackend(options, database);
  }

  get path(): string {
    return this.#options.path;
  }
  /** What Status calls dbSize and the quota counts: the last commit's high-water mark. */
  sizeBytes(): number {
    return this.#database.size;
  }
  /** dbSizeInUse: without the free pages, which are found soon after the start. */
  inUseBytes(): number {
    return this.#database.sizeInUse;
  }
  /** Whether what is kept beside the file is of this very file, and no other program wrote to it. */
  get isKnown(): boolean {
    return this.#database.hasTrustedSums;
  }
  /** Commits since it was opened. */
  get commits(): number {
    return this.#commits;
  }
  /** Snapshots and checks that pin a state. */
  get openReaders(): number {
    return this.#database.openReaders;
  }
  /** Writes not yet in a commit. */
  get pendingOperations(): number {
    return this.#buffer.active.operationCount;
  }
  /** Writes come faster than the disk takes them: whoever applies entries waits while it is so. */
  get isOverloaded(): boolean {
    return this.#buffer.committing !== undefined && this.#buffer.active.bytes > overloadedBytes;
  }
  /** Why the last commit found no room; undefined again when one has succeeded. */
  get fullError(): Error | undefined {
    return this.#fullError;
  }
  get isDefragmenting(): boolean {
    return this.#defragmentation !== undefined;
  }

  get(bucket: BucketName, key: Uint8Array): Uint8Array | undefined {
    const { active, committing, view } = this.#buffer;
    for (const batch of [active, committing]) {
      const operations = batch?.find(bucket)?.operations;
      const at = operations?.find(key) ?? -1;
      if (operations === undefined || at < 0) continue;
      return operations.valueLength(at) === deleted ? undefined : operations.value(at);
    }
    const found = view.bucket(bucket);
    return found === undefined ? undefined : view.get(found, key);
  }

  visit(
    bucket: BucketName,
    from: Uint8Array,
    to: Uint8Array | undefined,
    visit: (key: Uint8Array, value: Uint8Array) => boolean,
  ): void {
    const cursor = new BufferCursor(this.#buffer, bucket);
    for (let more = cursor.seek(from); more; more = cursor.next()) {
      // The visitor may read other pages, so it is not given a view of a shared one.
      const { bytes, keyStart, valueStart, valueEnd, isShared } = cursor;
      const element = bytes.subarray(keyStart, valueEnd);
      const own = isShared ? Buffer.from(element) : element;
      const key = own.subarray(0, valueStart - keyStart);
      if (to !== undefined && Buffer.compare(key, to) >= 0) return;
      if (!visit(key, own.subarray(valueStart - keyStart))) return;
    }
  }

  put(bucket: BucketName, key: Uint8Array, value: Uint8Array): void {
    this.#buffer.active.put(bucket, key, value);
  }

  delete(bucket: BucketName, key: Uint8Array): void {
    this.#buffer.active.delete(bucket, key);
  }

  /** Sets what is called just before a batch is closed; it may still write to it. */
  setBeforeCommit(hook: () => void): void {
    this.#beforeCommit = hook;
  }

  /**
   * To be called once a turn, between two entries, and at least every batch interval. Begins a
   * commit when it is time, or works on the one under way. True when it has more to do at once.
   */
  maybeCommit(nowMs: number): boolean {
    this.#nowMs = nowMs;
    this.#lastCommitMs ??= nowMs;
    if (this.#options.failpoint !== undefined) this.#reachWriteback(this.#options.failpoint);
    if (this.#isClosed || this.#database.stage === "broken") return false;
    if (this.#database.stage !== "idle") return this.#database.step(this.#stepPages);
    if (this.#buffer.committing !== undefined) return this.#retry();
    if (this.#isTime()) return this.#begin();
    if (!this.#database.hasListedFreePages) return this.#listFreePages();
    if (this.#defragmentation === undefined) return false;
    return this.#defragment(this.#defragmentation);
  }

  /** In etcd each batch of writes is shown to readers by a step of its own, which a failpoint delays. */
  #reachWriteback(failpoint: Failpoint): void {
    const { operationCount } = this.#buffer.active;
    if (operationCount === this.#operationsSeen) return;
    this.#operationsSeen = operationCount;
    if (operationCount > 0) failpoint("beforeWritebackBuf");
  }

  /** The first commit needs them, and Status before it. */
  #listFreePages(): boolean {
    try {
      return !this.#database.listFreePages(this.#stepPages);
    } catch (error) {
      if (!(error instanceof CorruptFileError)) throw error;
      this.#options.onFailure(error);
      return false;
    }
  }

  /** Commits what was written so far as soon as it can; `done` when it is durable. */
  commit(done: Done): void {
    this.#waiting.push(done);
    this.#isForced = true;
    this.#options.wake?.();
  }

  /** Commits, then pins that state for a copy of the file. Closing the copy ends the pin. */
  snapshot(done: (snapshot: BackendSnapshot | Error) => void): void {
    this.commit((error) => {
      done(error ?? new BackendSnapshot(this.#database.beginRead()));
    });
  }

  /**
   * Makes the file shorter without a pause; `done` when it is as short as it gets. Who asks while one
   * is under way is told when that one ends.
   */
  defragment(done: Defragmented): void {
    if (this.#defragmentation !== undefined) {
      this.#defragmentingFor.push(done);
      return;
    }
    const failpoint = this.#options.failpoint;
    // No file is made here, but who plays out a disk without room for one is to see it fail so.
    const failed = failpoint?.("defragOpenFileError") ?? failpoint?.("defragdbFail");
    if (failed !== undefined) {
      done(new Error(failed));
      return;
    }
    failpoint?.("defragBeforeCopy");
    this.#defragmentingFor = [done];
    const { meter } = this.#options;
    const startedMs = meter?.nowMs() ?? 0;
    meter?.defragmenting();
    const wake = (): void => this.#options.wake?.();
    const ended = (error: Error | undefined): void => {
      const told = this.#defragmentingFor;
      this.#defragmentingFor = [];
      meter?.defragmented((meter.nowMs() - startedMs) / 1000);
      for (const one of told) one(error);
    };
    this.#defragmentation = new Defragmentation(this.#database, ended, wake);
    wake();
  }

  /** Every breach of the file's invariants; for tests and `ETCD_VERIFY=all`. */
  check(): string[] {
    return this.#database.check();
  }

  /** Commits, then closes. */
  stop(done: Done): void {
    this.commit((error) => {
      this.close();
      done(error);
    });
  }

  /** Closes at once; what is not committed is lost, as in a crash. Closing twice is harmless. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#defragmentation?.fail(new Error("the backend is closed"));
    this.#database.close();
  }

  #isTime(): boolean {
    if (this.#isForced) return true;
    const { active } = this.#buffer;
    if (active.operationCount === 0) return false;
    if (active.operationCount >= this.#batchLimit || active.bytes >= batchBytesMax) return true;
    return this.#nowMs - this.#lastCommitMs! >= this.#batchIntervalMs;
  }

  /** Closes the batch and begins to commit it. */
  #begin(isMoving = false): boolean {
    const failpoint = this.#options.failpoint;
    failpoint?.("commitBeforePreCommitHook");
    this.#beforeCommit();
    failpoint?.("commitAfterPreCommitHook");
    this.#lastCommitMs = this.#nowMs;
    this.#isForced = false;
    this.#committingFor = this.#waiting;
    this.#waiting = [];
    const { active } = this.#buffer;
    if (active.isEmpty && !isMoving) {
      this.#tell(undefined);
      return false;
    }
    this.#buffer.committing = active;
    failpoint?.("beforeStartDBTxn");
    this.#buffer.active = new Batch();
    failpoint?.("afterStartDBTxn");
    this.#buffer.epoch++;
    return this.#start();
  }

  #retry(): boolean {
    if (this.#nowMs < this.#retryAtMs) return false;
    return this.#start();
  }

  #start(): boolean {
    const batch = this.#buffer.committing;
    assert(batch !== undefined, "a closed batch is committed");
    this.#options.failpoint?.("beforeCommit");
    const moving = this.#defragmentation;
    const isMoving = moving !== undefined;
    const options = {
      fillOf: isMoving ? packedFillOf : fillOf,
      touch: moving?.touch,
      mayShrink: isMoving,
    };
    this.#commitStartedMs = this.#options.meter?.nowMs() ?? 0;
    this.#database.startCommit(batch, options, (error) => this.#onCommitted(error));
    return true;
  }

  #onCommitted(error: Error | undefined): void {
    if (this.#isClosed) return;
    if (error !== undefined) {
      this.#onRefused(error);
      return;
    }
    const failpoint = this.#options.failpoint;
    this.#commits++;
    const { meter } = this.#options;
    meter?.committed((meter.nowMs() - this.#commitStartedMs) / 1000);
    this.#fullError = undefined;
    this.#buffer.committing = undefined;
    this.#buffer.view = this.#database.view;
    this.#buffer.epoch++;
    failpoint?.("afterWritebackBuf");
    failpoint?.("afterCommit");
    this.#defragmentation?.committed();
    this.#tell(undefined);
    if (this.#isForced || this.#defragmentation !== undefined) this.#options.wake?.();
  }

  /** A full disk has changed nothing: the batch waits. Anything else is the end. */
  #onRefused(error: Error): void {
    const isFull = isDiskError(error, "ENOSPC") || isDiskError(error, "EDQUOT");
    if (isFull && this.#database.stage === "idle") {
      this.#fullError = error;
      this.#retryAtMs = this.#nowMs + retryMs;
      this.#endDefragmentation(error);
      return;
    }
    this.#endDefragmentation(error);
    this.#tell(error);
    this.#options.onFailure(error);
  }

  #endDefragmentation(error: Error): void {
    this.#defragmentation?.fail(error);
    this.#defragmentation = undefined;
  }

  #tell(error: Error | undefined): void {
    const told = this.#committingFor;
    this.#committingFor = [];
    for (const done of told) done(error);
  }

  #defragment(defragmentation: Defragmentation): boolean {
    const wanted = defragmentation.step(this.#stepPages);
    if (wanted === "over") this.#options.failpoint?.("defragBeforeRename");
    if (wanted === "commit") return this.#begin(true);
    if (wanted === "over") this.#defragmentation = undefined;
    return wanted === "again";
  }
}
