// How long a node waits for a leader before it campaigns.
import { zeroId } from "../../base/index.ts";
import type { RaftState } from "./state.ts";
import { votersOf } from "./tracker/configuration.ts";

/**
 * In ticks since the leader was heard of. By chance in [electionTicks, 2 * electionTicks), as in
 * Go's raft; with `rankedElections` a follower whose leader fell silent has a turn instead, so that
 * the first campaign begins one tick after votes are free, and the next long enough after it that
 * votes do not split. Who has failed to be elected, or knows no leader, keeps to chance: others may
 * believe in another order.
 */
export function electionTimeoutTicks(raft: RaftState): number {
  const isRanked = raft.settings.rankedElections && raft.role === "follower";
  if (!isRanked || raft.lead === zeroId) return raft.randomizedElectionTicks;
  return rankedTicks(raft);
}

/**
 * The followers' turns, by id: one tick after the election timeout, since the others still keep to
 * the leader when their own clocks are a part of a tick behind; then a fifth of it apart, less where
 * they are many, so that the last comes within twice the timeout as well.
 */
function rankedTicks({ id, lead, settings, tracker }: RaftState): number {
  const { electionTicks } = settings;
  const followers = votersOf(tracker.config).filter((voter) => voter !== lead);
  const [first, last] = [electionTicks + 1, 2 * electionTicks - 1];
  const room = Math.floor((last - first) / Math.max(followers.length - 1, 1));
  const apart = Math.max(Math.min(Math.floor(electionTicks / 5), room), 1);
  const rank = followers.filter((follower) => follower < id).length;
  return Math.min(first + rank * apart, last);
}
