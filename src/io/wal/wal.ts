// The write-ahead log of a member, open for appending (server/storage/wal/wal.go).
import { assert } from "../../base/index.ts";
import {
  encodeWalSnapshot,
  type Entry,
  type HardState,
  type WalSnapshot,
} from "../../core/proto/index.ts";
import { isEmptyHardState } from "./hard-state.ts";
import type { DiskFile, DiskLock, Synced } from "../host/index.ts";
import { LogWriter } from "./log-writer.ts";
import { RecordType, segmentBytesDefault } from "./record.ts";
import { segmentName, type SegmentName } from "./segment-name.ts";
import { WalError } from "./wal-error.ts";
import type { WalOptions } from "./wal-options.ts";

/** Where an open log stands. */
export interface WalTail {
  readonly lock: DiskLock;
  /** The segments this log reads from or writes to, oldest first; purging leaves them alone. */
  readonly segments: readonly SegmentName[];
  readonly file: DiskFile;
  /** Where in `file` the next record goes. */
  readonly offset: number;
  readonly crc: number;
  readonly metadata: Uint8Array;
  readonly hardState: HardState;
  readonly lastIndex: number;
}

/**
 * Appends in the order of its calls. What one call appends, and what further calls append while a
 * sync is under way, becomes one write and one fdatasync. The first write or sync that fails ends
 * the log: every `done` that waits and every later one gets that error, and no sync is tried again.
 */
export class Wal {
  readonly #options: WalOptions;
  readonly #segmentBytes: number;
  readonly #lock: DiskLock;
  readonly #metadata: Uint8Array;
  readonly #writer: LogWriter;
  #segments: SegmentName[];
  #hardState: HardState;
  #lastIndex: number;
  #closed = false;

  /** For `createWal` and `openWal`. */
  constructor(options: WalOptions, tail: WalTail) {
    this.#options = options;
    this.#segmentBytes = options.segmentBytes ?? segmentBytesDefault;
    this.#lock = tail.lock;
    this.#metadata = tail.metadata;
    this.#segments = [...tail.segments];
    this.#hardState = tail.hardState;
    this.#lastIndex = tail.lastIndex;
    this.#writer = new LogWriter(options, tail);
  }

  get directory(): string {
    return this.#options.directory;
  }

  /** The error that ended the log, if one did. */
  get failure(): WalError | undefined {
    return this.#writer.failure;
  }

  /** Whether the log waits for room on the disk; nothing is acknowledged meanwhile. */
  get isFull(): boolean {
    return this.#writer.isFull;
  }

  /** Index of the last entry or snapshot saved. */
  get lastIndex(): number {
    return this.#lastIndex;
  }

  /** Bytes in front of the next record in its segment, those not yet written included. */
  get offset(): number {
    return this.#writer.position;
  }

  /**
   * Appends entries and, behind them, the hard state. `done` comes when they are durable; a hard
   * state that moves the commit alone is not synced and goes to disk with what follows it.
   */
  save(hardState: HardState | undefined, entries: readonly Entry[], done: Synced): void {
    const state = hardState === undefined || isEmptyHardState(hardState) ? undefined : hardState;
    if (this.#refused(done)) return;
    const writer = this.#writer;
    const previous = this.#hardState;
    for (const entry of entries) writer.encoder.appendEntry(entry);
    if (entries.length > 0) this.#lastIndex = entries[entries.length - 1]!.index;
    let mustSync = entries.length > 0;
    if (state !== undefined) {
      mustSync ||= state.vote !== previous.vote || state.term !== previous.term;
      writer.encoder.appendHardState(state);
      this.#hardState = { term: state.term, vote: state.vote, commit: state.commit };
    }
    if (writer.position >= this.#segmentBytes) this.#cut(done);
    else writer.submit(mustSync, done);
  }

  /** Appends a snapshot record; `done` comes when it is durable. Throws on an invalid one. */
  saveSnapshot(snapshot: WalSnapshot, done: Synced): void {
    if (snapshot.confState === undefined && snapshot.index > 0) {
      throw new WalError(
        "invalidSnapshot",
        "Saved (not-initial) snapshot is missing ConfState: " +
          `index:${snapshot.index} term:${snapshot.term}`,
      );
    }
    if (this.#refused(done)) return;
    this.#writer.encoder.appendPayload(RecordType.snapshot, encodeWalSnapshot(snapshot));
    this.#lastIndex = Math.max(this.#lastIndex, snapshot.index);
    this.#writer.submit(true, done);
  }

  /** Makes everything saved so far durable, unsynced commits too. */
  sync(done: Synced): void {
    if (!this.#refused(done)) this.#writer.submit(true, done);
  }

  /**
   * Lets go of the segments that are not needed to read from `index` on: all before the newest one
   * that begins below it (ReleaseLockTo).
   */
  releaseLockTo(index: number): void {
    const at = this.#segments.findIndex((segment) => segment.index >= index);
    const smaller = at < 0 ? this.#segments.length - 1 : at - 1;
    if (smaller > 0) this.#segments = this.#segments.slice(smaller);
  }

  /**
   * Removes the oldest segments, as long as there are more than `max` and this log has let go of
   * them; 0 keeps all. Returns the names removed.
   */
  purge(max: number): string[] {
    if (max === 0 || this.#closed) return [];
    const { disk, directory } = this.#options;
    const held = new Set(this.#segments.map(({ name }) => name));
    const names = disk.readdir(directory).filter((name) => name.endsWith("wal"));
    const removed: string[] = [];
    for (const name of names.slice(0, Math.max(0, names.length - max))) {
      if (held.has(name)) break;
      disk.unlink(`${directory}/${name}`);
      this.#options.log?.info("purged", { path: `${directory}/${name}` });
      removed.push(name);
    }
    return removed;
  }

  /** Writes and syncs what waits, then lets everything go. Calls after it get an error. */
  close(done: Synced): void {
    if (this.#closed) {
      this.#writer.answer([done], undefined);
      return;
    }
    this.#closed = true;
    this.#writer.close((error) => {
      this.#lock.release();
      done(error);
    });
  }

  #refused(done: Synced): boolean {
    assert(!this.#closed, "a closed log is not written");
    const failure = this.#writer.failure;
    if (failure === undefined) return false;
    this.#writer.answer([done], failure);
    return true;
  }

  /** The records so far end their segment; the next one begins with sum, metadata and state. */
  #cut(done: Synced): void {
    const last = this.#segments.at(-1)!;
    const next = segmentName(last.sequence + 1, this.#lastIndex + 1);
    this.#segments.push(next);
    this.#writer.endSegment(next, done);
    const encoder = this.#writer.encoder;
    encoder.appendCrc();
    encoder.appendPayload(RecordType.metadata, this.#metadata);
    if (!isEmptyHardState(this.#hardState)) encoder.appendHardState(this.#hardState);
    this.#writer.flush();
  }
}
