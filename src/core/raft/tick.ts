// Time, which only the host knows: it calls once every tick.
import { startElection } from "./election.ts";
import { electionTimeoutTicks } from "./election-timeout.ts";
import { isPromotable } from "./membership.ts";
import { type Message, MessageType, newMessage } from "./messages.ts";
import type { RaftState } from "./state.ts";
import { step } from "./step.ts";
import { abortTransfer } from "./transfer.ts";

export function tick(raft: RaftState): void {
  if (raft.role === "leader") tickLeader(raft);
  else tickElection(raft);
}

function tickElection(raft: RaftState): void {
  raft.electionElapsed++;
  if (raft.electionElapsed < electionTimeoutTicks(raft) || !isPromotable(raft)) return;
  raft.electionElapsed = 0;
  startElection(raft, raft.settings.preVote ? "pre-election" : "election");
}

function tickLeader(raft: RaftState): void {
  const { checkQuorum, electionTicks, heartbeatTicks } = raft.settings;
  raft.heartbeatElapsed++;
  raft.electionElapsed++;
  if (raft.electionElapsed >= electionTicks) {
    raft.electionElapsed = 0;
    if (checkQuorum) step(raft, toSelf(raft, MessageType.MsgCheckQuorum));
    // Who was to take over has not done it in time.
    abortTransfer(raft);
  }
  if (raft.role !== "leader" || raft.heartbeatElapsed < heartbeatTicks) return;
  raft.heartbeatElapsed = 0;
  step(raft, toSelf(raft, MessageType.MsgBeat));
}

function toSelf(raft: RaftState, type: MessageType): Message {
  const message = newMessage(type, raft.id);
  message.from = raft.id;
  return message;
}
