import { CorruptFileError } from "../errors.ts";
import { isLone } from "../format/lone.ts";
import { Page, pageProblem, wordsOf } from "../format/page.ts";
import type { DiskFile, Synced } from "../../host/index.ts";
import { PageCache } from "./page-cache.ts";
import type { PageSums } from "./page-sums.ts";
import { PageWriter } from "./page-writer.ts";

const adviceOnDamage =
  "the disk does not give back what was written. Restore this member from a snapshot, or remove it " +
  "from its cluster and add it anew with an empty data directory";

/** Bytes a file grows by at once; etcd's files grow alike (bbolt/db.go, `AllocSize`). */
const growBytes = 16 * 1024 * 1024;

export interface PagerOptions {
  readonly cacheBytesMax: number;
  readonly sums: PageSums | undefined;
  /** Told, before anything else happens, of a page that is not what was written there. */
  readonly onDamage: ((error: CorruptFileError) => void) | undefined;
}

/** Pages of one file: read through a bounded cache, written in runs. Nothing else reads the file. */
export class Pager {
  readonly file: DiskFile;
  readonly name: string;
  readonly pageBytes: number;
  readonly #cache: PageCache;
  readonly writer: PageWriter;
  readonly #header: Page;
  readonly #sums: PageSums | undefined;
  readonly #onDamage: PagerOptions["onDamage"];
  #fileBytes: number;

  constructor(file: DiskFile, name: string, pageBytes: number, options: PagerOptions) {
    this.file = file;
    this.name = name;
    this.pageBytes = pageBytes;
    this.#cache = new PageCache(pageBytes, options.cacheBytesMax);
    this.#sums = options.sums;
    this.#onDamage = options.onDamage;
    this.writer = new PageWriter(file, pageBytes);
    this.#header = Page.ofLength(pageBytes);
    this.#fileBytes = file.size();
  }

  get cachedBytes(): number {
    return this.#cache.bytes;
  }
  get fileBytes(): number {
    return this.#fileBytes;
  }

  /**
   * A branch or leaf page, checked when it came from the file. Borrowed: the next call may give its
   * memory to another page, unless it is pinned. Throws CorruptFileError.
   */
  page(id: number): Page {
    return this.#cache.find(id) ?? this.#load(id);
  }

  /**
   * As `page`, but of a leaf that is one long element perhaps only the first page, with memory that
   * the next call uses again: who asks wants its key, or its length.
   */
  pageOrHead(id: number): Page {
    return this.#cache.find(id) ?? this.#load(id, true);
  }

  /** Whether `page` would find it without reading the file. */
  isCached(id: number): boolean {
    return this.#cache.has(id);
  }

  #load(id: number, mayBeHead = false): Page {
    // A damaged page may name any: the cache keeps a table as long as the largest id it was given.
    if (id * this.pageBytes >= this.#fileBytes) {
      throw this.corrupt(id, `page ${id}: the file ends after 0 of ${this.pageBytes} bytes`);
    }
    const frame = this.#cache.admit(id);
    this.#readWhole(frame, id, 0);
    const { overflow } = frame;
    // Damage in the header shows before what it says is followed.
    if (overflow === 0 || (this.#sums !== undefined && this.#sums.check(frame, id) >= 0)) {
      const problem = this.problemOf(frame, id);
      if (problem === undefined) return frame;
      this.#cache.forget(id);
      throw this.corrupt(id, problem);
    }
    this.#cache.forget(id);
    if (mayBeHead && this.#isHeadOfLone(frame, id)) {
      frame.bytes.copy(this.#header.bytes, 0, frame.start, frame.start + this.pageBytes);
      this.#header.id = id;
      return this.#header;
    }
    return this.#loadLarge(frame, id, overflow);
  }

  /** Whether all that is wanted of the leaf is here and believable; else it is read, and judged, whole. */
  #isHeadOfLone(head: Page, id: number): boolean {
    return (
      head.storedId === id &&
      isLone(head) &&
      head.leafKeyLength(0) > 0 &&
      head.leafKeyStart(0) + head.leafKeyLength(0) <= head.start + this.pageBytes &&
      (id + head.overflow + 1) * this.pageBytes <= this.#fileBytes
    );
  }

