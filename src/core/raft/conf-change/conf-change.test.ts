import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { emptyBytes, seededRandom } from "../../../base/index.ts";
import { ConfChangeTransition, ConfChangeType, EntryType, newEntry } from "../messages.ts";
import { isJointVoter } from "../quorum/joint.ts";
import { confStateOf, equivalentConfStates, isJoint } from "../tracker/configuration.ts";
import { ProgressTracker } from "../tracker/tracker.ts";
import { changeEntry, decodeChange, passageOf } from "./change.ts";
import { Changer } from "./changer.ts";
import { restoreConfiguration } from "./restore.ts";

const limits = { messagesMax: 3, bytesMax: Number.POSITIVE_INFINITY };
const { ConfChangeAddNode, ConfChangeRemoveNode } = ConfChangeType;

test("whatever changes follow each other, roles never overlap and every state can be restored", (t) => {
  const seed = randomInt(2 ** 32);
  t.diagnostic(`seed ${seed}`);
  const random = seededRandom(seed);
  let joint = 0;
  for (let round = 0; round < 300; round++) {
    const tracker = new ProgressTracker(limits);
    for (let step = 0; step < 25; step++) {
      const changer = new Changer(tracker, step);
      const changes = Array.from({ length: random.below(5) }, () => ({
        type: random.below(4),
        nodeId: BigInt(1 + random.below(6)),
      }));
      const before = confStateOf(tracker.config);
      const kind = random.below(3);
      const outcome =
        kind === 0
          ? changer.simple(changes)
          : kind === 1
            ? changer.enterJoint(changes, random.below(2) === 0)
            : changer.leaveJoint();
      assert.deepEqual(confStateOf(tracker.config), before, "a refused change changes nothing");
      if (outcome.refusal !== undefined) continue;
      tracker.switchTo(outcome.config, outcome.progress);
      const { config } = tracker;
      if (isJoint(config)) joint++;
      for (const id of config.learners) assert.ok(!isJointVoter(config, id), `seed ${seed}`);
      for (const id of config.learnersNext) assert.ok(config.outgoing.has(id), `seed ${seed}`);
      const state = confStateOf(config);
      const restored = restoreConfiguration(limits, 9, state);
      assert.ok(restored.refusal === undefined, `seed ${seed}: ${restored.refusal}`);
      assert.ok(equivalentConfStates(confStateOf(restored.config), state), `seed ${seed}`);
    }
  }
  assert.ok(joint > 100);
});

test("more than one change at once goes through a joint configuration", () => {
  const change = (count: number, transition: ConfChangeTransition): string =>
    passageOf({
      transition,
      changes: Array.from({ length: count }, () => ({ type: ConfChangeAddNode, nodeId: 1n })),
      context: emptyBytes,
    });
  const auto = ConfChangeTransition.ConfChangeTransitionAuto;
  assert.equal(change(0, auto), "leave");
  assert.equal(change(1, auto), "simple");
  assert.equal(change(2, auto), "joint, left by the leader");
  const byHand = ConfChangeTransition.ConfChangeTransitionJointExplicit;
  assert.equal(change(1, byHand), "joint, left by proposal");
});

test("an entry gives back the change it was made of, and bytes without a meaning give nothing", () => {
  const change = { type: ConfChangeRemoveNode, nodeId: 7n, context: emptyBytes, id: 3n };
  assert.deepEqual(decodeChange(changeEntry(change)), change);
  const none = decodeChange(changeEntry(undefined))!;
  assert.ok("changes" in none && none.changes.length === 0);
  const malformed = newEntry(EntryType.EntryConfChange, Uint8Array.of(0xff));
  assert.equal(decodeChange(malformed), undefined);
  const unknown = { ...change, type: 9 };
  assert.equal(decodeChange(changeEntry(unknown)), undefined);
});

test("a change whose node was erased is passed over", () => {
  const tracker = new ProgressTracker(limits);
  const first = new Changer(tracker, 1).simple([{ type: ConfChangeAddNode, nodeId: 1n }]);
  assert.ok(first.refusal === undefined);
  tracker.switchTo(first.config, first.progress);
  const erased = new Changer(tracker, 1).simple([{ type: ConfChangeRemoveNode, nodeId: 0n }]);
  assert.ok(erased.refusal === undefined);
  assert.deepEqual(confStateOf(erased.config).voters, [1n]);
});
