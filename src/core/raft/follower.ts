// A follower: it takes entries from the leader of its term and sends requests on to it.
import { zeroId } from "../../base/index.ts";
import { startElection } from "./election.ts";
import { type DroppedProposal, type Refusal, refusals } from "./host/refusal.ts";
import { type Message, MessageType, newMessage } from "./messages.ts";
import { send } from "./outbox.ts";
import { receiveReadIndexResponse } from "./read-only.ts";
import { receiveSnapshot } from "./snapshot.ts";
import type { RaftState } from "./state.ts";

/** A message of this term, or of none, reached a follower. */
export function stepFollower(raft: RaftState, message: Message): Refusal | undefined {
  switch (message.type) {
    case MessageType.MsgProp:
      return forwardProposal(raft, message);
    case MessageType.MsgApp:
      heardFromLeader(raft, message);
      receiveAppend(raft, message);
      break;
    case MessageType.MsgHeartbeat:
      heardFromLeader(raft, message);
      receiveHeartbeat(raft, message);
      break;
    case MessageType.MsgSnap:
      heardFromLeader(raft, message);
      receiveSnapshot(raft, message);
      break;
    case MessageType.MsgTransferLeader:
      if (raft.lead !== zeroId) forward(raft, message);
      break;
    case MessageType.MsgForgetLeader:
      forgetLeader(raft);
      break;
    case MessageType.MsgTimeoutNow:
      // The leader itself asks for it, so there is no partition that a pre-vote could reveal.
      startElection(raft, "transfer");
      break;
    case MessageType.MsgReadIndex:
      if (raft.lead !== zeroId) forward(raft, message);
      else raft.settings.observer?.({ kind: "read index dropped", reason: "no leader" });
      break;
    case MessageType.MsgReadIndexResp:
      receiveReadIndexResponse(raft, message);
      break;
    default: // Answers to what it asked in another role come too late.
  }
  return undefined;
}

/** Entries from the leader: taken if they follow ours, else the leader is told where to look. */
export function receiveAppend(raft: RaftState, message: Message): void {
  const { log } = raft;
  const response = newMessage(MessageType.MsgAppResp, message.from);
  if (message.index < log.committed) {
    response.index = log.committed;
    send(raft, response);
    return;
  }
  const lastMatching = log.maybeAppend(message.index, message.logTerm, message.entries);
  if (lastMatching !== undefined) {
    log.commitTo(Math.min(message.commit, lastMatching));
    response.index = lastMatching;
  } else {
    raft.settings.observer?.({
      kind: "append rejected",
      from: message.from,
      index: message.index,
      logTerm: message.logTerm,
    });
    // The hint skips everything of ours that is of a later term than the leader's entry: none of
    // it can be in the leader's log before that entry.
    const hint = log.findConflictByTerm(Math.min(message.index, log.lastIndex()), message.logTerm);
    response.index = message.index;
    response.reject = true;
    response.rejectHint = hint.index;
    response.logTerm = hint.term;
  }
  send(raft, response);
}

export function receiveHeartbeat(raft: RaftState, message: Message): void {
  raft.log.commitTo(message.commit);
  const response = newMessage(MessageType.MsgHeartbeatResp, message.from);
  response.context = message.context;
  send(raft, response);
}

function heardFromLeader(raft: RaftState, message: Message): void {
  raft.electionElapsed = 0;
  raft.lead = message.from;
}

function forwardProposal(raft: RaftState, message: Message): Refusal | undefined {
  const { settings } = raft;
  if (raft.lead === zeroId) return drop(raft, refusals.noLeader);
  if (settings.disableProposalForwarding) return drop(raft, refusals.forwardingDisabled);
  if (message.entries.length === 0) return drop(raft, refusals.emptyProposal);
  forward(raft, message);
  return undefined;
}

/** Reports a dropped proposal and gives its reason back. */
export function drop(raft: RaftState, refusal: DroppedProposal): Refusal {
  raft.settings.observer?.({ kind: "proposal dropped", reason: refusal.reason });
  return refusal;
}

/** Sends a request on to the leader, in the name of who made it. */
function forward(raft: RaftState, message: Message): void {
  const forwarded = newMessage(message.type as MessageType, raft.lead);
  forwarded.from = message.from;
  forwarded.entries = message.entries;
  forwarded.context = message.context;
  send(raft, forwarded);
}

/**
 * Follows nobody, so that it may vote for another at once. A lease would then be broken, so with
 * lease-based reads it does not.
 */
function forgetLeader(raft: RaftState): void {
  if (raft.settings.readOnlyOption === "lease" || raft.lead === zeroId) return;
  raft.settings.observer?.({ kind: "leader forgotten", lead: raft.lead });
  raft.lead = zeroId;
}
