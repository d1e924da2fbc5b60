import type { InnerNode } from "./inner-node.ts";
import type { LeafId } from "./leaf-pool.ts";

/** The way from the root to one place in one leaf. Scratch: good until the tree changes. */
export class TreePath {
  /** The inner nodes passed, root first, and the child taken in each. */
  readonly inners: InnerNode[] = [];
  readonly taken: number[] = [];
  leaf: LeafId = 0;
  position = 0;
}
