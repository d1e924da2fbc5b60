// One key's revisions: etcd's keyIndex with its generations (storage/mvcc/key_index.go), flattened.
//
// An entry of 32 bytes and the key holds the newest revision; older ones hang from it as a chain of
// nodes of the same 32 bytes, newest first. A tombstone ends a generation; what it carries as
// create revision and version are those of the generation it ended.
//
//   double 0  main revision            word 4  sub revision | leased << 30 | dead << 31
//   double 1  create revision          word 5  the next older node
//                                      word 6  version        word 7  key length (entries only)
import { assert } from "../../../base/index.ts";
import { type Arena, chunkMask, chunkOf, type Ref } from "./arena.ts";
import type { KeyState } from "./key-state.ts";

/** Where the key's length and bytes stand in an entry. */
export const entryKeyOffset = 28;
const nodeBytes = 32;
const deadFlag = 0x8000_0000;
const leasedFlag = 0x4000_0000;
const subMask = 0x3fff_ffff;
/** A version that 32 bits cannot hold stands in a map beside the arena. */
const versionElsewhere = 0xffff_ffff;

export class KeyIndex {
  readonly arena: Arena;
  readonly #longVersions = new Map<Ref, number>();

  constructor(arena: Arena) {
    this.arena = arena;
  }

  /** A new entry for `key`; `next` fills it. */
  create(key: Uint8Array): Ref {
    const ref = this.arena.allocate(nodeBytes + key.length);
    const chunk = chunkOf(ref);
    const word = (ref & chunkMask) << 1;
    const words = this.arena.words[chunk]!;
    words[word + 5] = 0;
    words[word + 7] = key.length;
    this.arena.bytes[chunk]!.set(key, (word << 2) + nodeBytes);
    return ref;
  }

  /** Gives up an entry whose key has left the index. */
  release(ref: Ref): void {
    this.#longVersions.delete(ref);
    this.arena.free(ref, nodeBytes + this.keyLength(ref));
  }

  /** Gives up a superseded revision's node. */
  releaseNode(ref: Ref): void {
    this.#longVersions.delete(ref);
    this.arena.free(ref, nodeBytes);
  }

  keyLength(ref: Ref): number {
    return this.arena.words[chunkOf(ref)]![((ref & chunkMask) << 1) + 7]!;
  }

  /** The key's bytes, borrowed: the entry's own memory. */
  key(ref: Ref): Uint8Array {
    const start = ((ref & chunkMask) << 3) + nodeBytes;
    return this.arena.bytes[chunkOf(ref)]!.subarray(start, start + this.keyLength(ref));
  }

  main(ref: Ref): number {
    return this.arena.doubles[chunkOf(ref)]![ref & chunkMask]!;
  }

  sub(ref: Ref): number {
    return this.arena.words[chunkOf(ref)]![((ref & chunkMask) << 1) + 4]! & subMask;
  }

  isDead(ref: Ref): boolean {
    return this.arena.words[chunkOf(ref)]![((ref & chunkMask) << 1) + 4]! >= deadFlag;
  }

  older(ref: Ref): Ref {
    return this.arena.words[chunkOf(ref)]![((ref & chunkMask) << 1) + 5]!;
  }

  /** Writes an entry's newest revision. */
  set(ref: Ref, state: KeyState): void {
    const chunk = chunkOf(ref);
    const unit = ref & chunkMask;
    const doubles = this.arena.doubles[chunk]!;
    const words = this.arena.words[chunk]!;
    doubles[unit] = state.main;
    doubles[unit + 1] = state.createRevision;
    words[(unit << 1) + 4] =
      (state.sub | (state.leased ? leasedFlag : 0) | (state.live ? 0 : deadFlag)) >>> 0;
    if (state.version < versionElsewhere) {
      if (words[(unit << 1) + 6] === versionElsewhere) this.#longVersions.delete(ref);
      words[(unit << 1) + 6] = state.version;
    } else {
      words[(unit << 1) + 6] = versionElsewhere;
      this.#longVersions.set(ref, state.version);
    }
  }

  /** Reads what `ref`, an entry or a node, says. */
  get(ref: Ref, into: KeyState): void {
    const chunk = chunkOf(ref);
    const unit = ref & chunkMask;
    const doubles = this.arena.doubles[chunk]!;
    const words = this.arena.words[chunk]!;
    const flags = words[(unit << 1) + 4]!;
    const version = words[(unit << 1) + 6]!;
    into.main = doubles[unit]!;
    into.createRevision = doubles[unit + 1]!;
    into.sub = flags & subMask;
    into.live = flags < deadFlag;
    into.leased = (flags & leasedFlag) !== 0;
    into.version = version === versionElsewhere ? this.#longVersions.get(ref)! : version;
  }

  /** Copies an entry's newest revision into a node of its chain; returns the node. */
  pushDown(ref: Ref, scratch: KeyState): Ref {
    this.get(ref, scratch);
    const node = this.arena.allocate(nodeBytes);
    const words = this.arena.words[chunkOf(node)]!;
    const word = (node & chunkMask) << 1;
    words[word + 6] = 0;
    this.set(node, scratch);
    words[word + 5] = this.older(ref);
    this.arena.words[chunkOf(ref)]![((ref & chunkMask) << 1) + 5] = node;
    return node;
  }

  /**
   * The key as it was at the end of main revision `at`; false, and not `live`, when it did not
   * exist. `at` must not lie below the compacted revision: the chain is not kept whole below it,
   * and is never followed past the first revision at or below `at`.
   */
  getAt(entry: Ref, at: number, into: KeyState): boolean {
    let ref = entry;
    into.entry = entry;
    for (;;) {
      const doubles = this.arena.doubles[chunkOf(ref)]!;
      if (doubles[ref & chunkMask]! <= at) {
        this.get(ref, into);
        if (into.live) return true;
        into.leased = false;
        return false;
      }
      const next = this.older(ref);
      if (next === 0) {
        into.clear();
        return false;
      }
      ref = next;
    }
  }

  /** Whether the key existed at the end of main revision `at`. */
  existedAt(entry: Ref, at: number): boolean {
    let ref = entry;
    do {
      const chunk = chunkOf(ref);
      const unit = ref & chunkMask;
      if (this.arena.doubles[chunk]![unit]! <= at) {
        return this.arena.words[chunk]![(unit << 1) + 4]! < deadFlag;
      }
      ref = this.arena.words[chunk]![(unit << 1) + 5]!;
    } while (ref !== 0);
    return false;
  }
}

/** A sub revision that the flags beside it leave room for. */
export function assertSub(sub: number): void {
  assert(sub <= subMask, "one transaction changes at most 2^30 keys");
}
