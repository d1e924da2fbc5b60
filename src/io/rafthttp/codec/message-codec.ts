// The encoding of the general stream, and of the envelope before a snapshot's database: a length of
// eight bytes and a raftpb.Message, again and again (rafthttp msg_codec.go).
import { assert } from "../../../base/index.ts";
import { decodeMessage, sizeMessage, writeMessage } from "../../../core/proto/index.ts";
import type { Message } from "../../../core/raft/index.ts";
import { ByteAssembler } from "./byte-assembler.ts";
import type { FrameBuffer } from "./frame-buffer.ts";
import {
  limitExceeded,
  type StreamDecoder,
  type StreamEncoder,
  streamMessageBytesMax,
} from "./stream-codec.ts";
import { readUint64, writeUint64 } from "./uint64.ts";

/** Appends length and message. */
export function appendMessage(message: Message, frames: FrameBuffer): void {
  const size = sizeMessage(message);
  const start = frames.reserve(8 + size);
  writeUint64(size, frames.target, start);
  writeMessage(message, frames.target, start + 8);
}

export class MessageEncoder implements StreamEncoder {
  append(message: Message, frames: FrameBuffer): void {
    appendMessage(message, frames);
  }
}

export class MessageDecoder implements StreamDecoder {
  readonly #input = new ByteAssembler();
  readonly #bytesMax: number;
  /** Of the message that comes; -1 while its length is to come. */
  #length = -1;

  constructor(bytesMax = streamMessageBytesMax) {
    this.#bytesMax = bytesMax;
  }

  /** What Go's readers say when the input ends here. */
  get errorAtEnd(): string {
    return this.#input.isBetweenRuns ? "EOF" : "unexpected EOF";
  }

  feed(chunk: Uint8Array): void {
    this.#input.feed(chunk);
  }

  next(): Message | undefined {
    const input = this.#input;
    if (this.#length < 0) {
      if (!input.claim(8)) return undefined;
      const length = readUint64(input.bytes, input.start);
      if (length > this.#bytesMax) throw limitExceeded();
      this.#length = length;
    }
    if (!input.claim(this.#length)) return undefined;
    const end = input.start + this.#length;
    this.#length = -1;
    return decodeMessage(input.bytes, input.start, end);
  }

  /** What was fed and is not part of a message returned; asked for when other bytes follow. */
  rest(): Uint8Array {
    assert(this.#length < 0, "what follows a message begins where it ends");
    return this.#input.rest();
  }
}
