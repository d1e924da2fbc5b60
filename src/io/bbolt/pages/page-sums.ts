import { assert } from "../../../base/index.ts";
import { type Disk, DiskError, type DiskFile, parentDirectory } from "../../host/index.ts";
import type { Synced } from "../../host/index.ts";
import type { Page } from "../format/page.ts";
import { wordSum } from "./page-sum.ts";
import { decodeRecord, encodeBase, encodeChanges, type SumsRecord } from "./sums-record.ts";

/** Records of changes are gathered up to this, or twice the table, before it is written anew. */
const changesBytesMin = 256 * 1024;
const changedPagesMin = 4096;
/** Zeros are written ahead of the records: what only changes blocks a file has is synced faster. */
const zeroAheadBytes = 64 * 1024;
/** Pages above this have no sum: 16 TiB of 4 KiB pages. */
const pageIdMax = 2 ** 32;

/** What a meta page says of the sidecar: written by us, for this transaction, with this chain. */
export interface SumsStamp {
  readonly txid: number;
  readonly chain: number;
}

/**
 * A checksum for every page of a database file, in a sidecar that other programs know nothing of.
 * Each commit appends the sums of the pages it wrote and makes them durable before its meta page,
 * which bears a stamp of them; a program that commits without us leaves no stamp. Sums that the
 * stamp does not vouch for are forgotten, and a page without a sum gets one when it is first read.
 * A commit that came to nothing leaves only sums of pages that are free.
 */
export class PageSums {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #pageWords: number;
  /** By page id; 0 for a page whose sum is not known. */
  #sums = new Uint32Array(1024);
  /** Pages below this may have a sum. */
  #pages = 0;
  #changed: number[] = [];
  #file: DiskFile | undefined;
  #end = 0;
  /** The file's size: behind its records are zeros, or what nobody vouches for. */
  #fileBytes = 0;
  #chain = 0;
  #isRewritten = false;
  #mustRewrite = false;
  #faults = 0;

  constructor(disk: Disk, path: string, pageBytes: number) {
    this.#disk = disk;
    this.#path = path;
    this.#pageWords = pageBytes / 4;
  }

  /** What the next meta page is to say: the chain of what was appended last. */
  get chain(): number {
    return this.#chain;
  }
  /** Pages that were not what was once written. */
  get faults(): number {
    return this.#faults;
  }
  /** Whether the page has a sum to be held against. */
  knows(id: number): boolean {
    return id < this.#pages && this.#sums[id] !== 0;
  }

  /**
   * Takes the sums from the file when they are of the state that bears this stamp; true then. Else
   * begins with none.
   */
  load(stamp: SumsStamp | undefined): boolean {
    const words = stamp === undefined ? undefined : this.#readFile();
    if (stamp === undefined || words === undefined) return false;
    let isVouchedFor = false;
    let end = 0;
    for (;;) {
      const record = decodeRecord(words, end);
      const isFirst = end === 0;
      if (record === undefined || record.isBase !== isFirst) break;
      if (!isFirst && record.chainBefore !== this.#chain) break;
      this.#chain = record.chain;
      end = record.end;
      if (isVouchedFor) {
        this.#forgetPagesOf(words, record);
        continue;
      }
      this.#apply(words, record);
      // A table written for a commit that came to nothing holds what the state before it needs.
      const isForThis = record.chain === stamp.chain && record.txid === stamp.txid;
      isVouchedFor = isForThis || (isFirst && record.chainBefore === stamp.chain);
    }
    if (!isVouchedFor) {
      this.#forget();
      return false;
    }
    this.#file = this.#disk.open(this.#path);
    this.#fileBytes = this.#file.size();
    this.#end = end * 4;
    return true;
  }

  /**
   * Their records were made for states after this one: commits that came to nothing, or an older copy
   * of the file was put back. What they say of a page may not be so; the next table leaves it out.
   */
  #forgetPagesOf(words: Uint32Array, { from, count }: SumsRecord): void {
    for (let at = from; at < from + 2 * count; at += 2) {
      if (words[at]! < this.#pages) this.#sums[words[at]!] = 0;
    }
    this.#mustRewrite = true;
  }

  #readFile(): Uint32Array | undefined {
    if (this.#disk.stat(this.#path) === undefined) return undefined;
    const file = this.#disk.open(this.#path, { readOnly: true });
    try {
      const words = new Uint32Array(Math.floor(file.size() / 4));
      const bytes = new Uint8Array(words.buffer);
      const got = file.readInto(bytes, 0, bytes.length, 0);
      return words.subarray(0, Math.floor(got / 4));
    } catch (error) {
      // A sidecar that cannot be read is as good as none.
      if (!(error instanceof DiskError)) throw error;
      return undefined;
    } finally {
      file.close();
    }
  }

  #apply(words: Uint32Array, { isBase, from, count }: SumsRecord): void {
    if (isBase) {
      this.#reserve(count);
      this.#sums.set(words.subarray(from, from + count));
      return;
    }
    for (let at = from; at < from + 2 * count; at += 2) {
      const id = words[at]!;
      this.#reserve(id + 1);
      this.#sums[id] = words[at + 1]!;
    }
  }

