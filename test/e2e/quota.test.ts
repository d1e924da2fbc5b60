// The space quota: a database that outgrew it takes no more puts until an operator disarms the alarm, in
// etcd and in ours; ours disarms it itself, once there is room again, where a flag asks for it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { etcdctl } from "./command.ts";
import { type Kind, ServerProcess } from "./server-process.ts";

const patienceMilliseconds = 60_000;
const patience = "--command-timeout=30s";
const valueBytes = 96 * 1024;

interface Case {
  readonly kind: Kind;
  readonly environment: Record<string, string>;
}

const cases: readonly Case[] = [
  { kind: "etcd", environment: {} },
  { kind: "quorate", environment: {} },
  { kind: "quorate", environment: { ETCD_QUORATE_DISARM_NOSPACE: "true" } },
];

async function ctl(server: ServerProcess, ...args: string[]): Promise<string> {
  const done = await etcdctl(server.endpoint, [...args, patience], { patienceMilliseconds });
  assert.equal(done.code, 0, `etcdctl ${args[0]}: ${done.stderr}`);
  return done.stdout;
}

/** What a put of some bytes is refused with, or "". */
async function put(server: ServerProcess, bytes: number): Promise<string> {
  const args = ["put", "key", "v".repeat(bytes), patience];
  const { code, stderr } = await etcdctl(server.endpoint, args, { patienceMilliseconds });
  return code === 0 ? "" : stderr;
}

async function untilRefused(server: ServerProcess): Promise<void> {
  for (let puts = 0; puts < 100; puts++) {
    const refusal = await put(server, valueBytes);
    if (refusal === "") continue;
    assert.match(refusal, /mvcc: database space exceeded/);
    return;
  }
  assert.fail("the quota refuses no put");
}

/** Compacts all but the last revision away and makes the file short. */
async function makeRoom(server: ServerProcess): Promise<void> {
  const [got] = JSON.parse(await ctl(server, "endpoint", "status", "-w", "json"));
  await ctl(server, "compact", String(got.Status.header.revision), "--physical");
  await ctl(server, "defrag");
}

for (const { kind, environment } of cases) {
  const clears = Object.keys(environment).length > 0;
  const what = clears ? "is taken back by itself when the flag says so" : "waits for alarm disarm";
  test(`${kind}: with room below the quota again the NOSPACE alarm ${what}`, async () => {
    const flags = ["--quota-backend-bytes=2000000"];
    await using server = await ServerProcess.start({ kind, flags, environment });
    await untilRefused(server);
    assert.match(await ctl(server, "alarm", "list"), /alarm:NOSPACE/);
    assert.notEqual(await put(server, 1), "", "also what would have room is refused");
    await makeRoom(server);
    if (!clears) {
      // Longer than ours takes where it clears.
      if (kind === "quorate") await pause(5000);
      assert.match(await put(server, 1), /mvcc: database space exceeded/);
      assert.match(await ctl(server, "alarm", "disarm"), /alarm:NOSPACE/);
    }
    const end = performance.now() + patienceMilliseconds;
    while (/NOSPACE/.test(await ctl(server, "alarm", "list"))) {
      assert.ok(clears && performance.now() < end, "the alarm ends");
      await pause(100);
    }
    assert.equal(await put(server, 1), "");
  });
}
