import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../src/base/index.ts";
import { type Message, MessageType, newMessage } from "../src/core/raft/index.ts";
import { drainSoon, Loop, Process, runEvent } from "./loop.ts";
import { Model } from "./model.ts";
import { Network } from "./network.ts";
import { runPlan } from "./run.ts";
import { shrink } from "./shrink.ts";
import { planFrom } from "./swarm.ts";
import { makePutRequest, makeRangeRequest } from "../src/core/proto/index.ts";
import { faultlessNetwork } from "./plan.ts";

function runAll(loop: Loop, untilUs = 1e9): void {
  for (let event = loop.next(untilUs); event !== undefined; event = loop.next(untilUs)) {
    runEvent(event);
  }
}

test("events come by time, then in the order they were asked for", () => {
  const loop = new Loop();
  const seen: string[] = [];
  for (const [at, name] of [
    [5, "b"],
    [1, "a"],
    [5, "c"],
  ] as const) {
    loop.at(at, undefined, name, () => seen.push(`${name}@${loop.nowUs}`));
  }
  runAll(loop);
  assert.deepEqual(seen, ["a@1", "b@5", "c@5"]);
});

test("a paused process gets in a burst what was due, a dead one nothing", () => {
  const loop = new Loop();
  const paused = new Process("p");
  const dead = new Process("d");
  const seen: string[] = [];
  loop.pause(paused, 100);
  for (const at of [10, 20, 120]) {
    loop.at(at, paused, "event", () => seen.push(`${at}@${loop.nowUs}`));
    loop.at(at, dead, "event", () => seen.push("dead"));
  }
  dead.isDead = true;
  runAll(loop);
  assert.deepEqual(seen, ["10@100", "20@100", "120@120"]);
});

test("what a callback asks to follow it follows it at once", () => {
  const process = new Process("p");
  const seen: number[] = [];
  process.soon.push(() => {
    seen.push(1);
    process.soon.push(() => seen.push(2));
  });
  drainSoon(process);
  assert.deepEqual(seen, [1, 2]);
});

function twoEnds(): { loop: Loop; network: Network; got: number[] } {
  const loop = new Loop();
  const got: number[] = [];
  const receive = (message: Message): void => void got.push(message.index);
  const ends = [0, 1].map(() => ({ process: new Process("p"), receive }));
  return { loop, got, network: new Network(loop, seededRandom(1), faultlessNetwork, ends) };
}

const numbered = (index: number): Message => {
  const message = newMessage(MessageType.MsgApp, 1n);
  message.index = index;
  return message;
};

test("a stream keeps its order, and a reset loses the end of what is on its way", () => {
  const { loop, network, got } = twoEnds();
  for (let index = 1; index <= 40; index++) network.send(0, 1, numbered(index));
  network.reset(0, 1);
  network.send(0, 1, numbered(99));
  runAll(loop);
  assert.ok(got.includes(99));
  const first = got.filter((index) => index !== 99);
  assert.deepEqual(
    first,
    Array.from({ length: first.length }, (_, at) => at + 1),
  );
  assert.ok(first.length < 40);
});

test("nothing passes a blocked link, not even what was under way", () => {
  const { loop, network, got } = twoEnds();
  network.send(0, 1, numbered(1));
  network.block(0, 1);
  network.send(0, 1, numbered(2));
  runAll(loop);
  assert.deepEqual(got, []);
  network.unblock(0, 1);
  network.send(0, 1, numbered(3));
  runAll(loop);
  assert.deepEqual(got, [3]);
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("the model reads the past, refuses the compacted and the future", () => {
  const model = new Model();
  for (const value of ["1", "2", "3"]) {
    model.put(makePutRequest({ key: bytes("a"), value: bytes(value) }));
  }
  assert.equal(model.revision, 4);
  const read = (revision: number): unknown =>
    model.read(makeRangeRequest({ key: bytes("a"), revision }), 4, model.compacted);
  assert.equal((read(3) as { count: number }).count, 1);
  assert.equal(model.compact(3), undefined);
  assert.equal(read(2), "compacted");
  assert.equal((read(3) as { count: number }).count, 1);
  assert.equal(read(5), "futureRev");
  assert.equal(model.compact(3), "compacted");
});

test("a quiet cluster of each size answers, and its members agree", () => {
  for (const members of [1, 3, 5]) {
    const drawn = planFrom({ seed: 1, members, seconds: 20 });
    const quiet = { heavyTailPpm: 0, dropPpm: 0, duplicatePpm: 0, besidePpm: 0 };
    const plan = { ...drawn, faults: [], network: { ...drawn.network, ...quiet } };
    const { violation, counts } = runPlan(plan);
    assert.equal(violation, undefined);
    assert.ok(counts["answers"]! > 0);
  }
});

test("shrinking keeps the promise broken and drops what does not matter", () => {
  const plan = planFrom({ seed: 3, members: 1, seconds: 4 });
  // Nobody can be well before the end when the end is the heal.
  const hopeless = { ...plan, endMs: plan.healAtMs, ops: plan.ops.slice(0, 8) };
  assert.equal(runPlan(hopeless).violation?.invariant, "liveness");
  const { plan: small } = shrink(hopeless, "liveness", () => {});
  assert.equal(small.ops.length, 0);
  assert.equal(small.faults.length, 0);
  assert.equal(runPlan(small).violation?.invariant, "liveness");
});
