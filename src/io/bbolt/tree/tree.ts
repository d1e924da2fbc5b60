import { assert } from "../../../base/index.ts";
import type { Bucket } from "../format/bucket.ts";
import { childFor, leafHasKeyAt, leafLowerBound } from "../format/inode.ts";
import { isLone, isLong } from "../format/lone.ts";
import { bucketElement, headerBytes, Page } from "../format/page.ts";
import type { Pager } from "../pages/pager.ts";
import { Arena } from "./arena.ts";
import { Level } from "./level.ts";
import { writeLone } from "./lone.ts";
import { deleted, Operations } from "./operations.ts";
import { cut } from "./split.ts";
import { heightMax } from "./walk.ts";

/** What a tree needs of the transaction that rewrites it. */
export interface PageSource {
  /** Ids of `pages` new pages side by side. */
  allocate(pages: number): number;
  /** The page belongs to the old tree only. */
  free(page: Page): void;
}

/** How much may be done before the caller wants to be asked again: pages touched. */
export interface Work {
  left: number;
}

/** The tree as it became: a page id, or the only leaf of a bucket small enough to be inline. */
export type NewRoot = { readonly page: number } | { readonly inline: Buffer };

export interface TreeOptions {
  /** How full a page is made when a row is cut, in [0.1, 1]. */
  readonly fill: number;
  readonly mayBeInline: boolean;
  /** The flags that elements put by operations get: 0, or `bucketElement` in the root tree. */
  readonly flags: number;
}

const noOperations = new Operations();
const noElements = Page.ofLength(headerBytes);

/**
 * Rewrites one tree with a batch of operations: the touched pages are read in key order, their
 * elements merged with the operations, and new pages made bottom-up; untouched pages stay as they
 * are (bbolt does the same in two steps, node.go `rebalance` and `spill`). A page left below a
 * quarter full draws its right neighbour in. `touch` holds keys whose pages are to be rewritten
 * though nothing in them changes. A long element has a leaf of its own, which stays as it is when
 * something is put beside it. Old pages are only read, so readers of the old tree go on.
 */
export class TreeUpdate {
  readonly #pager: Pager;
  readonly #source: PageSource;
  readonly #operations: Operations;
  readonly #touch: Operations;
  readonly #options: TreeOptions;
  readonly #work: Work;
  readonly #levels: Level[] = [];
  /** Keys of new pages, for the rows above. */
  readonly #keys = new Arena();
  readonly #threshold: number;
  /** Whether the row now being closed ends where the tree ends. */
  #atRightEdge = false;

  constructor(
    pager: Pager,
    source: PageSource,
    changes: { readonly operations: Operations; readonly touch?: Operations | undefined },
    options: TreeOptions,
    work: Work,
  ) {
    this.#pager = pager;
    this.#source = source;
    this.#operations = changes.operations;
    this.#touch = changes.touch ?? noOperations;
    this.#options = options;
    this.#work = work;
    this.#threshold = Math.floor(pager.pageBytes * options.fill);
  }

  /** Yields whenever the work allowed is used up; other readers may run meanwhile. */
  *rewrite(bucket: Bucket): Generator<void, NewRoot> {
    if (bucket.inline !== undefined) {
      yield* this.#mergeLeaf(bucket.inline, 0, this.#operations.count);
    } else {
      const height = this.#heightOf(bucket.root);
      yield* this.#merge(bucket.root, height, 0, this.#operations.count, 0, this.#touch.count);
    }
    return yield* this.#finish();
  }

  /** Lets go of the pages of a rewrite that will not be finished. */
  abandon(): void {
    for (const level of this.#levels) level.abandon();
  }

  #heightOf(root: number): number {
    let height = 0;
    for (let page = this.#pager.pageOrHead(root); !page.isLeaf; height++) {
      if (height > heightMax) throw this.#pager.corrupt(root, `page ${root}: a tree without end`);
      page = this.#pager.pageOrHead(page.child(0));
    }
    return height;
  }

  #level(height: number): Level {
    while (this.#levels.length <= height) this.#levels.push(new Level(this.#levels.length));
    return this.#levels[height]!;
  }

