// A look at a node from outside (status.go).
import type { Id64 } from "../../../base/index.ts";
import type { HardState } from "../messages.ts";
import type { RaftState } from "../state.ts";
import { type Configuration, copyConfiguration } from "../tracker/configuration.ts";
import type { Progress, ProgressState } from "../tracker/progress.ts";
import type { SoftState } from "./ready.ts";

export interface BasicStatus {
  readonly id: Id64;
  readonly hardState: HardState;
  readonly softState: SoftState;
  readonly applied: number;
  /** To whom leadership is being handed over, or zero. */
  readonly leadTransferee: Id64;
}

export interface Status extends BasicStatus {
  readonly config: Configuration;
  /** By ascending id; empty unless this node leads. */
  readonly progress: ReadonlyMap<Id64, ProgressStatus>;
}

/** What a leader knows of one follower; see Progress. */
export interface ProgressStatus {
  readonly match: number;
  readonly next: number;
  readonly state: ProgressState;
  readonly isLearner: boolean;
  readonly isPaused: boolean;
  readonly isRecentlyActive: boolean;
  readonly pendingSnapshot: number;
  readonly inflightCount: number;
  readonly isInflightFull: boolean;
}

export const hardStateOf = (raft: RaftState): HardState => ({
  term: raft.term,
  vote: raft.vote,
  commit: raft.log.committed,
});

export const basicStatusOf = (raft: RaftState): BasicStatus => ({
  id: raft.id,
  hardState: hardStateOf(raft),
  softState: { lead: raft.lead, role: raft.role },
  applied: raft.log.applied,
  leadTransferee: raft.leadTransferee,
});

export const statusOf = (raft: RaftState): Status => ({
  ...basicStatusOf(raft),
  config: copyConfiguration(raft.tracker.config),
  progress: new Map(
    raft.role === "leader"
      ? raft.tracker.ordered.map((progress) => [progress.id, progressStatusOf(progress)])
      : [],
  ),
});

export const progressStatusOf = (progress: Progress): ProgressStatus => ({
  match: progress.match,
  next: progress.next,
  state: progress.state,
  isLearner: progress.isLearner,
  isPaused: progress.isPaused(),
  isRecentlyActive: progress.recentActive,
  pendingSnapshot: progress.pendingSnapshot,
  inflightCount: progress.inflights.count,
  isInflightFull: progress.inflights.isFull(),
});
