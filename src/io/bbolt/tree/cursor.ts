import { assert } from "../../../base/index.ts";
import type { Bucket } from "../format/bucket.ts";
import { childFor, compareKeyAt, leafHasKeyAt, leafLowerBound } from "../format/inode.ts";
import { bucketElement, type Page } from "../format/page.ts";
import type { Pager } from "../pages/pager.ts";
import { RunReader } from "../pages/run-reader.ts";
import { childrenOf, heightMax } from "./walk.ts";

const leavesBeforeReadAhead = 4;

/** The leaf that holds `key` or would, of a bucket; borrowed. Throws CorruptFileError. */
export function leafFor(pager: Pager, bucket: Bucket, key: Uint8Array): Page {
  if (bucket.inline !== undefined) return bucket.inline;
  let page = pager.page(bucket.root);
  for (let height = 0; !page.isLeaf; height++) {
    const id = page.child(childFor(page, key));
    if (height > heightMax) throw pager.corrupt(id, `page ${id}: a tree without end`);
    page = pager.page(id);
  }
  return page;
}

/** The position of `key` in the leaf, or -1. */
export function positionOf(leaf: Page, key: Uint8Array): number {
  const at = leafLowerBound(leaf, key);
  return leafHasKeyAt(leaf, at, key) ? at : -1;
}

/**
 * Walks the elements of one bucket in key order, either way. It stands on an element or nowhere.
 * It keeps page ids, not memory, so any number of cursors may be open; what `key` and `value` give
 * is borrowed until the next call to anything that reads pages. Empty pages are passed over.
 */
export class Cursor {
  readonly #pager: Pager;
  readonly #bucket: Bucket;
  readonly #ids: number[] = [];
  readonly #at: number[] = [];
  /** The depth of the leaf; -1 when it stands nowhere. */
  #depth = -1;
  /** Steps from leaf to leaf since it was last placed: a long walk reads ahead. */
  #leavesPassed = 0;
  #reader: RunReader | undefined;
  /** The leaf it stands in, when it was read ahead. */
  #ahead: Page | undefined;
  #siblings: number[] = [];
  #siblingsOf = -1;

  constructor(pager: Pager, bucket: Bucket) {
    this.#pager = pager;
    this.#bucket = bucket;
  }

  get isOnElement(): boolean {
    return this.#depth >= 0;
  }

  #page(depth: number): Page {
    return this.#bucket.inline ?? this.#pager.page(this.#ids[depth]!);
  }

  /** The leaf it stands in, and the position there. Borrowed. */
  get leaf(): Page {
    assert(this.#depth >= 0, "the cursor stands on an element");
    return this.#ahead ?? this.#page(this.#depth);
  }
  get position(): number {
    return this.#at[this.#depth]!;
  }
  get key(): Buffer {
    return this.leaf.key(this.position);
  }
  get value(): Buffer {
    return this.leaf.value(this.position);
  }
  get isBucket(): boolean {
    return this.leaf.leafFlags(this.position) === bucketElement;
  }

  first(): boolean {
    this.#leavesPassed = 0;
    this.#descend(0, this.#bucket.root, undefined, false);
    return this.#settleForward();
  }

  last(): boolean {
    this.#leavesPassed = 0;
    this.#descend(0, this.#bucket.root, undefined, true);
    this.#at[this.#depth] = this.leaf.count - 1;
    return this.#settleBackward();
  }

  /** Goes to the first element whose key is not below `key`. */
  seek(key: Uint8Array): boolean {
    if (!this.#leafHolds(key)) {
      this.#leavesPassed = 0;
      this.#descend(0, this.#bucket.root, key, false);
    }
    this.#at[this.#depth] = leafLowerBound(this.leaf, key);
    return this.#settleForward();
  }

  /** Whether the key's place is in the leaf it stands in: often so, for neighbours are read together. */
  #leafHolds(key: Uint8Array): boolean {
    if (this.#depth < 0) return false;
    const { leaf } = this;
    const last = leaf.count - 1;
    if (last < 0) return false;
    if (compareKeyAt(leaf.bytes, leaf.leafKeyStart(0), leaf.leafKeyLength(0), key) > 0)
      return false;
    return compareKeyAt(leaf.bytes, leaf.leafKeyStart(last), leaf.leafKeyLength(last), key) >= 0;
  }

  next(): boolean {
    assert(this.#depth >= 0, "the cursor stands on an element");
    this.#at[this.#depth]!++;
    return this.#settleForward();
  }

  /** Passes over elements of the leaf it stands in; there must be one more behind them. */
  skip(count: number): void {
    this.#at[this.#depth]! += count;
    assert(this.position < this.leaf.count, "it stays in the leaf");
  }

  previous(): boolean {
    assert(this.#depth >= 0, "the cursor stands on an element");
    this.#leavesPassed = 0;
    this.#at[this.#depth]!--;
    return this.#settleBackward();
  }

  /** From page `id` at `depth` down to a leaf: towards `key`, or along one edge. */
  #descend(depth: number, id: number, key: Uint8Array | undefined, toLast: boolean): void {
    this.#ahead = undefined;
    this.#ids[depth] = id;
    let page = this.#page(depth);
    while (!page.isLeaf) {
      const child = key !== undefined ? childFor(page, key) : toLast ? page.count - 1 : 0;
      const below = page.child(child);
      this.#at[depth++] = child;
      if (depth > heightMax) throw this.#pager.corrupt(below, `page ${below}: a tree without end`);
      this.#ids[depth] = below;
      page = this.#page(depth);
    }
    this.#at[depth] = 0;
    this.#depth = depth;
  }

  #settleForward(): boolean {
    while (this.position >= this.leaf.count) {
      let depth = this.#depth - 1;
      while (depth >= 0 && this.#at[depth]! + 1 >= this.#page(depth).count) depth--;
      if (depth < 0) return this.#leave();
      const child = ++this.#at[depth]!;
      const parent = this.#page(depth);
      const id = parent.child(child);
      const isFar = depth === this.#depth - 1 && ++this.#leavesPassed >= leavesBeforeReadAhead;
      if (isFar && !this.#pager.isCached(id)) this.#readAhead(parent, child);
      else this.#descend(depth + 1, id, undefined, false);
    }
    return true;
  }

  /** Goes to the next leaf of the same branch, reading those behind it along. */
  #readAhead(parent: Page, child: number): void {
    if (this.#siblingsOf !== parent.id) {
      this.#siblings = childrenOf(parent);
      this.#siblingsOf = parent.id;
    }
    this.#reader ??= new RunReader(this.#pager);
    const leaf = this.#reader.readOrKeep(this.#siblings, child);
    if (!leaf.isLeaf) throw this.#pager.corrupt(leaf.id, `page ${leaf.id}: not a leaf`);
    this.#ahead = leaf;
    this.#ids[this.#depth] = leaf.id;
    this.#at[this.#depth] = 0;
  }

  #settleBackward(): boolean {
    while (this.position < 0) {
      let depth = this.#depth - 1;
      while (depth >= 0 && this.#at[depth]! === 0) depth--;
      if (depth < 0) return this.#leave();
      const child = --this.#at[depth]!;
      this.#descend(depth + 1, this.#page(depth).child(child), undefined, true);
      this.#at[this.#depth] = this.leaf.count - 1;
    }
    return true;
  }

  #leave(): false {
    this.#depth = -1;
    return false;
  }
}
