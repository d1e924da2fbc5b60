// A red-black tree of intervals, for one odd question. Whether etcd permits a range without keys (its
// end at or before its begin) hangs on where its tree (pkg/adt) happens to keep a grant: on the way down
// it passes by some. Such a range shows nothing and changes nothing, but a transaction that holds one
// must be applied, or refused, by every member alike, so the tree is grown as etcd grows it (Cormen et
// al., Introduction to Algorithms, 13.3).
import { compareBytes } from "../../base/index.ts";

/** An end beyond every key. */
export type End = Uint8Array | undefined;

interface Node {
  readonly begin: Uint8Array;
  readonly end: End;
  /** The furthest end below here, itself included. */
  max: End;
  left: Node | undefined;
  right: Node | undefined;
  parent: Node | undefined;
  isRed: boolean;
}

const compareEnds = (a: End, b: End): number => {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return compareBytes(a, b);
};

type Side = "left" | "right";
const other = (side: Side): Side => (side === "left" ? "right" : "left");

export class IntervalTree {
  #root: Node | undefined;

  constructor(intervals: readonly (readonly [begin: Uint8Array, end: End])[]) {
    for (const [begin, end] of intervals) this.#insert(begin, end);
    if (this.#root !== undefined) measure(this.#root);
  }

  /** Whether [key, end) is permitted, where end is at or before key. */
  permitsEmptyRange(key: Uint8Array, end: Uint8Array): boolean {
    return finds(this.#root, key, end);
  }

  #insert(begin: Uint8Array, end: End): void {
    let parent: Node | undefined;
    let side: Side = "left";
    for (let at = this.#root; at !== undefined; at = at[side]) {
      parent = at;
      side = (compareBytes(begin, at.begin) || compareEnds(end, at.end)) < 0 ? "left" : "right";
    }
    const node = { begin, end, max: end, left: undefined, right: undefined, parent, isRed: true };
    if (parent === undefined) this.#root = node;
    else parent[side] = node;
    this.#balance(node);
  }

  #balance(added: Node): void {
    let node = added;
    while (node.parent?.isRed === true) {
      const grandparent = node.parent.parent!;
      const side: Side = node.parent === grandparent.left ? "left" : "right";
      const uncle = grandparent[other(side)];
      if (uncle?.isRed === true) {
        uncle.isRed = false;
        node.parent.isRed = false;
        grandparent.isRed = true;
        node = grandparent;
        continue;
      }
      if (node === node.parent[other(side)]) {
        node = node.parent;
        this.#rotate(node, side);
      }
      node.parent!.isRed = false;
      grandparent.isRed = true;
      this.#rotate(grandparent, other(side));
    }
    this.#root!.isRed = false;
  }

  /** Turns `down` towards `side`; its child of the other side comes up in its place. */
  #rotate(down: Node, side: Side): void {
    const up = down[other(side)]!;
    const moved = up[side];
    down[other(side)] = moved;
    if (moved !== undefined) moved.parent = down;
    up.parent = down.parent;
    if (down.parent === undefined) this.#root = up;
    else down.parent[down === down.parent.left ? "left" : "right"] = up;
    up[side] = down;
    down.parent = up;
  }
}

function measure(node: Node): End {
  node.max = node.end;
  for (const child of [node.left, node.right]) {
    if (child === undefined) continue;
    const max = measure(child);
    if (compareEnds(max, node.max) > 0) node.max = max;
  }
  return node.max;
}

function finds(node: Node | undefined, key: Uint8Array, end: Uint8Array): boolean {
  if (node === undefined) return false;
  const { begin, left, right } = node;
  if (compareBytes(end, begin) <= 0 && compareBytes(key, begin) < 0) return finds(left, key, end);
  if (compareEnds(key, node.end) < 0) return true;
  const isPassedBy = compareBytes(begin, end) >= 0 || compareEnds(node.max, key) <= 0;
  return !isPassedBy && (finds(left, key, end) || finds(right, key, end));
}
