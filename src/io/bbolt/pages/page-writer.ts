import { wordsOf } from "../format/page.ts";
import type { DiskFile } from "../../host/index.ts";

const stageBytes = 256 * 1024;

/**
 * Gathers finished pages that lie side by side in the file into one write. A page is built in
 * place: `stage` gives room in `bytes`, and the page is final when `stage` or `flush` comes next.
 */
export class PageWriter {
  readonly #file: DiskFile;
  readonly #pageBytes: number;
  #stage: { bytes: Buffer; words: Uint32Array } | undefined;
  bytes: Buffer = Buffer.alloc(0);
  words: Uint32Array = new Uint32Array(0);
  #firstId = 0;
  #filled = 0;

  constructor(file: DiskFile, pageBytes: number) {
    this.#file = file;
    this.#pageBytes = pageBytes;
  }

  /** Where in `bytes` the pages [id, id + pages) are to be built. The room holds old bytes. */
  stage(id: number, pages: number): number {
    const length = pages * this.#pageBytes;
    const follows = id * this.#pageBytes === this.#firstId * this.#pageBytes + this.#filled;
    if (!follows || this.#filled + length > this.bytes.length) {
      this.flush();
      this.#firstId = id;
      this.#makeRoom(length);
    }
    const start = this.#filled;
    this.#filled += length;
    return start;
  }

  #makeRoom(length: number): void {
    if (length > stageBytes) {
      this.bytes = Buffer.allocUnsafeSlow(length);
      this.words = wordsOf(this.bytes);
      return;
    }
    if (this.#stage === undefined) {
      const bytes = Buffer.allocUnsafeSlow(stageBytes);
      this.#stage = { bytes, words: wordsOf(bytes) };
    }
    this.bytes = this.#stage.bytes;
    this.words = this.#stage.words;
  }

  /** Writes what was gathered. An error of the file passes through; nothing is kept then. */
  flush(): void {
    const filled = this.#filled;
    this.#filled = 0;
    if (filled === 0) return;
    const whole = filled === this.bytes.length;
    this.#file.write(
      whole ? this.bytes : this.bytes.subarray(0, filled),
      this.#firstId * this.#pageBytes,
    );
  }

  /** Forgets what was gathered. */
  discard(): void {
    this.#filled = 0;
  }
}
