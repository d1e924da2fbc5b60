// What the two encodings of a stream have in common.
import { zeroId } from "../../../base/index.ts";
import { type Message, MessageType, newMessage } from "../../../core/raft/index.ts";
import type { FrameBuffer } from "./frame-buffer.ts";

/** One direction of one connection: frames refer to those before them. */
export interface StreamEncoder {
  append(message: Message, frames: FrameBuffer): void;
}

export interface StreamDecoder {
  /** Takes the next chunk, for good; `next` must have returned undefined before. */
  feed(chunk: Uint8Array): void;
  /**
   * The next message, or undefined when more must come. Its bytes are views into chunks fed, or
   * into bytes of its own. Throws StreamError or MalformedError; nothing may be asked after that.
   */
  next(): Message | undefined;
}

/** The bytes of a stream are not what they should be. The texts are rafthttp's. */
export class StreamError extends Error {
  override readonly name = "StreamError";
}

export const limitExceeded = (): StreamError => new StreamError("rafthttp: error limit exceeded");

/** No frame of a stream holds a larger message (msg_codec.go readBytesLimit). */
export const streamMessageBytesMax = 512 * 1024 * 1024;

/**
 * Says that a connection is alive, and nothing to raft, whose messages are never from nobody
 * (stream.go linkHeartbeatMessage).
 */
export const linkHeartbeat: Message = newMessage(MessageType.MsgHeartbeat, zeroId);

export const isLinkHeartbeat = (message: Message): boolean =>
  message.type === MessageType.MsgHeartbeat && message.from === zeroId && message.to === zeroId;
