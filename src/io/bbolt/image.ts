import { encodeMeta, type Meta } from "./format/meta.ts";
import { wordsOf } from "./format/page.ts";
import type { Pager } from "./pages/pager.ts";

const readAheadPages = 64;

/**
 * The file as one transaction sees it, to be copied in pieces (bbolt/tx.go, `WriteTo`): both metas
 * made anew, page 1 one transaction older than page 0, then the pages as they lie in the file. It
 * is `size` bytes exactly. Valid while its transaction is open.
 */
export class FileImage {
  readonly size: number;
  readonly #pager: Pager;
  readonly #isSeen: (id: number) => boolean;
  readonly #metas: Buffer;
  readonly #ahead: Buffer;
  readonly #aheadWords: Uint32Array;
  #aheadFrom = 0;
  #aheadEnd = 0;
  #position = 0;

  /** `isSeen` says whether a page is the transaction's; what is free or newer may hold anything. */
  constructor(pager: Pager, meta: Meta, isSeen: (id: number) => boolean) {
    const { pageBytes } = pager;
    this.#pager = pager;
    this.#isSeen = isSeen;
    this.size = meta.highWater * pageBytes;
    this.#metas = Buffer.alloc(2 * pageBytes);
    const [first, second] = [this.#metas.subarray(0, pageBytes), this.#metas.subarray(pageBytes)];
    encodeMeta(first, meta);
    encodeMeta(second, { ...meta, txid: meta.txid - 1 });
    // The encoder puts a meta where its transaction belongs; here it belongs where it stands.
    first.writeUInt32LE(0, 0);
    second.writeUInt32LE(1, 0);
    this.#ahead = Buffer.allocUnsafeSlow(readAheadPages * pageBytes);
    this.#aheadWords = wordsOf(this.#ahead);
  }

  get remaining(): number {
    return this.size - this.#position;
  }

  /**
   * Fills `target` with the next bytes and returns how many; 0 at the end. Throws CorruptFileError:
   * nobody is given a page that is not what was written.
   */
  read(target: Uint8Array): number {
    let filled = 0;
    while (filled < target.length) {
      const piece = this.next(target.length - filled);
      if (piece.length === 0) break;
      target.set(piece, filled);
      filled += piece.length;
    }
    return filled;
  }

  /** Some of the next bytes, borrowed until the next call; none at the end. Throws as `read`. */
  next(bytesMax: number): Uint8Array {
    if (this.#position >= this.#aheadEnd && this.#position < this.size) this.#readAhead();
    const from = this.#position - this.#aheadFrom;
    const to = Math.min(this.#aheadEnd - this.#aheadFrom, from + bytesMax);
    this.#position += to - from;
    return this.#ahead.subarray(from, to);
  }

  #readAhead(): void {
    const { pageBytes } = this.#pager;
    const first = this.#position / pageBytes;
    const length = Math.min(this.#ahead.length, this.remaining);
    this.#pager.readBytes(this.#ahead, 0, length, this.#position);
    this.#aheadFrom = this.#position;
    this.#aheadEnd = this.#position + length;
    if (first === 0) this.#metas.copy(this.#ahead);
    for (let id = Math.max(first, 2); id < first + length / pageBytes; id++) {
      this.#pager.checkCopy(id, this.#aheadWords, (id - first) * pageBytes, this.#isSeen);
    }
  }
}
