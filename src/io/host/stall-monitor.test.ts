import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "./clock.ts";
import { silentLog } from "./log.ts";
import { StallMonitor } from "./stall-monitor.ts";

test("a monitor notes how late it is called, and says so once in a while", () => {
  let now = 0;
  let wake: (() => void) | undefined;
  const clock = {
    nowMs: () => now,
    after: (ms: number, fn: () => void) => {
      assert.equal(ms, 20);
      wake = fn;
      return () => (wake = undefined);
    },
  } as unknown as Clock;
  const lines: unknown[] = [];
  const log = {
    ...silentLog,
    warn: (message: string, fields?: object) => lines.push(message, fields),
  };
  let spent = 0;
  const monitor = new StallMonitor(clock, log, () => spent);
  monitor.start();
  for (const elapsed of [20, 21, 320, 420]) {
    now += elapsed;
    spent += elapsed / 4;
    wake!();
  }
  assert.equal(monitor.longestMs, 400);
  assert.equal(monitor.delays.count, 4);
  assert.equal(monitor.busy.count, 4);
  assert.ok(Math.abs(monitor.busy.sum - 0.781 / 4) < 1e-9, "a quarter of the time was ours");
  assert.ok(Math.abs(monitor.delays.sum - 0.701) < 1e-9);
  assert.deepEqual(lines, ["the event loop stood still", { took: "300ms" }]);
  now += 10_200;
  wake!();
  assert.equal(lines.length, 4, "after ten seconds again");
  monitor.stop();
  assert.equal(wake, undefined);
});

test("a thread at rest for a second is asked less, until it has work again", () => {
  let now = 0;
  let spent = 0;
  let wake = (): void => {};
  const waits: number[] = [];
  const clock = {
    nowMs: () => now,
    after: (ms: number, fn: () => void) => {
      waits.push(ms);
      wake = fn;
      return () => {};
    },
  } as unknown as Clock;
  const monitor = new StallMonitor(clock, silentLog, () => spent);
  monitor.start();
  const look = (spentMs: number): number => {
    now += waits.at(-1)!;
    spent += spentMs;
    wake();
    return waits.at(-1)!;
  };
  for (let quiet = 1; quiet < 50; quiet++) assert.equal(look(0.1), 20);
  assert.equal(look(0.1), 100);
  assert.equal(look(4), 100);
  assert.equal(look(6), 20, "six of a hundred milliseconds are work");
  assert.equal(look(0.1), 20, "and rest is counted anew");
});
