import { compareBytes } from "../../../base/index.ts";
import type { Ref } from "./arena.ts";
import type { BTree } from "./b-tree.ts";
import { isLive, leafRefs } from "./leaf-pool.ts";
import { TreePath } from "./tree-path.ts";

/**
 * Walks the entries of a key range in key order. Good until the tree's shape changes (a tombstone does
 * not change it); a walk that must survive changes starts again behind its last key.
 */
export class TreeCursor {
  readonly #tree: BTree;
  readonly #path = new TreePath();
  readonly #end = new TreePath();
  #bounded = false;
  #words: Uint32Array = new Uint32Array(0);
  #base = 0;
  #position = 0;
  /** Where this leaf ends for us. */
  #limit = 0;

  constructor(tree: BTree) {
    this.#tree = tree;
  }

  /** Goes before the first key at or above `key`; stops before `end` when there is one. */
  start(key: Uint8Array, end: Uint8Array | undefined): void {
    this.#bounded = end !== undefined;
    this.#tree.find(key, this.#path);
    if (end === undefined) {
      this.#openLeaf();
    } else if (compareBytes(key, end) < 0) {
      this.#tree.find(end, this.#end);
      this.#openLeaf();
    } else {
      this.#end.leaf = this.#path.leaf;
      this.#limit = 0;
    }
    this.#position = this.#path.position;
  }

  /** The next entry, alive now or not; 0 at the end. */
  next(): Ref {
    while (this.#position >= this.#limit) if (!this.#nextLeaf()) return 0;
    return this.#words[this.#base + leafRefs + this.#position++]!;
  }

  /** The next entry alive now; 0 at the end. */
  nextLive(): Ref {
    for (;;) {
      while (this.#position >= this.#limit) if (!this.#nextLeaf()) return 0;
      const position = this.#position++;
      if (isLive(this.#words, this.#base, position)) {
        return this.#words[this.#base + leafRefs + position]!;
      }
    }
  }

  /** Where the entry given last stands; good until the next is asked for. */
  get place(): TreePath {
    this.#path.position = this.#position - 1;
    return this.#path;
  }

  #openLeaf(): void {
    const { leaves } = this.#tree;
    this.#words = leaves.words(this.#path.leaf);
    this.#base = leaves.base(this.#path.leaf);
    const last = this.#bounded && this.#path.leaf === this.#end.leaf;
    this.#limit = last ? this.#end.position : this.#words[this.#base]!;
  }

  #nextLeaf(): boolean {
    if (this.#bounded && this.#path.leaf === this.#end.leaf) return false;
    const { inners, taken } = this.#path;
    let level = this.#tree.height - 1;
    while (level >= 0 && taken[level]! + 1 >= inners[level]!.count) level--;
    if (level < 0) return false;
    taken[level]!++;
    let node = inners[level]!.children[taken[level]!]!;
    for (level++; level < this.#tree.height; level++) {
      inners[level] = this.#tree.inners[node]!;
      taken[level] = 0;
      node = inners[level]!.children[0]!;
    }
    this.#path.leaf = node;
    this.#position = 0;
    this.#openLeaf();
    return true;
  }
}
