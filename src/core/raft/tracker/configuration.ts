// Who belongs to the group and in which role.
import { compareId64, type Id64 } from "../../../base/index.ts";
import type { ConfState } from "../messages.ts";
import type { JointConfig } from "../quorum/joint.ts";

/**
 * Voters and learners. Learners never overlap either half of the voters; a voter that is to become
 * a learner waits in `learnersNext` until the joint configuration is left (tracker/tracker.go).
 */
export interface Configuration extends JointConfig {
  readonly incoming: Set<Id64>;
  /** Empty unless the configuration is joint. */
  readonly outgoing: Set<Id64>;
  readonly learners: Set<Id64>;
  readonly learnersNext: Set<Id64>;
  /** The leader leaves the joint configuration by itself as soon as it may. */
  autoLeave: boolean;
}

export const emptyConfiguration = (): Configuration => ({
  incoming: new Set(),
  outgoing: new Set(),
  learners: new Set(),
  learnersNext: new Set(),
  autoLeave: false,
});

export const copyConfiguration = (from: Configuration): Configuration => ({
  incoming: new Set(from.incoming),
  outgoing: new Set(from.outgoing),
  learners: new Set(from.learners),
  learnersNext: new Set(from.learnersNext),
  autoLeave: from.autoLeave,
});

export const isJoint = (config: Configuration): boolean => config.outgoing.size > 0;

/** Everyone with a vote, ascending. */
export const votersOf = (config: JointConfig): Id64[] => [
  ...sortedIds(new Set([...config.incoming, ...config.outgoing])),
];

/** The form that is stored with snapshots, ids ascending. */
export const confStateOf = (config: Configuration): ConfState => ({
  voters: sortedIds(config.incoming),
  learners: sortedIds(config.learners),
  votersOutgoing: sortedIds(config.outgoing),
  learnersNext: sortedIds(config.learnersNext),
  autoLeave: config.autoLeave,
});

/** Whether two stored forms mean the same; the order of ids does not matter. */
export function equivalentConfStates(a: ConfState, b: ConfState): boolean {
  return (
    a.autoLeave === b.autoLeave &&
    sameIds(a.voters, b.voters) &&
    sameIds(a.learners, b.learners) &&
    sameIds(a.votersOutgoing, b.votersOutgoing) &&
    sameIds(a.learnersNext, b.learnersNext)
  );
}

function sameIds(a: readonly Id64[], b: readonly Id64[]): boolean {
  const [left, right] = [sortedIds(a), sortedIds(b)];
  return left.length === right.length && left.every((id, at) => id === right[at]);
}

const sortedIds = (ids: Iterable<Id64>): Id64[] => [...ids].sort(compareId64);
