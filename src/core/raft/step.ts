// Every message comes through here: first its term is looked at, then its type, then the role.
import { unreachable, zeroId } from "../../base/index.ts";
import { appliedSnapshot, appliedTo } from "./applied.ts";
import { stepCandidate } from "./candidate.ts";
import { answerVoteRequest, isLeased, rejectPreVote, startElection } from "./election.ts";
import { stepFollower } from "./follower.ts";
import type { Refusal } from "./host/refusal.ts";
import { stepLeader } from "./leader.ts";
import { encodedSize } from "./log/entry-size.ts";
import { type Message, MessageType, newMessage } from "./messages.ts";
import { send } from "./outbox.ts";
import { reduceUncommittedSize } from "./proposal.ts";
import { becomeFollower } from "./roles.ts";
import type { RaftState } from "./state.ts";

/** Takes in one message. What it leads to is collected for the next Ready. */
export function step(raft: RaftState, message: Message): Refusal | undefined {
  // Requests of our own host and forwarded ones have no term.
  if (message.term > raft.term) {
    if (!enterHigherTerm(raft, message)) return undefined;
  } else if (message.term < raft.term && message.term !== 0) {
    answerLowerTerm(raft, message);
    return undefined;
  }
  switch (message.type) {
    case MessageType.MsgHup:
      startElection(raft, raft.settings.preVote ? "pre-election" : "election");
      return undefined;
    case MessageType.MsgStorageAppendResp:
      if (message.index !== 0) raft.log.unstable.stableTo(message.index, message.logTerm);
      if (message.snapshot !== undefined) appliedSnapshot(raft, message.snapshot);
      return undefined;
    case MessageType.MsgStorageApplyResp:
      receiveApplied(raft, message);
      return undefined;
    case MessageType.MsgVote:
    case MessageType.MsgPreVote:
      answerVoteRequest(raft, message);
      return undefined;
    default:
      return stepByRole(raft, message);
  }
}

function stepByRole(raft: RaftState, message: Message): Refusal | undefined {
  switch (raft.role) {
    case "follower":
      return stepFollower(raft, message);
    case "pre-candidate":
    case "candidate":
      return stepCandidate(raft, message);
    case "leader":
      return stepLeader(raft, message);
    default:
      return unreachable(raft.role);
  }
}

/** Follows into the message's term where it should. False when the message is to be ignored. */
function enterHigherTerm(raft: RaftState, message: Message): boolean {
  switch (message.type) {
    case MessageType.MsgPreVote:
      // A question about a term that has not begun.
      return !isLeased(raft, message);
    case MessageType.MsgVote:
      if (isLeased(raft, message)) return false;
      break;
    case MessageType.MsgPreVoteResp:
      // Granted, it names the term we asked about; rejected, the one its sender is in.
      if (!message.reject) return true;
      break;
    default:
  }
  const { from, term } = message;
  raft.settings.observer?.({ kind: "higher term", from, type: message.type as MessageType, term });
  becomeFollower(raft, term, isFromLeader(message) ? from : zeroId);
  return true;
}

/** A message from the past. It is ignored, except where silence would leave its sender stuck. */
function answerLowerTerm(raft: RaftState, message: Message): void {
  const { checkQuorum, preVote } = raft.settings;
  switch (message.type) {
    case MessageType.MsgHeartbeat:
    case MessageType.MsgApp:
      // Under both rules our own vote requests may be ignored, and then nothing else would tell
      // that leader that its term is over.
      if (checkQuorum || preVote) send(raft, newMessage(MessageType.MsgAppResp, message.from));
      break;
    case MessageType.MsgPreVote:
      rejectPreVote(raft, message);
      break;
    case MessageType.MsgStorageAppendResp:
      // The entries may have been replaced since. A snapshot is committed in whatever term.
      if (message.snapshot !== undefined) appliedSnapshot(raft, message.snapshot);
      break;
    default:
  }
}

function receiveApplied(raft: RaftState, message: Message): void {
  const last = message.entries.at(-1);
  if (last === undefined) return;
  appliedTo(raft, last.index, encodedSize(message.entries));
  reduceUncommittedSize(raft, message.entries);
}

const isFromLeader = (message: Message): boolean =>
  message.type === MessageType.MsgApp ||
  message.type === MessageType.MsgHeartbeat ||
  message.type === MessageType.MsgSnap;
