// Which zero fields of a raft message etcd writes. In proto2 an absent scalar and an explicit zero
// differ in bytes; every reader takes them for the same.
import type { Message } from "./messages.ts";

const logTerm = 1 << 5;
const index = 1 << 6;
const commit = 1 << 8;
const rejectHint = 1 << 11;

/**
 * The field numbers, as bits, that go onto the wire even when zero. Taken from the places where
 * raft.go of go.etcd.io/raft v3.7.0 fills a message; the link heartbeat of rafthttp is a
 * MsgHeartbeat from nobody and carries its type alone.
 */
export function forcedFields(message: Message): number {
  switch (message.type) {
    case 3: // MsgApp
      return logTerm | index | commit;
    case 4: // MsgAppResp
      return message.reject ? logTerm | index | rejectHint : 0;
    case 5: // MsgVote
    case 17: // MsgPreVote
      return logTerm | index;
    case 8: // MsgHeartbeat
      return message.from === 0n ? 0 : commit;
    case 16: // MsgReadIndexResp
      return index;
    default:
      return 0;
  }
}