  #forget(): void {
    this.#sums.fill(0);
    this.#changed = [];
    this.#pages = 0;
    this.#chain = 0;
  }

  #reserve(pages: number): void {
    if (pages > this.#pages) this.#pages = pages;
    if (pages <= this.#sums.length) return;
    const sums = new Uint32Array(Math.max(pages, 2 * this.#sums.length));
    sums.set(this.#sums);
    this.#sums = sums;
  }

  /** Pages [id, id + pages) are written with what begins at byte `start` of `words`. */
  set(id: number, words: Uint32Array, start: number, pages: number): void {
    if (id + pages > pageIdMax) return;
    this.#reserve(id + pages);
    for (let page = 0; page < pages; page++) {
      const from = (start >> 2) + page * this.#pageWords;
      this.#sums[id + page] = wordSum(id + page, words, from, this.#pageWords);
      this.#changed.push(id + page);
    }
    // Commits that come to nothing again and again: the whole table says less.
    if (this.#changed.length <= this.#pages + changedPagesMin) return;
    this.#changed = [];
    this.#mustRewrite = true;
  }

  /** The first of the page and its overflow pages that is not what was written; -1 for none. */
  check(page: Page, id: number): number {
    const pages = (page.length >> 2) / this.#pageWords;
    return this.checkWords(id, page.words, page.start, pages);
  }

  /** As `check`, for pages [id, id + pages) at byte `start` of `words`. */
  checkWords(id: number, words: Uint32Array, start: number, pages: number): number {
    for (let at = 0; at < pages && id + at < this.#pages; at++) {
      const known = this.#sums[id + at]!;
      if (known === 0) continue;
      const from = (start >> 2) + at * this.#pageWords;
      if (wordSum(id + at, words, from, this.#pageWords) === known) continue;
      this.#faults++;
      return id + at;
    }
    return -1;
  }

  /** Gives a page that was found sound a sum, if it has none yet. */
  learn(page: Page, id: number): void {
    const pages = (page.length >> 2) / this.#pageWords;
    for (let at = 0; at < pages; at++) {
      if (this.knows(id + at)) continue;
      this.set(id + at, page.words, page.start + at * this.#pageWords * 4, 1);
    }
  }

  /** Writes the sums that changed; `sync` makes them durable. Throws DiskError, to be tried again. */
  append(txid: number): void {
    const file = this.#file;
    const isLong = this.#end > Math.max(changesBytesMin, 12 * this.#pages);
    try {
      if (file === undefined || isLong || this.#mustRewrite) this.#rewrite(txid);
      else this.#appendTo(file, txid);
    } catch (error) {
      // Nobody knows what the file now holds; the next attempt makes a new one.
      this.#dropFile();
      throw error;
    }
    this.#changed = [];
  }

  #appendTo(file: DiskFile, txid: number): void {
    this.#write(file, encodeChanges(txid, this.#chain, this.#sums, this.#changed));
  }

  #write(file: DiskFile, record: Uint32Array): void {
    const end = this.#end + record.byteLength;
    let bytes = bytesOf(record);
    if (end > this.#fileBytes) {
      bytes = new Uint8Array(record.byteLength + zeroAheadBytes);
      bytes.set(bytesOf(record));
      this.#fileBytes = end + zeroAheadBytes;
    }
    file.write(bytes, this.#end);
    this.#end = end;
    this.#chain = record.at(-1)!;
  }

  #rewrite(txid: number): void {
    this.#dropFile();
    const words = encodeBase(txid, this.#chain, this.#sums, this.#pages);
    const file = this.#disk.open(`${this.#path}.tmp`, { create: true, truncate: true });
    this.#file = file;
    this.#isRewritten = true;
    this.#end = 0;
    this.#fileBytes = 0;
    this.#write(file, words);
    this.#mustRewrite = false;
  }

  #dropFile(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#isRewritten = false;
  }

  /** Makes what was appended durable, off this thread. */
  sync(done: Synced): void {
    const file = this.#file;
    assert(file !== undefined, "sums are appended before they are synced");
    file.sync((error) => {
      if (error !== undefined || !this.#isRewritten) return done(error);
      try {
        this.#takeName();
      } catch (failed) {
        return done(failed as Error);
      }
      this.#disk.syncDirectory(parentDirectory(this.#path), done);
    });
  }

  /** As `sync`, on this thread. */
  syncNow(): void {
    this.#file!.syncNow();
    if (!this.#isRewritten) return;
    this.#takeName();
    this.#disk.syncDirectoryNow(parentDirectory(this.#path));
  }

  /** Without a sync: for `--unsafe-no-fsync`. */
  settle(): void {
    if (this.#isRewritten) this.#takeName();
  }

  #takeName(): void {
    this.#disk.rename(`${this.#path}.tmp`, this.#path);
    this.#isRewritten = false;
  }

  close(): void {
    this.#dropFile();
  }
}

const bytesOf = (words: Uint32Array): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
