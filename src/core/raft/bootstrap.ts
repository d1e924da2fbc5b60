// The first members of a new cluster, as the first entries of everyone's log.
import { assert, type Id64, zeroId } from "../../base/index.ts";
import { applyChange } from "./membership.ts";
import { ConfChangeType, encodeConfChange, EntryType, newEntry } from "./messages.ts";
import { becomeFollower } from "./roles.ts";
import type { RaftState } from "./state.ts";

/** A member of a new cluster; `context` is stored with it and given back when it is applied. */
export interface Peer {
  readonly id: Id64;
  readonly context: Uint8Array;
}

/**
 * Fills an empty log with one committed change per member, in term 1. All members must be given the
 * same peers in the same order. The changes are in force at once, so that the node may campaign,
 * and come again as committed entries (bootstrap.go).
 */
export function bootstrap(raft: RaftState, peers: readonly Peer[]): void {
  assert(peers.length > 0, "must provide at least one peer to Bootstrap");
  assert(raft.log.lastIndex() === 0, "can't bootstrap a nonempty Storage");
  becomeFollower(raft, 1, zeroId);
  const type = ConfChangeType.ConfChangeAddNode;
  const entries = peers.map(({ id, context }, at) => {
    const data = encodeConfChange({ type, nodeId: id, context, id: zeroId });
    return { ...newEntry(EntryType.EntryConfChange, data), term: 1, index: at + 1 };
  });
  raft.log.append(entries);
  raft.log.commitTo(entries.length);
  for (const { id, context } of peers) {
    applyChange(raft, { type, nodeId: id, context, id: zeroId });
  }
}
