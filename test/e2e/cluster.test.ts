// Clusters of our own members as real processes: founded, broken, grown, shrunk and handed over.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { test } from "node:test";
import { etcdctl } from "./command.ts";
import { PutLoad } from "./put-load.ts";
import { TestCluster, until } from "./test-cluster.ts";

/** So few entries that a member who comes late needs a snapshot. */
const flags = ["--snapshot-count=200", "--snapshot-catchup-entries=100"];
const three = ["quorate", "quorate", "quorate"] as const;
const hex = (id: bigint): string => id.toString(16);

test("three members form a cluster, serve from each, and outlive the end of any", async () => {
  await using cluster = await TestCluster.start(three);
  for (const [at, member] of cluster.members.entries()) {
    await cluster.ask(member, "put", `from-${at}`, "written");
  }
  const granted = await cluster.ask(cluster.members[1]!, "lease", "grant", "100");
  const [, lease = ""] = /lease ([0-9a-f]+) granted/.exec(granted) ?? [];
  for (const member of cluster.members) {
    const keys = await cluster.ask(member, "get", "from-", "--prefix", "--keys-only");
    assert.equal(keys.split("\n").filter(Boolean).length, 3);
    // A lease granted through one member is renewed and seen through every other.
    const kept = await cluster.ask(member, "lease", "keep-alive", "--once", lease);
    assert.match(kept, /keepalived with TTL\(100\)/);
    const told = await cluster.ask(member, "lease", "timetolive", lease);
    assert.match(told, /granted with TTL\(100s\), remaining\(\d+s\)/);
    const unknown = await cluster.ask(member, "lease", "timetolive", "1234");
    assert.match(unknown, /already expired/);
  }
  assert.match(await cluster.ctl("endpoint", "health"), /(is healthy[^]*){3}/);
  assert.match(await cluster.ctl("member", "list"), /(started, m[0-2], [^]*){3}/);

  const load = new PutLoad(() => cluster.members.map(({ endpoint }) => endpoint));
  for (const victim of [await cluster.leader(), cluster.members[0]!]) {
    await victim.kill();
    await load.more(50);
    await victim.restart();
    await load.more(50);
  }
  const logs = cluster.members.map(({ log }) => log).join("");
  assert.match(logs, /lost the connections to the leader; campaigning early/);
  // Leadership is handed over in order on SIGTERM.
  const leader = await cluster.leader();
  const term = (await cluster.statuses())![0]!.term;
  const exit = await leader.end("SIGTERM");
  assert.ok(exit.code === 0 || exit.signal === "SIGTERM");
  assert.match(leader.log, /leadership transfer finished/);
  const rest = cluster.members.filter((member) => member !== leader);
  await cluster.leader(rest);
  assert.equal((await cluster.statuses(rest))![0]!.term, term + 1, "one election, won at once");
  await leader.restart();
  await load.stop();
  await cluster.sameHash();
  for (const member of cluster.members) await load.check(member.endpoint);
});

test("members are added, promoted, moved and removed; the late ones come by snapshot", async () => {
  await using cluster = await TestCluster.start(["quorate"], { flags });
  const load = new PutLoad(() => cluster.members.slice(0, 1).map(({ endpoint }) => endpoint), {
    pauseMilliseconds: 0,
  });
  await load.more(600);
  const learner = await cluster.add("quorate", { name: "learner", isLearner: true });
  const learnerId = await cluster.idOf(learner);
  assert.match(learner.log, /applied snapshot/);
  const refused = await etcdctl(learner.endpoint, ["put", "a", "b"]);
  assert.match(refused.stderr, /rpc not supported for learner/);
  await cluster.ask(learner, "get", "load/0/1", "--consistency=s");
  assert.equal((await cluster.list()).find(({ id }) => id === learnerId)?.isLearner, true);
  const second = await etcdctl(cluster.members[0]!.endpoint, [
    "member",
    "add",
    "another",
    "--learner",
    "--peer-urls=http://127.0.0.1:1",
  ]);
  assert.match(second.stderr, /too many learner members in cluster/);
  await cluster.promote(learnerId);
  const voter = await cluster.add("quorate", { name: "voter" });
  const voterId = await cluster.idOf(voter);
  assert.match(voter.log, /applied snapshot/);
  const elsewhere = await cluster.list(voter);
  assert.deepEqual(
    elsewhere.map(({ isLearner }) => isLearner),
    [false, false, false],
  );

  // Promotion through a follower is the leader's to decide.
  await cluster.moveLeader(voter);
  const again = await etcdctl(learner.endpoint, ["member", "promote", hex(learnerId)]);
  assert.match(again.stderr, /can only promote a learner member/);
  const moved = await etcdctl(learner.endpoint, ["move-leader", hex(learnerId)]);
  assert.match(moved.stderr, /no leader endpoint given/);

  // The leader itself goes, and stops by itself.
  await load.stop();
  const ended = voter.exited;
  await cluster.remove(voterId);
  const exit = await ended;
  assert.equal(exit.code, 0, voter.log.slice(-2000));
  assert.match(voter.log, /the member has been permanently removed from the cluster/);
  cluster.members.pop();
  await cluster.leader();
  await cluster.sameHash();
  assert.equal((await cluster.list()).length, 2);
  for (const member of cluster.members) await load.check(member.endpoint);

  // One of two is lost for good: the other goes on alone, with all there was.
  await learner.kill();
  cluster.members.pop();
  const [first] = cluster.members;
  await first!.end("SIGTERM");
  await first!.restart("--force-new-cluster");
  assert.deepEqual(
    (await cluster.list()).map(({ name }) => name),
    ["m0"],
  );
  await load.check(first!.endpoint);
  await cluster.ctl("put", "after", "all");
  await first!.end("SIGTERM");
  await first!.restart();
  assert.match(await cluster.ctl("get", "after"), /all/);
});

test("a member that lost its data joins anew under another id, and its old self is refused", async () => {
  await using cluster = await TestCluster.start(three, {
    flags: [...flags, "--strict-reconfig-check=false"],
  });
  await cluster.ctl("put", "a", "b");
  const [, , lost] = cluster.members;
  const oldId = await cluster.idOf(lost!);
  await lost!.kill();
  rmSync(lost!.dataDirectory, { recursive: true });
  cluster.members.pop();
  try {
    await assert.rejects(lost!.restart(), /has already been bootstrapped/);
    await cluster.remove(oldId);
    const again = await cluster.add("quorate", { name: "m2" });
    await until("the newcomer serves", async () =>
      (await etcdctl(again.endpoint, ["get", "a"])).stdout.includes("b") ? true : undefined,
    );
    assert.notEqual(await cluster.idOf(again), oldId);
  } finally {
    await lost!.dispose();
  }
});