  #loadLarge(first: Page, id: number, overflow: number): Page {
    if (first.storedId !== id)
      throw this.corrupt(id, `page ${id}: says it is page ${first.storedId}`);
    if ((id + overflow + 1) * this.pageBytes > this.#fileBytes) {
      throw this.corrupt(id, `page ${id}: ${overflow} overflow pages lie outside the file`);
    }
    const bytes = Buffer.allocUnsafeSlow((overflow + 1) * this.pageBytes);
    const large = new Page(bytes, wordsOf(bytes), 0, bytes.length);
    large.id = id;
    this.#readWhole(large, id, 0);
    const problem = this.problemOf(large, id);
    if (problem !== undefined) throw this.corrupt(id, problem);
    this.#cache.admitLarge(large);
    return large;
  }

  /** What is wrong with a branch or leaf page that was read from the file, or nothing. */
  problemOf(page: Page, id: number): string | undefined {
    const sums = this.#sums;
    if (sums === undefined) return pageProblem(page, id);
    const damaged = sums.check(page, id);
    if (damaged >= 0) {
      const what = `page ${damaged}: checksum mismatch: ${adviceOnDamage}`;
      this.#onDamage?.(this.corrupt(damaged, what));
      return what;
    }
    const problem = pageProblem(page, id);
    if (problem === undefined) sums.learn(page, id);
    return problem;
  }

  /** A page of any type with its overflow, checked only for its id; memory of its own. */
  rawPage(id: number): Page {
    this.#readWhole(this.#header, id, 0);
    const { overflow, storedId } = this.#header;
    if (storedId !== id) throw this.corrupt(id, `page ${id}: says it is page ${storedId}`);
    if ((id + overflow + 1) * this.pageBytes > this.#fileBytes) {
      throw this.corrupt(id, `page ${id}: ${overflow} overflow pages lie outside the file`);
    }
    const page = Page.ofLength((overflow + 1) * this.pageBytes);
    page.id = id;
    this.#readWhole(page, id, 0);
    return page;
  }

  #readWhole(page: Page, id: number, from: number): void {
    const length = page.length - from;
    const position = id * this.pageBytes + from;
    const got = this.file.readInto(page.bytes, page.start + from, length, position);
    if (got === length) return;
    this.#cache.forget(id);
    throw this.corrupt(id, `page ${id}: the file ends after ${got} of ${length} bytes`);
  }

  /** Reads bytes as they are; those beyond the end of the file are zero. */
  readBytes(target: Uint8Array, start: number, length: number, position: number): void {
    const got = this.file.readInto(target, start, length, position);
    if (got < length) target.fill(0, start + got, start + length);
  }

  /**
   * Holds a copy of one page's bytes, at byte `start` of `words`, against its sum. One that does not
   * fit is damage only where `isSeen`. Throws CorruptFileError.
   */
  checkCopy(id: number, words: Uint32Array, start: number, isSeen: (id: number) => boolean): void {
    const sums = this.#sums;
    if (sums === undefined || sums.checkWords(id, words, start, 1) < 0 || !isSeen(id)) return;
    const error = this.corrupt(id, `page ${id}: checksum mismatch: ${adviceOnDamage}`);
    this.#onDamage?.(error);
    throw error;
  }

  /** Takes over the image of a page that was just built in the writer, so that it need not be read. */
  publish(id: number, start: number, pages: number): void {
    this.#sums?.set(id, this.writer.words, start, pages);
    if (pages > 1) {
      this.#cache.forget(id);
      return;
    }
    const frame = this.#cache.admit(id);
    this.writer.bytes.copy(frame.bytes, frame.start, start, start + this.pageBytes);
  }

  /** Part of a page that was just built in the writer and is not kept here. */
  publishPiece(id: number, start: number, pages: number): void {
    this.#sums?.set(id, this.writer.words, start, pages);
    this.#cache.forget(id);
  }

  /** Makes the file long enough for `highWater` pages, in steps. */
  grow(highWater: number): void {
    const required = (highWater + 1) * this.pageBytes;
    if (required <= this.#fileBytes) return;
    const grown = required + growBytes;
    this.file.truncate(grown);
    this.#fileBytes = grown;
  }

  /**
   * Gives back at most `bytesMax` of the file's end, down to `highWater` pages; true while there is
   * more. A kernel takes its time to drop the cached pages of a long end.
   */
  shrink(highWater: number, bytesMax: number): boolean {
    const required = highWater * this.pageBytes;
    if (required >= this.#fileBytes) return false;
    const shrunk = Math.max(required, this.#fileBytes - bytesMax);
    this.file.truncate(shrunk);
    this.#fileBytes = shrunk;
    return shrunk > required;
  }

  /** As `shrink`, off this thread: until `done` the file must not grow. False: there is nothing to cut. */
  shrinkInBackground(highWater: number, bytesMax: number, done: Synced): boolean {
    const required = highWater * this.pageBytes;
    if (required >= this.#fileBytes) return false;
    const shrunk = Math.max(required, this.#fileBytes - bytesMax);
    this.file.truncateInBackground(shrunk, (error) => {
      if (error === undefined) this.#fileBytes = shrunk;
      done(error);
    });
    return true;
  }

  corrupt(id: number, what: string): CorruptFileError {
    return new CorruptFileError(this.name, id * this.pageBytes, what);
  }
}
