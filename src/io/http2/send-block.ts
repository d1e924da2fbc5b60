// A message that waits for a window, kept as the DATA frames it will most likely leave in: a 9-byte
// header before every 16 KiB, so that with windows open it goes to the socket without another copy.
import {
  frameFlag,
  frameHeaderBytes,
  framePayloadBytesMax,
  frameType,
  writeFrameHeader,
} from "./frame.ts";
import { type OutputBuffer, takeChunk } from "./output-buffer.ts";

/** Frames of up to two to a chunk; what is shorter than one frame has memory of its own. */
const framesPerChunk = 2;

export class SendBlock {
  readonly #chunks: Buffer[] = [];
  readonly #streamId: number;
  readonly #endsStream: boolean;
  /** Bytes of the last chunk that are frames. */
  readonly #lastEnd: number;
  #index = 0;
  #at = 0;
  // What is left of a frame whose header went out for a part of it; 0 at a frame's start.
  #frameLeft = 0;
  /** Payload bytes not yet written. */
  left: number;
  next: SendBlock | undefined = undefined;

  /** Copies `prefix` and `payload`. `endsStream` marks the last frame END_STREAM. */
  constructor(streamId: number, prefix: Uint8Array, payload: Uint8Array, endsStream: boolean) {
    const total = prefix.length + payload.length;
    const frames = Math.max(1, Math.ceil(total / framePayloadBytesMax));
    let bytes: Buffer | undefined;
    let at = 0;
    let taken = 0;
    for (let frame = 0; frame < frames; frame++) {
      if (bytes === undefined || frame % framesPerChunk === 0) {
        bytes = frames > 1 ? takeChunk() : Buffer.allocUnsafeSlow(frameHeaderBytes + total);
        this.#chunks.push(bytes);
        at = 0;
      }
      const length = Math.min(framePayloadBytesMax, total - frame * framePayloadBytesMax);
      const flags = endsStream && frame === frames - 1 ? frameFlag.endStream : 0;
      at = writeFrameHeader(bytes, at, length, frameType.data, flags, streamId);
      const head = frame === 0 ? prefix.length : 0;
      if (head > 0) bytes.set(prefix, at);
      bytes.set(payload.subarray(taken, taken + length - head), at + head);
      taken += length - head;
      at += length;
    }
    this.#lastEnd = at;
    this.#streamId = streamId;
    this.#endsStream = endsStream;
    this.left = total;
  }

  get done(): boolean {
    return this.#index === this.#chunks.length;
  }

  /** Writes frames with up to `allowed` payload bytes; returns how many DATA frames those were. */
  writeTo(output: OutputBuffer, allowed: number): number {
    let frames = 0;
    let budget = Math.min(allowed, this.left);
    this.left -= budget;
    do {
      frames++;
      const bytes = this.#chunks[this.#index]!;
      const from = this.#at;
      if (this.#frameLeft === 0) {
        const length = (bytes[from]! << 16) | (bytes[from + 1]! << 8) | bytes[from + 2]!;
        if (length <= budget) {
          this.#pass(output, frameHeaderBytes + length, from);
          budget -= length;
          continue;
        }
        this.#at += frameHeaderBytes;
        this.#frameLeft = length;
      }
      const part = Math.min(budget, this.#frameLeft);
      this.#writePart(output, part);
      budget -= part;
    } while (budget > 0);
    return frames;
  }

  /** Appends bytes of the chunk from `from` on, and goes to the next one at its end. */
  #pass(output: OutputBuffer, length: number, from: number): void {
    const { length: count } = this.#chunks;
    const bytes = this.#chunks[this.#index]!;
    this.#at = from + length;
    output.append(bytes.subarray(from, this.#at));
    const isLast = this.#index === count - 1;
    if (this.#at < (isLast ? this.#lastEnd : bytes.length)) return;
    if (count > 1) output.adopt(bytes);
    this.#index++;
    this.#at = 0;
  }

  /** A frame of its own for part of a planned one. */
  #writePart(output: OutputBuffer, length: number): void {
    const isLastChunk = this.#index === this.#chunks.length - 1;
    const isLast = this.#endsStream && isLastChunk && this.#at + length === this.#lastEnd;
    output.reserve(frameHeaderBytes);
    output.at = writeFrameHeader(
      output.chunk,
      output.at,
      length,
      frameType.data,
      isLast ? frameFlag.endStream : 0,
      this.#streamId,
    );
    this.#frameLeft -= length;
    this.#pass(output, length, this.#at);
  }
}
