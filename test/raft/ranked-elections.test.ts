// The setting `rankedElections`: whose turn it is to campaign when a leader falls silent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Config, MessageType } from "../../src/core/raft/index.ts";
import { SmallCluster } from "./small-cluster.ts";

const settings: Partial<Config> = { preVote: true, checkQuorum: true, rankedElections: true };

/** A cluster with a leader that everybody has just heard of. */
function led(count: number, lead: number, more: Partial<Config> = {}): SmallCluster {
  const cluster = new SmallCluster(count, { ...settings, ...more });
  cluster.elect(lead);
  cluster.node(lead).tick();
  cluster.settle();
  assert.equal(cluster.node(lead).role, "leader");
  return cluster;
}

/** The leader falls silent: after how many ticks each of the others campaigns, all alone. */
function turns(count: number, lead: number, electionTicks = 10): number[] {
  const cluster = led(count, lead, { electionTicks });
  cluster.isLost = () => true;
  const others = cluster.nodes.filter((node) => node.id !== BigInt(lead));
  return others.map((node) => {
    for (let ticks = 1; ; ticks++) {
      node.tick();
      if (node.role === "pre-candidate") return ticks;
    }
  });
}

test("followers of a silent leader campaign in the order of their ids, soon after the timeout", () => {
  assert.deepEqual(turns(3, 1), [11, 13]);
  assert.deepEqual(turns(3, 2), [11, 13]);
  assert.deepEqual(turns(3, 3), [11, 13]);
  assert.deepEqual(turns(5, 3), [11, 13, 15, 17]);
});

test("turns stay between one and two election timeouts, however many members or few ticks", () => {
  assert.deepEqual(turns(7, 1), [11, 12, 13, 14, 15, 16]);
  assert.deepEqual(turns(3, 1, 50), [51, 61]);
  assert.deepEqual(turns(3, 1, 5), [6, 7]);
  assert.deepEqual(turns(3, 1, 2), [3, 3]);
  assert.deepEqual(turns(7, 7, 3), [4, 5, 5, 5, 5, 5]);
});

test("the first campaign is the only one, and its votes come though clocks tick apart", () => {
  const cluster = led(3, 1);
  cluster.isLost = ({ from, to }) => from === 1n || to === 1n;
  for (let ticks = 1; ticks <= 11; ticks++) {
    cluster.node(2).tick();
    cluster.settle();
    if (ticks < 11) cluster.node(3).tick();
  }
  assert.equal(cluster.node(2).role, "leader");
  assert.equal(cluster.node(3).lead, 2n);
});

test("where the first one's log is behind, the next follows within two ticks", () => {
  const cluster = led(3, 1);
  cluster.isLost = ({ to }) => to === 2n;
  cluster.node(1).propose(new Uint8Array(1));
  cluster.settle();
  // It hears that the leader lives, but has not got the entry.
  cluster.isLost = ({ to, type }) => to === 2n && type === MessageType.MsgApp;
  cluster.node(1).tick();
  cluster.settle();
  cluster.isLost = ({ from, to }) => from === 1n || to === 1n;
  for (let ticks = 1; ticks <= 13; ticks++) {
    for (const id of [2, 3]) cluster.node(id).tick();
    cluster.settle();
  }
  assert.equal(cluster.node(3).role, "leader");
});

test("a leader that one follower alone does not hear goes on undisturbed", () => {
  const cluster = led(3, 1);
  cluster.isLost = ({ from, to }) => from === 1n && to === 2n;
  const { term } = cluster.node(1);
  for (let ticks = 1; ticks <= 100; ticks++) {
    for (const id of [1, 2, 3]) cluster.node(id).tick();
    cluster.settle();
  }
  assert.deepEqual([cluster.node(1).role, cluster.node(3).term], ["leader", term]);
});

test("after a campaign that failed it is chance that says when the next begins", () => {
  const again = (seed: number): number => {
    const random = { below: (limit: number) => seed % limit, bits32: () => 0 };
    const cluster = led(3, 1, { random });
    cluster.isLost = () => true;
    const node = cluster.node(2);
    for (let ticks = 1; ticks <= 11; ticks++) node.tick();
    cluster.settle();
    let asked = 0;
    cluster.isLost = ({ type }) => {
      if (type === MessageType.MsgPreVote) asked++;
      return true;
    };
    for (let ticks = 1; ; ticks++) {
      node.tick();
      cluster.settle();
      if (asked > 0) return ticks;
    }
  };
  assert.deepEqual([0, 4, 9].map(again), [10, 14, 19]);
});

test("without pre-vote there are no turns: an early campaign would disturb a leader that lives", () => {
  const random = { below: () => 7, bits32: () => 0 };
  const cluster = led(3, 1, { random, preVote: false });
  const { term } = cluster.node(2);
  for (let ticks = 1; ticks < 17; ticks++) cluster.node(2).tick();
  assert.equal(cluster.node(2).term, term);
  cluster.node(2).tick();
  assert.equal(cluster.node(2).term, term + 1);
});
