// What a majority of one set of voters has agreed on.
import type { Id64 } from "../../../base/index.ts";

/** Voters that decide by majority: their ids, or what is known of them. */
export interface Voters<Voter> extends Iterable<Voter> {
  readonly size: number;
}

/** A set of voters that decides by majority. The empty set never stands in the way of a joint one. */
export type MajorityConfig = ReadonlySet<Id64>;

/** "pending" means that the votes still missing can turn it either way. */
export type VoteResult = "pending" | "lost" | "won";

/** What a voter has acknowledged, or undefined when nothing is known of it. */
export type AckedIndex<Voter = Id64> = (voter: Voter) => number | undefined;

/** A voter's vote, or undefined while it is missing. */
export type VoteOf = (voter: Id64) => boolean | undefined;

// Reused between calls, for this runs once for every acknowledgement a leader receives.
const acknowledged: number[] = [];

/**
 * The highest index a majority of `voters` has acknowledged; a voter nothing is known of counts as
 * zero. Infinity for the empty set, so that half a joint configuration decides alone
 * (quorum/majority.go).
 */
export function majorityCommittedIndex<Voter>(
  voters: Voters<Voter>,
  ackedIndex: AckedIndex<Voter>,
): number {
  if (voters.size === 0) return Number.POSITIVE_INFINITY;
  let count = 0;
  for (const voter of voters) {
    // Insertion keeps the list ascending; sets of voters are small.
    const index = ackedIndex(voter) ?? 0;
    let at = count++;
    for (; at > 0 && acknowledged[at - 1]! > index; at--) acknowledged[at] = acknowledged[at - 1]!;
    acknowledged[at] = index;
  }
  return acknowledged[count - majoritySize(count)]!;
}

/** The outcome of an election among `voters`. The empty set is always won. */
export function majorityVoteResult(voters: MajorityConfig, voteOf: VoteOf): VoteResult {
  if (voters.size === 0) return "won";
  let granted = 0;
  let missing = 0;
  for (const voter of voters) {
    const vote = voteOf(voter);
    if (vote === undefined) missing++;
    else if (vote) granted++;
  }
  const needed = majoritySize(voters.size);
  if (granted >= needed) return "won";
  return granted + missing >= needed ? "pending" : "lost";
}

const majoritySize = (voters: number): number => Math.floor(voters / 2) + 1;
