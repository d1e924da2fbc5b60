import { encodeMeta, type Meta } from "./format/meta.ts";
import type { Pager } from "./pages/pager.ts";

/**
 * The file as one transaction sees it, to be copied in pieces (bbolt/tx.go, `WriteTo`): both metas
 * made anew, page 1 one transaction older than page 0, then the pages as they lie in the file. It
 * is `size` bytes exactly. Valid while its transaction is open.
 */
export class FileImage {
  readonly size: number;
  readonly #pager: Pager;
  readonly #metas: Buffer;
  #position = 0;

  constructor(pager: Pager, meta: Meta) {
    const { pageBytes } = pager;
    this.#pager = pager;
    this.size = meta.highWater * pageBytes;
    this.#metas = Buffer.alloc(2 * pageBytes);
    const [first, second] = [this.#metas.subarray(0, pageBytes), this.#metas.subarray(pageBytes)];
    encodeMeta(first, meta);
    encodeMeta(second, { ...meta, txid: meta.txid - 1 });
    // The encoder puts a meta where its transaction belongs; here it belongs where it stands.
    first.writeUInt32LE(0, 0);
    second.writeUInt32LE(1, 0);
  }

  get remaining(): number {
    return this.size - this.#position;
  }

  /** Fills `target` with the next bytes and returns how many; 0 at the end. */
  read(target: Uint8Array): number {
    const length = Math.min(target.length, this.remaining);
    const ofMetas = Math.max(0, Math.min(length, this.#metas.length - this.#position));
    if (ofMetas > 0) {
      this.#metas.copy(target, 0, this.#position, this.#position + ofMetas);
    }
    if (ofMetas < length) {
      this.#pager.readBytes(target, ofMetas, length - ofMetas, this.#position + ofMetas);
    }
    this.#position += length;
    return length;
  }
}
