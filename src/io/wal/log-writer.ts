// Brings encoded records to disk: one write and one sync at a time, and what came meanwhile in the
// next one. It knows segments as files, not what the records say.
import { assert, formatDuration } from "../../base/index.ts";
import { type Cancel, type DiskFile, isDiskError, type Synced } from "../host/index.ts";
import { RecordEncoder } from "./record-encoder.ts";
import { segmentBytesDefault } from "./record.ts";
import type { SegmentName } from "./segment-name.ts";
import { SpareSegment } from "./spare-segment.ts";
import { removeSyncedMark, SyncedMark } from "./synced-mark.ts";
import { SyncPolicy } from "./sync-policy.ts";
import { WalError } from "./wal-error.ts";
import type { WalOptions } from "./wal-options.ts";
import { ZeroAhead } from "./zero-ahead.ts";

/** Records that end a segment: their bytes, who waits for them, and what the next one is called. */
interface SealedBatch {
  readonly bytes: Uint8Array;
  readonly waiting: Synced[];
  readonly next: SegmentName;
}

/** A segment that bears its temporary name until its first records are durable. */
interface NewbornSegment {
  readonly temporaryPath: string;
  readonly path: string;
}

const slowSyncMs = 1000;
const roomRetryMs = 500;
const zeroAheadBytesDefault = 1024 * 1024;
/** Syncs of so many bytes and more are given no zeros: of what a journal commit writes about half. */
const zeroAheadSyncBytesMax = 8 * 1024;
/** Of the average of a write: how much the newest counts. */
const averageShare = 1 / 16;
const nobody: Synced[] = [];

export class LogWriter {
  readonly encoder: RecordEncoder;
  readonly #options: WalOptions;
  readonly #segmentBytes: number;
  readonly #policy: SyncPolicy;
  readonly #spare: SpareSegment;
  #file: DiskFile;
  /** Where the next write to #file goes. */
  #offset: number;
  /** Where the encoder's first byte goes: in #file, or in a segment still to come. */
  #encoderStart: number;
  #newborn: NewbornSegment | undefined;
  #sealed: SealedBatch[] = [];
  #waiting: Synced[] = [];
  #mustSync = false;
  #busy = false;
  #zeroAhead: ZeroAhead | undefined;
  #averageBytes = 0;
  readonly #mark: SyncedMark | undefined;
  #failure: WalError | undefined;
  #closing: Synced | undefined;
  /** Set while a write waits for room. */
  #cancelRetry: Cancel | undefined;

  constructor(options: WalOptions, tail: { file: DiskFile; offset: number; crc: number }) {
    this.#options = options;
    this.#segmentBytes = options.segmentBytes ?? segmentBytesDefault;
    this.#policy = new SyncPolicy(options.syncing ?? "background");
    this.#spare = new SpareSegment(options.disk, options.directory, this.#segmentBytes);
    this.#file = tail.file;
    this.#offset = tail.offset;
    this.#encoderStart = tail.offset;
    this.encoder = new RecordEncoder(tail.crc);
    this.#prepareSpare();
    this.#startZeroAhead();
    const { disk, directory } = options;
    if (options.unsafeNoFsync === true) removeSyncedMark(disk, directory);
    else if (options.keepsMark === true) {
      const failed = (error: unknown): void => this.#fail(error, nobody);
      this.#mark = SyncedMark.open(disk, directory, options.clock, failed);
    }
  }

  /** Whether the last write found no room and is to be tried again. */
  get isFull(): boolean {
    return this.#cancelRetry !== undefined;
  }

  get failure(): WalError | undefined {
    return this.#failure;
  }

  /** Where in its segment the next record will begin. */
  get position(): number {
    return this.#encoderStart + this.encoder.length;
  }

