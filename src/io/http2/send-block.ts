// A message that waits for a window, kept as the DATA frames it will most likely leave in: a 9-byte
// header before every 16 KiB, so that with windows open it goes to the socket without another copy.
import {
  frameFlag,
  frameHeaderBytes,
  framePayloadBytesMax,
  frameType,
  writeFrameHeader,
} from "./frame.ts";
import type { OutputBuffer } from "./output-buffer.ts";

export class SendBlock {
  readonly #bytes: Uint8Array;
  readonly #streamId: number;
  readonly #endsStream: boolean;
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
    const bytes = Buffer.allocUnsafeSlow(total + frames * frameHeaderBytes);
    let at = 0;
    let taken = 0;
    for (let frame = 0; frame < frames; frame++) {
      const length = Math.min(framePayloadBytesMax, total - frame * framePayloadBytesMax);
      const flags = endsStream && frame === frames - 1 ? frameFlag.endStream : 0;
      at = writeFrameHeader(bytes, at, length, frameType.data, flags, streamId);
      const head = frame === 0 ? prefix.length : 0;
      if (head > 0) bytes.set(prefix, at);
      bytes.set(payload.subarray(taken, taken + length - head), at + head);
      taken += length - head;
      at += length;
    }
    this.#bytes = bytes;
    this.#streamId = streamId;
    this.#endsStream = endsStream;
    this.left = total;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Writes frames with up to `allowed` payload bytes; returns how many DATA frames those were. */
  writeTo(output: OutputBuffer, allowed: number): number {
    const bytes = this.#bytes;
    let runStart = this.#at;
    let frames = 0;
    let budget = Math.min(allowed, this.left);
    this.left -= budget;
    do {
      frames++;
      if (this.#frameLeft === 0) {
        const at = this.#at;
        const length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
        if (length <= budget) {
          this.#at += frameHeaderBytes + length;
          budget -= length;
          continue;
        }
        if (this.#at > runStart) output.append(bytes.subarray(runStart, this.#at));
        this.#at += frameHeaderBytes;
        this.#frameLeft = length;
      }
      const part = Math.min(budget, this.#frameLeft);
      runStart = this.#writePart(output, part);
      budget -= part;
    } while (budget > 0);
    if (this.#at > runStart) output.append(bytes.subarray(runStart, this.#at));
    return frames;
  }

  /** A frame of its own for part of a planned one. Returns where the unwritten bytes begin. */
  #writePart(output: OutputBuffer, length: number): number {
    const end = this.#at + length;
    const isLast = this.#endsStream && end === this.#bytes.length;
    output.reserve(frameHeaderBytes);
    output.at = writeFrameHeader(
      output.chunk,
      output.at,
      length,
      frameType.data,
      isLast ? frameFlag.endStream : 0,
      this.#streamId,
    );
    output.append(this.#bytes.subarray(this.#at, end));
    this.#frameLeft -= length;
    this.#at = end;
    return end;
  }
}
