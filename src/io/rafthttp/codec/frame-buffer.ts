// Where frames are written one after another until they are sent together.
import { emptyBytes } from "../../../base/index.ts";

const slabBytes = 64 * 1024;

export class FrameBuffer {
  /** Where `reserve` gave room. Read it after each call: it may be another one. */
  target: Uint8Array = emptyBytes;
  #slab: Uint8Array = emptyBytes;
  /** Of the slab: what was taken away, and what is filled. */
  #taken = 0;
  #filled = 0;
  #pieces: Uint8Array[] = [];
  #size = 0;

  /** Bytes that wait to be taken. */
  get size(): number {
    return this.#size;
  }

  /** Room for `size` bytes at `target[returned, +size)`, all of which are to be written. */
  reserve(size: number): number {
    this.#size += size;
    if (this.#slab.length - this.#filled < size) {
      this.#cut();
      if (size > slabBytes / 2) {
        this.target = new Uint8Array(size);
        this.#pieces.push(this.target);
        return 0;
      }
      this.#slab = new Uint8Array(slabBytes);
      this.#taken = 0;
      this.#filled = 0;
    }
    this.target = this.#slab;
    const start = this.#filled;
    this.#filled += size;
    return start;
  }

  /** Hands over all that was written, in order; the bytes are not touched again. */
  take(): Uint8Array[] {
    this.#cut();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#size = 0;
    return pieces;
  }

  #cut(): void {
    if (this.#filled === this.#taken) return;
    this.#pieces.push(this.#slab.subarray(this.#taken, this.#filled));
    this.#taken = this.#filled;
  }
}
