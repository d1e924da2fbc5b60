// The index as it was at one revision, as the arena's own blocks: entries in key order, each followed by
// the older revisions that are kept. Whoever loads the blocks as the first chunks of an arena finds
// every ref right. Unit 0 of a block is given out by no arena; here it says how far the block is filled.
import { assert, ownBytes } from "../../../base/index.ts";
import { keyAfter, leastKey } from "../key.ts";
import { type Arena, chunkMask, chunkOf, chunkUnits, type Ref } from "./arena.ts";
import { entryKeyOffset, type KeyIndex } from "./key-index.ts";
import type { TreeCursor } from "./tree-cursor.ts";
import type { TreeIndex } from "./tree-index.ts";

export const imageBlockBytes = chunkUnits * 8;
/** An index with longer keys, or longer counts of versions, gets no image. */
const keyBytesMax = 64 * 1024;
const versionMax = 0xffff_fffe;
const nodeUnits = 4;

/**
 * Writes the image in steps while the index goes on: what is newer than `revision` is passed over.
 * Compaction must delete nothing until it is done.
 */
export class IndexImageWriter {
  readonly #index: TreeIndex;
  readonly #revision: number;
  readonly #compacted: number;
  readonly #cursor: TreeCursor;
  /** Full blocks, to be taken away by whoever calls `step`. */
  readonly blocks: Uint8Array[] = [];
  #bytes = new Uint8Array(imageBlockBytes);
  #words = new Uint32Array(this.#bytes.buffer);
  #block = 0;
  #unit = 1;
  #last: Uint8Array | undefined;
  #records = 0;
  isPossible = true;

  constructor(index: TreeIndex, revision: number, compacted: number) {
    this.#index = index;
    this.#revision = revision;
    this.#compacted = compacted;
    this.#cursor = index.cursor();
  }

  /** Revisions written so far. */
  get records(): number {
    return this.#records;
  }

  /** Writes about `count` keys; true when it is over: the last block is then among `blocks`. */
  step(count: number): boolean {
    this.#cursor.start(this.#last === undefined ? leastKey : keyAfter(this.#last), undefined);
    const { keys } = this.#index;
    let entry: Ref = 0;
    for (let left = count; left > 0; left--) {
      const next = this.#cursor.next();
      if (next === 0) {
        this.#close();
        return true;
      }
      entry = next;
      if (!this.#write(keys, entry)) {
        this.isPossible = false;
        return true;
      }
    }
    this.#last = ownBytes(keys.key(entry));
    return false;
  }

  #write(keys: KeyIndex, entry: Ref): boolean {
    let ref = entry;
    while (ref !== 0 && keys.main(ref) > this.#revision) ref = keys.older(ref);
    if (ref === 0) return true;
    const keyLength = keys.keyLength(entry);
    if (keyLength > keyBytesMax) return false;
    let units = (entryKeyOffset + 4 + keyLength + 7) >>> 3;
    this.#fit(units);
    const start = ((entry & chunkMask) << 3) + entryKeyOffset + 4;
    const source = keys.arena.bytes[chunkOf(entry)]!;
    const target = (this.#unit << 3) + entryKeyOffset + 4;
    for (let at = 0; at < keyLength; at++) this.#bytes[target + at] = source[start + at]!;
    this.#words[(this.#unit << 1) + 7] = keyLength;
    this.#words[1]!++;
    for (;;) {
      // The chain is not kept whole below the compacted revision.
      const older = keys.main(ref) > this.#compacted ? this.#keptOlder(keys, ref) : 0;
      if (!this.#copyNode(keys.arena, ref)) return false;
      const place = (this.#unit << 1) + 5;
      this.#unit += units;
      this.#records++;
      if (older === 0) {
        this.#words[place] = 0;
        return true;
      }
      const fits = this.#unit + nodeUnits <= chunkUnits;
      const next = fits ? this.#refAt(this.#block, this.#unit) : this.#refAt(this.#block + 1, 1);
      this.#words[place] = next;
      units = nodeUnits;
      this.#fit(units);
      ref = older;
    }
  }

  /** A tombstone below the compacted revision has no record any more. */
  #keptOlder(keys: KeyIndex, ref: Ref): Ref {
    const older = keys.older(ref);
    return older !== 0 && keys.isDead(older) && keys.main(older) < this.#compacted ? 0 : older;
  }

  #refAt(block: number, unit: number): Ref {
    return (block * chunkUnits + unit) >>> 0;
  }

  /** Words 0 to 4 and 6: all but the link and the key. */
  #copyNode(arena: Arena, ref: Ref): boolean {
    const words = arena.words[chunkOf(ref)]!;
    const from = (ref & chunkMask) << 1;
    const to = this.#unit << 1;
    for (let word = 0; word < 5; word++) this.#words[to + word] = words[from + word]!;
    const version = words[from + 6]!;
    this.#words[to + 6] = version;
    return version <= versionMax;
  }

  #fit(units: number): void {
    if (this.#unit + units > chunkUnits) this.#close();
  }

  #close(): void {
    this.#words[0] = this.#unit;
    this.blocks.push(this.#bytes);
    this.#bytes = new Uint8Array(imageBlockBytes);
    this.#words = new Uint32Array(this.#bytes.buffer);
    this.#block++;
    assert(this.#block < 1 << 15, "the image fits into an arena");
    this.#unit = 1;
  }
}
