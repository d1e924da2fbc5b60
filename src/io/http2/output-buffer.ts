// Bytes on their way out. Small frames are written one after another into chunks from a shared pool;
// large payloads join as they are, between two pieces of a chunk. A chunk is held only while a
// connection has something to say.

import { frameHeaderBytes, framePayloadBytesMax } from "./frame.ts";

/** Two of the largest frames: the largest answer goes out in one piece, and it is a good size for a write. */
export const chunkBytes = 2 * (framePayloadBytesMax + frameHeaderBytes);
const pooledChunksMax = 256;
const pool: Buffer[] = [];

// Below this a copy into the chunk is cheaper than a segment of its own.
const copyBytesMax = 2048;

/** What one write takes: segments in order, and the chunks that are free again afterwards. */
export interface Outgoing {
  readonly segments: readonly Uint8Array[];
  readonly chunks: readonly Buffer[];
  readonly bytes: number;
}

export class OutputBuffer {
  /** The chunk being filled; valid after `reserve`. */
  chunk: Buffer = emptyChunk;
  at = 0;
  #from = 0;
  #segments: Uint8Array[] = [];
  #chunks: Buffer[] = [];
  #closedBytes = 0;

  get bytes(): number {
    return this.#closedBytes + this.at - this.#from;
  }

  /** Makes room for `bytes` (at most a chunk) at `chunk[at]`. The caller writes and moves `at`. */
  reserve(bytes: number): void {
    if (this.at + bytes <= this.chunk.length) return;
    this.#cut();
    this.chunk = takeChunk();
    this.#chunks.push(this.chunk);
    this.at = 0;
    this.#from = 0;
  }

  /** Appends bytes that nobody will change until they are written. */
  append(view: Uint8Array): void {
    if (view.length <= copyBytesMax) {
      this.reserve(view.length);
      this.chunk.set(view, this.at);
      this.at += view.length;
      return;
    }
    this.#cut();
    this.#segments.push(view);
    this.#closedBytes += view.length;
  }

  /** The chunk is free again once all that was appended so far is written. */
  adopt(chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  take(): Outgoing {
    this.#cut();
    const outgoing = { segments: this.#segments, chunks: this.#chunks, bytes: this.#closedBytes };
    this.#segments = [];
    this.#chunks = [];
    this.#closedBytes = 0;
    this.chunk = emptyChunk;
    this.at = 0;
    this.#from = 0;
    return outgoing;
  }

  #cut(): void {
    if (this.at === this.#from) return;
    this.#segments.push(this.chunk.subarray(this.#from, this.at));
    this.#closedBytes += this.at - this.#from;
    this.#from = this.at;
  }
}

const emptyChunk = Buffer.alloc(0);

export const takeChunk = (): Buffer => pool.pop() ?? Buffer.allocUnsafeSlow(chunkBytes);

/** Gives back chunks whose bytes the kernel has. */
export function recycleChunks(chunks: readonly Buffer[]): void {
  for (const chunk of chunks) if (pool.length < pooledChunksMax) pool.push(chunk);
}
