// The host has applied entries or a snapshot.
import { type Snapshot, snapshotIndex } from "./messages.ts";
import { changeEntry } from "./conf-change/change.ts";
import { propose } from "./proposal.ts";
import type { RaftState } from "./state.ts";

/** Everything up to `index` is applied; `size` encoded bytes of it had been handed out. */
export function appliedTo(raft: RaftState, index: number, size: number): void {
  const applied = Math.max(index, raft.log.applied);
  raft.log.appliedTo(applied, size);
  const { autoLeave } = raft.tracker.config;
  if (autoLeave && applied >= raft.pendingConfIndex && raft.role === "leader") {
    // While leadership is handed over this is dropped; it is tried again with what is applied next.
    propose(raft, [changeEntry(undefined)]);
  }
}

export function appliedSnapshot(raft: RaftState, snapshot: Snapshot): void {
  const index = snapshotIndex(snapshot);
  raft.log.unstable.stableSnapshotTo(index);
  appliedTo(raft, index, 0);
}
