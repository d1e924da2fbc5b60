// A follower receives a snapshot in place of entries the leader no longer has.
import { assert } from "../../base/index.ts";
import { restoreMembership } from "./membership.ts";
import {
  emptySnapshot,
  type Message,
  MessageType,
  newMessage,
  type Snapshot,
  snapshotConfState,
  snapshotIndex,
  snapshotTerm,
} from "./messages.ts";
import { send } from "./outbox.ts";
import type { RaftState } from "./state.ts";

/** Takes the snapshot or not, and tells the leader how far this log goes now. */
export function receiveSnapshot(raft: RaftState, message: Message): void {
  const snapshot = message.snapshot ?? emptySnapshot();
  const outcome = restore(raft, snapshot);
  raft.settings.observer?.({
    kind: "snapshot received",
    index: snapshotIndex(snapshot),
    term: snapshotTerm(snapshot),
    outcome,
  });
  const response = newMessage(MessageType.MsgAppResp, message.from);
  response.index = outcome === "restored" ? raft.log.lastIndex() : raft.log.committed;
  send(raft, response);
}

function restore(raft: RaftState, snapshot: Snapshot): "restored" | "ignored" | "commit moved" {
  assert(raft.role === "follower", "only a follower takes a snapshot");
  const index = snapshotIndex(snapshot);
  if (index <= raft.log.committed) return "ignored";
  const confState = snapshotConfState(snapshot);
  // Who is not in it must not take it: the rest of the code counts on finding itself.
  const { voters, learners, votersOutgoing } = confState;
  if (![...voters, ...learners, ...votersOutgoing].includes(raft.id)) return "ignored";
  if (raft.log.matchTerm(index, snapshotTerm(snapshot))) {
    // The log has it all; only that it is committed was not known.
    raft.log.commitTo(index);
    return "commit moved";
  }
  raft.log.restore(snapshot);
  restoreMembership(raft, confState);
  return "restored";
}
