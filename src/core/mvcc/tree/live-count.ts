// How many keys of a range exist: now by rank, O(log n); at an older revision by looking only into
// those subtrees that changed since.
import type { BTree } from "./b-tree.ts";
import type { InnerNode } from "./inner-node.ts";
import { leafRefs } from "./leaf-pool.ts";
import { TreePath } from "./tree-path.ts";

const low = new TreePath();
const high = new TreePath();

/** Live keys of [key, end), or of all from `key` on without an end; key < end. */
export function countLive(
  tree: BTree,
  key: Uint8Array,
  end: Uint8Array | undefined,
  total: number,
): number {
  tree.find(key, low);
  const before = tree.rank(low);
  if (end === undefined) return total - before;
  tree.find(end, high);
  return tree.rank(high) - before;
}

/** Keys of the range that existed at the end of main revision `at`; key < end. */
export function countAt(
  tree: BTree,
  key: Uint8Array,
  end: Uint8Array | undefined,
  at: number,
): number {
  tree.find(key, low);
  if (end !== undefined) tree.find(end, high);
  return countBelow(tree, 0, tree.root, {
    at,
    low,
    high: end === undefined ? undefined : high,
  });
}

interface Bounds {
  readonly at: number;
  /** Undefined where the whole subtree lies inside the range on that side. */
  readonly low: TreePath | undefined;
  readonly high: TreePath | undefined;
}

function countBelow(tree: BTree, level: number, node: number, bounds: Bounds): number {
  if (level === tree.height) return countLeaf(tree, node, bounds);
  const inner = tree.inners[node]!;
  const first = bounds.low === undefined ? 0 : bounds.low.taken[level]!;
  const last = bounds.high === undefined ? inner.count - 1 : bounds.high.taken[level]!;
  let total = 0;
  for (let index = first; index <= last; index++) {
    total += countChild(tree, level, inner, index, {
      at: bounds.at,
      low: index === first ? bounds.low : undefined,
      high: index === last ? bounds.high : undefined,
    });
  }
  return total;
}

function countChild(
  tree: BTree,
  level: number,
  inner: InnerNode,
  index: number,
  bounds: Bounds,
): number {
  const whole = bounds.low === undefined && bounds.high === undefined;
  if (whole && inner.newest[index]! <= bounds.at) return inner.live[index]!;
  return countBelow(tree, level + 1, inner.children[index]!, bounds);
}

function countLeaf(tree: BTree, leaf: number, bounds: Bounds): number {
  const words = tree.leaves.words(leaf);
  const base = tree.leaves.base(leaf);
  const first = bounds.low === undefined ? 0 : bounds.low.position;
  const last = bounds.high === undefined ? words[base]! : bounds.high.position;
  let total = 0;
  for (let index = first; index < last; index++) {
    if (tree.keys.existedAt(words[base + leafRefs + index]!, bounds.at)) total++;
  }
  return total;
}
