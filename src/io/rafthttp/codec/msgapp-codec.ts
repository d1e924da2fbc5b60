// The msgapp v2 encoding (rafthttp msgappv2_codec.go). A leader that replicates sends appends that
// follow on each other, so that only entries and the commit index are news. First byte of a frame:
//   0  link heartbeat, nothing else
//   1  linked entries: count | count × (size | raftpb.Entry) | commit, numbers in 8 bytes
//   2  any message:    size | raftpb.Message
import type { Id64 } from "../../../base/index.ts";
import {
  decodeEntry,
  decodeMessage,
  sizeEntry,
  sizeMessage,
  writeEntry,
  writeMessage,
} from "../../../core/proto/index.ts";
import { type Entry, type Message, MessageType, newMessage } from "../../../core/raft/index.ts";
import { ByteAssembler } from "./byte-assembler.ts";
import type { FrameBuffer } from "./frame-buffer.ts";
import {
  isLinkHeartbeat,
  limitExceeded,
  linkHeartbeat,
  type StreamDecoder,
  type StreamEncoder,
  StreamError,
  streamMessageBytesMax,
} from "./stream-codec.ts";
import { readUint64, writeUint64 } from "./uint64.ts";

const Kind = { linkHeartbeat: 0, linkedEntries: 1, message: 2 } as const;

/** Entries of one append: raft sends at most 1 MiB of them, and none is smaller than four bytes. */
const entriesMax = 1024 * 1024;

export class MsgAppEncoder implements StreamEncoder {
  /** Term and index the next linked append would follow on. */
  #term = 0;
  #index = 0;

  append(message: Message, frames: FrameBuffer): void {
    if (isLinkHeartbeat(message)) {
      const start = frames.reserve(1);
      frames.target[start] = Kind.linkHeartbeat;
    } else if (this.#isLinked(message)) {
      this.#appendLinked(message, frames);
    } else {
      this.#appendWhole(message, frames);
    }
  }

  #isLinked(message: Message): boolean {
    return (
      message.index === this.#index &&
      message.logTerm === this.#term &&
      message.logTerm === message.term
    );
  }

  #appendLinked(message: Message, frames: FrameBuffer): void {
    const { entries } = message;
    let at = frames.reserve(9);
    frames.target[at] = Kind.linkedEntries;
    writeUint64(entries.length, frames.target, at + 1);
    for (const entry of entries) {
      const size = sizeEntry(entry);
      at = frames.reserve(8 + size);
      writeUint64(size, frames.target, at);
      writeEntry(entry, frames.target, at + 8);
    }
    at = frames.reserve(8);
    writeUint64(message.commit, frames.target, at);
    this.#index += entries.length;
  }

  #appendWhole(message: Message, frames: FrameBuffer): void {
    const size = sizeMessage(message);
    const at = frames.reserve(9 + size);
    frames.target[at] = Kind.message;
    writeUint64(size, frames.target, at + 1);
    writeMessage(message, frames.target, at + 9);
    this.#term = message.term;
    this.#index = message.entries.at(-1)?.index ?? message.index;
  }
}

/** What the next bytes are. */
type Awaited = "kind" | "count" | "entry size" | "entry" | "commit" | "message size" | "message";

export class MsgAppDecoder implements StreamDecoder {
  readonly #input = new ByteAssembler();
  readonly #local: Id64;
  readonly #remote: Id64;
  #awaited: Awaited = "kind";
  /** Bytes in the entry or message that comes. */
  #size = 0;
  /** Entries that are to come, those that came, and their bytes. */
  #missing = 0;
  #entries: Entry[] = [];
  #entriesBytes = 0;
  #term = 0;
  #index = 0;

  /** Linked entries do not say from whom and to whom they are. */
  constructor(local: Id64, remote: Id64) {
    this.#local = local;
    this.#remote = remote;
  }

  feed(chunk: Uint8Array): void {
    this.#input.feed(chunk);
  }

  next(): Message | undefined {
    const input = this.#input;
    for (;;) {
      switch (this.#awaited) {
        case "kind":
          if (!input.claim(1)) return undefined;
          if (this.#begin(input.bytes[input.start]!)) return linkHeartbeat;
          break;
        case "count":
          if (!input.claim(8)) return undefined;
          this.#beginEntries(readUint64(input.bytes, input.start));
          break;
        case "entry size":
          if (!input.claim(8)) return undefined;
          this.#beginEntry(readUint64(input.bytes, input.start));
          break;
        case "entry":
          if (!input.claim(this.#size)) return undefined;
          this.#entries.push(decodeEntry(input.bytes, input.start, input.start + this.#size));
          this.#awaited = --this.#missing > 0 ? "entry size" : "commit";
          break;
        case "commit":
          if (!input.claim(8)) return undefined;
          return this.#linked(readUint64(input.bytes, input.start));
        case "message size":
          if (!input.claim(8)) return undefined;
          this.#size = readUint64(input.bytes, input.start);
          if (this.#size > streamMessageBytesMax) throw limitExceeded();
          this.#awaited = "message";
          break;
        case "message":
          if (!input.claim(this.#size)) return undefined;
          return this.#whole(decodeMessage(input.bytes, input.start, input.start + this.#size));
      }
    }
  }

  /** True for a frame that is over already. */
  #begin(kind: number): boolean {
    switch (kind) {
      case Kind.linkHeartbeat:
        return true;
      case Kind.linkedEntries:
        this.#awaited = "count";
        return false;
      case Kind.message:
        this.#awaited = "message size";
        return false;
      default:
        throw new StreamError(`failed to parse type ${kind} in msgappv2 stream`);
    }
  }

  #beginEntries(count: number): void {
    if (count > entriesMax) throw limitExceeded();
    this.#missing = count;
    this.#entries = [];
    this.#entriesBytes = 0;
    this.#awaited = count > 0 ? "entry size" : "commit";
  }

  #beginEntry(size: number): void {
    this.#entriesBytes += size;
    if (this.#entriesBytes > streamMessageBytesMax) throw limitExceeded();
    this.#size = size;
    this.#awaited = "entry";
  }

  #linked(commit: number): Message {
    this.#awaited = "kind";
    const message = newMessage(MessageType.MsgApp, this.#local);
    message.from = this.#remote;
    message.term = this.#term;
    message.logTerm = this.#term;
    message.index = this.#index;
    message.entries = this.#entries;
    message.commit = commit;
    this.#index += this.#entries.length;
    this.#entries = [];
    return message;
  }

  #whole(message: Message): Message {
    this.#awaited = "kind";
    this.#term = message.term;
    this.#index = message.entries.at(-1)?.index ?? message.index;
    return message;
  }
}
