// What mvcc asks of the place its data is kept. Synchronous: an implementation over a file keeps a
// write buffer and reads pages through a cache; one in memory keeps everything.

import { emptyBytes } from "../../base/index.ts";

/** The buckets of etcd's schema (server/storage/schema/bucket.go). */
export type BucketName =
  | "alarm"
  | "auth"
  | "authRoles"
  | "authUsers"
  | "cluster"
  | "key"
  | "lease"
  | "members"
  | "members_removed"
  | "meta";

/** Reads small buckets as a whole or by key. Bucket `key` is better read through `records`. */
export interface BackendReader {
  /** The value, borrowed until the next call; undefined when there is none. */
  get(bucket: BucketName, key: Uint8Array): Uint8Array | undefined;
  /**
   * Visits keys of [from, to), or all from `from` on, in byte order until `visit` returns false.
   * Both views are borrowed until `visit` returns, and it must not change the bucket.
   */
  visit(
    bucket: BucketName,
    from: Uint8Array,
    to: Uint8Array | undefined,
    visit: (key: Uint8Array, value: Uint8Array) => boolean,
  ): void;
}

export interface Backend extends BackendReader {
  /** Copies both. */
  put(bucket: BucketName, key: Uint8Array, value: Uint8Array): void;
  delete(bucket: BucketName, key: Uint8Array): void;
  /** Bucket `key`, by revision. */
  readonly records: RecordBucket;
}

/** Bucket `key`: one record for each change, ordered by revision. */
export interface RecordBucket {
  /** Copies bytes[start, end). Revisions only ascend; each has one record. */
  append(
    main: number,
    sub: number,
    tombstone: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void;
  /** Removes a record; does nothing when it is not there. */
  remove(main: number, sub: number, tombstone: boolean): void;
  /** A reader of its own; as many as one likes, each with its own scratch. */
  cursor(): RecordCursor;
  /** One that copies nothing: what it points at is good only until the next read of any kind. */
  borrowingCursor(): RecordCursor;
}

/** Neighbours taken in one go: of each its revision and where it lies in `buffer`. */
export class RecordRun {
  static readonly countMax = 256;
  buffer: Uint8Array = emptyBytes;
  count = 0;
  readonly mains = new Float64Array(RecordRun.countMax);
  readonly subs = new Float64Array(RecordRun.countMax);
  readonly starts = new Float64Array(RecordRun.countMax);
  readonly ends = new Float64Array(RecordRun.countMax);

  /** Begins anew in `buffer`. */
  begin(buffer: Uint8Array): void {
    this.buffer = buffer;
    this.count = 0;
  }

  add(main: number, sub: number, start: number, end: number): void {
    const at = this.count++;
    this.mains[at] = main;
    this.subs[at] = sub;
    this.starts[at] = start;
    this.ends[at] = end;
  }
}

/**
 * Reads records one at a time and allocates nothing for each. A position is good until the bucket
 * changes; what it points at, until the next seek or next of this cursor or change of the bucket.
 */
export interface RecordCursor {
  /** The record is buffer[start, end). */
  readonly buffer: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly main: number;
  readonly sub: number;
  readonly tombstone: boolean;
  /** Goes to exactly this revision's record; false when it is not there. */
  seek(main: number, sub: number): boolean;
  /** Goes to the first record at or behind this revision; false when there is none. */
  seekFrom(main: number, sub: number): boolean;
  /** Goes to the next record; false at the end. */
  next(): boolean;
  /**
   * Fills `run` with the record it stands on and those behind it that lie in the same memory, and
   * stands on the last of them. They are borrowed as `buffer` is.
   */
  takeRun(run: RecordRun): void;
}