  /** What the encoder holds shall become durable, or with `mustSync` false may wait for company. */
  submit(mustSync: boolean, done: Synced): void {
    if (!mustSync && !this.#busy && this.#waiting.length === 0) {
      this.answer([done], undefined);
      return;
    }
    this.#waiting.push(done);
    if (mustSync) this.#mustSync = true;
    if (!this.#busy) this.flush();
  }

  /** What the encoder holds ends the segment. The caller then encodes the head of `next`. */
  endSegment(next: SegmentName, done: Synced): void {
    this.#waiting.push(done);
    this.#sealed.push({ bytes: this.encoder.take(), waiting: this.#waiting, next });
    this.#waiting = [];
    this.#mustSync = false;
    this.#encoderStart = 0;
  }

  /** Calls each `done`, after the running call where answers are deferred. */
  answer(waiting: readonly Synced[], error: Error | undefined): void {
    if (waiting.length === 0) return;
    const call = (): void => {
      for (const done of waiting) done(error);
    };
    if (this.#policy.deferred) this.#options.clock.soon(call);
    else call();
  }

  close(done: Synced): void {
    assert(this.#closing === undefined, "a log is closed once");
    this.#closing = done;
    if (this.isFull) {
      this.#cancelRetry?.();
      this.#busy = false;
    }
    if (this.#failure !== undefined) this.#letGo();
    else {
      this.#mustSync = true;
      if (!this.#busy) this.flush();
    }
  }

  /** Starts the next write and sync if there is anything that calls for one. */
  flush(): void {
    if (this.#busy || this.#failure !== undefined) return;
    const sealed = this.#sealed.shift();
    if (sealed === undefined && !this.#mustSync && this.#newborn === undefined) {
      const waiting = this.#waiting;
      if (waiting.length > 0) this.#waiting = [];
      this.answer(waiting, undefined);
      return;
    }
    const waiting = sealed?.waiting ?? this.#waiting;
    this.#busy = true;
    if (sealed === undefined) {
      this.#waiting = [];
      this.#mustSync = false;
    }
    try {
      this.#write(sealed?.bytes ?? this.encoder.view());
    } catch (error) {
      if (this.#mayWait(error)) this.#waitForRoom(waiting, sealed, error);
      else this.#fail(error, waiting);
      return;
    }
    this.#cancelRetry = undefined;
    try {
      if (sealed === undefined) {
        this.encoder.clear();
        this.#encoderStart = this.#offset;
      } else {
        this.#zeroAhead?.stop();
        this.#file.truncate(this.#offset);
      }
      this.#options.failpoint?.("walBeforeSync");
    } catch (error) {
      this.#fail(error, waiting);
      return;
    }
    this.#sync((error) => this.#synced(error, waiting, sealed));
  }

  /** What was written in part is written over by the same bytes: only a sync must not be repeated. */
  #mayWait(error: unknown): boolean {
    if (this.#options.waitsForRoom !== true || this.#closing !== undefined) return false;
    return isDiskError(error, "ENOSPC") || isDiskError(error, "EDQUOT");
  }

  #waitForRoom(waiting: Synced[], sealed: SealedBatch | undefined, error: unknown): void {
    if (!this.isFull)
      this.#options.log?.warn("no room for the write-ahead log; waiting", { error });
    if (sealed !== undefined) this.#sealed.unshift(sealed);
    else {
      this.#waiting = [...waiting, ...this.#waiting];
      this.#mustSync = true;
    }
    this.#cancelRetry = this.#options.clock.after(roomRetryMs, () => {
      this.#busy = false;
      this.flush();
    });
  }

  #write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const meter = this.#options.meter;
    const before = meter === undefined ? 0 : this.#options.clock.nowMs();
    this.#file.write(bytes, this.#offset);
    this.#offset += bytes.length;
    this.#averageBytes += (bytes.length - this.#averageBytes) * averageShare;
    meter?.wrote(bytes.length, (this.#options.clock.nowMs() - before) / 1000);
  }

  #sync(done: Synced): void {
    if (this.#options.unsafeNoFsync) {
      if (this.#policy.deferred) this.#options.clock.soon(() => done(undefined));
      else done(undefined);
      return;
    }
    const before = this.#options.clock.nowMs();
    if (!this.#policy.inline) {
      this.#file.sync((error) => {
        this.#timed(before);
        done(error);
      });
      return;
    }
    let failed: Error | undefined;
    try {
      this.#file.syncNow();
    } catch (error) {
      failed = error as Error;
    }
    this.#timed(before);
    done(failed);
  }

  #timed(before: number): void {
    const took = this.#options.clock.nowMs() - before;
    this.#policy.took(took);
    this.#options.meter?.synced(took / 1000);
    if (took > slowSyncMs) {
      this.#options.log?.warn("slow fdatasync", {
        took: formatDuration(took),
        "expected-duration": "1s",
      });
    }
  }

  #synced(error: Error | undefined, waiting: Synced[], sealed: SealedBatch | undefined): void {
    if (error !== undefined || this.#failure !== undefined) {
      this.#fail(error ?? this.#failure, waiting);
      return;
    }
    try {
      this.#options.failpoint?.("walAfterSync");
    } catch (thrown) {
      this.#fail(thrown, waiting);
      return;
    }
    if (this.#newborn === undefined) this.#settled(waiting, sealed);
    else this.#name(this.#newborn, waiting, sealed);
  }

