import type { FileImage, ReadTransaction } from "../bbolt/index.ts";

/**
 * A copy of the whole file as it was at one commit, read in pieces of any size while writes go on
 * (backend.go `Snapshot`). Whoever has it must close it: until then no page it can see is used again.
 */
export class BackendSnapshot {
  readonly #reader: ReadTransaction;
  readonly #image: FileImage;

  constructor(reader: ReadTransaction) {
    this.#reader = reader;
    this.#image = reader.image();
  }

  /** Bytes in all. */
  get size(): number {
    return this.#image.size;
  }
  get remaining(): number {
    return this.#image.remaining;
  }

  /** Fills `target` with the next bytes; returns how many, 0 at the end. */
  read(target: Uint8Array): number {
    return this.#image.read(target);
  }

  /** Some of the next bytes, borrowed until the next call; none at the end. */
  next(bytesMax: number): Uint8Array {
    return this.#image.next(bytesMax);
  }

  close(): void {
    this.#reader.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
