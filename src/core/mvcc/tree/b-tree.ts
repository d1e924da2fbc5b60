// A B+tree of key entries, ordered by key, that counts: every inner node knows how many live keys
// stand below each child and the newest revision among them. Leaves are packed typed arrays.
import { assert } from "../../../base/index.ts";
import type { Ref } from "./arena.ts";
import { innerCapacity, InnerNode } from "./inner-node.ts";
import type { KeyIndex } from "./key-index.ts";
import { headOf, shared, sharedHead } from "./key-order.ts";
import type { KeyState } from "./key-state.ts";
import { LeafKeys } from "./leaf-keys.ts";
import {
  insertLiveBit,
  isLive,
  leafCapacity,
  leafHeads,
  type LeafId,
  LeafPool,
  leafRefs,
  liveBefore,
  removeLiveBit,
  setLive,
} from "./leaf-pool.ts";
import { Separators } from "./separators.ts";
import type { TreePath } from "./tree-path.ts";

/** Nodes with fewer entries look for a sibling to join; joined ones hold at most this many. */
const mergeBelow = 16;
const mergedMax = 56;

export class BTree {
  readonly keys: KeyIndex;
  readonly leaves = new LeafPool();
  readonly inners: InnerNode[] = [];
  readonly #leafKeys: LeafKeys;
  readonly separators: Separators;
  readonly #freeInners: number[] = [];
  /** A leaf when `height` is 0, else an inner node. */
  root: number;
  height = 0;
  /** The newest main revision while the root is a leaf. */
  #rootNewest = 0;
  /** What bounds the search, as a common prefix with the key asked for. */
  #sharedLow = 0;
  #sharedHigh = 0;

  constructor(keys: KeyIndex) {
    this.keys = keys;
    this.#leafKeys = new LeafKeys(keys, this.leaves);
    this.separators = new Separators(keys.arena);
    this.root = this.leaves.allocate();
  }

  /** Takes a tree built elsewhere, in the pools of this one, in place of its own empty one. */
  adopt(root: number, height: number, newest: number): void {
    assert(this.height === 0, "a tree is built once");
    this.leaves.free(this.root);
    this.root = root;
    this.height = height;
    this.#rootNewest = newest;
  }

  /** Leads `path` to the first entry not below `key`; true when it is `key` itself. */
  find(key: Uint8Array, path: TreePath): boolean {
    this.#sharedLow = 0;
    this.#sharedHigh = 0;
    let node = this.root;
    for (let level = 0; level < this.height; level++) {
      const inner = this.inners[node]!;
      const index = this.#childFor(inner, key);
      path.inners[level] = inner;
      path.taken[level] = index;
      node = inner.children[index]!;
    }
    path.leaf = node;
    return this.#findInLeaf(key, path);
  }

  /** The entry at `path`; 0 behind the leaf's last. */
  entryAt(path: TreePath): Ref {
    const words = this.leaves.words(path.leaf);
    const base = this.leaves.base(path.leaf);
    return path.position < words[base]! ? words[base + leafRefs + path.position]! : 0;
  }

  /** How many live keys stand before `path`. */
  rank(path: TreePath): number {
    let total = liveBefore(
      this.leaves.words(path.leaf),
      this.leaves.base(path.leaf),
      path.position,
    );
    for (let level = 0; level < this.height; level++) {
      const { live } = path.inners[level]!;
      const taken = path.taken[level]!;
      for (let index = 0; index < taken; index++) total += live[index]!;
    }
    return total;
  }

  /** Notes that the entry at `path` changed at `main`. */
  touch(path: TreePath, main: number): void {
    if (this.height === 0) this.#rootNewest = main;
    for (let level = 0; level < this.height; level++) {
      path.inners[level]!.newest[path.taken[level]!] = main;
    }
  }

  /** Marks the entry at `path` as alive or dead; it must have been the other. */
  turn(path: TreePath, live: boolean): void {
    setLive(this.leaves.words(path.leaf), this.leaves.base(path.leaf), path.position, live);
    this.#count(path, live ? 1 : -1);
  }

  /** Puts a new entry where `find` said its key is missing. */
  insert(key: Uint8Array, entry: Ref, path: TreePath, state: KeyState): void {
    if (this.leaves.words(path.leaf)[this.leaves.base(path.leaf)] === leafCapacity) {
      this.#splitLeaf(key, path);
      this.find(key, path);
    }
    const words = this.leaves.words(path.leaf);
    const base = this.leaves.base(path.leaf);
    const { position } = path;
    const count = words[base]!;
    this.#leafKeys.narrow(path.leaf, key);
    const at = base + leafRefs + position;
    // For so few words a loop is quicker than copyWithin.
    for (let index = base + leafRefs + count; index > at; index--) {
      words[index] = words[index - 1]!;
      words[index + leafCapacity] = words[index + leafCapacity - 1]!;
    }
    words[at] = entry;
    words[at + leafCapacity] = headOf(key, 0, key.length, words[base + 1]!);
    insertLiveBit(words, base, position, state.live);
    words[base] = count + 1;
    if (state.live) this.#count(path, 1);
    this.touch(path, state.main);
  }

