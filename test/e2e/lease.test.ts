// Leases by the official etcdctl: what they promise, and that they outlive the server that granted them.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { peer } from "../peers/peers.ts";
import { etcdctl } from "./command.ts";
import { ServerProcess, targetKind } from "./server-process.ts";

/** The shortest a server with etcd's usual election time-out grants. */
const shortestSeconds = 2;
const patienceMilliseconds = 20_000;
const notFound = /etcdserver: requested lease not found/;

let server: ServerProcess;
before(async () => {
  server = await ServerProcess.start({ kind: targetKind() });
});
after(() => server.dispose());

async function ctl(at: ServerProcess, ...args: string[]): Promise<string> {
  const done = await etcdctl(at.endpoint, args);
  assert.equal(done.code, 0, `etcdctl ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
}

async function refused(...args: string[]): Promise<string> {
  const done = await etcdctl(server.endpoint, args);
  assert.equal(done.code, 1, `etcdctl ${args.join(" ")} was not refused`);
  return done.stderr;
}

/** Grants a lease; returns its id as etcdctl writes it. */
async function grant(seconds: number, at = server): Promise<string> {
  const said = await ctl(at, "lease", "grant", String(seconds));
  const [, id = "", granted] =
    /^lease ([0-9a-f]{16}) granted with TTL\((\d+)s\)\n$/.exec(said) ?? [];
  assert.equal(granted, String(seconds), said);
  return id;
}

interface Lease {
  granted: number;
  remaining: number;
  keys: string[];
}

async function lease(id: string, at = server): Promise<Lease> {
  const said = await ctl(at, "lease", "timetolive", id, "--keys");
  const found = /granted with TTL\((\d+)s\), remaining\((\d+)s\), attached keys\(\[(.*)\]\)/.exec(
    said,
  );
  assert.ok(found !== null, said);
  const [granted, remaining] = [Number(found[1]), Number(found[2])];
  assert.ok(remaining <= granted, said);
  return { granted, remaining, keys: (found[3] ?? "").split(" ").filter(Boolean).toSorted() };
}

async function listed(at = server): Promise<string[]> {
  const [first = "", ...ids] = (await ctl(at, "lease", "list")).trimEnd().split("\n");
  assert.equal(first, `found ${ids.length} leases`);
  return ids.toSorted();
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + patienceMilliseconds;
  while (!(await holds())) {
    assert.ok(performance.now() < deadline, `not within ${patienceMilliseconds} ms: ${what}`);
    await pause(50);
  }
}

test("a lease is granted, listed, told with its keys, and revoked with them in one revision", async () => {
  const id = await grant(600);
  assert.ok((await listed()).includes(id));
  await ctl(server, "put", `--lease=${id}`, "kept/1", "a");
  await ctl(server, "put", `--lease=${id}`, "kept/2", "b");
  await ctl(server, "put", "kept/3", "c");
  const told = await lease(id);
  assert.deepEqual([told.granted, told.keys], [600, ["kept/1", "kept/2"]]);
  const held = JSON.parse(await ctl(server, "get", "kept/1", "-w", "json"));
  // JSON numbers have not the 64 bits of a lease.
  const fields = await ctl(server, "get", "kept/1", "-w", "fields");
  assert.ok(fields.includes(`"Lease" : ${BigInt(`0x${id}`)}\n`), fields);
  assert.equal(await ctl(server, "lease", "revoke", id), `lease ${id} revoked\n`);
  const left = JSON.parse(await ctl(server, "get", "--prefix", "kept/", "-w", "json"));
  assert.equal(left.kvs.length, 1);
  assert.equal(left.header.revision, held.header.revision + 1);
  assert.ok(!(await listed()).includes(id));
  assert.match(await refused("lease", "revoke", id), notFound);
  assert.equal(await ctl(server, "lease", "timetolive", id), `lease ${id} already expired\n`);
});

test("a lease nobody knows is refused, and a key may leave its lease", async () => {
  assert.match(await refused("put", "--lease=123abc", "stray", "x"), notFound);
  assert.equal(await ctl(server, "get", "stray"), "");
  const id = await grant(600);
  const other = await grant(600);
  await ctl(server, "put", `--lease=${id}`, "moving", "1");
  await ctl(server, "put", `--lease=${other}`, "moving", "2");
  assert.deepEqual((await lease(id)).keys, []);
  assert.deepEqual((await lease(other)).keys, ["moving"]);
  await ctl(server, "put", "moving", "3");
  assert.deepEqual((await lease(other)).keys, []);
  await ctl(server, "put", `--lease=${other}`, "moving", "4");
  await ctl(server, "put", "--ignore-lease", "moving", "5");
  assert.deepEqual((await lease(other)).keys, ["moving"]);
  await ctl(server, "del", "moving");
  assert.deepEqual((await lease(other)).keys, []);
  await ctl(server, "put", `--lease=${id}`, "staying", "1");
  await ctl(server, "put", "staying", "2");
  await ctl(server, "lease", "revoke", id);
  assert.equal(await ctl(server, "get", "staying"), "staying\n2\n");
});

test("a lease that runs out takes its keys in one revision, and a watcher sees it", async () => {
  const args = [`--endpoints=${server.endpoint}`, "watch", "--prefix", "short/", "-w", "json"];
  const watch = spawn(peer("etcdctl"), args, { stdio: ["ignore", "pipe", "inherit"] });
  let heard = "";
  watch.stdout.on("data", (chunk: Buffer) => (heard += chunk.toString("utf8")));
  try {
    // etcdctl does not say when its watch stands.
    await until("the watch stands", async () => {
      await ctl(server, "put", "short/0", "here");
      return heard.includes(btoa("here"));
    });
    const id = await grant(shortestSeconds);
    const script = [1, 2, 3].map((key) => `put --lease=${id} short/${key} x`).join("\n");
    await etcdctl(server.endpoint, ["txn", "-i"], { input: `\n${script}\n\n\n` });
    const { header } = JSON.parse(await ctl(server, "get", "short/1", "-w", "json"));
    const deletions = (): { mod_revision: number; key: string }[] =>
      heard
        .split("\n")
        .slice(0, -1)
        .flatMap((line) => JSON.parse(line).Events ?? [])
        .filter((event) => event.type === 1)
        .map((event) => event.kv);
    await until("the watcher sees the deletions", () => deletions().length >= 3);
    assert.deepEqual(
      deletions().map((kv) => [atob(kv.key), kv.mod_revision]),
      [1, 2, 3].map((key) => [`short/${key}`, header.revision + 1]),
    );
    assert.ok(!(await listed()).includes(id));
  } finally {
    watch.kill("SIGKILL");
  }
});

test("a lease kept alive outlives its time, and ends when nobody keeps it", async () => {
  const id = await grant(shortestSeconds);
  await ctl(server, "put", `--lease=${id}`, "alive", "1");
  const args = [`--endpoints=${server.endpoint}`, "lease", "keep-alive", id];
  const keeper = spawn(peer("etcdctl"), args, { stdio: ["ignore", "pipe", "inherit"] });
  let heard = "";
  keeper.stdout.on("data", (chunk: Buffer) => (heard += chunk.toString("utf8")));
  const line = `lease ${id} keepalived with TTL(${shortestSeconds})\n`;
  try {
    const since = performance.now();
    const long = 2 * shortestSeconds * 1000;
    await until("twice its time", () => performance.now() - since > long);
    assert.ok(heard.split(line).length > 2, heard);
    assert.equal(await ctl(server, "get", "alive"), "alive\n1\n");
    assert.equal(await ctl(server, "lease", "keep-alive", "--once", id), line);
  } finally {
    keeper.kill("SIGKILL");
  }
  await until("it ends", async () => (await ctl(server, "get", "alive")) === "");
  const late = await etcdctl(server.endpoint, ["lease", "keep-alive", "--once", id]);
  assert.match(late.stdout + late.stderr, /expired or revoked|requested lease not found/);
});

test("leases and their keys outlive a stop, a kill and the hand-over, both ways", async () => {
  await using member = await ServerProcess.start({ kind: targetKind() });
  const ids: string[] = [];
  for (const [at, seconds] of [600, 700, 800].entries()) {
    const id = await grant(seconds, member);
    ids.push(id);
    for (let key = 0; key < at; key++)
      await ctl(member, "put", `--lease=${id}`, `l/${at}/${key}`, "1");
  }
  const revoked = await grant(600, member);
  await ctl(member, "put", `--lease=${revoked}`, "l/revoked", "1");
  await ctl(member, "lease", "revoke", revoked);
  await ctl(member, "put", "l/2/0", "without");
  const kept = async (when: string): Promise<void> => {
    assert.deepEqual(await listed(member), ids.toSorted(), when);
    const told = await Promise.all(ids.map((id) => lease(id, member)));
    assert.deepEqual(
      told.map(({ granted, keys }) => [granted, keys]),
      [
        [600, []],
        [700, ["l/1/0"]],
        [800, ["l/2/1"]],
      ],
      when,
    );
  };
  await kept("before");
  for (const [kind, signal] of [
    ["quorate", "SIGTERM"],
    ["quorate", "SIGKILL"],
    ["etcd", "SIGTERM"],
    ["quorate", "SIGTERM"],
    ["etcd", "SIGKILL"],
  ] as const) {
    await member.end(signal);
    await member.handOver(kind);
    await kept(`${signal}, then ${kind}`);
  }
  await member.end("SIGTERM");
  await member.handOver("quorate");
  const [, second = "", third = ""] = ids;
  await ctl(member, "lease", "revoke", second);
  assert.equal(await ctl(member, "get", "--prefix", "l/1/"), "");
  const short = await grant(shortestSeconds, member);
  await ctl(member, "put", `--lease=${short}`, "l/short", "1");
  await member.end("SIGTERM");
  await member.handOver("etcd");
  assert.deepEqual((await lease(third, member)).keys, ["l/2/1"]);
  await until("etcd ends our lease", async () => (await ctl(member, "get", "l/short")) === "");
  const shorter = await grant(shortestSeconds, member);
  await ctl(member, "put", `--lease=${shorter}`, "l/short", "2");
  await member.kill();
  await member.handOver("quorate");
  await until("we end etcd's lease", async () => (await ctl(member, "get", "l/short")) === "");
});
