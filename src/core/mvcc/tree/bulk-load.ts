// Makes a tree of entries that are there already, in key order: leaves first, then what stands above.
import type { Arena, Ref } from "./arena.ts";
import { chunkMask, chunkOf, chunkUnits } from "./arena.ts";
import type { BTree } from "./b-tree.ts";
import type { GarbageQueue } from "./garbage-queue.ts";
import { InnerNode } from "./inner-node.ts";
import { entryKeyOffset } from "./key-index.ts";
import { compareFrom, headOf, shared } from "./key-order.ts";
import { leafHeads, leafRefs, setLive } from "./leaf-pool.ts";

/** Nodes are left some room, for the next keys. */
const leafFill = 56;
const innerFill = 56;
const nodeUnits = 4;
const deadFlag = 0x8000_0000;
const subMask = 0x3fff_ffff;

interface Child {
  readonly id: number;
  /** What stands before it, where something does. */
  readonly separator: Ref;
  readonly live: number;
  readonly newest: number;
}

/** Garbage found on the way, not yet in order. */
interface Garbage {
  readonly mains: number[];
  readonly subs: number[];
  readonly refs: Ref[];
}

export class BulkLoad {
  readonly #tree: BTree;
  readonly #arena: Arena;
  readonly #refs: Ref[] = [];
  readonly #children: Child[] = [];
  readonly #superseded: Garbage = { mains: [], subs: [], refs: [] };
  readonly #tombstones: Garbage = { mains: [], subs: [], refs: [] };
  #lastOfLeaf: Ref = 0;
  size = 0;
  live = 0;

  constructor(tree: BTree, arena: Arena) {
    this.#tree = tree;
    this.#arena = arena;
  }

  /** Takes the entries of the arena's first `blocks` chunks, which hold an index image. */
  run(blocks: number): void {
    let block = 0;
    let unit = 1;
    while (block < blocks) {
      if (unit >= this.#arena.words[block]![0]!) {
        block++;
        unit = 1;
        continue;
      }
      const entry = (block * chunkUnits + unit) >>> 0;
      const last = this.#take(entry);
      block = chunkOf(last);
      unit = (last & chunkMask) + (last === entry ? this.#entryUnits(entry) : nodeUnits);
    }
    if (this.#refs.length > 0) this.#closeLeaf();
    this.#raise();
  }

  #entryUnits(entry: Ref): number {
    const words = this.#arena.words[chunkOf(entry)]!;
    return (entryKeyOffset + 4 + words[((entry & chunkMask) << 1) + 7]! + 7) >>> 3;
  }

  /** Notes an entry and what is older than it; returns the last of these. */
  #take(entry: Ref): Ref {
    this.size++;
    this.#refs.push(entry);
    let ref = entry;
    for (;;) {
      const words = this.#arena.words[chunkOf(ref)]!;
      const at = (ref & chunkMask) << 1;
      const main = this.#arena.doubles[chunkOf(ref)]![ref & chunkMask]!;
      const flags = words[at + 4]!;
      if (flags >= deadFlag) note(this.#tombstones, main, flags & subMask, entry);
      else if (ref === entry) this.live++;
      const older = words[at + 5]!;
      if (older === 0) break;
      note(this.#superseded, main, 0, older);
      ref = older;
    }
    if (this.#refs.length === leafFill) this.#closeLeaf();
    return ref;
  }

  #closeLeaf(): void {
    const refs = this.#refs;
    const { leaves } = this.#tree;
    const id = leaves.allocate();
    const words = leaves.words(id);
    const base = leaves.base(id);
    const first = this.#key(refs[0]!);
    const prefixLength = this.#sharedWith(first, refs.at(-1)!);
    words[base] = refs.length;
    words[base + 1] = prefixLength;
    let live = 0;
    let newest = 0;
    for (let index = 0; index < refs.length; index++) {
      const ref = refs[index]!;
      const chunk = chunkOf(ref);
      const at = (ref & chunkMask) << 1;
      const entry = this.#arena.words[chunk]!;
      const bytes = this.#arena.bytes[chunk]!;
      const start = (at << 2) + entryKeyOffset + 4;
      words[base + leafRefs + index] = ref;
      words[base + leafHeads + index] = headOf(bytes, start, entry[at + 7]!, prefixLength);
      if (entry[at + 4]! < deadFlag) {
        setLive(words, base, index, true);
        live++;
      }
      const main = this.#arena.doubles[chunk]![ref & chunkMask]!;
      if (main > newest) newest = main;
    }
    const before = this.#lastOfLeaf;
    const separator = before === 0 ? 0 : this.#tree.separators.make(this.#key(before), first);
    this.#children.push({ id, separator, live, newest });
    this.#lastOfLeaf = refs.at(-1)!;
    refs.length = 0;
  }

  #sharedWith(key: Uint8Array, ref: Ref): number {
    const other = this.#key(ref);
    compareFrom(key, 0, other, 0, other.length);
    return shared;
  }

  #key(ref: Ref): Uint8Array {
    return this.#tree.keys.key(ref);
  }

  /** Puts nodes above nodes until one is left. */
  #raise(): void {
    let level: readonly Child[] = this.#children;
    if (level.length === 0) return;
    let height = 0;
    for (; level.length > 1; height++) {
      const above: Child[] = [];
      const groups = Math.ceil(level.length / innerFill);
      for (let group = 0; group < groups; group++) {
        const from = Math.floor((group * level.length) / groups);
        const to = Math.floor(((group + 1) * level.length) / groups);
        above.push(this.#innerOf(level.slice(from, to)));
      }
      level = above;
    }
    this.#tree.adopt(level[0]!.id, height, level[0]!.newest);
  }

  #innerOf(children: readonly Child[]): Child {
    const inner = new InnerNode();
    for (const [index, { id, separator, live, newest }] of children.entries()) {
      inner.insert(index, id, index === 0 ? 0 : separator, live, newest);
    }
    this.#tree.separators.refresh(inner);
    const id = this.#tree.inners.push(inner) - 1;
    const { separator } = children[0]!;
    return { id, separator, live: inner.liveTotal(), newest: inner.newestOfAll() };
  }

  fillQueues(superseded: GarbageQueue, tombstones: GarbageQueue): void {
    queue(this.#superseded, superseded);
    queue(this.#tombstones, tombstones);
  }
}

function note(garbage: Garbage, main: number, sub: number, ref: Ref): void {
  garbage.mains.push(main);
  garbage.subs.push(sub);
  garbage.refs.push(ref);
}

/** Pushes by ascending main revision. */
function queue({ mains, subs, refs }: Garbage, into: GarbageQueue): void {
  const order = orderOf(mains);
  for (const at of order) into.push(mains[at]!, subs[at]!, refs[at]!);
}

/** Places in order of their numbers: sorted natively, each number with its place in the low bits. */
function orderOf(mains: readonly number[]): Iterable<number> {
  let least = Infinity;
  let most = 0;
  for (const main of mains) {
    if (main < least) least = main;
    if (main > most) most = main;
  }
  const scale = 2 ** Math.ceil(Math.log2(mains.length + 1));
  if ((most - least + 1) * scale > Number.MAX_SAFE_INTEGER) {
    return mains.map((_, at) => at).toSorted((a, b) => mains[a]! - mains[b]!);
  }
  const packed = Float64Array.from(mains, (main, at) => (main - least) * scale + at);
  packed.sort();
  return packed.map((value) => value % scale);
}
