import { assert, InvariantError } from "../../../base/index.ts";
import { Page, wordsOf } from "../format/page.ts";

const framesPerSlab = 64;
const framesMin = 64;

/**
 * Pages in memory outside the JavaScript heap, never more than `bytesMax`. Pages without overflow
 * live in frames that a clock hand gives away again; pages with overflow have memory of their own,
 * the least recently used dropped first. A pinned page is never given away.
 */
export class PageCache {
  readonly #pageBytes: number;
  readonly #framesMax: number;
  readonly #frames: Page[] = [];
  /** By page id: the frame that holds it, plus one; 0 for none. Page ids are dense. */
  #frameOf = new Int32Array(1024);
  /** Frames from here on have never been used. */
  #fresh = 0;
  #hand = 0;
  readonly #large = new Map<number, Page>();
  readonly #largeBytesMax: number;
  #largeBytes = 0;

  constructor(pageBytes: number, bytesMax: number) {
    this.#pageBytes = pageBytes;
    this.#largeBytesMax = Math.floor(bytesMax / 4);
    const frames = Math.floor((bytesMax - this.#largeBytesMax) / pageBytes);
    this.#framesMax = Math.max(framesMin, frames);
  }

  get bytes(): number {
    return this.#frames.length * this.#pageBytes + this.#largeBytes;
  }

  has(id: number): boolean {
    return (id < this.#frameOf.length && this.#frameOf[id] !== 0) || this.#large.has(id);
  }

  /** The page when it is here. */
  find(id: number): Page | undefined {
    const frame = id < this.#frameOf.length ? this.#frameOf[id]! : 0;
    if (frame !== 0) {
      const page = this.#frames[frame - 1]!;
      page.used = true;
      return page;
    }
    return this.#large.size === 0 ? undefined : this.#findLarge(id);
  }

  #findLarge(id: number): Page | undefined {
    const page = this.#large.get(id);
    if (page === undefined) return undefined;
    this.#large.delete(id);
    this.#large.set(id, page);
    return page;
  }

  /** A frame that now stands for page `id`; the caller fills it, or calls `forget`. */
  admit(id: number): Page {
    this.forget(id);
    const at = this.#takeFrame();
    const page = this.#frames[at]!;
    page.id = id;
    page.used = true;
    if (id >= this.#frameOf.length) this.#growTable(id);
    this.#frameOf[id] = at + 1;
    return page;
  }

  /** Keeps a page with overflow, memory of its own, if it is not out of proportion. */
  admitLarge(page: Page): void {
    this.forget(page.id);
    if (page.length > this.#largeBytesMax) return;
    this.#large.set(page.id, page);
    this.#largeBytes += page.length;
    for (const [id, oldest] of this.#large) {
      if (this.#largeBytes <= this.#largeBytesMax) break;
      // Whoever still holds the page keeps its memory alive; only the cache lets go of it.
      this.#large.delete(id);
      this.#largeBytes -= oldest.length;
    }
  }

  /** The page's content is no longer what the file holds. */
  forget(id: number): void {
    const frame = id < this.#frameOf.length ? this.#frameOf[id]! : 0;
    if (frame !== 0) {
      const page = this.#frames[frame - 1]!;
      assert(page.pins === 0, "a pinned page is not forgotten");
      page.id = -1;
      page.used = false;
      this.#frameOf[id] = 0;
    }
    const large = this.#large.get(id);
    if (large !== undefined) {
      this.#large.delete(id);
      this.#largeBytes -= large.length;
    }
  }

  /** Memory comes in slabs, so that a small database takes little. */
  #grow(): void {
    const bytes = Buffer.allocUnsafeSlow(framesPerSlab * this.#pageBytes);
    const words = wordsOf(bytes);
    const count = Math.min(framesPerSlab, this.#framesMax - this.#frames.length);
    for (let at = 0; at < count; at++) {
      this.#frames.push(new Page(bytes, words, at * this.#pageBytes, this.#pageBytes, true));
    }
  }

  #takeFrame(): number {
    if (this.#fresh === this.#frames.length && this.#frames.length < this.#framesMax) this.#grow();
    return this.#fresh < this.#frames.length ? this.#fresh++ : this.#evict();
  }

  #evict(): number {
    const frames = this.#frames;
    for (let looked = 0; looked <= 2 * frames.length; looked++) {
      const at = this.#hand;
      this.#hand = at + 1 === frames.length ? 0 : at + 1;
      const page = frames[at]!;
      if (page.pins > 0) continue;
      if (page.used) {
        page.used = false;
        continue;
      }
      if (page.id >= 0) this.#frameOf[page.id] = 0;
      return at;
    }
    throw new InvariantError("a few pages of the cache are not pinned");
  }

  #growTable(id: number): void {
    const grown = new Int32Array(Math.max(id + 1, 2 * this.#frameOf.length));
    grown.set(this.#frameOf);
    this.#frameOf = grown;
  }
}