  /** Takes the dead entry at `path` out. */
  remove(path: TreePath): void {
    const words = this.leaves.words(path.leaf);
    const base = this.leaves.base(path.leaf);
    const { position } = path;
    const count = words[base]!;
    assert(!isLive(words, base, position), "only a deleted key leaves the index");
    const refs = base + leafRefs;
    const heads = base + leafHeads;
    words.copyWithin(refs + position, refs + position + 1, refs + count);
    words.copyWithin(heads + position, heads + position + 1, heads + count);
    removeLiveBit(words, base, position);
    words[base] = count - 1;
    if (count - 1 < mergeBelow && this.height > 0) this.#joinLeaf(path);
  }

  #count(path: TreePath, by: number): void {
    for (let level = 0; level < this.height; level++) {
      path.inners[level]!.live[path.taken[level]!]! += by;
    }
  }

  /** The last child whose separator is not above `key`. */
  #childFor(inner: InnerNode, key: Uint8Array): number {
    const { heads, separators, prefixLength, count } = inner;
    if (count < 2) return 0;
    const from = this.#sharedLow < this.#sharedHigh ? this.#sharedLow : this.#sharedHigh;
    if (from < prefixLength) {
      const order = this.separators.compare(key, from, separators[1]!);
      if (shared < prefixLength) {
        if (order < 0) this.#sharedHigh = shared;
        else this.#sharedLow = shared;
        return order < 0 ? 0 : count - 1;
      }
    }
    const head = headOf(key, 0, key.length, prefixLength);
    let low = 1;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      const difference = head - heads[middle]!;
      const order =
        difference === 0
          ? this.separators.compare(key, prefixLength, separators[middle]!)
          : difference;
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    if (low > 1) this.#sharedLow = prefixLength + sharedHead(head, heads[low - 1]!);
    if (low < count) this.#sharedHigh = prefixLength + sharedHead(head, heads[low]!);
    return low - 1;
  }

  #findInLeaf(key: Uint8Array, path: TreePath): boolean {
    const words = this.leaves.words(path.leaf);
    const base = this.leaves.base(path.leaf);
    const count = words[base]!;
    path.position = 0;
    if (count === 0) return false;
    const prefixLength = words[base + 1]!;
    const from = this.#sharedLow < this.#sharedHigh ? this.#sharedLow : this.#sharedHigh;
    if (from < prefixLength) {
      const order = this.#leafKeys.compare(key, from, words[base + leafRefs]!);
      if (shared < prefixLength) {
        if (order > 0) path.position = count;
        return false;
      }
    }
    const head = headOf(key, 0, key.length, prefixLength);
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = words[base + leafHeads + middle]!;
      let side = head - other;
      if (side === 0) {
        side = this.#leafKeys.compare(key, prefixLength, words[base + leafRefs + middle]!);
        if (side === 0) {
          path.position = middle;
          return true;
        }
      }
      if (side < 0) high = middle;
      else low = middle + 1;
    }
    path.position = low;
    return false;
  }

  /** Splits the full leaf at `path`, into which `key` is to go. */
  #splitLeaf(key: Uint8Array, path: TreePath): void {
    const left = path.leaf;
    const right = this.leaves.allocate();
    const words = this.leaves.words(left);
    const base = this.leaves.base(left);
    // A key behind all others is the sign of ascending keys: the left leaf then stays full.
    const ascending = path.position === leafCapacity;
    const cut = ascending ? leafCapacity : leafCapacity / 2;
    const before = this.keys.key(words[base + leafRefs + cut - 1]!);
    const after = ascending ? key : this.keys.key(words[base + leafRefs + cut]!);
    const separator = this.separators.make(before, after);
    this.#leafKeys.split(left, right, cut);
    const rightLive = this.#leafLive(right);
    const level = this.height - 1;
    const newest = level < 0 ? this.#rootNewest : path.inners[level]!.newest[path.taken[level]!]!;
    if (level >= 0) path.inners[level]!.live[path.taken[level]!] = this.#leafLive(left);
    this.#insertChild(path, level, { child: right, separator, live: rightLive, newest });
  }

  #leafLive(id: LeafId): number {
    const words = this.leaves.words(id);
    const base = this.leaves.base(id);
    return liveBefore(words, base, words[base]!);
  }

  #newInner(): number {
    const free = this.#freeInners.pop();
    const id = free ?? this.inners.length;
    this.inners[id] = new InnerNode();
    return id;
  }

  /** Puts a new right sibling of the child taken at `level` beside it; level -1 is the root. */
  #insertChild(path: TreePath, level: number, made: NewChild): void {
    if (level < 0) {
      const id = this.#newInner();
      const top = this.inners[id]!;
      const old = this.root;
      const below = this.height === 0 ? this.#leafLive(old) : this.inners[old]!.liveTotal();
      const newest = this.height === 0 ? this.#rootNewest : this.inners[old]!.newestOfAll();
      top.insert(0, old, 0, below, newest);
      top.insert(1, made.child, made.separator, made.live, made.newest);
      this.separators.refresh(top);
      this.root = id;
      this.height++;
      return;
    }
    const inner = path.inners[level]!;
    const index = path.taken[level]! + 1;
    if (inner.count < innerCapacity) {
      inner.insert(index, made.child, made.separator, made.live, made.newest);
      this.separators.inserted(inner, index);
      return;
    }
    const rightId = this.#newInner();
    const right = this.inners[rightId]!;
    const cut = index === innerCapacity ? innerCapacity - 2 : innerCapacity / 2;
    inner.moveTo(right, cut);
    const separator = right.separators[0]!;
    right.separators[0] = 0;
    const into = index <= cut ? inner : right;
    const place = index <= cut ? index : index - cut;
    into.insert(place, made.child, made.separator, made.live, made.newest);
    this.separators.refresh(inner);
    this.separators.refresh(right);
    if (level > 0) {
      path.inners[level - 1]!.live[path.taken[level - 1]!] = inner.liveTotal();
    }
    const { live, newest } = { live: right.liveTotal(), newest: right.newestOfAll() };
    this.#insertChild(path, level - 1, { child: rightId, separator, live, newest });
  }

  /** Joins the leaf at `path` with a neighbour below the same parent, when both fit into one. */
  #joinLeaf(path: TreePath): void {
    const level = this.height - 1;
    const parent = path.inners[level]!;
    const leftIndex = leftOfPair(parent, path.taken[level]!);
    if (leftIndex < 0) return;
    const left = parent.children[leftIndex]!;
    const right = parent.children[leftIndex + 1]!;
    const leftCount = this.leaves.words(left)[this.leaves.base(left)]!;
    const rightCount = this.leaves.words(right)[this.leaves.base(right)]!;
    if (leftCount + rightCount > mergedMax && leftCount > 0 && rightCount > 0) return;
    this.#leafKeys.join(right, left);
    this.leaves.free(right);
    this.separators.free(parent.separators[leftIndex + 1]!);
    this.#dropChild(path, level, leftIndex + 1);
  }

  /** Takes child `index`, whose content its left neighbour now has, out of the node at `level`. */
  #dropChild(path: TreePath, level: number, index: number): void {
    const inner = path.inners[level]!;
    inner.live[index - 1]! += inner.live[index]!;
    inner.newest[index - 1] = Math.max(inner.newest[index - 1]!, inner.newest[index]!);
    inner.remove(index);
    if (level === 0) {
      if (inner.count === 1) this.#lowerRoot(inner);
    } else if (inner.count < mergeBelow) {
      this.#joinInner(path, level);
    }
  }

  #lowerRoot(top: InnerNode): void {
    this.#freeInners.push(this.root);
    this.#rootNewest = top.newest[0]!;
    this.root = top.children[0]!;
    this.height--;
  }

  #joinInner(path: TreePath, level: number): void {
    const parent = path.inners[level - 1]!;
    const leftIndex = leftOfPair(parent, path.taken[level - 1]!);
    if (leftIndex < 0) return;
    const left = this.inners[parent.children[leftIndex]!]!;
    const rightId = parent.children[leftIndex + 1]!;
    const right = this.inners[rightId]!;
    if (left.count + right.count > mergedMax) return;
    // The parent's separator comes down to stand before the right node's first child.
    right.separators[0] = parent.separators[leftIndex + 1]!;
    right.moveTo(left, 0);
    this.separators.refresh(left);
    this.#freeInners.push(rightId);
    this.#dropChild(path, level - 1, leftIndex + 1);
  }
}

interface NewChild {
  readonly child: number;
  readonly separator: Ref;
  readonly live: number;
  readonly newest: number;
}

/** The left one of `index` and a neighbour of it; -1 when it has none. */
function leftOfPair(parent: InnerNode, index: number): number {
  if (index + 1 < parent.count) return index;
  return index - 1;
}
