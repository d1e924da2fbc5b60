// The log of one life, in real etcd and in ours: level, logger, words and fields of every line. Operators
// and suites search for these.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { etcdctl } from "./command.ts";
import { type Kind, ServerProcess } from "./server-process.ts";

const flags = [
  "--snapshot-count=10",
  "--quota-backend-bytes=300000",
  "--feature-gates=CompactHashCheck=true,InitialCorruptCheck=true",
  "--compact-hash-check-time=1s",
  "--corrupt-check-time=1s",
];

const patienceMs = 60_000;

async function says(server: ServerProcess, ...words: readonly string[]): Promise<void> {
  const until = performance.now() + patienceMs;
  while (!words.every((word) => server.log.includes(`"${word}"`))) {
    assert.ok(performance.now() < until, `${server.kind} did not say ${words.join(", ")}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const mismatch = "remotes server has mismatching etcd version";

/** Starts, writes, compacts, changes the cluster, fills the quota, ends twice by signals. */
async function life(kind: Kind): Promise<string> {
  await using server = await ServerProcess.start({ kind, flags });
  const run = (...args: readonly string[]): Promise<{ stdout: string; stderr: string }> =>
    etcdctl(server.endpoint, args);
  for (let count = 0; count < 12; count++) await run("put", "a", `b${count}`);
  await run("compact", "5");
  await run("defrag");
  const file = join(server.dataDirectory, "../saved.db");
  await run("snapshot", "save", file);
  rmSync(file);
  await run("member", "add", "other", "--peer-urls=http://127.0.0.1:1", "--learner");
  const { stdout } = await run("member", "list");
  const [id = ""] = stdout
    .split("\n")
    .find((line) => line.includes("unstarted"))!
    .split(",");
  await run("member", "promote", id);
  await run("member", "update", id, "--peer-urls=http://127.0.0.1:2");
  await run("member", "remove", id);
  await run("user", "add", "root:root");
  await run("user", "grant-role", "root", "root");
  await run("auth", "enable");
  await run("--user=root:root", "auth", "disable");
  for (const change of ["validate", "enable"]) await run("downgrade", change, "3.6");
  // The version is decided every four seconds, and the members looked at every five.
  await says(server, "The server is ready to downgrade", mismatch);
  await run("downgrade", "cancel");
  await says(server, 'from":"3.6","to":"3.7');
  const until = performance.now() + patienceMs;
  while (!(await run("put", "big", "x".repeat(60_000))).stderr.includes("space exceeded")) {
    assert.ok(performance.now() < until, `${kind} took more than its quota`);
  }
  await run("alarm", "disarm");
  await says(server, "finished compaction hash check", "finished peer corruption check");
  await says(server, "saved snapshot to disk");
  await server.end("SIGTERM");
  await server.restart();
  await server.end("SIGINT");
  return server.log;
}

/** What a line is, without what differs from run to run. */
function shapeOf(line: string): string {
  assert.ok(line.startsWith("{"), line);
  const { level, ts, caller, msg, logger, ...fields } = JSON.parse(line) as Record<string, string>;
  assert.ok(ts !== undefined && caller !== undefined && msg !== undefined, line);
  const words = msg.replaceAll(/\b[0-9a-f]{11,16}\b/g, "ID").replaceAll(/\d+/g, "N");
  const names = Object.keys(fields).filter((name) => name !== "stacktrace");
  return [level, logger ?? "", words, names.toSorted().join(",")].join(" | ");
}

const shapes = (log: string): Set<string> => new Set(log.trimEnd().split("\n").map(shapeOf));

// Lines that come when something took long, or a check met the member that never started: which may
// happen in either.
const byChance =
  /took too long|request stats|slow fdatasync|event loop|heartbeat|prober|hash kv|Skipped|skipped rev/;

// What etcd says and we do not, and why.
const unsaid: readonly (readonly [line: RegExp, why: string])[] = [
  [/\| bbolt \|/, "bbolt's own logger"],
  [/restore consistentIndex|recovered vN backend/, "`opened backend db` and `kvstore restored`"],
  [/bootstrapping (cluster|storage|raft)|bootstrap successfully/, "steps of Go's bootstrap"],
  [/Bootstrapping WAL|constructed a snapshot from WAL|Constructed a new raft snap/, "the same"],
  [/newRaft|cmux::serve|started to purge file/, "names of Go's parts"],
  [/fast-forwarding election ticks/, "one member needs no clock's ticks to elect itself"],
  [/cluster version differs from storage/, "both are decided in one step"],
  [/server has stopped; stopping .* monitor/, "goroutines"],
  [/(stopping|stopped) (insecure grpc server|serving peer traffic)/, "closed with the listeners"],
  [/setting up serving from embedded etcd failed/, "an error that a clean stop is none of"],
];

/** etcd says the first only of a proposal that others let pass, and of alarms nothing. */
const ours = /message exceeded backend quota; raising alarm|alarm (raised|disarmed)/;

test("both say the same of one life, but for what is known", async () => {
  const [theirLog, ourLog] = await Promise.all([life("etcd"), life("quorate")]);
  const theirs = shapes(theirLog);
  const more = ",quorate-version";
  const own = new Set([...shapes(ourLog)].map((shape) => shape.replace(more, "")));
  const certain = (shape: string): boolean => !byChance.test(shape);
  const isKnown = (shape: string): boolean => unsaid.some(([line]) => line.test(shape));
  assert.deepEqual(
    [...theirs].filter((shape) => certain(shape) && !own.has(shape) && !isKnown(shape)),
    [],
    "etcd alone says",
  );
  assert.deepEqual(
    [...own].filter((shape) => certain(shape) && !theirs.has(shape) && !ours.test(shape)),
    [],
    "we alone say",
  );
  assert.ok([...own].filter((shape) => theirs.has(shape)).length > 80);
});
