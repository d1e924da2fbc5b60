const chunkBytes = 256 * 1024;

/** Memory for many small byte strings that are dropped together, outside the JavaScript heap. */
export class Arena {
  /** The chunk that the last `room` is in. */
  chunk: Buffer = Buffer.alloc(0);
  #used = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** Room for `length` bytes: where it begins in `chunk`. What lies there is old. */
  room(length: number): number {
    if (this.#used + length > this.chunk.length) {
      // Chunks double from small, so that a batch of a few keys takes little.
      const next = Math.min(chunkBytes, Math.max(1024, 2 * this.chunk.length));
      this.chunk = Buffer.allocUnsafeSlow(Math.max(next, length));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += length;
    this.#bytes += length;
    return start;
  }
}
