// Leadership is handed over: the leader stops taking proposals, brings the other's log up to its
// own, and tells it to campaign at once (raft thesis 3.10).
import { type Id64, zeroId } from "../../base/index.ts";
import { MessageType, newMessage } from "./messages.ts";
import { send } from "./outbox.ts";
import { sendAppend } from "./replication.ts";
import type { RaftState } from "./state.ts";
import type { Progress } from "./tracker/progress.ts";

/** Begins to hand over to a follower. A second request to another one replaces the first. */
export function startTransfer(raft: RaftState, transferee: Progress): void {
  if (transferee.isLearner || raft.leadTransferee === transferee.id) return;
  abortTransfer(raft);
  if (transferee.id === raft.id) return;
  // It has one election timeout to succeed; then this leader goes on.
  raft.electionElapsed = 0;
  raft.leadTransferee = transferee.id;
  raft.settings.observer?.({ kind: "transfer started", to: transferee.id });
  if (isCaughtUp(raft, transferee)) sendTimeoutNow(raft, transferee.id);
  else sendAppend(raft, transferee);
}

/** A follower acknowledged entries; if it was waited for and has them all, it may campaign. */
export function continueTransfer(raft: RaftState, follower: Progress): void {
  if (follower.id === raft.leadTransferee && isCaughtUp(raft, follower)) {
    sendTimeoutNow(raft, follower.id);
  }
}

export function abortTransfer(raft: RaftState): void {
  if (raft.leadTransferee === zeroId) return;
  raft.settings.observer?.({ kind: "transfer aborted", to: raft.leadTransferee });
  raft.leadTransferee = zeroId;
}

const isCaughtUp = (raft: RaftState, follower: Progress): boolean =>
  follower.match === raft.log.lastIndex();

const sendTimeoutNow = (raft: RaftState, to: Id64): void =>
  send(raft, newMessage(MessageType.MsgTimeoutNow, to));
