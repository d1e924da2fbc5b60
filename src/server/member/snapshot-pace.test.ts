import assert from "node:assert/strict";
import { test } from "node:test";
import { SnapshotPace } from "./snapshot-pace.ts";

test("a copy pauses after each piece until nothing was applied for 50 ms", () => {
  const member = { appliedIndex: 7 };
  let now = 1000;
  const pace = new SnapshotPace(() => member, { nowMs: () => now });
  assert.equal(pace.pauseMs(), 0);
  member.appliedIndex++;
  assert.equal(pace.pauseMs(), 2);
  now += 49;
  assert.equal(pace.pauseMs(), 2, "between two bursts of writes");
  now += 1;
  assert.equal(pace.pauseMs(), 0);
  member.appliedIndex++;
  assert.equal(pace.pauseMs(), 2);
});
