// The official etcdctl against our server, as a new user would try it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { peer } from "../peers/peers.ts";
import { etcdctl } from "./command.ts";
import { ServerProcess, targetKind } from "./server-process.ts";

interface KeyValue {
  key: string;
  create_revision: number;
  mod_revision: number;
  version: number;
  value: string;
}

interface GetJson {
  header: { cluster_id: number; member_id: number; revision: number; raft_term: number };
  kvs?: KeyValue[];
  more?: boolean;
  count?: number;
}

let server: ServerProcess;
before(async () => {
  server = await ServerProcess.start({ kind: targetKind() });
});
after(() => server.dispose());

/** Runs etcdctl, expects success, returns what it printed. */
async function ctl(...args: string[]): Promise<string> {
  const done = await etcdctl(server.endpoint, args);
  assert.equal(done.code, 0, `etcdctl ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
}

async function getJson(...args: string[]): Promise<GetJson> {
  return JSON.parse(await ctl("get", ...args, "-w", "json"));
}

async function refused(...args: string[]): Promise<string> {
  const done = await etcdctl(server.endpoint, args);
  assert.equal(done.code, 1, `etcdctl ${args.join(" ")} was not refused`);
  return done.stderr;
}

test("three puts and gets keep create_revision and raise mod_revision and version by one", async () => {
  const seen: GetJson[] = [];
  for (let round = 0; round < 3; round++) {
    assert.equal(await ctl("put", "a", "1"), "OK\n");
    seen.push(await getJson("a"));
  }
  const [first] = seen;
  assert.ok(first?.kvs?.[0]);
  assert.ok(
    first.header.cluster_id > 0 && first.header.member_id > 0 && first.header.raft_term > 0,
  );
  for (const [round, got] of seen.entries()) {
    assert.equal(got.header.revision, first.header.revision + round);
    assert.equal(got.header.cluster_id, first.header.cluster_id);
    assert.equal(got.count, 1);
    assert.deepEqual(got.kvs, [
      {
        key: btoa("a"),
        create_revision: first.kvs[0].create_revision,
        mod_revision: got.header.revision,
        version: 1 + round,
        value: btoa("1"),
      },
    ]);
  }
});

test("a watch prints the puts and deletes that come, with what was there before", async () => {
  await ctl("put", "watched/1", "old");
  const args = [`--endpoints=${server.endpoint}`, "watch", "watched/", "--prefix", "--prev-kv"];
  const watch = spawn(peer("etcdctl"), args, { stdio: ["ignore", "pipe", "inherit"] });
  let heard = "";
  watch.stdout.on("data", (chunk: Buffer) => (heard += chunk.toString("utf8")));
  try {
    // etcdctl does not say when its watch stands, so the first key is put until it is heard.
    for (let tries = 0; !heard.includes("first") && tries < 100; tries++) {
      await ctl("put", "watched/0", "first");
      await pause(50);
    }
    await ctl("put", "watched/1", "new");
    await ctl("del", "watched/1");
    const expected = "PUT\nwatched/1\nold\nwatched/1\nnew\nDELETE\nwatched/1\nnew\nwatched/1\n\n";
    for (let tries = 0; !heard.includes(expected) && tries < 100; tries++) await pause(50);
    assert.ok(heard.includes(expected), heard);
  } finally {
    watch.kill("SIGKILL");
  }
});

test("a watch from a past revision prints the history", async () => {
  await ctl("put", "past", "1");
  const revision = (await getJson("past")).header.revision;
  await ctl("put", "past", "2");
  const watch = await etcdctl(server.endpoint, ["watch", "past", `--rev=${revision}`], {
    patienceMilliseconds: 2000,
  });
  assert.equal(watch.stdout, "PUT\npast\n1\nPUT\npast\n2\n");
});

test("an interactive txn takes one branch or the other", async () => {
  await ctl("put", "txn", "1");
  const script = 'value("txn") = "1"\n\nput txn 2\nget txn\n\nput txn 3\n\n';
  const first = await etcdctl(server.endpoint, ["txn", "-i"], { input: script });
  assert.match(first.stdout, /SUCCESS\n\nOK\n\ntxn\n2\n$/);
  const second = await etcdctl(server.endpoint, ["txn", "-i"], { input: script });
  assert.match(second.stdout, /FAILURE\n\nOK\n$/);
  assert.equal(await ctl("get", "txn", "--print-value-only"), "3\n");
});

test("get lists a prefix in order, sorted, limited and counted", async () => {
  for (const [key, value] of ["c", "a", "b"].entries()) await ctl("put", `list/${key}`, value);
  assert.equal(await ctl("get", "--prefix", "list/"), "list/0\nc\nlist/1\na\nlist/2\nb\n");
  const byValue = ["--sort-by=VALUE", "--order=ASCEND"];
  assert.equal(
    await ctl("get", "--prefix", "list/", ...byValue, "--limit=2"),
    "list/1\na\nlist/2\nb\n",
  );
  const down = await ctl("get", "--prefix", "list/", "--order=DESCEND", "--keys-only");
  assert.equal(down, "list/2\n\nlist/1\n\nlist/0\n\n");
  const page = await getJson("--prefix", "list/", "--limit=1");
  assert.deepEqual([page.count, page.more, page.kvs?.length], [3, true, 1]);
  const counted = await ctl("get", "--prefix", "list/", "--count-only", "-w", "fields");
  assert.match(counted, /"Count" : 3\n/);
});

test("get with a revision reads the past, and a future one is refused", async () => {
  await ctl("put", "time", "then");
  const { header } = await getJson("time");
  await ctl("put", "time", "now");
  assert.equal(await ctl("get", "time", `--rev=${header.revision}`), "time\nthen\n");
  const later = await refused("get", "time", `--rev=${header.revision + 1000}`);
  assert.match(later, /Error: etcdserver: mvcc: required revision is a future revision\n/);
});

test("del prints how many it deleted, and with --prev-kv what they were", async () => {
  await ctl("put", "gone/1", "x");
  await ctl("put", "gone/2", "y");
  assert.equal(await ctl("del", "--prefix", "gone/", "--prev-kv"), "2\ngone/1\nx\ngone/2\ny\n");
  assert.equal(await ctl("del", "gone/1"), "0\n");
});

test("endpoint status shows one leader in a table and in JSON", async () => {
  const table = await ctl("endpoint", "status", "-w", "table");
  for (const head of [
    "ENDPOINT",
    "VERSION",
    "STORAGE VERSION",
    "DB SIZE",
    "IS LEADER",
    "RAFT TERM",
  ]) {
    assert.ok(table.includes(head), table);
  }
  assert.match(table, /│ {3}3\.7\.\d+ │/);
  const [status] = JSON.parse(await ctl("endpoint", "status", "-w", "json"));
  assert.equal(status.Endpoint, server.endpoint);
  assert.match(status.Status.version, /^3\.7\.\d+$/);
  assert.equal(status.Status.leader, status.Status.header.member_id);
  assert.ok(status.Status.dbSize > 0 && status.Status.raftIndex > 0);
});

test("endpoint health commits a proposal", async () => {
  const healthy = await ctl("endpoint", "health");
  assert.match(healthy, / is healthy: successfully committed proposal: took = /);
});

test("member list names the one member, started and no learner", async () => {
  const list = await ctl("member", "list");
  assert.match(list, /^[0-9a-f]+, started, default, http:\/\/\S+, http:\/\/\S+, false\n$/);
  assert.match(await ctl("member", "list", "-w", "table"), /IS LEARNER/);
});

test("endpoint hashkv changes with the store", async () => {
  const hash = async (): Promise<number> => {
    const [first] = JSON.parse(await ctl("endpoint", "hashkv", "-w", "json"));
    return first.HashKV.hash;
  };
  const before = await hash();
  assert.equal(await hash(), before);
  await ctl("put", "hashed", String(Math.random()));
  assert.notEqual(await hash(), before);
});

test("check perf finds a server it can load", async () => {
  // The whole check takes a minute; some seconds show that its clients are served at its rate.
  await etcdctl(server.endpoint, ["check", "perf", "--load=s"], { patienceMilliseconds: 4000 });
  const left = await getJson("--prefix", "/etcdctl-check-perf/", "--limit=1");
  assert.ok((left.count ?? 0) > 200, `${left.count} keys after 4 s at 150/s`);
  await ctl("del", "--prefix", "/etcdctl-check-perf/");
});

test("compact takes the past away, once", async () => {
  await ctl("put", "compacted", "1");
  await ctl("put", "compacted", "2");
  const { header } = await getJson("compacted");
  assert.equal(
    await ctl("compact", String(header.revision)),
    `compacted revision ${header.revision}\n`,
  );
  const gone = /Error: etcdserver: mvcc: required revision has been compacted\n/;
  assert.match(await refused("compact", String(header.revision)), gone);
  assert.match(await refused("get", "compacted", `--rev=${header.revision - 1}`), gone);
  assert.equal(await ctl("get", "compacted"), "compacted\n2\n");
  const watch = await etcdctl(server.endpoint, ["watch", "compacted", "--rev=1"]);
  assert.notEqual(watch.code, 0);
  assert.match(watch.stderr, /required revision has been compacted/);
});

test("a value of any bytes survives the way there and back", async () => {
  const value = Uint8Array.from({ length: 4096 }, (_, at) => (at * 31) & 0xff);
  const put = await etcdctl(server.endpoint, ["put", "binary"], { input: value });
  assert.equal(put.code, 0, put.stderr);
  const got = await getJson("binary");
  assert.deepEqual(Buffer.from(got.kvs?.[0]?.value ?? "", "base64"), Buffer.from(value));
});
