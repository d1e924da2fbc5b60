// Everyone the leader keeps track of: the configuration, each follower's progress, and the votes
// of the election under way.
import { assert, compareId64, type Id64 } from "../../../base/index.ts";
import { jointCommittedIndex, type JointVoters, jointVoteResult } from "../quorum/joint.ts";
import type { VoteResult } from "../quorum/majority.ts";
import { type Configuration, emptyConfiguration, isJoint } from "./configuration.ts";
import { Inflights } from "./inflights.ts";
import type { Progress } from "./progress.ts";

export type ProgressMap = Map<Id64, Progress>;

/** The limits of every follower's window. */
export interface InflightLimits {
  readonly messagesMax: number;
  readonly bytesMax: number;
}

export class ProgressTracker {
  readonly limits: InflightLimits;
  #config: Configuration = emptyConfiguration();
  #progress: ProgressMap = new Map();
  #ordered: Progress[] = [];
  /** The voters of the configuration as they are tracked, so that counting looks nobody up. */
  #voters: JointVoters<Progress> = { incoming: new Set(), outgoing: new Set() };
  readonly #votes = new Map<Id64, boolean>();
  readonly #voteOf = (id: Id64): boolean | undefined => this.#votes.get(id);

  constructor(limits: InflightLimits) {
    this.limits = limits;
  }

  get config(): Configuration {
    return this.#config;
  }

  get progress(): ReadonlyMap<Id64, Progress> {
    return this.#progress;
  }

  /** Everyone tracked, by ascending id: whatever is sent to all is sent in this order. */
  get ordered(): readonly Progress[] {
    return this.#ordered;
  }

  switchTo(config: Configuration, progress: ProgressMap): void {
    this.#config = config;
    this.#progress = progress;
    this.#ordered = [...progress.values()].sort((a, b) => compareId64(a.id, b.id));
    const tracked = (ids: Iterable<Id64>): Set<Progress> =>
      new Set([...ids].map((id) => progress.get(id)!));
    this.#voters = { incoming: tracked(config.incoming), outgoing: tracked(config.outgoing) };
  }

  get(id: Id64): Progress | undefined {
    // Groups are small: to compare a few ids is cheaper than to hash one.
    for (const progress of this.#ordered) if (progress.id === id) return progress;
    return undefined;
  }

  newInflights(): Inflights {
    return new Inflights(this.limits.messagesMax, this.limits.bytesMax);
  }

  /** One voter and no change under way: it decides alone. */
  isSingleton(): boolean {
    return this.#config.incoming.size === 1 && !isJoint(this.#config);
  }

  /** The highest index that the configuration has on enough disks. */
  committedIndex(): number {
    const index = jointCommittedIndex(this.#voters, matchOf);
    assert(index !== Number.POSITIVE_INFINITY, "someone votes where something is committed");
    return index;
  }

  /** Whether enough voters were heard of since the last check. */
  isQuorumActive(): boolean {
    const heardOf = (id: Id64): boolean | undefined => {
      const progress = this.#progress.get(id);
      return progress === undefined || progress.isLearner ? undefined : progress.recentActive;
    };
    return jointVoteResult(this.#config, heardOf) === "won";
  }

  resetVotes(): void {
    this.#votes.clear();
  }

  /** Only the first vote of each counts. */
  recordVote(id: Id64, granted: boolean): void {
    if (!this.#votes.has(id)) this.#votes.set(id, granted);
  }

  voteResult(): VoteResult {
    return jointVoteResult(this.#config, this.#voteOf);
  }

  /** How many of those tracked, learners apart, have answered so and so. */
  countVotes(granted: boolean): number {
    let count = 0;
    for (const progress of this.#ordered) {
      if (!progress.isLearner && this.#votes.get(progress.id) === granted) count++;
    }
    return count;
  }
}

const matchOf = (progress: Progress): number => progress.match;
