import assert from "node:assert/strict";
import { test } from "node:test";
import { ReadIndex } from "./read-index.ts";

interface Rounds {
  readonly reads: ReadIndex;
  readonly asked: Uint8Array[];
  readonly told: string[];
  now: number;
  join(name: string): void;
}

function rounds(): Rounds {
  let next = 0;
  const asked: Uint8Array[] = [];
  const told: string[] = [];
  const all: Rounds = {
    now: 0,
    asked,
    told,
    join: (name) => all.reads.join((error) => told.push(`${name} ${error?.message ?? "ok"}`)),
    reads: new ReadIndex(
      {
        ask: (context) => asked.push(context),
        nextContext: () => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, ++next),
        nowMs: () => all.now,
      },
      { timeoutMs: 7000 },
    ),
  };
  return all;
}

test("reads that wait together are one question", () => {
  const all = rounds();
  all.join("a");
  all.join("b");
  all.reads.start();
  assert.equal(all.asked.length, 1);
  all.reads.confirm(5, all.asked[0]!);
  all.reads.applied(5);
  assert.deepEqual(all.told, ["a ok", "b ok"]);
});

test("a read that comes while a question is under way waits for the next one", () => {
  const all = rounds();
  all.join("a");
  all.reads.start();
  all.join("late");
  all.reads.start();
  assert.equal(all.asked.length, 1);
  all.reads.confirm(5, all.asked[0]!);
  all.reads.applied(9);
  assert.deepEqual(all.told, ["a ok"]);
  all.reads.start();
  all.reads.confirm(9, all.asked[1]!);
  all.reads.applied(9);
  assert.deepEqual(all.told, ["a ok", "late ok"]);
});

test("a confirmed read waits until its index is applied", () => {
  const all = rounds();
  all.join("a");
  all.reads.start();
  all.reads.confirm(5, all.asked[0]!);
  all.reads.applied(4);
  assert.deepEqual(all.told, []);
  all.reads.applied(5);
  assert.deepEqual(all.told, ["a ok"]);
});

test("an answer to another round's question confirms nothing", () => {
  const all = rounds();
  all.join("a");
  all.reads.start();
  all.reads.confirm(3, Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9));
  all.reads.applied(99);
  assert.deepEqual(all.told, []);
});

test("a question is repeated every 500 ms, and the answer to any repetition counts", () => {
  const all = rounds();
  all.join("a");
  all.reads.start();
  all.now = 499;
  all.reads.tick();
  assert.equal(all.asked.length, 1);
  all.now = 500;
  all.reads.tick();
  all.now = 999;
  all.reads.tick();
  assert.equal(all.asked.length, 2);
  assert.notDeepEqual(all.asked[0], all.asked[1]);
  all.reads.confirm(5, all.asked[0]!);
  all.reads.applied(5);
  assert.deepEqual(all.told, ["a ok"]);
});

test("a round nobody answers times out, and the reads behind it get a round of their own", () => {
  const all = rounds();
  all.join("a");
  all.reads.start();
  all.join("b");
  all.now = 7000;
  all.reads.tick();
  assert.deepEqual(all.told, ["a etcdserver: request timed out"]);
  all.reads.start();
  all.reads.confirm(8, all.asked.at(-1)!);
  all.reads.applied(8);
  assert.deepEqual(all.told.slice(1), ["b ok"]);
});

test("a change of leader fails the reads under way, not those already confirmed", () => {
  const all = rounds();
  all.join("confirmed");
  all.reads.start();
  all.reads.confirm(5, all.asked[0]!);
  all.join("under way");
  all.reads.start();
  all.join("waiting");
  all.reads.leaderChanged();
  assert.deepEqual(all.told, ["under way etcdserver: leader changed"]);
  all.reads.applied(5);
  assert.deepEqual(all.told.slice(1), ["confirmed ok"]);
  assert.equal(all.reads.waiting, 1);
});

test("the first commit of a term asks again at once, with another context", () => {
  const all = rounds();
  all.reads.askAgain();
  assert.equal(all.asked.length, 0);
  all.join("a");
  all.reads.start();
  all.reads.askAgain();
  assert.equal(all.asked.length, 2);
});

test("a stop tells every read, in whatever state it is", () => {
  const all = rounds();
  all.join("confirmed");
  all.reads.start();
  all.reads.confirm(5, all.asked[0]!);
  all.join("under way");
  all.reads.start();
  all.join("waiting");
  all.reads.stop();
  assert.deepEqual(all.told.toSorted(), [
    "confirmed etcdserver: server stopped",
    "under way etcdserver: server stopped",
    "waiting etcdserver: server stopped",
  ]);
  assert.equal(all.reads.waiting, 0);
});
