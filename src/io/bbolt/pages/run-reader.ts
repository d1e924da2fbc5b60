import { Page, wordsOf } from "../format/page.ts";
import type { Pager } from "./pager.ts";

const windowPages = 64;
/** Pages between two wanted ones that are read along rather than read around. */
const gapPagesMax = 8;

/**
 * Reads many pages in the order wanted, those that lie close together in one read, past the cache:
 * a walk over the whole file must not drive out what point reads need.
 */
export class RunReader {
  readonly #pager: Pager;
  readonly #slots: Page[] = [];
  readonly #bytes: Buffer;
  readonly #words: Uint32Array;
  #first = 0;
  #count = 0;

  constructor(pager: Pager) {
    this.#pager = pager;
    const { pageBytes } = pager;
    this.#bytes = Buffer.allocUnsafeSlow(windowPages * pageBytes);
    this.#words = wordsOf(this.#bytes);
    for (let at = 0; at < windowPages; at++) {
      this.#slots.push(new Page(this.#bytes, this.#words, at * pageBytes, pageBytes));
    }
  }

  /** Page `ids[at]`, borrowed until the next read; those after it are wanted next. Checked. */
  read(ids: readonly number[], at: number): Page {
    const id = ids[at]!;
    return this.#checked(this.#inWindow(ids, at) ?? this.#pager.rawPage(id), id);
  }

  /** The same, but a page too long to be read along is the cache's, which keeps it for the next walk. */
  readOrKeep(ids: readonly number[], at: number): Page {
    const id = ids[at]!;
    const page = this.#inWindow(ids, at);
    return page === undefined ? this.#pager.page(id) : this.#checked(page, id);
  }

  #checked(page: Page, id: number): Page {
    page.id = id;
    const problem = this.#pager.problemOf(page, id);
    if (problem !== undefined) throw this.#pager.corrupt(id, problem);
    return page;
  }

  /** Undefined when it ends outside the window. */
  #inWindow(ids: readonly number[], at: number): Page | undefined {
    const id = ids[at]!;
    if (id < this.#first || id >= this.#first + this.#count) this.#fill(ids, at);
    const page = this.#slots[id - this.#first]!;
    const pages = page.overflow + 1;
    if (pages === 1) return page;
    if (id - this.#first + pages > this.#count) return undefined;
    return new Page(this.#bytes, this.#words, page.start, pages * this.#pager.pageBytes);
  }

  #fill(ids: readonly number[], at: number): void {
    const first = ids[at]!;
    let last = first;
    for (let next = at + 1; next < ids.length; next++) {
      const id = ids[next]!;
      if (id <= last || id - last > gapPagesMax || id - first >= windowPages) break;
      last = id;
    }
    const { pageBytes } = this.#pager;
    const length = (last - first + 1) * pageBytes;
    const got = this.#pager.file.readInto(this.#bytes, 0, length, first * pageBytes);
    this.#first = first;
    this.#count = Math.floor(got / pageBytes);
    if (this.#count === 0) {
      throw this.#pager.corrupt(first, `page ${first}: lies beyond the end of the file`);
    }
  }
}
