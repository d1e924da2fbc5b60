// Members of ours and real ones in one cluster. What takes long stands behind QUORATE_LONG=1.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { PutLoad } from "./put-load.ts";
import { type Kind, type ServerProcess } from "./server-process.ts";
import { TestCluster } from "./test-cluster.ts";

const isLong = process.env["QUORATE_LONG"] === "1";
/** Late members need a snapshot; etcd's own check looks for differences all the time. */
const flags = [
  "--snapshot-count=300",
  "--snapshot-catchup-entries=100",
  "--strict-reconfig-check=false",
];
const badLine = /"level":"(?:fatal|panic|dpanic)"|found data corruption|CORRUPT|mismatch/;
const loadOn = (cluster: TestCluster): PutLoad =>
  new PutLoad(() => cluster.members.map(({ endpoint }) => endpoint), { pauseMilliseconds: 5 });

/** Every member leads once, and all serve meanwhile. */
async function eachLeads(cluster: TestCluster, load: PutLoad): Promise<void> {
  for (const member of cluster.members) {
    await cluster.moveLeader(member);
    await load.more(60);
    const granted = await cluster.ask(member, "lease", "grant", "60");
    const [, lease = ""] = /lease ([0-9a-f]+) granted/.exec(granted) ?? [];
    for (const other of cluster.members) {
      assert.match(await cluster.ask(other, "lease", "keep-alive", "--once", lease), /TTL\(60\)/);
      assert.match(await cluster.ask(other, "lease", "timetolive", lease), /TTL\(60s\)/);
    }
    await cluster.sameHash();
  }
}

async function finish(cluster: TestCluster, load: PutLoad): Promise<void> {
  await load.stop();
  await cluster.sameHash();
  for (const member of cluster.members) await load.check(member.endpoint);
  for (const { name, log } of cluster.members) {
    const bad = log.split("\n").filter((line) => badLine.test(line));
    assert.deepEqual(bad, [], `what ${name} logged`);
  }
}

/** Ends a member in order and has the other kind go on with its data. */
async function replace(cluster: TestCluster, member: ServerProcess, kind: Kind): Promise<void> {
  await member.end("SIGTERM");
  await member.handOver(kind);
  await cluster.leader();
}

for (const kinds of [
  ["etcd", "etcd", "quorate"],
  ["quorate", "etcd", "quorate"],
] as const satisfies readonly (readonly Kind[])[]) {
  test(`${kinds.join(", ")}: each leads in turn, and all hold the same`, async () => {
    await using cluster = await TestCluster.start(kinds, { flags });
    const load = loadOn(cluster);
    await eachLeads(cluster, load);
    await finish(cluster, load);
  });
}

test("members are replaced one by one by the other kind and back; no write is lost", async () => {
  await using cluster = await TestCluster.start(["etcd", "etcd", "etcd"], { flags });
  const load = loadOn(cluster);
  await load.more(100);
  for (const kind of ["quorate", "etcd"] as const) {
    for (const member of cluster.members) {
      await replace(cluster, member, kind);
      await load.more(100);
      await cluster.sameHash();
    }
  }
  await finish(cluster, load);
});

const newcomers = [
  ["etcd", "quorate"],
  ["quorate", "etcd"],
] as const satisfies readonly (readonly [Kind, Kind])[];

for (const [founder, newcomer] of newcomers) {
  test(`a ${newcomer} learner comes into a cluster of ${founder} by snapshot and is promoted`, async () => {
    await using cluster = await TestCluster.start([founder], { flags });
    const load = new PutLoad(() => [cluster.members[0]!.endpoint], { pauseMilliseconds: 0 });
    await load.more(900);
    const learner = await cluster.add(newcomer, { name: "learner", isLearner: true });
    assert.match(learner.log, /applied snapshot/);
    await cluster.promote(await cluster.idOf(learner));
    await cluster.moveLeader(learner);
    await load.more(50);
    await finish(cluster, load);
  });
}

test("etcd's corruption check finds nothing among members of both kinds", async () => {
  const checking = [
    "--corrupt-check-time=1s",
    "--feature-gates=CompactHashCheck=true",
    "--compact-hash-check-time=1s",
  ];
  await using cluster = await TestCluster.start(["etcd", "quorate", "etcd"], {
    flags: [...flags, ...checking],
  });
  const load = loadOn(cluster);
  await cluster.moveLeader(cluster.members[0]!);
  const endMs = performance.now() + (isLong ? 600_000 : 4_000);
  while (performance.now() < endMs) {
    await load.more(20);
    await pause(500);
    const statuses = await cluster.statuses();
    const revision = statuses?.[0]?.revision ?? 2;
    await cluster.ask(cluster.members[0]!, "compact", String(revision - 1));
  }
  assert.equal(await cluster.ctl("alarm", "list"), "");
  await finish(cluster, load);
});

/** Values of half a gigabyte in all, which only a snapshot brings to who comes late. */
async function fill(cluster: TestCluster): Promise<void> {
  const value = Buffer.alloc(1_000_000, "v").toString("base64");
  const [first] = cluster.members;
  for (let key = 0; key < 520; key++) {
    const body = JSON.stringify({ key: Buffer.from(`big/${key}`).toString("base64"), value });
    const url = `http://${first!.endpoint}/v3/kv/put`;
    const response = await fetch(url, { method: "POST", body });
    assert.equal(response.status, 200, await response.text());
  }
}

for (const [founder, newcomer] of isLong ? newcomers : []) {
  test(`a ${newcomer} member takes a snapshot of 500 MB from ${founder}`, async (t) => {
    const readyMilliseconds = 300_000;
    await using cluster = await TestCluster.start([founder], { flags, readyMilliseconds });
    await fill(cluster);
    const startMs = performance.now();
    const learner = await cluster.add(newcomer, { name: "learner", isLearner: true });
    t.diagnostic(`${Math.round(performance.now() - startMs)} ms from member add to service`);
    assert.match(learner.log, /applied snapshot/);
    await cluster.promote(await cluster.idOf(learner));
    await cluster.sameHash();
  });
}
