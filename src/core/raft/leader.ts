// A leader: it takes proposals and reads, and follows how far everyone has come.
import { zeroId } from "../../base/index.ts";
import type { Refusal } from "./host/refusal.ts";
import { type Entry, type Message, MessageType } from "./messages.ts";
import { propose } from "./proposal.ts";
import { receiveReadAck, receiveReadIndex, releasePendingReads } from "./read-only.ts";
import {
  broadcastAppend,
  broadcastHeartbeat,
  maybeCommit,
  sendAllAppends,
  sendAppend,
} from "./replication.ts";
import { becomeFollower } from "./roles.ts";
import type { RaftState } from "./state.ts";
import type { Progress } from "./tracker/progress.ts";
import { continueTransfer, startTransfer } from "./transfer.ts";

/** A message of this term, or of none, reached the leader. */
export function stepLeader(raft: RaftState, message: Message): Refusal | undefined {
  switch (message.type) {
    case MessageType.MsgBeat:
      broadcastHeartbeat(raft);
      return undefined;
    case MessageType.MsgCheckQuorum:
      checkQuorum(raft);
      return undefined;
    case MessageType.MsgProp:
      return propose(raft, ownEntries(raft, message));
    case MessageType.MsgReadIndex:
      receiveReadIndex(raft, message);
      return undefined;
    default: {
      const progress = raft.tracker.get(message.from);
      if (progress !== undefined) stepFor(raft, progress, message);
      return undefined;
    }
  }
}

/** A message about one member of the group. */
function stepFor(raft: RaftState, progress: Progress, message: Message): void {
  switch (message.type) {
    case MessageType.MsgAppResp:
      progress.recentActive = true;
      if (message.reject) receiveRejection(raft, progress, message);
      else receiveAcknowledgement(raft, progress, message.index);
      break;
    case MessageType.MsgHeartbeatResp:
      receiveHeartbeatResponse(raft, progress, message);
      break;
    case MessageType.MsgSnapStatus:
      receiveSnapshotStatus(progress, { isFailed: message.reject });
      break;
    case MessageType.MsgUnreachable:
      // What was sent ahead to it is probably lost.
      if (progress.state === "replicate") progress.becomeProbe();
      break;
    case MessageType.MsgTransferLeader:
      startTransfer(raft, progress);
      break;
    default: // Nothing else is for a leader.
  }
}

/** Entries of others are copied: the network may bring the same proposal twice. */
function ownEntries(raft: RaftState, message: Message): Entry[] {
  if (message.from === raft.id) return message.entries;
  return message.entries.map(({ type, data }) => ({ term: 0, index: 0, type, data }));
}

/** Once per election timeout: a leader that no quorum answers makes room for another. */
function checkQuorum(raft: RaftState): void {
  if (!raft.tracker.isQuorumActive()) {
    raft.settings.observer?.({ kind: "quorum lost" });
    becomeFollower(raft, raft.term, zeroId);
  }
  for (const progress of raft.tracker.ordered) {
    if (progress.id !== raft.id) progress.recentActive = false;
  }
}

/** The follower has everything up to `index`. The leader's own disk reports in the same way. */
function receiveAcknowledgement(raft: RaftState, progress: Progress, index: number): void {
  // Nobody can have more of our log than we have.
  if (index > raft.log.lastIndex()) return;
  // A follower being probed says with an old index that it is there and where it ends.
  const isProbeAnswered = progress.state === "probe" && progress.match === index;
  if (!progress.maybeUpdate(index) && !isProbeAnswered) return;
  switch (progress.state) {
    case "probe":
      progress.becomeReplicate();
      break;
    case "snapshot":
      // Whatever snapshot it got, and from whom: if our log continues it, entries do from here.
      if (progress.match + 1 >= raft.log.firstIndex()) {
        progress.becomeProbe();
        progress.becomeReplicate();
      }
      break;
    case "replicate":
      progress.inflights.freeThrough(index);
      break;
  }
  if (maybeCommit(raft)) {
    releasePendingReads(raft);
    broadcastAppend(raft);
  } else if (progress.id !== raft.id && progress.canBumpCommit(raft.log.committed)) {
    sendAppend(raft, progress);
  }
  if (progress.id === raft.id) return;
  sendAllAppends(raft, progress);
  continueTransfer(raft, progress);
}

/** The follower's log does not have what an append followed. */
function receiveRejection(raft: RaftState, progress: Progress, message: Message): void {
  let hint = message.rejectHint;
  if (message.logTerm > 0) {
    // At the hint the follower is in `logTerm`, and terms only grow along a log. So the logs
    // cannot agree where ours is in a later term: one probe per term, not one per entry.
    hint = raft.log.findConflictByTerm(hint, message.logTerm).index;
  }
  if (!progress.maybeDecrease(message.index, hint)) return;
  if (progress.state === "replicate") progress.becomeProbe();
  sendAppend(raft, progress);
}

function receiveHeartbeatResponse(raft: RaftState, progress: Progress, message: Message): void {
  progress.recentActive = true;
  progress.appendPaused = false;
  // One being probed gets an empty append even when it lacks nothing: its answer ends the probing.
  if (progress.match < raft.log.lastIndex() || progress.state === "probe") {
    sendAppend(raft, progress);
  }
  if (raft.settings.readOnlyOption === "safe" && message.context.length > 0) {
    receiveReadAck(raft, message);
  }
}

/** The host tells how sending a snapshot went. */
function receiveSnapshotStatus(progress: Progress, { isFailed }: { isFailed: boolean }): void {
  if (progress.state !== "snapshot") return;
  // Without the snapshot the follower still stands where it stood.
  if (isFailed) progress.pendingSnapshot = 0;
  progress.becomeProbe();
  // Sent: wait for its own answer. Failed: wait for a heartbeat's, then try again.
  progress.appendPaused = true;
}
