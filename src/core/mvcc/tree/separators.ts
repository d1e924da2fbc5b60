import { type Arena, chunkMask, chunkOf, type Ref } from "./arena.ts";
import type { InnerNode } from "./inner-node.ts";
import { compareFrom, headOf, shared } from "./key-order.ts";

/** Separators of inner nodes: keys of their own in the arena, no longer than they must be. */
export class Separators {
  readonly #arena: Arena;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** The shortest key above `before` and not above `after`. */
  make(before: Uint8Array, after: Uint8Array): Ref {
    compareFrom(before, 0, after, 0, after.length);
    const length = Math.min(shared + 1, after.length);
    const ref = this.#arena.allocate(4 + length);
    const chunk = chunkOf(ref);
    const word = (ref & chunkMask) << 1;
    this.#arena.words[chunk]![word] = length;
    this.#arena.bytes[chunk]!.set(after.subarray(0, length), (word << 2) + 4);
    return ref;
  }

  free(ref: Ref): void {
    const length = this.#arena.words[chunkOf(ref)]![(ref & chunkMask) << 1]!;
    this.#arena.free(ref, 4 + length);
  }

  /** Order of `key` and a separator that share at least `from` bytes; tells `shared`. */
  compare(key: Uint8Array, from: number, ref: Ref): number {
    const chunk = chunkOf(ref);
    const word = (ref & chunkMask) << 1;
    const length = this.#arena.words[chunk]![word]!;
    return compareFrom(key, from, this.#arena.bytes[chunk]!, (word << 2) + 4, length);
  }

  /** Notes that a child was put in at `index`: keeps the node's prefix and heads right. */
  inserted(inner: InnerNode, index: number): void {
    const { separators, count } = inner;
    if (count > 2) {
      const made = separators[index]!;
      this.compare(this.#key(made), 0, separators[index === 1 ? 2 : 1]!);
      if (shared >= inner.prefixLength) {
        inner.heads[index] = this.#head(made, inner.prefixLength);
        return;
      }
    }
    this.refresh(inner);
  }

  /** Finds prefix and heads again after children were moved. */
  refresh(inner: InnerNode): void {
    const { separators, heads, count } = inner;
    if (count < 2) return;
    this.compare(this.#key(separators[count - 1]!), 0, separators[1]!);
    inner.prefixLength = shared;
    for (let index = 1; index < count; index++) {
      heads[index] = this.#head(separators[index]!, inner.prefixLength);
    }
  }

  #key(ref: Ref): Uint8Array {
    const word = (ref & chunkMask) << 1;
    const length = this.#arena.words[chunkOf(ref)]![word]!;
    const start = (word << 2) + 4;
    return this.#arena.bytes[chunkOf(ref)]!.subarray(start, start + length);
  }

  #head(ref: Ref, prefixLength: number): number {
    const chunk = chunkOf(ref);
    const word = (ref & chunkMask) << 1;
    const length = this.#arena.words[chunk]![word]!;
    return headOf(this.#arena.bytes[chunk]!, (word << 2) + 4, length, prefixLength);
  }
}
