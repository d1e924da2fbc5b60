// A leader sends: entries to those who lack them, a snapshot to those it can no longer serve with
// entries, heartbeats to all, and the commit index as it moves.
import { assert, emptyBytes } from "../../base/index.ts";
import { payloadSize } from "./log/entry-size.ts";
import { type Entry, MessageType, newMessage, snapshotIndex } from "./messages.ts";
import { send } from "./outbox.ts";
import type { RaftState } from "./state.ts";
import type { Progress } from "./tracker/progress.ts";

/** Sends every follower that may be sent to what it lacks, or at least the commit index. */
export function broadcastAppend(raft: RaftState): void {
  for (const progress of raft.tracker.ordered) {
    if (progress.id !== raft.id) sendAppend(raft, progress);
  }
}

/** Sends one append, which may be empty: it tells the commit index. */
export function sendAppend(raft: RaftState, progress: Progress): void {
  maybeSendAppend(raft, progress, { sendIfEmpty: true });
}

/** Sends as many appends with entries as the follower's window allows. */
export function sendAllAppends(raft: RaftState, progress: Progress): void {
  while (maybeSendAppend(raft, progress, { sendIfEmpty: false }));
}

/** Sends one append, or a snapshot instead. False when nothing may be sent, or there is nothing. */
export function maybeSendAppend(
  raft: RaftState,
  progress: Progress,
  { sendIfEmpty }: { sendIfEmpty: boolean },
): boolean {
  if (progress.isPaused()) return false;
  const { log } = raft;
  const previousIndex = progress.next - 1;
  const previousTerm = log.term(previousIndex);
  if (previousTerm === undefined) return maybeSendSnapshot(raft, progress);
  // Into a full window only empty appends go: were all those in it lost, an answer to one of these
  // is what clears it.
  const isThrottled = progress.state === "replicate" && progress.inflights.isFull();
  let entries: Entry[] | undefined = [];
  if (!isThrottled) entries = log.entriesFrom(progress.next, raft.settings.messageSizeMax);
  if (!sendIfEmpty && (entries === undefined || entries.length === 0)) return false;
  if (entries === undefined) return maybeSendSnapshot(raft, progress);
  const append = newMessage(MessageType.MsgApp, progress.id);
  append.index = previousIndex;
  append.logTerm = previousTerm;
  append.entries = entries;
  append.commit = log.committed;
  send(raft, append);
  progress.sentEntries(entries.length, payloadSize(entries));
  progress.sentCommit(log.committed);
  return true;
}

/** False when the follower is not there, or no snapshot can be had yet: it is tried again later. */
function maybeSendSnapshot(raft: RaftState, progress: Progress): boolean {
  if (!progress.recentActive) return false;
  const snapshot = raft.log.snapshot();
  if (snapshot === undefined) return false;
  const index = snapshotIndex(snapshot);
  assert(index > 0, "a compacted log has a snapshot");
  progress.becomeSnapshot(index);
  raft.settings.observer?.({ kind: "snapshot sent", to: progress.id, index });
  const message = newMessage(MessageType.MsgSnap, progress.id);
  message.snapshot = snapshot;
  send(raft, message);
  return true;
}

/** Tells everyone that this leader is here, and asks them to confirm the reads that wait. */
export function broadcastHeartbeat(raft: RaftState): void {
  const context = raft.readOnly.heartbeatContext() ?? emptyBytes;
  for (const progress of raft.tracker.ordered) {
    if (progress.id === raft.id) continue;
    const heartbeat = newMessage(MessageType.MsgHeartbeat, progress.id);
    // A follower must never commit what it may not have: its log is ours only up to match.
    heartbeat.commit = Math.min(progress.match, raft.log.committed);
    heartbeat.context = context;
    send(raft, heartbeat);
    progress.sentCommit(heartbeat.commit);
  }
}

/**
 * Commits what a quorum has. Only an entry of this term is committed by counting; those before it
 * follow (raft paper 5.4.2). True when the commit index moved.
 */
export function maybeCommit(raft: RaftState): boolean {
  const index = raft.tracker.committedIndex();
  if (index <= raft.log.committed || !raft.log.matchTerm(index, raft.term)) return false;
  raft.log.commitTo(index);
  return true;
}

/** Whether this term has committed anything: before that a leader cannot know all commits. */
export const hasCommittedInTerm = (raft: RaftState): boolean =>
  raft.log.matchTerm(raft.log.committed, raft.term);
