import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../../io/host/index.ts";
import { Ticker } from "./ticker.ts";

/** Ticks of 100 ms whose calls come late by these; returns when each came. */
function ticksOf(latenesses: readonly number[]): number[] {
  let nowMs = 0;
  const due: { atMs: number; fn: () => void }[] = [];
  const clock = {
    nowMs: () => nowMs,
    after: (ms: number, fn: () => void) => {
      due.push({ atMs: nowMs + ms, fn });
      return () => {};
    },
  } as Pick<Clock, "nowMs" | "after"> as Clock;
  const came: number[] = [];
  new Ticker(clock, 100, () => came.push(nowMs)).start();
  for (const lateMs of latenesses) {
    const { atMs, fn } = due.shift()!;
    nowMs = atMs + lateMs;
    fn();
  }
  return came;
}

test("a tick that comes late does not delay the next", () => {
  assert.deepEqual(ticksOf([0, 30, 0, 99, 1, 0]), [100, 230, 300, 499, 501, 600]);
});

test("after a stand-still ticks are not made up for", () => {
  assert.deepEqual(ticksOf([0, 1000, 0, 0]), [100, 1200, 1300, 1400]);
});
