import assert from "node:assert/strict";
import { test } from "node:test";
import type { RawNode } from "../../core/raft/index.ts";
import { repeatableRandom, silentLog } from "../../io/host/index.ts";
import { LostLeader } from "./lost-leader.ts";
import { HandClock } from "./testing.ts";

const leader = 7n;

interface Scene {
  readonly lost: LostLeader;
  readonly clock: HandClock;
  /** What raft was asked. */
  readonly asked: string[];
  lead: bigint;
  isActive: boolean;
}

function scene({ preVote = true, lead = leader } = {}): Scene {
  const clock = new HandClock();
  const asked: string[] = [];
  const raft = {
    get lead(): bigint {
      return it.lead;
    },
    forgetLeader: () => {
      asked.push("forget");
      it.lead = 0n;
    },
    campaign: () => asked.push("campaign"),
  };
  const member = {
    get lead(): bigint {
      return it.lead;
    },
    isLeader: false,
    isStopped: false,
    request: (ask: (raft: RawNode) => void) => ask(raft as unknown as RawNode),
  };
  const lost = new LostLeader({
    member,
    clock,
    log: silentLog,
    random: repeatableRandom(5),
    electionMs: 1000,
    preVote,
    isActive: () => it.isActive,
  });
  const it: Scene = { lost, clock, asked, lead, isActive: false };
  return it;
}

test("a follower whose leader shut its connections and stays away campaigns in a fifth of the time", () => {
  const it = scene();
  it.lost.connectionLost(leader, true);
  it.lost.connectionLost(leader, true);
  assert.deepEqual(it.asked, []);
  it.clock.advance(200);
  assert.deepEqual(it.asked, ["forget", "campaign"]);
});

test("a campaign that was refused, or split the votes, is tried again within the election timeout", () => {
  const it = scene();
  it.lost.connectionLost(leader, true);
  it.clock.advance(550);
  assert.deepEqual(it.asked.slice(0, 3), ["forget", "campaign", "campaign"]);
  it.lead = 8n;
  const campaigns = it.asked.length;
  it.clock.advance(1000);
  assert.equal(it.asked.length, campaigns, "somebody leads");
});

test("four campaigns that fail leave the next to raft's own timeout", () => {
  const it = scene();
  it.lost.connectionLost(leader, true);
  it.clock.advance(5000);
  assert.equal(it.asked.length, 1 + 4);
});

test("a leader that is connected again is kept", () => {
  const it = scene();
  it.lost.connectionLost(leader, true);
  it.isActive = true;
  it.clock.advance(1000);
  assert.deepEqual(it.asked, []);
});

test("who found a leader meanwhile does not campaign", () => {
  const it = scene();
  it.lost.connectionLost(leader, true);
  it.clock.advance(50);
  assert.deepEqual(it.asked, ["forget"]);
  it.lead = 8n;
  it.clock.advance(1000);
  assert.deepEqual(it.asked, ["forget"]);
});

test("silence, a connection to a follower, and a cluster without pre-vote change nothing", () => {
  const silent = scene();
  silent.lost.connectionLost(leader, false);
  const other = scene();
  other.lost.connectionLost(8n, true);
  const without = scene({ preVote: false });
  without.lost.connectionLost(leader, true);
  for (const it of [silent, other, without]) {
    it.clock.advance(1000);
    assert.deepEqual(it.asked, []);
  }
});

test("a member that stops asks nothing more", () => {
  const it = scene();
  it.lost.connectionLost(leader, true);
  it.lost.stop();
  it.clock.advance(1000);
  assert.deepEqual(it.asked, []);
});
