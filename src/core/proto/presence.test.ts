import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeMessage,
  encodeMessage,
  makeEntry,
  makeMessage,
  makeSnapshot,
  type Message,
  MessageType,
} from "./index.ts";

/** The field numbers of an encoded message, in order. */
function fieldsOf(message: Message): number[] {
  const bytes = encodeMessage(message);
  assert.deepEqual(decodeMessage(bytes), message);
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at++]!;
    numbers.push(tag >> 3);
    if ((tag & 7) === 2) at += 1 + bytes[at]!;
    else while (bytes[at++]! > 127);
  }
  return numbers;
}

const from = { to: 1n, from: 2n, term: 3 };

// Which fields raft.go of go.etcd.io/raft v3.7.0 sets on the messages that cross the network.
test("each kind of message carries the zeroes that raft writes", () => {
  const rows: [what: string, message: Partial<Message>, fields: number[]][] = [
    ["MsgApp", { type: MessageType.MsgApp, ...from }, [1, 2, 3, 4, 5, 6, 8]],
    [
      "MsgApp with entries",
      { type: MessageType.MsgApp, ...from, entries: [makeEntry({ term: 1, index: 1 })] },
      [1, 2, 3, 4, 5, 6, 7, 8],
    ],
    ["MsgHeartbeat", { type: MessageType.MsgHeartbeat, ...from }, [1, 2, 3, 4, 8]],
    ["the heartbeat of a link", { type: MessageType.MsgHeartbeat }, [1]],
    ["MsgHeartbeatResp", { type: MessageType.MsgHeartbeatResp, ...from }, [1, 2, 3, 4]],
    ["MsgAppResp", { type: MessageType.MsgAppResp, ...from, index: 9 }, [1, 2, 3, 4, 6]],
    ["MsgAppResp to a stale leader", { type: MessageType.MsgAppResp, ...from }, [1, 2, 3, 4]],
    [
      "MsgAppResp that rejects",
      { type: MessageType.MsgAppResp, ...from, reject: true },
      [1, 2, 3, 4, 5, 6, 10, 11],
    ],
    ["MsgVote", { type: MessageType.MsgVote, ...from }, [1, 2, 3, 4, 5, 6]],
    ["MsgPreVote", { type: MessageType.MsgPreVote, ...from }, [1, 2, 3, 4, 5, 6]],
    ["MsgVoteResp", { type: MessageType.MsgVoteResp, ...from }, [1, 2, 3, 4]],
    [
      "MsgVoteResp that rejects",
      { type: MessageType.MsgVoteResp, ...from, reject: true },
      [1, 2, 3, 4, 10],
    ],
    ["MsgProp", { type: MessageType.MsgProp, to: 1n, from: 2n }, [1, 2, 3]],
    ["MsgReadIndexResp", { type: MessageType.MsgReadIndexResp, ...from }, [1, 2, 3, 4, 6]],
    ["MsgSnap", { type: MessageType.MsgSnap, ...from, snapshot: makeSnapshot() }, [1, 2, 3, 4, 9]],
    ["MsgTimeoutNow", { type: MessageType.MsgTimeoutNow, ...from }, [1, 2, 3, 4]],
  ];
  for (const [what, message, fields] of rows) {
    assert.deepEqual(fieldsOf(makeMessage(message)), fields, what);
  }
});
