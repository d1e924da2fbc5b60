// From the bytes of a header block to its decoded head, without HPACK. A block that adds nothing to
// the dynamic table means the same as long as the table stands still, and a client that repeats a
// call repeats the block to the byte.
import type { RequestHead } from "./request-head.ts";

interface Entry {
  readonly block: Uint8Array;
  readonly head: RequestHead;
}

/** A connection keeps at most this many heads of at most this many block bytes. */
export const headCacheEntriesMax = 32;
export const headCacheBlockBytesMax = 256;

export class HeadCache {
  readonly #entries = new Map<number, Entry>();
  #generation = 0;

  find(block: Uint8Array, start: number, end: number, generation: number): RequestHead | undefined {
    if (generation !== this.#generation) {
      this.#generation = generation;
      this.#entries.clear();
      return undefined;
    }
    const entry = this.#entries.get(hashOf(block, start, end));
    if (entry === undefined || entry.block.length !== end - start) return undefined;
    const known = entry.block;
    for (let at = 0; at < known.length; at++) {
      if (known[at] !== block[start + at]) return undefined;
    }
    return entry.head;
  }

  /** Keeps the head; `generation` is the table's after decoding, which must not have moved it. */
  keep(block: Uint8Array, start: number, end: number, head: RequestHead): void {
    if (end - start > headCacheBlockBytesMax) return;
    if (this.#entries.size >= headCacheEntriesMax) this.#entries.clear();
    this.#entries.set(hashOf(block, start, end), {
      block: Uint8Array.prototype.slice.call(block, start, end),
      head,
    });
  }
}

/** FNV-1a. A collision costs a comparison and a decode, never a wrong answer. */
function hashOf(block: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ block[at]!, 0x01000193);
  return hash;
}
