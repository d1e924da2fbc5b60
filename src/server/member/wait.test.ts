import assert from "node:assert/strict";
import { test } from "node:test";
import { Wait } from "./wait.ts";

const waits = (): {
  wait: Wait<string>;
  told: string[];
  open: (s: number, ms: number) => object;
} => {
  const wait = new Wait<string>();
  const told: string[] = [];
  return {
    wait,
    told,
    open: (suffix, ms) => wait.open(suffix, ms, (outcome) => told.push(`${suffix} ${outcome}`)),
  };
};

test("a caller is told once, whatever comes later", () => {
  const { wait, told } = waits();
  const waiting = wait.open(1, 0, (outcome) => told.push(outcome));
  wait.settle(waiting, "applied");
  wait.settle(waiting, "again");
  wait.settleSuffix(1, "again");
  wait.settleAll("stopped");
  assert.deepEqual(told, ["applied"]);
  assert.equal(wait.size, 0);
});

test("callers who have waited too long are told, oldest first, and younger ones wait on", () => {
  const { wait, told, open } = waits();
  open(1, 0);
  open(2, 10);
  open(3, 20);
  wait.expire(10, () => "timeout");
  assert.deepEqual(told, ["1 timeout", "2 timeout"]);
  assert.equal(wait.size, 1);
  wait.settleSuffix(3, "applied");
  assert.deepEqual(told.at(-1), "3 applied");
});

test("an unknown id tells nobody", () => {
  const { wait, told, open } = waits();
  open(1, 0);
  wait.settleSuffix(7, "applied");
  assert.deepEqual(told, []);
  assert.equal(wait.size, 1);
});

test("a caller told out of order does not end the wait of those before", () => {
  const { wait, told, open } = waits();
  for (let suffix = 1; suffix <= 2000; suffix++) open(suffix, suffix);
  for (let suffix = 2000; suffix > 1; suffix -= 2) wait.settleSuffix(suffix, "applied");
  assert.equal(wait.size, 1000);
  wait.expire(Infinity, () => "timeout");
  assert.equal(wait.size, 0);
  assert.equal(told.filter((text) => text.endsWith("timeout")).length, 1000);
  assert.equal(new Set(told).size, 2000);
});

test("a caller may open the next request while being told", () => {
  const { wait, told, open } = waits();
  wait.open(1, 0, () => open(2, 5));
  wait.expire(0, () => "timeout");
  assert.equal(wait.size, 1);
  wait.settleAll("stopped");
  assert.deepEqual(told, ["2 stopped"]);
});
