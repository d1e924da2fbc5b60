// A leader takes entries into its log.
import { assert, emptyBytes, zeroId } from "../../base/index.ts";
import { asV2, decodeChange } from "./conf-change/change.ts";
import { type DroppedProposal, refusals } from "./host/refusal.ts";
import { payloadSize } from "./log/entry-size.ts";
import { type Entry, EntryType, isConfChange, MessageType, newMessage } from "./messages.ts";
import { send } from "./outbox.ts";
import { broadcastAppend } from "./replication.ts";
import type { RaftState } from "./state.ts";
import { isJoint } from "./tracker/configuration.ts";

/** Appends what was proposed to this leader and sends it on, all entries or none. */
export function propose(raft: RaftState, entries: Entry[]): DroppedProposal | undefined {
  const refusal = appendProposal(raft, entries);
  if (refusal === undefined) broadcastAppend(raft);
  else raft.settings.observer?.({ kind: "proposal dropped", reason: refusal.reason });
  return refusal;
}

function appendProposal(raft: RaftState, entries: Entry[]): DroppedProposal | undefined {
  if (entries.length === 0) return refusals.emptyProposal;
  if (raft.tracker.get(raft.id) === undefined) return refusals.notMember;
  if (raft.leadTransferee !== zeroId) return refusals.transferInProgress;
  if (entries.some(isConfChange)) {
    if (!entries.every(isSound)) return refusals.malformedChange;
    for (const [at, entry] of entries.entries()) {
      if (isConfChange(entry)) admitChange(raft, entry, raft.log.lastIndex() + at + 1);
    }
  }
  return appendEntries(raft, entries) ? undefined : refusals.uncommittedSizeLimit;
}

const isSound = (entry: Entry): boolean =>
  !isConfChange(entry) || decodeChange(entry) !== undefined;

/** Lets a configuration change into the log at `index`, or only an empty entry in its place. */
function admitChange(raft: RaftState, entry: Entry, index: number): void {
  const isLeaving = asV2(decodeChange(entry)!).changes.length === 0;
  const reason = reasonAgainst(raft, { isLeaving });
  if (reason === undefined || raft.settings.disableConfChangeValidation) {
    raft.pendingConfIndex = index;
    return;
  }
  // It stays in the log, empty, so that its proposer learns of it when it is applied.
  raft.settings.observer?.({ kind: "configuration change refused", reason });
  entry.type = EntryType.EntryNormal;
  entry.data = emptyBytes;
}

/**
 * Why a configuration change may not enter the log now. At most one may be there unapplied, or two
 * majorities that do not overlap could be in force at once.
 */
function reasonAgainst(
  raft: RaftState,
  { isLeaving }: { isLeaving: boolean },
): "one may be pending" | "joint" | "not joint" | undefined {
  if (raft.pendingConfIndex > raft.log.applied) return "one may be pending";
  const inJoint = isJoint(raft.tracker.config);
  if (inJoint && !isLeaving) return "joint";
  return !inJoint && isLeaving ? "not joint" : undefined;
}

/**
 * Gives the entries their places at the end of the log. False when that would go past the limit of
 * uncommitted bytes. Nothing is sent to followers here.
 */
export function appendEntries(raft: RaftState, entries: Entry[]): boolean {
  if (!increaseUncommittedSize(raft, payloadSize(entries))) return false;
  let index = raft.log.lastIndex();
  for (const entry of entries) {
    assert(entry.index === 0, "an entry object is proposed only once");
    entry.term = raft.term;
    entry.index = ++index;
  }
  raft.log.append(entries);
  // The leader counts itself only when its own disk has the entries: this comes back to it then.
  const acknowledgement = newMessage(MessageType.MsgAppResp, raft.id);
  acknowledgement.index = index;
  send(raft, acknowledgement);
  return true;
}

/**
 * Any size is taken while nothing is uncommitted, and what is empty is always taken: the first
 * entry of a term and the one that leaves a joint configuration must not fail.
 */
function increaseUncommittedSize(raft: RaftState, size: number): boolean {
  const sum = raft.uncommittedSize + size;
  if (raft.uncommittedSize > 0 && size > 0 && sum > raft.settings.uncommittedSizeMax) return false;
  raft.uncommittedSize = sum;
  return true;
}

/** The entries are committed and applied; their bytes count no longer. */
export function reduceUncommittedSize(raft: RaftState, entries: readonly Entry[]): void {
  raft.uncommittedSize = Math.max(0, raft.uncommittedSize - payloadSize(entries));
}
