import { assert } from "../../base/index.ts";
import { type Disk, DiskError, type DiskFile, type DiskLock, type Synced } from "../host/index.ts";
import type { Batch } from "./batch.ts";
import { type CheckOptions, checkFile } from "./check.ts";
import { Commit, type CommitOptions } from "./commit.ts";
import { CorruptFileError } from "./errors.ts";
import { type Meta, noFreelist } from "./format/meta.ts";
import { freelistFromFile, freelistFromTree } from "./free-pages.ts";
import { createDatabaseFile, readMeta, readStamp } from "./open.ts";
import type { Freelist } from "./pages/freelist.ts";
import { PageSums } from "./pages/page-sums.ts";
import { Pager } from "./pages/pager.ts";
import { ReadTransaction, WriteTransaction } from "./transaction.ts";
import { type MoveOptions, type MovePlan, planMoves } from "./tree/move-plan.ts";
import type { Work } from "./tree/tree.ts";
import { runToEnd, View } from "./view.ts";

export interface DatabaseOptions {
  readonly disk: Disk;
  readonly path: string;
  /** Only reading; a missing file is an error then. */
  readonly readOnly?: boolean;
  /** Bytes of pages kept in memory; 64 MiB unless told. */
  readonly cacheBytesMax?: number;
  /** Leaves syncing out: for tests, and etcd's `--unsafe-no-fsync`. */
  readonly noSync?: boolean;
  /** Of a file that is made; 4096 unless told. */
  readonly pageBytes?: number;
  /** Permission bits of a file that is made; 0o600 unless told. */
  readonly mode?: number;
  /** Takes no lock on the file, for who has made sure otherwise that it is alone. */
  readonly isLocked?: boolean;
  /** A sidecar file with a checksum of every page; none is read or kept unless told. */
  readonly sumsPath?: string | undefined;
  /** Told of a page whose checksum does not hold, before the read of it throws. */
  readonly onDamage?: ((error: CorruptFileError) => void) | undefined;
}

/** Where the running commit is. `broken`: a sync or the meta page failed, and nobody knows what the
 * disk holds; only reopening, after a check, may go on. */
export type CommitStage =
  | "idle"
  | "listing free pages"
  | "building"
  | "syncing pages"
  | "syncing meta"
  | "cutting"
  | "broken";

export type Committed = (error: Error | undefined) => void;

interface Running {
  readonly batch: Batch;
  readonly options: CommitOptions;
  readonly done: Committed;
  commit: Commit | undefined;
}

/** One open file: one writer, any number of readers, all on one thread. */
export class Database {
  readonly #disk: DiskFile;
  readonly #lock: DiskLock | undefined;
  readonly #pager: Pager;
  readonly #sums: PageSums | undefined;
  #hasTrustedSums = false;
  readonly #options: DatabaseOptions;
  #view: View;
  #freelist: Freelist | undefined;
  /** What the file says is free: believed for figures and checks, not for writing. */
  readonly #storedFreelist: Freelist | undefined;
  #listing: Generator<void, Freelist> | undefined;
  readonly #work: Work = { left: 0 };
  /** Open read transactions by the transaction id they see. */
  readonly #readers = new Map<number, { count: number; highWater: number }>();
  #stage: CommitStage = "idle";
  #running: Running | undefined;
  /** The high-water mark of the meta page before the current one. */
  #previousHighWater: number;

