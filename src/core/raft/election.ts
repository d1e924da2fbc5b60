// How a leader comes to be: campaigns, votes, and the answers to those who ask for one.
import { assert, bytesFromLatin1, equalBytes, zeroId } from "../../base/index.ts";
import { isPromotable } from "./membership.ts";
import { isConfChange, type Message, MessageType, newMessage } from "./messages.ts";
import { send } from "./outbox.ts";
import { broadcastAppend } from "./replication.ts";
import { becomeCandidate, becomeFollower, becomeLeader, becomePreCandidate } from "./roles.ts";
import type { RaftState } from "./state.ts";
import { votersOf } from "./tracker/configuration.ts";

/** "transfer" is asked for by the leader itself, so nobody's lease on it stands in the way. */
export type Campaign = "pre-election" | "election" | "transfer";

/** What a vote request carries that a leader has asked for. */
const transferContext = bytesFromLatin1("CampaignTransfer");

/** Campaigns, unless this node leads, cannot be elected, or has a configuration to apply first. */
export function startElection(raft: RaftState, campaign: Campaign): void {
  const { observer } = raft.settings;
  if (raft.role === "leader") return;
  if (!isPromotable(raft)) {
    observer?.({ kind: "election refused", reason: "not promotable" });
    return;
  }
  // In an outdated configuration it could count a quorum that is none any more.
  if (hasUnappliedConfChange(raft)) {
    observer?.({ kind: "election refused", reason: "configuration change not applied" });
    return;
  }
  observer?.({ kind: "election started", term: raft.term });
  runCampaign(raft, campaign);
}

function runCampaign(raft: RaftState, campaign: Campaign): void {
  const isPre = campaign === "pre-election";
  if (isPre) becomePreCandidate(raft);
  else becomeCandidate(raft);
  const request = isPre ? MessageType.MsgPreVote : MessageType.MsgVote;
  // The term a pre-vote is about has not begun.
  const term = isPre ? raft.term + 1 : raft.term;
  for (const id of votersOf(raft.tracker.config)) {
    if (id === raft.id) {
      // Its own vote, too, counts only when it is on disk: it comes back to it then.
      const own = newMessage(responseTo(request), id);
      own.term = term;
      send(raft, own);
      continue;
    }
    const message = newMessage(request, id);
    message.term = term;
    message.index = raft.log.lastIndex();
    message.logTerm = raft.log.lastTerm();
    if (campaign === "transfer") message.context = transferContext;
    raft.settings.observer?.({ kind: "vote requested", to: id, request });
    send(raft, message);
  }
}

/** Committed entries wait to be applied, and one of them changes the configuration. */
function hasUnappliedConfChange(raft: RaftState): boolean {
  const { log, settings } = raft;
  let low = log.applied + 1;
  const high = log.committed + 1;
  // Page by page: what waits may be more than fits in memory.
  while (low < high) {
    const entries = log.slice(low, high, settings.committedSizeMaxPerReady);
    assert(entries !== undefined && entries.length > 0, "what is not yet applied can be read");
    if (entries.some(isConfChange)) return true;
    low += entries.length;
  }
  return false;
}

/** A vote arrived, perhaps the deciding one. */
export function receiveVote(raft: RaftState, message: Message): void {
  const { tracker } = raft;
  tracker.recordVote(message.from, !message.reject);
  raft.settings.observer?.({
    kind: "vote received",
    from: message.from,
    response: message.type as MessageType,
    isGranted: !message.reject,
    grantedCount: tracker.countVotes(true),
    rejectedCount: tracker.countVotes(false),
  });
  switch (tracker.voteResult()) {
    case "won":
      if (raft.role === "pre-candidate") {
        runCampaign(raft, "election");
      } else {
        becomeLeader(raft);
        broadcastAppend(raft);
      }
      break;
    case "lost":
      becomeFollower(raft, raft.term, zeroId);
      break;
    case "pending":
      break;
  }
}

/**
 * Someone asks for a vote, or whether it would get one. Granted once a term, and only to a log
 * that is not behind ours; learners vote as well, for they may be voters without knowing it yet.
 */
export function answerVoteRequest(raft: RaftState, message: Message): void {
  const isPre = message.type === MessageType.MsgPreVote;
  const canVote =
    raft.vote === message.from ||
    (raft.vote === zeroId && raft.lead === zeroId) ||
    (isPre && message.term > raft.term);
  const isGranted = canVote && raft.log.isUpToDate(message.index, message.logTerm);
  tellAsked(raft, message, isGranted ? "granted" : "rejected");
  const response = newMessage(responseTo(message.type), message.from);
  // A granted pre-vote is about a term we are not in; our own would be taken for out of date.
  response.term = isGranted ? message.term : raft.term;
  response.reject = !isGranted;
  send(raft, response);
  if (isGranted && !isPre) {
    assert(raft.vote === zeroId || raft.vote === message.from, "a vote is given once a term");
    raft.electionElapsed = 0;
    raft.vote = message.from;
  }
}

/** While a leader was heard of lately, nobody else is helped to replace it. */
export function isLeased(raft: RaftState, message: Message): boolean {
  if (equalBytes(message.context, transferContext)) return false;
  const { checkQuorum, electionTicks } = raft.settings;
  const leased = checkQuorum && raft.lead !== zeroId && raft.electionElapsed < electionTicks;
  if (leased) tellAsked(raft, message, "leased");
  return leased;
}

/** To a pre-candidate of an earlier term: it learns the term it has to reach. */
export function rejectPreVote(raft: RaftState, message: Message): void {
  tellAsked(raft, message, "rejected");
  const response = newMessage(MessageType.MsgPreVoteResp, message.from);
  response.term = raft.term;
  response.reject = true;
  send(raft, response);
}

function tellAsked(
  raft: RaftState,
  message: Message,
  answer: "granted" | "rejected" | "leased",
): void {
  const request = message.type as MessageType;
  raft.settings.observer?.({ kind: "vote asked", from: message.from, request, answer });
}

const responseTo = (request: number): MessageType =>
  request === MessageType.MsgPreVote ? MessageType.MsgPreVoteResp : MessageType.MsgVoteResp;
