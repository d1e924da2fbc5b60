import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { InvariantError, seededRandom } from "../../../base/index.ts";
import { Inflights } from "./inflights.ts";
import { Progress } from "./progress.ts";

const newProgress = (next: number, messagesMax = 3): Progress =>
  new Progress(2n, next, new Inflights(messagesMax, Number.POSITIVE_INFINITY), false);

test("a window behaves as a plain list does, by count and by bytes", (t) => {
  const seed = randomInt(2 ** 32);
  t.diagnostic(`seed ${seed}`);
  const random = seededRandom(seed);
  for (let round = 0; round < 200; round++) {
    const [messagesMax, bytesMax] = [1 + random.below(20), 1 + random.below(100)];
    const window = new Inflights(messagesMax, bytesMax);
    let model: { index: number; bytes: number }[] = [];
    let index = 0;
    for (let step = 0; step < 100; step++) {
      const sum = model.reduce((total, { bytes }) => total + bytes, 0);
      assert.equal(window.isFull(), model.length === messagesMax || sum >= bytesMax, `${seed}`);
      if (random.below(3) > 0 && !window.isFull()) {
        index += 1 + random.below(3);
        const bytes = random.below(20);
        window.add(index, bytes);
        model.push({ index, bytes });
      } else {
        const through = random.below(index + 2);
        window.freeThrough(through);
        model = model.filter((each) => each.index > through);
      }
      assert.equal(window.count, model.length, `${seed}`);
    }
  }
});

test("a window that is full takes nothing more", () => {
  const window = new Inflights(1, Number.POSITIVE_INFINITY);
  window.add(1, 0);
  assert.throws(() => window.add(2, 0), InvariantError);
});

test("a lost probe does not move next; one append a heartbeat feels for the follower", () => {
  const progress = newProgress(10);
  assert.ok(!progress.isPaused());
  progress.sentEntries(3, 30);
  assert.equal(progress.next, 10);
  assert.ok(progress.isPaused());
});

test("appends run ahead while replicating, until the window is full", () => {
  const progress = newProgress(10, 2);
  progress.maybeUpdate(9);
  progress.becomeReplicate();
  progress.sentEntries(1, 1);
  assert.equal(progress.next, 11);
  assert.ok(!progress.isPaused());
  progress.sentEntries(2, 1);
  assert.equal(progress.next, 13);
  assert.ok(progress.isPaused());
  progress.maybeUpdate(10);
  progress.inflights.freeThrough(10);
  assert.ok(!progress.isPaused());
});

test("after a snapshot probing goes on behind it, or at match when it failed", () => {
  const arrived = newProgress(5);
  arrived.becomeSnapshot(20);
  assert.ok(arrived.isPaused());
  arrived.becomeProbe();
  assert.equal(arrived.next, 21);
  const failed = newProgress(5);
  failed.becomeSnapshot(20);
  failed.pendingSnapshot = 0;
  failed.becomeProbe();
  assert.equal(failed.next, 1);
});

test("next stays behind match whatever refusal arrives late", () => {
  const progress = newProgress(10);
  progress.maybeUpdate(8);
  // A refusal of the probe before the last one says nothing about the last one.
  assert.ok(!progress.maybeDecrease(4, 3));
  assert.ok(progress.maybeDecrease(9, 2));
  assert.equal(progress.next, 9);
  progress.becomeReplicate();
  assert.ok(!progress.maybeDecrease(8, 2));
  assert.ok(progress.maybeDecrease(9, 2));
  assert.equal(progress.next, 9);
});

test("a commit index goes out of turn only while it can move the follower's", () => {
  const progress = newProgress(10);
  progress.maybeUpdate(9);
  progress.becomeReplicate();
  assert.ok(progress.canBumpCommit(5));
  progress.sentCommit(5);
  assert.ok(!progress.canBumpCommit(5));
  assert.ok(progress.canBumpCommit(6));
  // The follower was told to commit all it can have: a higher index changes nothing for it.
  progress.sentCommit(9);
  assert.ok(!progress.canBumpCommit(12));
});
