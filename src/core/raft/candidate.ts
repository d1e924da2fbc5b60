// A candidate or pre-candidate: it counts votes until it has won, has lost, or hears of a leader.
import { receiveVote } from "./election.ts";
import { drop, receiveAppend, receiveHeartbeat } from "./follower.ts";
import { type Refusal, refusals } from "./host/refusal.ts";
import { type Message, MessageType } from "./messages.ts";
import { becomeFollower } from "./roles.ts";
import { receiveSnapshot } from "./snapshot.ts";
import type { RaftState } from "./state.ts";

/** A message of this term, or of none, reached a candidate. */
export function stepCandidate(raft: RaftState, message: Message): Refusal | undefined {
  switch (message.type) {
    case MessageType.MsgProp:
      return drop(raft, refusals.noLeader);
    case MessageType.MsgApp:
      becomeFollower(raft, raft.term, message.from);
      receiveAppend(raft, message);
      break;
    case MessageType.MsgHeartbeat:
      becomeFollower(raft, raft.term, message.from);
      receiveHeartbeat(raft, message);
      break;
    case MessageType.MsgSnap:
      becomeFollower(raft, raft.term, message.from);
      receiveSnapshot(raft, message);
      break;
    // A vote counts for what it was asked for: pre-votes still come when the term has begun.
    case MessageType.MsgPreVoteResp:
      if (raft.role === "pre-candidate") receiveVote(raft, message);
      break;
    case MessageType.MsgVoteResp:
      if (raft.role === "candidate") receiveVote(raft, message);
      break;
    default: // It has no leader to send a request on to, and needs nobody to tell it to campaign.
  }
  return undefined;
}