  #pageAt(id: number, height: number, mayBeHead = false): Page {
    const page = mayBeHead ? this.#pager.pageOrHead(id) : this.#pager.page(id);
    if (page.isLeaf === (height === 0)) return page;
    throw this.#pager.corrupt(id, `page ${id}: not at the depth of its neighbours`);
  }

  *#merge(
    id: number,
    height: number,
    from: number,
    to: number,
    touchFrom: number,
    touchTo: number,
  ): Generator<void, void> {
    const isTouched = touchFrom < touchTo;
    const page = this.#pageAt(id, height, !isTouched);
    if (isLone(page)) return yield* this.#mergeLone(page, from, to, isTouched);
    this.#work.left -= 1 + page.overflow;
    this.#source.free(page);
    page.pins++;
    try {
      if (height === 0) yield* this.#mergeLeaf(page, from, to);
      else yield* this.#mergeBranch(page, height, from, to, touchFrom, touchTo);
    } finally {
      page.pins--;
    }
    if (this.#work.left <= 0) yield;
  }

  *#mergeBranch(
    page: Page,
    height: number,
    from: number,
    to: number,
    touchFrom: number,
    touchTo: number,
  ): Generator<void, void> {
    const { count } = page;
    let next = from;
    let nextTouch = touchFrom;
    for (let child = 0; child < count;) {
      let target = next < to ? childFor(page, this.#operations.key(next)) : count;
      if (nextTouch < touchTo) {
        target = Math.min(target, childFor(page, this.#touch.key(nextTouch)));
      }
      if (target < child) throw this.#pager.corrupt(page.id, `page ${page.id}: keys out of order`);
      this.#keep(page, child, target, height);
      child = target;
      if (child === count) break;
      let end = to;
      let touchEnd = touchTo;
      if (child + 1 < count) {
        const bound = page.key(child + 1);
        end = Math.min(to, this.#operations.lowerBound(bound, next));
        touchEnd = Math.min(touchTo, this.#touch.lowerBound(bound, nextTouch));
      }
      yield* this.#merge(page.child(child), height - 1, next, end, nextTouch, touchEnd);
      next = end;
      nextTouch = touchEnd;
      child++;
    }
  }

  /** Puts operations [from, to) on either side of a leaf that is one long element, or in its place. */
  *#mergeLone(page: Page, from: number, to: number, isTouched: boolean): Generator<void, void> {
    const operations = this.#operations;
    const { id } = page;
    const keyLength = page.leafKeyLength(0);
    const keyStart = this.#keys.room(keyLength);
    const { chunk } = this.#keys;
    page.bytes.copy(chunk, keyStart, page.leafKeyStart(0), page.leafKeyStart(0) + keyLength);
    const key = chunk.subarray(keyStart, keyStart + keyLength);
    const at = Math.min(to, operations.lowerBound(key, from));
    const isReplaced = at < to && Buffer.compare(operations.key(at), key) === 0;
    if (isReplaced || isTouched) this.#source.free(page);
    this.#work.left--;
    if (!isReplaced) {
      yield* this.#mergeLeaf(noElements, from, at);
      this.#close(0);
      if (isTouched) {
        // Such a page has memory of its own, which nobody gives away.
        const row = this.#level(0);
        row.push(page.bytes, page.leafKeyStart(0), keyLength, page.leafValueLength(0), 0);
        yield* this.#emitLone(row);
      } else this.#level(1).push(chunk, keyStart, keyLength, id, 0);
    }
    yield* this.#mergeLeaf(noElements, isReplaced ? from : at, to);
  }

  /** Puts operations [from, to) between the elements of a leaf. */
  *#mergeLeaf(page: Page, from: number, to: number): Generator<void, void> {
    const operations = this.#operations;
    const level = this.#level(0);
    const { flags } = this.#options;
    let at = 0;
    for (let next = from; next < to; next++) {
      if (at < page.count) at = this.#passOver(page, at, operations.key(next));
      const valueLength = operations.valueLength(next);
      if (valueLength !== deleted) {
        const start = operations.keyStart(next);
        const keyLength = operations.keyLength(next);
        const isAlone = isLong(keyLength, valueLength);
        if (isAlone) this.#close(0);
        level.push(operations.chunk(next), start, keyLength, valueLength, flags);
        if (isAlone) {
          yield* this.#emitLone(level);
        } else if (level.size > 2 * this.#pager.pageBytes) {
          this.#emitLong(0);
          if (this.#work.left <= 0) yield;
        }
      }
    }
    level.take(page, at, page.count);
    this.#emitLong(0);
  }

  /** Takes the elements before `key` over, drops the one with that key; returns the next. */
  #passOver(page: Page, from: number, key: Uint8Array): number {
    const found = leafLowerBound(page, key, from);
    this.#level(0).take(page, from, found);
    if (!leafHasKeyAt(page, found, key)) return found;
    const isBucket = page.leafFlags(found) === bucketElement;
    assert(
      isBucket === (this.#options.flags === bucketElement),
      "a bucket and a value do not change places",
    );
    return found + 1;
  }

  /** Takes children [from, to) of a branch of `height` over as they are, when their neighbours allow. */
  #keep(page: Page, from: number, to: number, height: number): void {
    for (let at = from; at < to; at++) {
      if (this.#isClean(height - 1)) {
        this.#level(height).take(page, at, to);
        this.#emitLong(height);
        return;
      }
      this.#keepOne(page, at, height);
    }
  }

  #isClean(height: number): boolean {
    for (let below = 0; below <= height; below++) {
      if ((this.#levels[below]?.count ?? 0) > 0) return false;
    }
    return true;
  }

  #keepOne(parent: Page, at: number, height: number): void {
    const below = height - 1;
    for (let lower = 0; lower < below; lower++) this.#close(lower);
    const row = this.#level(below);
    if (row.count > 0 && this.#isUnderfull(row) && !this.#isLoneLeaf(parent.child(at), below)) {
      this.#drawIn(parent.child(at), below);
    } else {
      this.#close(below);
      this.#level(height).take(parent, at, at + 1);
    }
  }

  #isLoneLeaf(id: number, height: number): boolean {
    return height === 0 && isLone(this.#pageAt(id, height, true));
  }

  /** Takes the elements of a page into the row, for the row alone would make too small a page. */
  #drawIn(id: number, height: number): void {
    const page = this.#pageAt(id, height);
    this.#work.left -= 1 + page.overflow;
    this.#source.free(page);
    if (height === 0) {
      this.#level(0).take(page, 0, page.count);
    } else {
      page.pins++;
      try {
        this.#keep(page, 0, page.count, height);
      } finally {
        page.pins--;
      }
    }
    this.#emitLong(height);
    if (!this.#isUnderfull(this.#level(height))) this.#close(height);
  }

  #isUnderfull(row: Level): boolean {
    return row.size < this.#pager.pageBytes / 4 || (row.height > 0 && row.count < 2);
  }

  /** Makes pages of a row until about two pages' worth is left, which `close` shares out. */
  #emitLong(height: number): void {
    const row = this.#level(height);
    while (row.size > 2 * this.#pager.pageBytes) {
      const lone = this.#countBeforeLone(row);
      const count = lone >= 0 ? lone : row.count;
      if (lone === 0) this.#emit(row, 1);
      else if (count > 4)
        this.#emit(
          row,
          cut(count, 16, this.#threshold, (at) => row.elementSize(at)),
        );
      else if (lone > 0) this.#emit(row, lone);
      else return;
    }
  }

  /** How many elements of a row come before the first long one; -1 when there is none. */
  #countBeforeLone(row: Level): number {
    if (row.height > 0 || !isLong(0, row.size)) return -1;
    for (let at = 0; at < row.count; at++) {
      if (isLong(0, row.elementSize(at) - headerBytes)) return at;
    }
    return -1;
  }

  /** Makes pages of all that is left of a row. */
  #close(height: number): void {
    const row = this.#levels[height];
    if (row === undefined) return;
    this.#emitLong(height);
    while (row.count > 0) {
      const isLast = row.size <= this.#pager.pageBytes || row.count <= 4;
      // In the middle of a tree two halves stay useful; at its end the next batch will append.
      const threshold = this.#atRightEdge ? this.#threshold : row.size / 2;
      this.#emit(
        row,
        isLast ? row.count : cut(row.count, 16, threshold, (at) => row.elementSize(at)),
      );
    }
  }

  /** Makes a page of the first `count` elements of a row, and an element of it in the row above. */
  #emit(row: Level, count: number): void {
    const keyLength = row.firstKeyLength;
    const above = this.#level(row.height + 1);
    const keyStart = this.#keys.room(keyLength);
    row.firstSource.copy(this.#keys.chunk, keyStart, row.firstStart, row.firstStart + keyLength);
    const { chunk } = this.#keys;
    above.push(chunk, keyStart, keyLength, this.#writePage(row, count), 0);
  }

  /** As `#emit`, of the only element of a leaf row, in pieces. */
  *#emitLone(row: Level): Generator<void, void> {
    assert(row.count === 1, "a long element stands alone");
    const { pageBytes } = this.#pager;
    const [source, start, keyLength] = [row.firstSource, row.firstStart, row.firstKeyLength];
    const valueLength = row.elementSize(0) - headerBytes - keyLength;
    const pages = Math.ceil(row.size / pageBytes);
    const id = this.#source.allocate(pages);
    const keyStart = this.#keys.room(keyLength);
    source.copy(this.#keys.chunk, keyStart, start, start + keyLength);
    this.#level(1).push(this.#keys.chunk, keyStart, keyLength, id, 0);
    const element = { source, start, keyLength, valueLength };
    yield* writeLone(this.#pager, element, { id, pages }, this.#work);
    row.consume(1, row.size);
    row.hasEmitted = true;
  }

  #writePage(row: Level, count: number): number {
    const { pageBytes, writer } = this.#pager;
    assert(count < 0xffff, "a page holds fewer than 65535 elements");
    const size = row.sizeOfFirst(count);
    const pages = Math.ceil(size / pageBytes);
    const id = this.#source.allocate(pages);
    const start = writer.stage(id, pages);
    row.write(count, writer, start, { id, length: pages * pageBytes }, pages - 1);
    this.#pager.publish(id, start, pages);
    row.consume(count, size);
    row.hasEmitted = true;
    this.#work.left -= pages;
    return id;
  }

  /** Closes the rows from below until one page is left: the root. */
  *#finish(): Generator<void, NewRoot> {
    this.#atRightEdge = true;
    for (let height = 0; ; height++) {
      const row = this.#level(height);
      const isHighest = this.#levels.every((one) => one.height <= height || one.count === 0);
      if (isHighest && !row.hasEmitted) {
        const root = this.#rootFrom(row);
        if (root !== undefined) return root;
      }
      this.#close(height);
      if (this.#work.left <= 0) yield;
    }
  }

  /** The root, when the row, which is all there is at its height, makes one page. */
  #rootFrom(row: Level): NewRoot | undefined {
    const { pageBytes } = this.#pager;
    assert(row.height === 0 || row.count > 0, "only a tree without any element is empty");
    // A branch with a single child is no use: the child is the root.
    if (row.height > 0 && row.count === 1) {
      const page = row.firstChild;
      row.abandon();
      return { page };
    }
    const mayBeInline = this.#options.mayBeInline && row.height === 0 && !row.hasBuckets;
    if (mayBeInline && row.size <= pageBytes / 4) return { inline: this.#inlineFrom(row) };
    if (row.size > pageBytes && row.count > 4) return undefined;
    return { page: this.#writePage(row, row.count) };
  }

  #inlineFrom(row: Level): Buffer {
    const size = row.size;
    const bytes = Buffer.allocUnsafeSlow((size + 3) & ~3);
    const words = new Uint32Array(bytes.buffer, 0, bytes.length >> 2);
    row.write(row.count, { bytes, words }, 0, { id: 0, length: size }, 0);
    row.consume(row.count, size);
    return bytes.subarray(0, size);
  }
}
