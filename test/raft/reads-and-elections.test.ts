import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromLatin1, emptyBytes, seededRandom } from "../../src/base/index.ts";
import { MessageType } from "../../src/core/proto/index.ts";
import { type Message, newEntry, newMessage } from "../../src/core/raft/index.ts";
import { ReadOnlyQueue } from "../../src/core/raft/read-only-queue.ts";
import { SmallCluster } from "./small-cluster.ts";

const context = (text: string): Uint8Array => bytesFromLatin1(text);
const readMessage = (from: bigint): Message => ({
  ...newMessage(MessageType.MsgReadIndex, 1n),
  from,
  entries: [newEntry(0, context("r"))],
});
const positionOf = (count: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(count), true);
  return bytes;
};

test("a leader and a follower learn from which index on they may read", () => {
  const cluster = new SmallCluster(3);
  cluster.elect(1);
  cluster.node(1).readIndex(context("at the leader"));
  cluster.node(3).readIndex(context("at a follower"));
  cluster.settle();
  assert.deepEqual(cluster.reads[0], [{ index: 2, requestContext: context("at the leader") }]);
  assert.deepEqual(cluster.reads[2], [{ index: 2, requestContext: context("at a follower") }]);
});

test("a read is not answered while no majority confirms who leads", () => {
  const cluster = new SmallCluster(3);
  cluster.elect(1);
  cluster.isLost = ({ type }) => type === MessageType.MsgHeartbeatResp;
  cluster.node(1).readIndex(context("r"));
  cluster.settle();
  assert.deepEqual(cluster.reads[0], []);
  // A later heartbeat asks for the same read again.
  cluster.isLost = () => false;
  cluster.node(1).tick();
  cluster.settle();
  assert.equal(cluster.reads[0]!.length, 1);
});

test("a new leader answers no read before its first commit", () => {
  const cluster = new SmallCluster(3);
  cluster.isLost = ({ type }) => type === MessageType.MsgAppResp;
  cluster.elect(1);
  cluster.node(1).readIndex(context("early"));
  cluster.settle();
  assert.deepEqual(cluster.reads[0], []);
  cluster.isLost = () => false;
  for (let at = 0; at < 2; at++) {
    cluster.node(1).tick();
    cluster.settle();
  }
  assert.deepEqual(cluster.reads[0], [{ index: 2, requestContext: context("early") }]);
});

test("with a lease a read needs no message at all", () => {
  const cluster = new SmallCluster(3, { checkQuorum: true, readOnlyOption: "lease" });
  cluster.elect(1);
  cluster.node(1).readIndex(context("r"));
  const ready = cluster.node(1).ready();
  assert.equal(ready.readStates.length, 1);
  assert.deepEqual(ready.messages, []);
});

test("a lone voter answers a read at once", () => {
  const cluster = new SmallCluster(1);
  cluster.elect(1);
  cluster.node(1).readIndex(context("r"));
  assert.equal(cluster.node(1).ready().readStates.length, 1);
});

test("an echo confirms the reads before it and none that came after", () => {
  const queue = new ReadOnlyQueue();
  const voters = { incoming: new Set([1n, 2n, 3n]), outgoing: new Set<bigint>() };
  queue.add(readMessage(0n), 5);
  const first = queue.heartbeatContext()!;
  assert.deepEqual(first, positionOf(1));
  queue.add(readMessage(0n), 7);
  queue.acknowledge(1n, positionOf(2));
  queue.acknowledge(2n, first);
  assert.deepEqual(
    queue.takeConfirmed(voters).map(({ index }) => index),
    [5],
  );
  // A voter's echoes may arrive in any order; the highest counts.
  queue.acknowledge(2n, positionOf(2));
  queue.acknowledge(2n, positionOf(1));
  assert.deepEqual(
    queue.takeConfirmed(voters).map(({ index }) => index),
    [7],
  );
  assert.equal(queue.heartbeatContext(), undefined);
});

test("an echo that is too short, or of a count never sent, confirms nothing", () => {
  const queue = new ReadOnlyQueue();
  const voters = { incoming: new Set([1n]), outgoing: new Set<bigint>() };
  queue.add(readMessage(0n), 5);
  queue.acknowledge(1n, Uint8Array.of(1, 0, 0));
  queue.acknowledge(1n, positionOf(2));
  queue.acknowledge(1n, positionOf(2 ** 53));
  assert.deepEqual(queue.takeConfirmed(voters), []);
});

test("election timeouts are drawn from one to two election timeouts, and differ", () => {
  const ticksUntilCampaign = (seed: number): number => {
    const cluster = new SmallCluster(3, { random: seededRandom(seed) });
    for (let ticks = 1; ; ticks++) {
      cluster.node(1).tick();
      if (cluster.node(1).role === "candidate") return ticks;
    }
  };
  const drawn = Array.from({ length: 200 }, (_, seed) => ticksUntilCampaign(seed));
  assert.equal(Math.min(...drawn), 10);
  assert.equal(Math.max(...drawn), 19);
  assert.equal(new Set(drawn).size, 10);
});

test("a leader that is asked to lead again, or to hand over to itself, goes on", () => {
  const cluster = new SmallCluster(3);
  cluster.elect(1);
  cluster.node(1).campaign();
  cluster.node(1).transferLeader(1n);
  assert.equal(cluster.node(1).role, "leader");
  assert.equal(cluster.node(1).propose(emptyBytes), undefined);
});

test("leadership handed over by a follower's request arrives without a pre-vote", () => {
  const cluster = new SmallCluster(3, { preVote: true, checkQuorum: true });
  cluster.elect(1);
  const seen: string[] = [];
  cluster.isLost = ({ type, context: carried }) => {
    if (type === MessageType.MsgPreVote) seen.push("pre-vote");
    if (type === MessageType.MsgVote) seen.push(String.fromCharCode(...carried));
    return false;
  };
  cluster.node(3).transferLeader(2n);
  cluster.settle();
  assert.equal(cluster.node(2).role, "leader");
  assert.deepEqual(seen, ["CampaignTransfer", "CampaignTransfer"]);
});

test("a follower with lease-based reads does not forget its leader", () => {
  const leased = new SmallCluster(3, { checkQuorum: true, readOnlyOption: "lease" });
  leased.elect(1);
  leased.node(2).forgetLeader();
  assert.equal(leased.node(2).lead, 1n);
  const safe = new SmallCluster(3);
  safe.elect(1);
  safe.node(2).forgetLeader();
  assert.equal(safe.node(2).lead, 0n);
});

test("idle time counts towards an election, but only a tick begins one", () => {
  const cluster = new SmallCluster(3);
  for (let at = 0; at < 100; at++) cluster.node(1).tickQuiesced();
  assert.equal(cluster.node(1).role, "follower");
  cluster.node(1).tick();
  assert.equal(cluster.node(1).role, "candidate");
});
