// What two majorities have agreed on while a configuration change is under way: a decision needs
// both of them. Outside a change the outgoing half is empty and the incoming one decides alone.
import type { Id64 } from "../../../base/index.ts";
import {
  type AckedIndex,
  type MajorityConfig,
  majorityCommittedIndex,
  majorityVoteResult,
  type VoteOf,
  type VoteResult,
  type Voters,
} from "./majority.ts";

/** The two halves of a joint configuration: ids, or what is known of them. */
export interface JointVoters<Voter> {
  readonly incoming: Voters<Voter>;
  readonly outgoing: Voters<Voter>;
}

/** The two halves of a joint configuration. */
export interface JointConfig extends JointVoters<Id64> {
  readonly incoming: MajorityConfig;
  readonly outgoing: MajorityConfig;
}

/** The highest index that both halves have acknowledged; Infinity when both are empty. */
export function jointCommittedIndex<Voter>(
  voters: JointVoters<Voter>,
  ackedIndex: AckedIndex<Voter>,
): number {
  const incoming = majorityCommittedIndex(voters.incoming, ackedIndex);
  if (voters.outgoing.size === 0) return incoming;
  return Math.min(incoming, majorityCommittedIndex(voters.outgoing, ackedIndex));
}

/** Won when both halves are, lost as soon as one is. */
export function jointVoteResult(voters: JointConfig, voteOf: VoteOf): VoteResult {
  const incoming = majorityVoteResult(voters.incoming, voteOf);
  const outgoing = majorityVoteResult(voters.outgoing, voteOf);
  if (incoming === outgoing) return incoming;
  return incoming === "lost" || outgoing === "lost" ? "lost" : "pending";
}

/** Whether `id` votes in either half. */
export const isJointVoter = (voters: JointConfig, id: Id64): boolean =>
  voters.incoming.has(id) || voters.outgoing.has(id);
