// The checkpoint of the index beside the database: believed by the next start as far as it is right.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { peer } from "../peers/peers.ts";
import { etcdctl } from "./command.ts";
import { databaseOf, inspectDatabase } from "./directory.ts";
import { ServerProcess } from "./server-process.ts";

const believed = /the index begins at a checkpoint/;

async function ctl(server: ServerProcess, ...args: string[]): Promise<string> {
  const done = await etcdctl(server.endpoint, args);
  assert.equal(done.code, 0, done.stderr);
  return done.stdout;
}

async function hashOf(server: ServerProcess): Promise<number> {
  const [answer] = JSON.parse(await ctl(server, "endpoint", "hashkv", "-w", "json")) as [
    { HashKV: { hash: number } },
  ];
  return answer.HashKV.hash;
}

/** Starts it; whether the index came from the checkpoint. */
async function begins(server: ServerProcess, kind: "etcd" | "quorate"): Promise<boolean> {
  const from = server.log.length;
  await server.handOver(kind);
  return believed.test(server.log.slice(from));
}

test("a start takes the index from a sound checkpoint of this database, and from no other", async () => {
  await using server = await ServerProcess.start({
    kind: "quorate",
    flags: ["--log-level=debug"],
    readyMilliseconds: 60_000,
  });
  const file = join(server.dataDirectory, "member/db.index");
  const fill = ["-endpoint", server.endpoint, "-count", "21000", "-value-size", "10"];
  execFileSync(peer("preload"), fill, { stdio: "pipe" });
  for (let put = 0; put < 3; put++) await ctl(server, "put", "bench/a", `${put}`);
  const hash = await hashOf(server);
  assert.ok(!existsSync(file));
  await server.end("SIGTERM");
  // 210 revisions are few, but the first checkpoint of so many keys is worth it.
  assert.ok(existsSync(file));
  await inspectDatabase(databaseOf(server.dataDirectory));

  assert.equal(await begins(server, "quorate"), true);
  assert.equal(await hashOf(server), hash);
  for (let put = 0; put < 5; put++) await ctl(server, "put", "bench/a", `later ${put}`);
  await ctl(server, "del", "bench/b", "bench/z");
  const later = await hashOf(server);
  await server.kill();
  assert.equal(await begins(server, "quorate"), true, "behind after a kill -9");
  assert.equal(await hashOf(server), later);
  await server.end("SIGTERM");

  const bytes = readFileSync(file);
  bytes[123_456]! ^= 1;
  writeFileSync(file, bytes);
  assert.equal(await begins(server, "quorate"), false, "a flipped bit");
  assert.equal(await hashOf(server), later);
  await server.end("SIGTERM");
  assert.equal(await begins(server, "quorate"), true, "made anew at the stop");
  await server.end("SIGTERM");

  // The records are not read by such a start; their pages are, before the first commit.
  const database = readFileSync(databaseOf(server.dataDirectory));
  const damaged = Buffer.from(database);
  for (
    let at = damaged.indexOf("bench/00000");
    at > 0;
    at = damaged.indexOf("bench/00000", at + 1)
  ) {
    damaged[at + 40]! ^= 1;
  }
  writeFileSync(databaseOf(server.dataDirectory), damaged);
  await server.restart().catch(() => {});
  const end = performance.now() + 60_000;
  while (!/checksum mismatch/.test(server.log)) {
    assert.ok(performance.now() < end, "damage is found by itself");
    await pause(50);
  }
  await server.end("SIGKILL").catch(() => {});
  writeFileSync(databaseOf(server.dataDirectory), database);

  await begins(server, "etcd");
  assert.equal(await hashOf(server), later);
  await ctl(server, "put", "bench/c", "by etcd");
  const fromEtcd = await hashOf(server);
  await server.end("SIGTERM");
  assert.equal(await begins(server, "quorate"), false, "etcd has written meanwhile");
  assert.equal(await hashOf(server), fromEtcd);
});
