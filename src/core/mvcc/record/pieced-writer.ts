import { assert } from "../../../base/index.ts";
import { ByteWriter } from "./byte-writer.ts";

/** One piece is about so long. Longer is only what a single write made so. */
export const pieceBytes = 1024 * 1024;
/** Another's bytes are copied behind ours when they are no more. */
const copiedBytesMax = 64 * 1024;

/**
 * A large message in pieces of memory: it neither grows as one nor is ever copied as a whole, and its
 * memory can be given back as it is sent. Its first piece has the headroom of a `ByteWriter`.
 */
export class PiecedWriter {
  readonly #pieces: ByteWriter[];
  /** In all pieces but the last. */
  #bytesBefore = 0;

  constructor(first = new ByteWriter(1024)) {
    this.#pieces = [first];
  }

  get pieces(): readonly ByteWriter[] {
    return this.#pieces;
  }

  /** Bytes written. */
  get length(): number {
    return this.#bytesBefore + this.#last.length;
  }

  get #last(): ByteWriter {
    return this.#pieces.at(-1)!;
  }

  /** Where to write next what will be about so long; to be asked again before each such write. */
  room(bytes: number): ByteWriter {
    const last = this.#last;
    if (last.length === 0 || last.length + bytes <= pieceBytes) last.ensure(bytes);
    else this.#add(new ByteWriter(Math.max(bytes, Math.min(this.length, pieceBytes))));
    return this.#last;
  }

  /** Takes over what another has written, which must not be used any more. */
  append(other: PiecedWriter): void {
    assert(other !== this, "a message does not contain itself");
    const { length } = other;
    if (length > copiedBytesMax) return other.#pieces.forEach((piece) => this.#add(piece));
    const to = this.room(length);
    for (const { buffer, start, at } of other.#pieces) to.bytes(buffer, start, at);
    other.release();
  }

  /** Gives the memory back, of pieces too whose memory was given back before. */
  release(): void {
    for (const piece of this.#pieces) piece.release();
  }

  #add(piece: ByteWriter): void {
    this.#bytesBefore += this.#last.length;
    this.#pieces.push(piece);
  }
}