  private constructor(file: DiskFile, lock: DiskLock | undefined, options: DatabaseOptions) {
    this.#disk = file;
    this.#lock = lock;
    this.#options = options;
    const meta = readMeta(file);
    const cacheBytesMax = options.cacheBytesMax ?? 64 * 1024 * 1024;
    this.#sums = this.#openSums(file, meta);
    const { onDamage } = options;
    const pagerOptions = { cacheBytesMax, sums: this.#sums, onDamage };
    this.#pager = new Pager(file, options.path, meta.pageBytes, pagerOptions);
    this.#view = new View(this.#pager, meta);
    this.#previousHighWater = meta.highWater;
    const needed = meta.highWater * meta.pageBytes;
    if (this.#pager.fileBytes < needed) {
      const what = `the file ends before its high-water mark of ${needed} bytes`;
      throw new CorruptFileError(options.path, this.#pager.fileBytes, what);
    }
    if (meta.freelist !== noFreelist) this.#storedFreelist = freelistFromFile(this.#pager, meta);
  }

  #openSums(file: DiskFile, meta: Meta): PageSums | undefined {
    const { disk, sumsPath } = this.#options;
    if (sumsPath === undefined) return undefined;
    const sums = new PageSums(disk, sumsPath, meta.pageBytes);
    const chain = readStamp(file, meta);
    this.#hasTrustedSums = sums.load(chain === undefined ? undefined : { txid: meta.txid, chain });
    return sums;
  }

  /** Opens the file, or makes it. Throws DiskError, InvalidDatabaseError, CorruptFileError. */
  static open(options: DatabaseOptions): Database {
    const { disk, path } = options;
    const readOnly = options.readOnly ?? false;
    if (!readOnly && (disk.stat(path)?.size ?? 0) === 0) {
      createDatabaseFile(disk, path, options.pageBytes ?? 4096, options.mode);
    }
    const file = disk.open(path, { readOnly });
    let lock: DiskLock | undefined;
    try {
      if (options.isLocked !== true) lock = takeLock(disk, path, readOnly);
      return new Database(file, lock, options);
    } catch (error) {
      lock?.release();
      file.close();
      throw error;
    }
  }

  /** The last committed state. Replaced by a commit: who reads over several turns pins instead. */
  get view(): View {
    return this.#view;
  }
  get meta(): Meta {
    return this.#view.meta;
  }
  get path(): string {
    return this.#options.path;
  }
  /** Bytes up to the high-water mark: what etcd calls the size of the database. */
  get size(): number {
    return this.meta.highWater * this.meta.pageBytes;
  }
  /** `size` without the free pages, as far as they are listed yet. */
  get sizeInUse(): number {
    return this.size - this.freePages * this.meta.pageBytes;
  }
  get freePages(): number {
    return (this.#freelist ?? this.#storedFreelist)?.freeCount ?? 0;
  }
  /** Pages freed that a reader or the older meta page may still see. */
  get pendingPages(): number {
    return this.#freelist?.pendingCount ?? 0;
  }
  /** Whether the free pages are known; the first commit, or `listFreePages`, finds them. */
  get hasListedFreePages(): boolean {
    return this.#freelist !== undefined;
  }
  get cachedBytes(): number {
    return this.#pager.cachedBytes;
  }
  /** Whether the sums found beside the file were of this very state; else pages give theirs. */
  get hasTrustedSums(): boolean {
    return this.#hasTrustedSums;
  }
  get openReaders(): number {
    let count = 0;
    for (const reader of this.#readers.values()) count += reader.count;
    return count;
  }
  get stage(): CommitStage {
    return this.#stage;
  }

  /** Pins the last committed state until it is closed. */
  beginRead(): ReadTransaction {
    const { txid, highWater } = this.meta;
    const reader = this.#readers.get(txid) ?? { count: 0, highWater };
    reader.count++;
    this.#readers.set(txid, reader);
    const isSeen = (id: number): boolean => this.#isSeenBy(txid, id);
    return new ReadTransaction(this.#pager, this.meta, isSeen, () => {
      if (--reader.count > 0) return;
      this.#readers.delete(txid);
      this.#freelist?.readerEnded();
    });
  }

  /** Whether a page may belong to an open reader's state: neither free, nor cut off, nor newer. */
  #isSeenBy(txid: number, id: number): boolean {
    this.listFreePages(Number.POSITIVE_INFINITY);
    const freelist = this.#freelist!;
    const highWater = this.#running?.commit?.meta.highWater ?? Number.POSITIVE_INFINITY;
    if (id >= Math.min(highWater, this.meta.highWater)) return false;
    return !freelist.isFree(id) && freelist.givenOutTo(id) <= txid;
  }

  beginWrite(): WriteTransaction {
    return new WriteTransaction(this);
  }

  /**
   * Starts to commit the batch, which must not change any more. `step` does the work; `done` is
   * called once. After an error while pages were built everything is as before and the same batch
   * may be committed again; after any other the stage is `broken`.
   */
  startCommit(batch: Batch, options: CommitOptions, done: Committed): void {
    assert(this.#stage === "idle", "one commit runs at a time");
    assert(this.#options.readOnly !== true, "a database opened for reading is not written");
    this.#running = { batch, options, done, commit: undefined };
    this.#stage = "listing free pages";
  }

  /** Touches about `pages` pages for the commit; true while there is more that it could do now. */
  step(pages: number): boolean {
    if (this.#stage === "listing free pages") {
      if (!this.#tryStep(() => this.listFreePages(pages))) return false;
      if (this.#freelist !== undefined) this.#stage = "building";
      return true;
    }
    if (this.#stage !== "building") return false;
    const running = this.#running!;
    const isBuilt = this.#tryStep(() => this.#commitOf(running).build(pages));
    if (this.#stage !== "building") return false;
    if (!isBuilt) return true;
    if (this.#sums !== undefined && !this.#tryStep(() => this.#appendSums(running))) return false;
    this.#stage = "syncing pages";
    this.#syncPages((error) => this.#onPagesSynced(error));
    return false;
  }

  /** Commits at once, on this thread: for tools and tests, and while nothing else is running. */
  commitNow(batch: Batch, options: CommitOptions = {}): void {
    assert(this.#stage === "idle", "one commit runs at a time");
    this.listFreePages(Number.POSITIVE_INFINITY);
    const commit = this.#newCommit(batch, options);
    try {
      commit.buildAll();
    } catch (error) {
      commit.abandon();
      throw error;
    }
    this.#stage = "broken";
    commit.appendSums();
    if (this.#options.noSync !== true) {
      this.#disk.syncNow();
      this.#sums?.syncNow();
    } else this.#sums?.settle();
    commit.writeMeta();
    if (this.#options.noSync !== true) this.#disk.syncNow();
    this.#stage = "idle";
    this.#adopt(commit);
  }

  /** Finds free pages for about `pages` pages; true when they are all known. */
  listFreePages(pages: number): boolean {
    if (this.#freelist !== undefined) return true;
    this.#listing ??= freelistFromTree(this.#pager, this.meta, this.#work);
    this.#work.left = pages;
    const step = this.#listing.next();
    if (step.done !== true) return false;
    this.#freelist = step.value;
    this.#listing = undefined;
    return true;
  }

  /** Every breach of the file's invariants, at most `problemsMax`; an empty list is a sound file. */
  check(options: CheckOptions = {}): string[] {
    try {
      if (this.#storedFreelist === undefined) this.listFreePages(Number.POSITIVE_INFINITY);
    } catch (error) {
      // The check finds the same damage and says more about it.
      if (!(error instanceof CorruptFileError)) throw error;
      this.#listing = undefined;
    }
    return runToEnd(this.checkSteps(options, { left: Number.POSITIVE_INFINITY }));
  }

  /** As `check`, in steps, of the state when it began. Readers and commits may go on meanwhile. */
  *checkSteps(options: CheckOptions, work: Work): Generator<void, string[]> {
    const reader = this.beginRead();
    try {
      // Only while no commit moves pages does the list of free ones belong to this state.
      const known = this.#freelist ?? this.#storedFreelist;
      const freelist = this.#stage === "idle" ? known : undefined;
      return yield* checkFile(this.#pager, reader.meta, freelist, options, work);
    } finally {
      reader.close();
    }
  }

  /** Plans which leaves to rewrite so that the file can become shorter, of the state now. */
  *planMoves(options: MoveOptions, work: Work): Generator<void, MovePlan> {
    const reader = this.beginRead();
    try {
      return yield* planMoves(this.#pager, reader, options, work);
    } finally {
      reader.close();
    }
  }

  /**
   * Gives at most `bytesMax` of the file's unused end back to the disk; true while there is more.
   * Both meta pages and every reader keep what they can see.
   */
  truncateUnused(bytesMax = Number.POSITIVE_INFINITY): boolean {
    if (this.#stage !== "idle") return true;
    return this.#pager.shrink(this.#unusedFrom(), bytesMax);
  }

  /**
   * As `truncateUnused`, off this thread, for a journal may make it wait: the stage is `cutting` and no
   * commit can start until `done`, which comes unless the database is closed. False: nothing to cut.
   */
  cutUnused(bytesMax: number, done: Synced): boolean {
    assert(this.#stage === "idle", "no commit runs while the file is cut");
    const isCutting = this.#pager.shrinkInBackground(this.#unusedFrom(), bytesMax, (error) => {
      if (this.#stage !== "cutting") return;
      this.#stage = "idle";
      done(error);
    });
    if (isCutting) this.#stage = "cutting";
    return isCutting;
  }

  #unusedFrom(): number {
    let mark = Math.max(this.meta.highWater, this.#previousHighWater);
    for (const { highWater } of this.#readers.values()) mark = Math.max(mark, highWater);
    return mark;
  }

  /** The number of free pages below page `id`. */
  freePagesBelow(id: number): number {
    return this.#freelist?.freeBelow(id) ?? 0;
  }

  /** Closing twice is harmless. A running commit is abandoned: the file keeps the old state. */
  close(): void {
    this.#stage = "broken";
    this.#running = undefined;
    this.#lock?.release();
    this.#disk.close();
    this.#sums?.close();
  }

  #newCommit(batch: Batch, options: CommitOptions): Commit {
    const base = {
      pager: this.#pager,
      freelist: this.#freelist!,
      view: this.#view,
      readers: [...this.#readers.keys()],
      sums: this.#sums,
    };
    return new Commit(base, batch, options);
  }

  #commitOf(running: Running): Commit {
    running.commit ??= this.#newCommit(running.batch, running.options);
    return running.commit;
  }

  /** Runs a step; an error of the file ends the commit and leaves the old state. */
  #tryStep(step: () => boolean): boolean {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof DiskError || error instanceof CorruptFileError)) throw error;
      const running = this.#running!;
      running.commit?.abandon();
      this.#listing = undefined;
      this.#running = undefined;
      this.#stage = "idle";
      running.done(error);
      return false;
    }
  }

  #sync(done: Committed): void {
    // Without syncs the commit goes on at once, still after the step that ended its pages.
    if (this.#options.noSync === true) done(undefined);
    else this.#disk.sync(done);
  }

  #appendSums({ commit }: Running): boolean {
    commit!.appendSums();
    return true;
  }

  /** The pages and, beside them, their sums: both are durable before the meta page is written. */
  #syncPages(done: Committed): void {
    const sums = this.#sums;
    if (sums === undefined) return this.#sync(done);
    if (this.#options.noSync === true) {
      sums.settle();
      return done(undefined);
    }
    let left = 2;
    let failure: Error | undefined;
    const one: Committed = (error) => {
      failure ??= error;
      if (--left === 0) done(failure);
    };
    this.#disk.sync(one);
    sums.sync(one);
  }

  #onPagesSynced(error: Error | undefined): void {
    if (this.#stage !== "syncing pages") return;
    let failure = error;
    try {
      if (failure === undefined) this.#running!.commit!.writeMeta();
    } catch (refused) {
      failure = refused as Error;
    }
    if (failure !== undefined) return this.#break(failure);
    this.#stage = "syncing meta";
    this.#sync((synced) => this.#onMetaSynced(synced));
  }

  #onMetaSynced(error: Error | undefined): void {
    if (this.#stage !== "syncing meta") return;
    if (error !== undefined) return this.#break(error);
    const { commit, done } = this.#running!;
    this.#running = undefined;
    this.#stage = "idle";
    this.#adopt(commit!);
    done(undefined);
  }

  #break(error: Error): void {
    const { done } = this.#running!;
    this.#running = undefined;
    this.#stage = "broken";
    done(error);
  }

  #adopt(commit: Commit): void {
    this.#previousHighWater = this.meta.highWater;
    this.#view = new View(this.#pager, commit.meta);
  }
}

/** bbolt takes a lock on the file itself, shared by readers (bbolt/bolt_unix.go). */
function takeLock(disk: Disk, path: string, readOnly: boolean): DiskLock {
  const lock = disk.tryLock(path, readOnly ? "shared" : "exclusive");
  if (lock === undefined) throw new DiskError("flock", path, "EWOULDBLOCK");
  return lock;
}
