import { assert } from "../../base/index.ts";
import {
  type Batch,
  type Bucket,
  type Cursor,
  compareKeyAt,
  deleted,
  type Operations,
  type Page,
  type View,
} from "../bbolt/index.ts";

/**
 * What a read sees: the batch being filled, before the batch being committed, before the committed
 * state. One of each at any time, so that a write is visible at once and stays so until its commit
 * replaces `view` (etcd's txReadBuffer, and one more for the commit under way).
 */
export interface ReadBuffer {
  active: Batch;
  committing: Batch | undefined;
  view: View;
  /** Changes whenever one of the above is replaced: positions found before are void. */
  epoch: number;
}

const noLayer = -1;
const treeLayer = 2;

/** Walks one bucket through all layers in key order. Stands on an element or nowhere. */
export class BufferCursor {
  readonly #buffer: ReadBuffer;
  readonly #bucket: string;
  #epoch = noLayer;
  #newer: Operations | undefined;
  #older: Operations | undefined;
  #tree: Cursor | undefined;
  #newerAt = 0;
  #olderAt = 0;
  #treeStands = false;
  /** Where the current element is: 0 the active batch, 1 the one in commit, 2 the tree. */
  #layer = noLayer;

  /** The element: its key, and its value right behind it, in memory that may be a cache's. */
  bytes: Buffer = Buffer.alloc(0);
  keyStart = 0;
  valueStart = 0;
  valueEnd = 0;
  /** Whether a later read may put another page where the element is. */
  isShared = false;

  constructor(buffer: ReadBuffer, bucket: string) {
    this.#buffer = buffer;
    this.#bucket = bucket;
  }

  /** Whether the position was found in what is still the newest state. */
  get isCurrent(): boolean {
    return this.#epoch === this.#buffer.epoch;
  }

  /** Goes to the first element whose key is not below `key`; false when there is none. */
  seek(key: Uint8Array): boolean {
    if (!this.isCurrent) this.#refresh();
    // An empty batch may have got its first operations since.
    this.#newer ??= this.#buffer.active.find(this.#bucket)?.operations;
    this.#newerAt = this.#newer?.lowerBound(key) ?? 0;
    this.#olderAt = this.#older?.lowerBound(key) ?? 0;
    this.#treeStands = this.#tree !== undefined && this.#tree.seek(key);
    return this.#settle();
  }

  next(): boolean {
    assert(this.#layer !== noLayer && this.isCurrent, "the cursor stands on an element");
    this.#pass(this.#layer);
    return this.#settle();
  }

  /** The leaf it stands in, and the element's place there; undefined when it stands in a batch. */
  get leaf(): Page | undefined {
    return this.#layer === treeLayer ? this.#tree!.leaf : undefined;
  }
  get position(): number {
    return this.#tree!.position;
  }

  /** Elements from the current one to the end of the leaf, or 1 when a batch may come between. */
  get countInLeaf(): number {
    const { leaf } = this;
    if (leaf === undefined) return 1;
    const last = leaf.count - 1;
    const isAlone =
      !comesBefore(this.#newer, this.#newerAt, leaf, last) &&
      !comesBefore(this.#older, this.#olderAt, leaf, last);
    return isAlone ? last + 1 - this.position : 1;
  }

  /** Passes over elements of the same leaf: fewer than `countInLeaf`. */
  skip(count: number): void {
    this.#tree!.skip(count);
    this.#standOnTree();
  }

  #refresh(): void {
    const { active, committing, epoch, view } = this.#buffer;
    this.#epoch = epoch;
    this.#newer = active.find(this.#bucket)?.operations;
    this.#older = committing?.find(this.#bucket)?.operations;
    const bucket: Bucket | undefined = view.bucket(this.#bucket);
    this.#tree = bucket === undefined ? undefined : view.cursor(bucket);
  }

  #pass(layer: number): void {
    if (layer === 0) this.#newerAt++;
    else if (layer === 1) this.#olderAt++;
    else this.#treeStands = this.#tree!.next();
  }

  /** Takes the least key of all layers, the newest layer's for equal ones, unless it is deleted. */
  #settle(): boolean {
    for (;;) {
      const newer = this.#newer;
      const older = this.#older;
      const hasNewer = newer !== undefined && this.#newerAt < newer.count;
      const hasOlder = older !== undefined && this.#olderAt < older.count;
      if (!hasNewer && !hasOlder) return this.#standOnTree();
      const layer = this.#leastLayer(hasNewer ? newer : undefined, hasOlder ? older : undefined);
      if (layer === treeLayer) return this.#standOnTree();
      const operations = layer === 0 ? newer! : older!;
      const at = layer === 0 ? this.#newerAt : this.#olderAt;
      if (operations.valueLength(at) !== deleted) return this.#standOn(operations, at, layer);
      this.#pass(layer);
    }
  }

  /** Passes over what the least key hides in older layers. */
  #leastLayer(newer: Operations | undefined, older: Operations | undefined): number {
    let layer = treeLayer;
    let key: Buffer | undefined;
    if (older !== undefined) {
      key = older.key(this.#olderAt);
      layer = this.#hidesTree(key) ? 1 : treeLayer;
    }
    if (newer === undefined) return layer;
    const newerKey = newer.key(this.#newerAt);
    if (layer === 1) {
      const order = newerKey.compare(key!);
      if (order > 0) return 1;
      if (order === 0) {
        this.#olderAt++;
        return 0;
      }
    }
    return this.#hidesTree(newerKey) ? 0 : treeLayer;
  }

  /** Whether `key` comes before the tree's element; an equal one in the tree is passed over. */
  #hidesTree(key: Buffer): boolean {
    if (!this.#treeStands) return true;
    const { leaf, position } = this.#tree!;
    const start = leaf.leafKeyStart(position);
    const order = compareKeyAt(leaf.bytes, start, leaf.leafKeyLength(position), key);
    if (order === 0) this.#treeStands = this.#tree!.next();
    return order >= 0;
  }

  #standOn(operations: Operations, at: number, layer: number): boolean {
    this.#layer = layer;
    this.bytes = operations.chunk(at);
    this.keyStart = operations.keyStart(at);
    this.valueStart = this.keyStart + operations.keyLength(at);
    this.valueEnd = this.valueStart + operations.valueLength(at);
    this.isShared = false;
    return true;
  }

  #standOnTree(): boolean {
    if (!this.#treeStands) {
      this.#layer = noLayer;
      return false;
    }
    this.#layer = treeLayer;
    const { leaf, position } = this.#tree!;
    this.bytes = leaf.bytes;
    this.keyStart = leaf.leafKeyStart(position);
    this.valueStart = this.keyStart + leaf.leafKeyLength(position);
    this.valueEnd = this.valueStart + leaf.leafValueLength(position);
    this.isShared = leaf.isShared;
    return true;
  }
}

/** Whether operations from `at` on begin at or before element `last` of the leaf. */
function comesBefore(
  operations: Operations | undefined,
  at: number,
  leaf: Page,
  last: number,
): boolean {
  if (operations === undefined || at >= operations.count) return false;
  const start = leaf.leafKeyStart(last);
  return compareKeyAt(leaf.bytes, start, leaf.leafKeyLength(last), operations.key(at)) >= 0;
}
