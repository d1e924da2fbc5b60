// Cuts the bytes of a connection into frames (RFC 9113 §3.4, §4.1). Whole frames are handed on where
// they lie; only what a read cut in two is copied together.
import { ConnectionError, errorCode } from "./error-code.ts";
import { clientPreface, frameHeaderBytes, framePayloadBytesMax, readUint31 } from "./frame.ts";

/** Who takes the frames. The payload is bytes[start, end), borrowed until the call returns. */
export interface FrameSink {
  onFrame(
    type: number,
    flags: number,
    streamId: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void;
  /** False once nothing more is wanted: the rest of the bytes is dropped. */
  readonly wantsFrames: boolean;
}

export class FrameReader {
  readonly #sink: FrameSink;
  #prefaceTaken = 0;
  readonly #header = new Uint8Array(frameHeaderBytes);
  // The frame that is not whole yet: its header, then header and payload together.
  #held: Uint8Array | undefined;
  #heldLength = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  get prefaceDone(): boolean {
    return this.#prefaceTaken === clientPreface.length;
  }

  /** Reads bytes[start, end). Throws ConnectionError when they are no frames. */
  read(bytes: Uint8Array, start: number, end: number): void {
    let at = this.prefaceDone ? start : this.#readPreface(bytes, start, end);
    if (this.#heldLength > 0) at = this.#readHeld(bytes, at, end);
    while (end - at >= frameHeaderBytes && this.#sink.wantsFrames) {
      const payloadAt = at + frameHeaderBytes;
      const next = payloadAt + payloadLength(bytes, at);
      if (next > end) break;
      this.#hand(bytes, at, next);
      at = next;
    }
    if (at < end && this.#sink.wantsFrames) this.#hold(bytes, at, end);
  }

  #readPreface(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.#prefaceTaken < clientPreface.length) {
      if (bytes[at++] !== clientPreface[this.#prefaceTaken++]) {
        throw new ConnectionError(errorCode.protocolError, "bogus greeting");
      }
    }
    return at;
  }

  #readHeld(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (this.#heldLength < frameHeaderBytes) {
      const part = Math.min(frameHeaderBytes - this.#heldLength, end - at);
      this.#header.set(bytes.subarray(at, at + part), this.#heldLength);
      this.#heldLength += part;
      at += part;
      if (this.#heldLength < frameHeaderBytes) return at;
    }
    const whole = frameHeaderBytes + payloadLength(this.#held ?? this.#header, 0);
    if (this.#held === undefined) {
      this.#held = new Uint8Array(whole);
      this.#held.set(this.#header);
    }
    const part = Math.min(whole - this.#heldLength, end - at);
    this.#held.set(bytes.subarray(at, at + part), this.#heldLength);
    this.#heldLength += part;
    at += part;
    if (this.#heldLength < whole) return at;
    const held = this.#held;
    this.#held = undefined;
    this.#heldLength = 0;
    this.#hand(held, 0, whole);
    return at;
  }

  #hold(bytes: Uint8Array, start: number, end: number): void {
    this.#heldLength = end - start;
    if (this.#heldLength < frameHeaderBytes) {
      this.#header.set(bytes.subarray(start, end));
      return;
    }
    this.#held = new Uint8Array(frameHeaderBytes + payloadLength(bytes, start));
    this.#held.set(bytes.subarray(start, end));
  }

  #hand(bytes: Uint8Array, at: number, end: number): void {
    const streamId = readUint31(bytes, at + 5);
    const payloadAt = at + frameHeaderBytes;
    this.#sink.onFrame(bytes[at + 3]!, bytes[at + 4]!, streamId, bytes, payloadAt, end);
  }
}

function payloadLength(bytes: Uint8Array, at: number): number {
  const length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
  if (length > framePayloadBytesMax) {
    throw new ConnectionError(errorCode.frameSizeError, "frame too large");
  }
  return length;
}
