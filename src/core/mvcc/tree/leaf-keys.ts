import { chunkMask, chunkOf, type Ref } from "./arena.ts";
import { entryKeyOffset, type KeyIndex } from "./key-index.ts";
import { compareFrom, headOf, shared } from "./key-order.ts";
import { isLive, leafHeads, type LeafId, type LeafPool, leafRefs, setLive } from "./leaf-pool.ts";

/** What leaves know of their entries' keys: the prefix all share, and the head behind it of each. */
export class LeafKeys {
  readonly #keys: KeyIndex;
  readonly #leaves: LeafPool;

  constructor(keys: KeyIndex, leaves: LeafPool) {
    this.#keys = keys;
    this.#leaves = leaves;
  }

  /** Order of `key` and an entry's that share at least `from` bytes; tells `shared`. */
  compare(key: Uint8Array, from: number, entry: Ref): number {
    const { arena } = this.#keys;
    const chunk = chunkOf(entry);
    const start = ((entry & chunkMask) << 3) + entryKeyOffset;
    const length = arena.words[chunk]![start >> 2]!;
    return compareFrom(key, from, arena.bytes[chunk]!, start + 4, length);
  }

  /** Shortens the leaf's shared prefix to what `key`, about to be put in, shares. */
  narrow(id: LeafId, key: Uint8Array): void {
    const words = this.#leaves.words(id);
    const base = this.#leaves.base(id);
    if (words[base] === 0) {
      words[base + 1] = key.length;
      return;
    }
    this.compare(key, 0, words[base + leafRefs]!);
    if (shared < words[base + 1]!) this.#setPrefix(id, shared);
  }

  /** Fewer keys may share more. A shorter prefix than could be is not wrong, only slower. */
  lengthen(id: LeafId): void {
    const prefixLength = this.#sharedByAll(id);
    if (prefixLength > this.#leaves.words(id)[this.#leaves.base(id) + 1]!) {
      this.#setPrefix(id, prefixLength);
    }
  }

  /** Moves the entries of `from` at and behind `cut` to an empty leaf, whose prefix they bring. */
  split(from: LeafId, to: LeafId, cut: number): void {
    const prefixLength = this.#leaves.words(from)[this.#leaves.base(from) + 1]!;
    this.#leaves.words(to)[this.#leaves.base(to) + 1] = prefixLength;
    this.#move(from, to, cut);
    this.lengthen(from);
    this.lengthen(to);
  }

  /** Moves all entries of `from` behind those of `to`. */
  join(from: LeafId, to: LeafId): void {
    this.#move(from, to, 0);
    this.#setPrefix(to, this.#sharedByAll(to));
  }

  #move(from: LeafId, to: LeafId, cut: number): void {
    const source = this.#leaves.words(from);
    const sourceBase = this.#leaves.base(from);
    const target = this.#leaves.words(to);
    const targetBase = this.#leaves.base(to);
    const count = source[sourceBase]!;
    for (let index = cut; index < count; index++) {
      const place = target[targetBase]!;
      target[targetBase + leafRefs + place] = source[sourceBase + leafRefs + index]!;
      target[targetBase + leafHeads + place] = source[sourceBase + leafHeads + index]!;
      setLive(target, targetBase, place, isLive(source, sourceBase, index));
      setLive(source, sourceBase, index, false);
      target[targetBase] = place + 1;
    }
    source[sourceBase] = cut;
  }

  #setPrefix(id: LeafId, prefixLength: number): void {
    const { arena } = this.#keys;
    const words = this.#leaves.words(id);
    const base = this.#leaves.base(id);
    words[base + 1] = prefixLength;
    for (let index = 0; index < words[base]!; index++) {
      const entry = words[base + leafRefs + index]!;
      const start = ((entry & chunkMask) << 3) + entryKeyOffset;
      const chunk = chunkOf(entry);
      const length = arena.words[chunk]![start >> 2]!;
      words[base + leafHeads + index] = headOf(
        arena.bytes[chunk]!,
        start + 4,
        length,
        prefixLength,
      );
    }
  }

  /** How long a prefix all keys of the leaf share: as long as its first and last do. */
  #sharedByAll(id: LeafId): number {
    const words = this.#leaves.words(id);
    const base = this.#leaves.base(id);
    const count = words[base]!;
    if (count === 0) return 0;
    const last = this.#keys.key(words[base + leafRefs + count - 1]!);
    this.compare(last, 0, words[base + leafRefs]!);
    return shared;
  }
}
