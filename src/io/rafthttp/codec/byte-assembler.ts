// Cuts runs of bytes out of chunks that were cut elsewhere. What lies in one chunk is not copied.
import { assert, emptyBytes } from "../../../base/index.ts";

/** Room taken at first for a run whose length is only a claim of the other side. */
const roomAtFirst = 64 * 1024;

export class ByteAssembler {
  /** Where the run claimed last lies. It is never written to again, so views into it may be kept. */
  bytes: Uint8Array = emptyBytes;
  start = 0;
  #chunk: Uint8Array = emptyBytes;
  #at = 0;
  #partial: Uint8Array = emptyBytes;
  #filled = 0;

  /** Takes the next chunk, for good. What was fed before must have been claimed. */
  feed(chunk: Uint8Array): void {
    assert(this.#at === this.#chunk.length, "a chunk is used up before the next one comes");
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** Whether nothing of a run has come yet that was asked for and not claimed. */
  get isBetweenRuns(): boolean {
    return this.#filled === 0 && this.#at === this.#chunk.length;
  }

  /**
   * Puts the next `length` bytes at `bytes[start, +length)`, or returns false when more must come;
   * then the same length is to be claimed again.
   */
  claim(length: number): boolean {
    const available = this.#chunk.length - this.#at;
    if (this.#filled === 0 && available >= length) {
      this.bytes = this.#chunk;
      this.start = this.#at;
      this.#at += length;
      return true;
    }
    if (available === 0) return false;
    assert(length >= this.#filled, "a run that has begun keeps its length");
    const taken = Math.min(length - this.#filled, available);
    this.#reserve(this.#filled + taken, length);
    this.#partial.set(this.#chunk.subarray(this.#at, this.#at + taken), this.#filled);
    this.#filled += taken;
    this.#at += taken;
    if (this.#filled < length) return false;
    this.bytes = this.#partial;
    this.start = 0;
    this.#partial = emptyBytes;
    this.#filled = 0;
    return true;
  }

  /** Everything that is left of the chunk. */
  rest(): Uint8Array {
    assert(this.#filled === 0, "between runs");
    const rest = this.#chunk.subarray(this.#at);
    this.#at = this.#chunk.length;
    return rest;
  }

  /** Memory grows with what has come, not with what was announced. */
  #reserve(needed: number, length: number): void {
    if (needed <= this.#partial.length) return;
    const room = Math.min(length, Math.max(needed, 2 * this.#partial.length, roomAtFirst));
    const grown = new Uint8Array(room);
    grown.set(this.#partial.subarray(0, this.#filled));
    this.#partial = grown;
  }
}
