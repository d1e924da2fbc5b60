// Writes zeros in front of the log, so that a record overwrites blocks the file system already has:
// its sync then needs no journal commit (docs/adr/0007-fsync-and-preallocation.md).
import type { Disk, DiskFile } from "../host/index.ts";

/** What is written before a sync. */
const pieceBytes = 64 * 1024;
/**
 * What one call writes. The page cache keeps what a write brought as one folio and writes the folio
 * out whole: zeros written 64 KiB at a time made every small sync write 64 KiB.
 */
const blockBytes = 4096;
const zeros = new Uint8Array(blockBytes);

export interface ZeroAheadOptions {
  readonly disk: Disk;
  readonly path: string;
  /** No zeros at or behind this position. */
  readonly limit: number;
  /** How far in front of the log there shall be zeros. */
  readonly aheadBytes: number;
  /** Where the log ends now: asked before each piece, since records come while one is synced. */
  readonly position: () => number;
  /** Whether syncs are small now, so that a journal commit would cost more than the zeros do. */
  readonly isWorthIt: () => boolean;
  /** The disk could not sync the zeros: no sync on this file is to be trusted any more. */
  readonly onError: (error: Error) => void;
}

/**
 * One segment's zeros. They are written on the calling thread, so they can never overtake a record,
 * and synced behind it, through a descriptor of their own: an error that this sync meets is then
 * still reported to the log's own sync.
 */
export class ZeroAhead {
  readonly #file: DiskFile;
  readonly #limit: number;
  readonly #aheadBytes: number;
  readonly #position: () => number;
  readonly #isWorthIt: () => boolean;
  readonly #onError: (error: Error) => void;
  #frontier = 0;
  #busy = false;
  #stopped = false;

  constructor(options: ZeroAheadOptions) {
    this.#file = options.disk.open(options.path);
    this.#limit = options.limit - (options.limit % blockBytes);
    this.#aheadBytes = options.aheadBytes;
    this.#position = options.position;
    this.#isWorthIt = options.isWorthIt;
    this.#onError = options.onError;
  }

  /** To be called when nothing waits to be written. */
  advance(): void {
    if (this.#busy || this.#stopped || !this.#isWorthIt()) return;
    if (this.#frontier - this.#position() < this.#aheadBytes / 2) this.#writePiece();
  }

  /** No zeros after this; the segment may then be cut to its length. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#file.close();
  }

  #writePiece(): void {
    const position = this.#position();
    const behindLog = position + (-position & (blockBytes - 1));
    const from = Math.max(this.#frontier, behindLog);
    const length = Math.min(pieceBytes - (from % pieceBytes), this.#limit - from);
    if (length <= 0) return;
    try {
      for (let at = from; at < from + length; at += blockBytes) this.#file.write(zeros, at);
    } catch {
      // A full disk: the log itself will say so when it gets there.
      this.stop();
      return;
    }
    this.#frontier = from + length;
    this.#busy = true;
    this.#file.sync((error) => this.#synced(error));
  }

  #synced(error: Error | undefined): void {
    this.#busy = false;
    if (this.#stopped) return;
    if (error !== undefined) {
      this.stop();
      this.#onError(error);
    } else if (this.#isWorthIt() && this.#frontier - this.#position() < this.#aheadBytes) {
      this.#writePiece();
    }
  }
}
