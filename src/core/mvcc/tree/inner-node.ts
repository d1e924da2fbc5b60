import type { Ref } from "./arena.ts";

export const innerCapacity = 64;

/**
 * A node above the leaves. What it knows of each child makes counting fast: how many live keys are
 * below it, and the newest main revision of any of them.
 */
export class InnerNode {
  count = 0;
  /** Length of the prefix all separators share, and four bytes behind it of each. */
  prefixLength = 0;
  readonly heads = new Uint32Array(innerCapacity);
  /** Numbers of leaves or of inner nodes, as the level says. */
  readonly children = new Uint32Array(innerCapacity);
  /** separators[i] is at most every key below child i and above every key before; [0] is unused. */
  readonly separators = new Uint32Array(innerCapacity);
  readonly live = new Uint32Array(innerCapacity);
  readonly newest = new Float64Array(innerCapacity);

  /** The new separator's head is the caller's to set. */
  insert(index: number, child: number, separator: Ref, live: number, newest: number): void {
    const { children, separators, count } = this;
    children.copyWithin(index + 1, index, count);
    separators.copyWithin(index + 1, index, count);
    this.heads.copyWithin(index + 1, index, count);
    this.live.copyWithin(index + 1, index, count);
    this.newest.copyWithin(index + 1, index, count);
    children[index] = child;
    separators[index] = separator;
    this.live[index] = live;
    this.newest[index] = newest;
    this.count++;
  }

  remove(index: number): void {
    const { count } = this;
    this.children.copyWithin(index, index + 1, count);
    this.separators.copyWithin(index, index + 1, count);
    this.heads.copyWithin(index, index + 1, count);
    this.live.copyWithin(index, index + 1, count);
    this.newest.copyWithin(index, index + 1, count);
    this.count--;
  }

  /** Moves the children from `index` on behind those of `other`; heads are not right afterwards. */
  moveTo(other: InnerNode, index: number): void {
    const { count } = this;
    other.children.set(this.children.subarray(index, count), other.count);
    other.separators.set(this.separators.subarray(index, count), other.count);
    other.live.set(this.live.subarray(index, count), other.count);
    other.newest.set(this.newest.subarray(index, count), other.count);
    other.count += count - index;
    this.count = index;
  }

  liveTotal(): number {
    let total = 0;
    for (let index = 0; index < this.count; index++) total += this.live[index]!;
    return total;
  }

  newestOfAll(): number {
    let newest = 0;
    for (let index = 0; index < this.count; index++) {
      if (this.newest[index]! > newest) newest = this.newest[index]!;
    }
    return newest;
  }
}