  /** The new segment's head is durable: it takes its name, and so do its records. */
  #name(newborn: NewbornSegment, waiting: Synced[], sealed: SealedBatch | undefined): void {
    const { disk, directory, unsafeNoFsync } = this.#options;
    const named: Synced = (error) => {
      if (error !== undefined || this.#failure !== undefined) {
        this.#fail(error ?? this.#failure, waiting);
        return;
      }
      this.#newborn = undefined;
      this.#options.log?.info("created a new WAL segment", { path: newborn.path });
      this.#settled(waiting, sealed);
    };
    try {
      disk.rename(newborn.temporaryPath, newborn.path);
      // Opened anew, so that errors speak of the file by its name.
      const file = disk.open(newborn.path);
      this.#file.close();
      this.#file = file;
      if (this.#policy.inline && !unsafeNoFsync) disk.syncDirectoryNow(directory);
    } catch (error) {
      this.#fail(error, waiting);
      return;
    }
    this.#startZeroAhead();
    if (this.#policy.inline || unsafeNoFsync) named(undefined);
    else disk.syncDirectory(directory, named);
  }

  #settled(waiting: Synced[], sealed: SealedBatch | undefined): void {
    this.#busy = false;
    const syncedTo = this.#offset;
    if (sealed !== undefined) {
      try {
        this.#openNext(sealed.next);
      } catch (error) {
        // What ended the old segment is durable all the same.
        this.answer(waiting, undefined);
        this.#fail(error, nobody);
        return;
      }
    }
    // Deferred answers are heard only after the next sync has started: a listener may take its time.
    this.answer(waiting, undefined);
    this.flush();
    if (sealed === undefined) this.#markSynced(syncedTo);
    if (this.#busy) return;
    if (this.#closing !== undefined) this.#letGo();
    else this.#zeroAhead?.advance();
  }

  #markSynced(offset: number): void {
    const { path } = this.#file;
    const segment = path.slice(path.lastIndexOf("/") + 1);
    this.#mark?.advance({ segment, offset });
  }

  #openNext(next: SegmentName): void {
    const { disk, directory } = this.#options;
    const temporaryPath = this.#spare.take();
    const file = disk.open(temporaryPath);
    this.#file.close();
    this.#file = file;
    this.#offset = 0;
    this.#newborn = { temporaryPath, path: `${directory}/${next.name}` };
    this.#prepareSpare();
  }

  /** Ahead of time: where there is no room for a name now there may be when it is needed. */
  #prepareSpare(): void {
    try {
      this.#spare.prepare();
    } catch (error) {
      if (this.#options.waitsForRoom !== true || !isDiskError(error, "ENOSPC")) throw error;
    }
  }

  #startZeroAhead(): void {
    const aheadBytes = this.#options.zeroAheadBytes ?? zeroAheadBytesDefault;
    if (aheadBytes === 0 || this.#options.syncing === "inline") return;
    this.#zeroAhead = new ZeroAhead({
      disk: this.#options.disk,
      path: this.#file.path,
      limit: this.#segmentBytes,
      aheadBytes,
      position: () => this.#offset,
      isWorthIt: () => this.#averageBytes < zeroAheadSyncBytesMax,
      onError: (error) => this.#fail(error, nobody),
    });
    this.#zeroAhead.advance();
  }

  /** Ends the log. Nothing that waits may be taken for durable. */
  #fail(cause: unknown, waiting: readonly Synced[]): void {
    const message = cause instanceof Error ? cause.message : String(cause);
    this.#failure ??= new WalError("failed", message, cause);
    this.#busy = false;
    this.#zeroAhead?.stop();
    const everyone = [...waiting, ...this.#sealed.flatMap((batch) => batch.waiting)];
    everyone.push(...this.#waiting);
    this.#sealed = [];
    this.#waiting = [];
    this.answer(everyone, this.#failure);
    if (this.#closing !== undefined) this.#letGo();
  }

  #letGo(): void {
    const done = this.#closing;
    this.#closing = undefined;
    if (done === undefined) return;
    this.#zeroAhead?.stop();
    this.#mark?.close();
    this.#file.close();
    let error: Error | undefined = this.#failure;
    try {
      this.#spare.remove();
    } catch (thrown) {
      error ??= thrown as Error;
    }
    this.answer([done], error);
  }
}
