// Cuts a request body into gRPC messages: a flag, four bytes of length, the message. What lies whole
// in a frame is handed on where it lies; only a message cut in two is copied together.
import { assert } from "../../base/index.ts";

export const prefixBytes = 5;
const firstBufferBytes = 4096;
const firstWindowBytes = 65_535;

export interface MessageSink {
  /** May a message of this length come? Asked as soon as the length is known, maybe again. */
  admits(length: number): boolean;
  /** One message, bytes[start, end), borrowed. */
  onMessage(flag: number, bytes: Uint8Array, start: number, end: number): void;
  /** False while messages shall be kept instead. */
  readonly wantsMessages: boolean;
  /** Nothing more is wanted at all. */
  readonly isDone: boolean;
}

export class MessageReader {
  readonly #sink: MessageSink;
  /** The message in arrival with its prefix, or all that came while nobody wanted it. */
  #buffer: Uint8Array = new Uint8Array(0);
  #length = 0;

  constructor(sink: MessageSink) {
    this.#sink = sink;
  }

  /** Bytes kept here. */
  get held(): number {
    return this.#length;
  }

  /** Bytes the message in arrival still lacks; 0 between messages. */
  get missing(): number {
    if (this.#length === 0) return 0;
    if (this.#length < prefixBytes) return prefixBytes - this.#length;
    return Math.max(0, prefixBytes + lengthAt(this.#buffer, 0) - this.#length);
  }

  /** Whether the body ends here in the middle of a message (its prefix does not count: grpc-go). */
  get endsInMessage(): boolean {
    return this.#length >= prefixBytes;
  }

  push(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    // Completing the message in arrival comes first; its rest is then read where it lies.
    while (at < end && this.#length > 0 && this.#sink.wantsMessages) {
      const part = Math.min(this.missing, end - at);
      this.#keep(bytes, at, at + part);
      at += part;
      this.drain();
    }
    if (this.#length === 0) at = this.#readWhole(bytes, at, end);
    if (at < end && !this.#sink.isDone) this.#keep(bytes, at, end);
  }

  /** Hands on what was kept and is whole, while it is wanted. */
  drain(): void {
    if (this.#length === 0) return;
    const buffer = this.#buffer;
    const end = this.#length;
    const at = this.#readWhole(buffer, 0, end);
    if (at === 0) return;
    this.#length = 0;
    this.#buffer = new Uint8Array(0);
    if (at < end) this.#keep(buffer, at, end);
  }

  /** Returns where the first byte not handed on is. */
  #readWhole(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (end - at >= prefixBytes && this.#sink.wantsMessages) {
      const length = lengthAt(bytes, at);
      if (!this.#sink.admits(length)) return end;
      const next = at + prefixBytes + length;
      if (next > end) break;
      this.#sink.onMessage(bytes[at]!, bytes, at + prefixBytes, next);
      at = next;
    }
    return at;
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const length = this.#length + end - start;
    if (length > this.#buffer.length) this.#grow(length, bytes, start);
    this.#buffer.set(bytes.subarray(start, end), this.#length);
    this.#length = length;
  }

  /**
   * Doubles up to the size of the message, from what came first: neither a length alone nor many
   * beginnings make us hold much more than was sent. What goes on behind a first window was granted
   * its whole length (io/http2), and gets it at once.
   */
  #grow(needed: number, bytes: Uint8Array, start: number): void {
    const known = this.#length >= prefixBytes;
    const whole = known
      ? prefixBytes + lengthAt(this.#buffer, 0)
      : this.#length === 0 && needed >= prefixBytes
        ? prefixBytes + lengthAt(bytes, start)
        : needed;
    const ahead = this.#length === 0 ? needed : needed > firstWindowBytes ? whole : 2 * needed;
    const capacity = Math.max(needed, Math.min(whole, Math.max(firstBufferBytes, ahead)));
    assert(capacity >= needed, "a message buffer holds what is kept in it");
    const larger = new Uint8Array(capacity);
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}

export const lengthAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at + 1]! << 24) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 8) | bytes[at + 4]!) >>> 0;
