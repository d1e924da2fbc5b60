// One step from a configuration to the next. Nothing is changed here: a new configuration and new
// progress are made and checked, or the reason is told why they cannot be (confchange/confchange.go).
import { type Id64, zeroId } from "../../../base/index.ts";
import { ConfChangeType, type ConfChangeSingle } from "../messages.ts";
import { isJointVoter } from "../quorum/joint.ts";
import { type Configuration, copyConfiguration, isJoint } from "../tracker/configuration.ts";
import { Progress } from "../tracker/progress.ts";
import type { ProgressMap, ProgressTracker } from "../tracker/tracker.ts";

/** What a change leads to, or in `refusal` why it cannot be made, in the words of etcd's raft. */
export type ChangeOutcome =
  | { readonly config: Configuration; readonly progress: ProgressMap; readonly refusal?: undefined }
  | { readonly refusal: string };

/** The configuration a change starts from, and where a new follower is probed first. */
export class Changer {
  readonly #tracker: ProgressTracker;
  readonly #lastIndex: number;

  constructor(tracker: ProgressTracker, lastIndex: number) {
    this.#tracker = tracker;
    this.#lastIndex = lastIndex;
  }

  /** Changes that add or remove at most one voter need no joint configuration. */
  simple(changes: readonly ConfChangeSingle[]): ChangeOutcome {
    const draft = this.#draft();
    if (isJoint(draft.config)) return refuse("can't apply simple config change in joint config");
    const refusal = draft.apply(changes);
    if (refusal !== undefined) return refuse(refusal);
    if (difference(this.#tracker.config.incoming, draft.config.incoming) > 1) {
      return refuse("more than one voter changed without entering joint config");
    }
    return draft.finish();
  }

  /** Keeps the present voters as the outgoing half and makes the changes in the incoming one. */
  enterJoint(changes: readonly ConfChangeSingle[], autoLeave: boolean): ChangeOutcome {
    const draft = this.#draft();
    if (isJoint(draft.config)) return refuse("config is already joint");
    if (draft.config.incoming.size === 0) return refuse("can't make a zero-voter config joint");
    for (const id of draft.config.incoming) draft.config.outgoing.add(id);
    const refusal = draft.apply(changes);
    if (refusal !== undefined) return refuse(refusal);
    draft.config.autoLeave = autoLeave;
    return draft.finish();
  }

  /** Drops the outgoing half; who voted only there leaves, or becomes the learner it was to be. */
  leaveJoint(): ChangeOutcome {
    const draft = this.#draft();
    const { config, progress } = draft;
    if (!isJoint(config)) return refuse("can't leave a non-joint config");
    for (const id of config.learnersNext) {
      config.learners.add(id);
      progress.get(id)!.isLearner = true;
    }
    config.learnersNext.clear();
    for (const id of config.outgoing) {
      if (!config.incoming.has(id) && !config.learners.has(id)) progress.delete(id);
    }
    config.outgoing.clear();
    config.autoLeave = false;
    return draft.finish();
  }

  #draft(): Draft {
    return new Draft(this.#tracker, this.#lastIndex);
  }
}

/** A configuration in the making. */
class Draft {
  readonly config: Configuration;
  readonly progress: ProgressMap = new Map();
  readonly #tracker: ProgressTracker;
  readonly #lastIndex: number;

  constructor(tracker: ProgressTracker, lastIndex: number) {
    this.#tracker = tracker;
    this.#lastIndex = lastIndex;
    this.config = copyConfiguration(tracker.config);
    for (const [id, progress] of tracker.progress) this.progress.set(id, progress.clone());
  }

  apply(changes: readonly ConfChangeSingle[]): string | undefined {
    for (const { type, nodeId } of changes) {
      // A change that was refused after it was committed arrives with its node id erased.
      if (nodeId === zeroId) continue;
      switch (type) {
        case ConfChangeType.ConfChangeAddNode:
          this.#makeVoter(nodeId);
          break;
        case ConfChangeType.ConfChangeAddLearnerNode:
          this.#makeLearner(nodeId);
          break;
        case ConfChangeType.ConfChangeRemoveNode:
          this.#remove(nodeId);
          break;
        case ConfChangeType.ConfChangeUpdateNode:
          break;
        default:
          return `unexpected conf type ${Number(type)}`;
      }
    }
    return this.config.incoming.size === 0 ? "removed all voters" : undefined;
  }

  finish(): ChangeOutcome {
    const broken = brokenRule(this.config, this.progress);
    if (broken !== undefined) return refuse(broken);
    return { config: this.config, progress: this.progress };
  }

  #makeVoter(id: Id64): void {
    this.config.incoming.add(id);
    const progress = this.progress.get(id);
    if (progress === undefined) {
      this.#track(id, { isLearner: false });
      return;
    }
    progress.isLearner = false;
    this.config.learners.delete(id);
    this.config.learnersNext.delete(id);
  }

  #makeLearner(id: Id64): void {
    const progress = this.progress.get(id);
    if (progress === undefined) {
      this.config.learners.add(id);
      this.#track(id, { isLearner: true });
      return;
    }
    if (progress.isLearner) return;
    this.#remove(id);
    this.progress.set(id, progress);
    // While it still votes in the outgoing half it cannot be a learner; leaveJoint makes it one.
    if (this.config.outgoing.has(id)) {
      this.config.learnersNext.add(id);
    } else {
      progress.isLearner = true;
      this.config.learners.add(id);
    }
  }

  #remove(id: Id64): void {
    if (!this.progress.has(id)) return;
    this.config.incoming.delete(id);
    this.config.learners.delete(id);
    this.config.learnersNext.delete(id);
    if (!this.config.outgoing.has(id)) this.progress.delete(id);
  }

  #track(id: Id64, { isLearner }: { isLearner: boolean }): void {
    // Probing begins at our last entry: the first refusal tells where its log really ends.
    const next = Math.max(this.#lastIndex, 1);
    const progress = new Progress(id, next, this.#tracker.newInflights(), isLearner);
    // A newcomer counts as active, else a quorum check could come before its first answer.
    progress.recentActive = true;
    this.progress.set(id, progress);
  }
}

/** The first rule that a configuration and its progress break together. */
function brokenRule(config: Configuration, progress: ProgressMap): string | undefined {
  const { incoming, outgoing, learners, learnersNext, autoLeave } = config;
  for (const id of [...incoming, ...outgoing, ...learners, ...learnersNext]) {
    if (!progress.has(id)) return `no progress for ${id}`;
  }
  for (const id of learnersNext) {
    if (!outgoing.has(id)) return `${id} is in LearnersNext, but not Voters[1]`;
    if (progress.get(id)!.isLearner) {
      return `${id} is in LearnersNext, but is already marked as learner`;
    }
  }
  for (const id of learners) {
    if (isJointVoter(config, id)) return `${id} is in Learners and Voters`;
    if (!progress.get(id)!.isLearner) {
      return `${id} is in Learners, but is not marked as learner`;
    }
  }
  if (!isJoint(config)) {
    if (learnersNext.size > 0) return "LearnersNext must be empty when not joint";
    if (autoLeave) return "AutoLeave must be false when not joint";
  }
  return undefined;
}

/** How many ids are in one of the sets only. */
function difference(a: ReadonlySet<Id64>, b: ReadonlySet<Id64>): number {
  let count = 0;
  for (const id of a) if (!b.has(id)) count++;
  for (const id of b) if (!a.has(id)) count++;
  return count;
}

const refuse = (refusal: string): ChangeOutcome => ({ refusal });
