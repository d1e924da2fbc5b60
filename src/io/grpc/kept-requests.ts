/** Requests are kept in pieces of this size, and none that is longer. */
const pieceBytes = 64 * 1024;

/**
 * Copies of requests whose calls wait for their answers. A piece of memory holds very many, and is
 * garbage when none of its calls is left: a tenth of what a copy of its own costs each.
 */
export class KeptRequests {
  #piece = new Uint8Array(0);
  #used = 0;

  /** Where its copy begins in `piece`; undefined for one that is too long. */
  keep(message: Uint8Array): number | undefined {
    const { length } = message;
    if (length > pieceBytes) return undefined;
    if (this.#used + length > this.#piece.length) {
      this.#piece = Buffer.allocUnsafeSlow(pieceBytes);
      this.#used = 0;
    }
    const at = this.#used;
    this.#piece.set(message, at);
    this.#used += length;
    return at;
  }

  /** Where the last was kept. */
  get piece(): Uint8Array {
    return this.#piece;
  }
}
