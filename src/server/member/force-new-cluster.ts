// --force-new-cluster: a member goes on alone with what was committed (bootstrap.go and storage/util.go).
import { compareId64, type Id64 } from "../../base/index.ts";
import { encodeConfChangeContext } from "../../core/membership/index.ts";
import { encodeConfChange, makeConfChange } from "../../core/proto/index.ts";
import {
  type ConfState,
  decodeConfChange,
  type Entry,
  EntryType,
  type HardState,
  newEntry,
} from "../../core/raft/index.ts";
import { ConfChangeType } from "../../core/raft/index.ts";

export interface Forced {
  readonly hardState: HardState;
  /** What is kept, and behind it what was added. */
  readonly entries: readonly Entry[];
  readonly added: readonly Entry[];
}

/** What is not committed is dropped; then everybody but this member is removed, as committed. */
export function forceNewCluster(
  self: Id64,
  base: ConfState | undefined,
  log: { readonly hardState: HardState; readonly entries: readonly Entry[] },
  consistentIndex: number,
): Forced {
  // A commit alone is not synced: the database may know of more.
  const committed = Math.max(log.hardState.commit, consistentIndex);
  const kept = log.entries.filter(({ index }) => index <= committed);
  const ids = membersAt(base, kept);
  const added: Entry[] = [];
  const append = (change: Uint8Array): void => {
    const entry = newEntry(EntryType.EntryConfChange, change);
    entry.term = log.hardState.term;
    entry.index = committed + added.length + 1;
    added.push(entry);
  };
  // Raft must never be without a voter, so this member comes first.
  if (!ids.has(self)) append(encodeConfChange(additionOf(self)));
  for (const id of [...ids].toSorted(compareId64)) {
    if (id === self) continue;
    const type = ConfChangeType.ConfChangeRemoveNode;
    append(encodeConfChange(makeConfChange({ type, nodeId: id })));
  }
  const hardState = { ...log.hardState, commit: committed + added.length };
  return { hardState, entries: [...kept, ...added], added };
}

function additionOf(id: Id64): ReturnType<typeof makeConfChange> {
  const peerUrls = ["http://localhost:2380"];
  const member = { id, peerUrls, isLearner: false, name: "", clientUrls: [] };
  const context = encodeConfChangeContext({ member, isPromote: false });
  return makeConfChange({ type: ConfChangeType.ConfChangeAddNode, nodeId: id, context });
}

/** Everybody in the configuration after these entries. */
function membersAt(base: ConfState | undefined, entries: readonly Entry[]): Set<Id64> {
  const ids = new Set([...(base?.voters ?? []), ...(base?.learners ?? [])]);
  for (const { type, data } of entries) {
    if (type !== EntryType.EntryConfChange) continue;
    const change = decodeConfChange(data);
    if (change.type === ConfChangeType.ConfChangeRemoveNode) ids.delete(change.nodeId);
    else if (change.type !== ConfChangeType.ConfChangeUpdateNode) ids.add(change.nodeId);
  }
  return ids;
}
