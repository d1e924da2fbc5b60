// Where messages wait for the next Ready.
import { assert, zeroId } from "../../base/index.ts";
import { type Message, MessageType } from "./messages.ts";
import type { RaftState } from "./state.ts";

/**
 * Queues a message. The sender and the term are filled in: vote messages carry the term they are
 * about and come with it, forwarded requests carry none (send of raft.go).
 */
export function send(raft: RaftState, message: Message): void {
  if (message.from === zeroId) message.from = raft.id;
  switch (message.type) {
    case MessageType.MsgVote:
    case MessageType.MsgPreVote:
      assert(message.term > 0, "a vote is asked for in a term");
      break;
    case MessageType.MsgVoteResp:
    case MessageType.MsgPreVoteResp:
      // What we answer may rest on a vote that is not yet on disk, and so may a refusal.
      raft.messagesAfterAppend.push(message);
      return;
    case MessageType.MsgAppResp:
      message.term = raft.term;
      raft.messagesAfterAppend.push(message);
      return;
    case MessageType.MsgProp:
    case MessageType.MsgReadIndex:
      break;
    default:
      message.term = raft.term;
  }
  assert(message.to !== raft.id, "a node writes to itself only what waits for its disk");
  raft.messages.push(message);
}
