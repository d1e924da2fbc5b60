// From the stored form of a configuration back to the configuration, by the very steps that could
// have made it, so that no state can be restored that no change leads to (confchange/restore.go).
import type { Id64 } from "../../../base/index.ts";
import { ConfChangeType, type ConfChangeSingle, type ConfState } from "../messages.ts";
import { ProgressTracker } from "../tracker/tracker.ts";
import { type ChangeOutcome, Changer } from "./changer.ts";

/**
 * The configuration `state` describes, with fresh progress for everyone in it.
 * `limits` are those of the tracker that will take it over.
 */
export function restoreConfiguration(
  limits: ProgressTracker["limits"],
  lastIndex: number,
  state: ConfState,
): ChangeOutcome {
  const tracker = new ProgressTracker(limits);
  const changer = new Changer(tracker, lastIndex);
  const take = (outcome: ChangeOutcome): string | undefined => {
    if (outcome.refusal === undefined) tracker.switchTo(outcome.config, outcome.progress);
    return outcome.refusal;
  };
  // In (1 2 3)&&(2 3 4) the group was first (2 3 4): those voters come back one by one ...
  const wasJoint = state.votersOutgoing.length > 0;
  const target = targetChanges(state);
  const first = wasJoint ? addVoters(state.votersOutgoing) : target;
  for (const change of first) {
    const refusal = take(changer.simple([change]));
    if (refusal !== undefined) return { refusal };
  }
  // ... and become the outgoing half when the change to (1 2 3) is entered.
  if (wasJoint) {
    const removals = change(ConfChangeType.ConfChangeRemoveNode, state.votersOutgoing);
    const refusal = take(changer.enterJoint([...removals, ...target], state.autoLeave));
    if (refusal !== undefined) return { refusal };
  }
  return { config: tracker.config, progress: new Map(tracker.progress) };
}

const targetChanges = (state: ConfState): ConfChangeSingle[] => [
  ...addVoters(state.voters),
  ...change(ConfChangeType.ConfChangeAddLearnerNode, state.learners),
  ...change(ConfChangeType.ConfChangeAddLearnerNode, state.learnersNext),
];

const addVoters = (ids: readonly Id64[]): ConfChangeSingle[] =>
  change(ConfChangeType.ConfChangeAddNode, ids);

const change = (type: ConfChangeType, ids: readonly Id64[]): ConfChangeSingle[] =>
  ids.map((nodeId) => ({ type, nodeId }));
