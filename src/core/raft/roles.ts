// From one role to the next. What a node knows as a leader or a candidate does not outlive it.
import { assert, emptyBytes, type Id64, zeroId } from "../../base/index.ts";
import { EntryType, newEntry } from "./messages.ts";
import { appendEntries } from "./proposal.ts";
import { ReadOnlyQueue } from "./read-only-queue.ts";
import type { RaftState, Role } from "./state.ts";

/** Follows `lead`, or nobody known, in `term`. */
export function becomeFollower(raft: RaftState, term: number, lead: Id64): void {
  reset(raft, term);
  raft.lead = lead;
  enter(raft, "follower");
}

/** Asks who would vote, without beginning a term: term and vote stay as they are. */
export function becomePreCandidate(raft: RaftState): void {
  assert(raft.role !== "leader", "a leader does not campaign");
  raft.tracker.resetVotes();
  raft.lead = zeroId;
  enter(raft, "pre-candidate");
}

/** Begins a term and votes for itself in it. */
export function becomeCandidate(raft: RaftState): void {
  assert(raft.role !== "leader", "a leader does not campaign");
  reset(raft, raft.term + 1);
  raft.vote = raft.id;
  enter(raft, "candidate");
}

/** Leads the term it was elected in, and begins it with an empty entry. */
export function becomeLeader(raft: RaftState): void {
  assert(raft.role === "candidate", "only a candidate is elected");
  reset(raft, raft.term);
  raft.lead = raft.id;
  const own = raft.tracker.get(raft.id);
  assert(own !== undefined, "who was elected belongs to the group");
  own.becomeReplicate();
  own.recentActive = true;
  // Some entry of an earlier term may be an unapplied change; to look for it would cost a scan.
  raft.pendingConfIndex = raft.log.lastIndex();
  enter(raft, "leader");
  const accepted = appendEntries(raft, [newEntry(EntryType.EntryNormal, emptyBytes)]);
  assert(accepted, "an empty entry is never refused");
}

function reset(raft: RaftState, term: number): void {
  assert(term >= raft.term, "a term never decreases");
  if (raft.term !== term) {
    raft.term = term;
    raft.vote = zeroId;
  }
  raft.lead = zeroId;
  raft.electionElapsed = 0;
  raft.heartbeatElapsed = 0;
  raft.randomizedElectionTicks =
    raft.settings.electionTicks + raft.settings.random.below(raft.settings.electionTicks);
  raft.leadTransferee = zeroId;
  raft.tracker.resetVotes();
  const last = raft.log.lastIndex();
  for (const progress of raft.tracker.ordered) {
    progress.restart(progress.id === raft.id ? last : 0, last + 1);
  }
  raft.pendingConfIndex = 0;
  raft.uncommittedSize = 0;
  raft.readOnly = new ReadOnlyQueue();
}

function enter(raft: RaftState, role: Role): void {
  raft.role = role;
  raft.settings.observer?.({ kind: "role", role, term: raft.term, lead: raft.lead });
}
