// The configuration in force: applied changes and snapshots replace it.
import { assert, zeroId } from "../../base/index.ts";
import { asV2, type AnyConfChange, passageOf } from "./conf-change/change.ts";
import { type ChangeOutcome, Changer } from "./conf-change/changer.ts";
import { restoreConfiguration } from "./conf-change/restore.ts";
import type { ConfState } from "./messages.ts";
import { isJointVoter } from "./quorum/joint.ts";
import { broadcastAppend, maybeCommit, maybeSendAppend } from "./replication.ts";
import { becomeFollower } from "./roles.ts";
import type { RaftState } from "./state.ts";
import { confStateOf, equivalentConfStates } from "./tracker/configuration.ts";
import { abortTransfer } from "./transfer.ts";

/** Whether this node may be elected: a voter whose log is not about to be replaced. */
export function isPromotable(raft: RaftState): boolean {
  const own = raft.tracker.get(raft.id);
  return own !== undefined && !own.isLearner && !raft.log.hasSnapshot;
}

/**
 * Puts a committed change into force and returns the configuration it leads to. A change that does
 * not fit should never have been committed: it stops the node.
 */
export function applyChange(raft: RaftState, change: AnyConfChange): ConfState {
  return switchTo(raft, outcomeOf(raft, change));
}

function outcomeOf(raft: RaftState, change: AnyConfChange): ChangeOutcome {
  const v2 = asV2(change);
  const changer = new Changer(raft.tracker, raft.log.lastIndex());
  switch (passageOf(v2)) {
    case "leave":
      return changer.leaveJoint();
    case "simple":
      return changer.simple(v2.changes);
    case "joint, left by the leader":
      return changer.enterJoint(v2.changes, true);
    case "joint, left by proposal":
      return changer.enterJoint(v2.changes, false);
  }
}

/** Puts a stored configuration into force, at the start or with a snapshot. */
export function restoreMembership(raft: RaftState, confState: ConfState): void {
  const { limits } = raft.tracker;
  const restored = restoreConfiguration(limits, raft.log.lastIndex(), confState);
  const made = switchTo(raft, restored);
  assert(equivalentConfStates(made, confState), "a configuration is restored whole");
}

function switchTo(raft: RaftState, outcome: ChangeOutcome): ConfState {
  if (outcome.refusal !== undefined) assert(false, outcome.refusal);
  const { tracker } = raft;
  tracker.switchTo(outcome.config, outcome.progress);
  raft.settings.observer?.({ kind: "configuration", config: outcome.config });
  const confState = confStateOf(outcome.config);
  const own = tracker.get(raft.id);
  raft.isLearner = own !== undefined && own.isLearner;
  if (raft.role !== "leader") return confState;
  if (own === undefined || own.isLearner) {
    if (raft.settings.stepDownOnRemoval) becomeFollower(raft, raft.term, zeroId);
    return confState;
  }
  // A smaller quorum may have committed more; if not, newcomers need not wait for a heartbeat.
  if (maybeCommit(raft)) {
    broadcastAppend(raft);
  } else {
    for (const progress of tracker.ordered) {
      if (progress.id !== raft.id) maybeSendAppend(raft, progress, { sendIfEmpty: false });
    }
  }
  const transferee = raft.leadTransferee;
  if (transferee !== zeroId && !isJointVoter(outcome.config, transferee)) abortTransfer(raft);
  return confState;
}
