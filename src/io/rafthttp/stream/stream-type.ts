// The two kinds of stream and their names (rafthttp stream.go streamType).
import type { Id64 } from "../../../base/index.ts";
import { MessageDecoder, MessageEncoder } from "../codec/message-codec.ts";
import { MsgAppDecoder, MsgAppEncoder } from "../codec/msgapp-codec.ts";
import type { StreamDecoder, StreamEncoder } from "../codec/stream-codec.ts";

/** "msgapp" carries the appends of a leader, "message" everything else; as in their URLs. */
export type StreamType = "msgapp" | "message";

/** As they stand in the log. */
export const streamName: Readonly<Record<StreamType, string>> = {
  msgapp: "stream MsgApp v2",
  message: "stream Message",
};

export const newEncoder = (type: StreamType): StreamEncoder =>
  type === "msgapp" ? new MsgAppEncoder() : new MessageEncoder();

export const newDecoder = (type: StreamType, local: Id64, remote: Id64): StreamDecoder =>
  type === "msgapp" ? new MsgAppDecoder(local, remote) : new MessageDecoder();
