import {
  type RecordBucket,
  type RecordCursor,
  RecordRun,
  revisionKeyLength,
  tombstoneKeyLength,
  writeRevisionKey,
} from "../../core/mvcc/index.ts";
import { BufferCursor, type ReadBuffer } from "./read-buffer.ts";

/** Takes what is written to bucket `key`. */
export interface RecordWriter {
  putSlice(key: Uint8Array, bytes: Uint8Array, start: number, end: number): void;
  remove(key: Uint8Array): void;
}

/** Bucket `key` of a file, as mvcc wants it: by revision. */
export class FileRecords implements RecordBucket {
  readonly #buffer: ReadBuffer;
  readonly #writer: RecordWriter;
  readonly #key = Buffer.alloc(revisionKeyLength);
  readonly #tombstoneKey = Buffer.alloc(tombstoneKeyLength);

  constructor(buffer: ReadBuffer, writer: RecordWriter) {
    this.#buffer = buffer;
    this.#writer = writer;
  }

  append(
    main: number,
    sub: number,
    tombstone: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    this.#writer.putSlice(this.#keyOf(main, sub, tombstone), bytes, start, end);
  }

  remove(main: number, sub: number, tombstone: boolean): void {
    this.#writer.remove(this.#keyOf(main, sub, tombstone));
  }

  cursor(): RecordCursor {
    return new FileRecordCursor(this.#buffer, false);
  }

  borrowingCursor(): RecordCursor {
    return new FileRecordCursor(this.#buffer, true);
  }

  #keyOf(main: number, sub: number, tombstone: boolean): Buffer {
    const key = tombstone ? this.#tombstoneKey : this.#key;
    writeRevisionKey(main, sub, tombstone, key, 0);
    return key;
  }
}

const noRecord = Buffer.alloc(0);

/**
 * Reads records through the write buffers and the page cache. A record in a page that the cache may
 * give away is copied, a larger one, or one read ahead, is not.
 */
class FileRecordCursor implements RecordCursor {
  readonly #cursor: BufferCursor;
  readonly #borrows: boolean;
  readonly #key = Buffer.alloc(revisionKeyLength);
  #scratch = noRecord;
  buffer: Uint8Array = noRecord;
  start = 0;
  end = 0;
  main = 0;
  sub = 0;
  tombstone = false;

  constructor(buffer: ReadBuffer, borrows: boolean) {
    this.#cursor = new BufferCursor(buffer, "key");
    this.#borrows = borrows;
  }

  seek(main: number, sub: number): boolean {
    return this.seekFrom(main, sub) && this.main === main && this.sub === sub;
  }

  seekFrom(main: number, sub: number): boolean {
    writeRevisionKey(main, sub, false, this.#key, 0);
    return this.#cursor.seek(this.#key) && this.#take();
  }

  next(): boolean {
    // A commit that ended meanwhile replaced the pages, not the records.
    if (!this.#cursor.isCurrent) return this.#seekBehind();
    return this.#cursor.next() && this.#take();
  }

  takeRun(run: RecordRun): void {
    const cursor = this.#cursor;
    const { leaf } = cursor;
    run.begin(this.buffer);
    if (leaf === undefined || leaf.bytes !== this.buffer) {
      return run.add(this.main, this.sub, this.start, this.end);
    }
    const count = Math.min(cursor.countInLeaf, RecordRun.countMax);
    const { position } = cursor;
    for (let at = position; at < position + count; at++) {
      const key = leaf.leafKeyStart(at);
      const value = key + leaf.leafKeyLength(at);
      if (!isRevision(leaf.bytes, key, value)) break;
      const end = value + leaf.leafValueLength(at);
      run.add(uint64At(leaf.bytes, key), uint64At(leaf.bytes, key + 9), value, end);
    }
    if (run.count === 1) return;
    cursor.skip(run.count - 1);
    this.#take();
  }

  #seekBehind(): boolean {
    const { main, sub } = this;
    let found = this.seekFrom(main, sub);
    while (found && this.main === main && this.sub === sub) {
      found = this.#cursor.next() && this.#take();
    }
    return found;
  }

  /** Takes the element the cursor stands on; passes over what is no revision. */
  #take(): boolean {
    const cursor = this.#cursor;
    while (!isRevision(cursor.bytes, cursor.keyStart, cursor.valueStart)) {
      if (!cursor.next()) return false;
    }
    const { bytes, keyStart, valueStart, valueEnd } = cursor;
    this.main = uint64At(bytes, keyStart);
    this.sub = uint64At(bytes, keyStart + 9);
    this.tombstone = valueStart - keyStart === tombstoneKeyLength;
    if (cursor.isShared && !this.#borrows) {
      this.#copy(bytes, valueStart, valueEnd);
    } else {
      this.buffer = bytes;
      this.start = valueStart;
      this.end = valueEnd;
    }
    return true;
  }

  #copy(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    if (this.#scratch.length < length) {
      this.#scratch = Buffer.allocUnsafeSlow(Math.max(length, 4096));
    }
    bytes.copy(this.#scratch, 0, start, end);
    this.buffer = this.#scratch;
    this.start = 0;
    this.end = length;
  }
}

/** Big-endian; `isRevision` has seen that it is a safe integer. */
function uint64At(bytes: Uint8Array, at: number): number {
  const high = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  const low =
    (bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!;
  return (high >>> 0) * 0x1_0000_0000 + (low >>> 0);
}

/** Whether the key has the form of a revision (storage/mvcc/revision.go); a file may hold anything. */
function isRevision(bytes: Uint8Array, keyStart: number, valueStart: number): boolean {
  const length = valueStart - keyStart;
  if (length !== revisionKeyLength && length !== tombstoneKeyLength) return false;
  return bytes[keyStart + 8] === 0x5f && bytes[keyStart]! < 0x20 && bytes[keyStart + 9]! < 0x20;
}
