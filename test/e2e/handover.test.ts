// One data directory, served by etcd and by us in turns: each must find what the other left, and write on.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { peer } from "../peers/peers.ts";
import { run } from "./command.ts";
import { databaseOf, inspectDatabase, snapshotFiles, walFiles } from "./directory.ts";
import { dump, hashOf, sameDump, write } from "./handover.ts";
import { type Kind, ServerProcess } from "./server-process.ts";

/** Small, so that .snap files, cuts of the log and purges take part. */
const filesMax = 2;
const flags = ["--snapshot-count=1000", `--max-wals=${filesMax}`, `--max-snapshots=${filesMax}`];
const operationsPerTurn = 3500;
/** Our turns that a kill -9 under load interrupts. */
const turnsWithKill = [1, 5];
/** After it etcd's tool defragments what we left. */
const turnWithDefragmentation = 3;
/** More than a segment of the log, which is 64 MB. */
const largeValues = 70;

/**
 * The newest revision, the oldest above the compacted one, and some between. At the compacted one itself a
 * server answers with the hash that it took while compacting, until it ends (mvcc/hash.go).
 */
async function revisionsToCompare(endpoint: string): Promise<number[]> {
  const newest = hashOf((await dump(endpoint, [0]))[0]);
  const from = Math.max(newest.compactRevision, 1) + 1;
  const span = newest.hashRevision - from;
  return [0, 0.34, 0.9, 1].map((part) => from + Math.floor(span * part));
}

/** Ends the server in order and has etcd's tools look at the files; returns what it held. */
async function stopAndInspect(server: ServerProcess, revisions: number[]): Promise<string[]> {
  const held = await dump(server.endpoint, revisions);
  const exit = await server.end("SIGTERM");
  assert.ok(exit.code === 0 || exit.signal === "SIGTERM", `${server.kind}: ${exit.code}`);
  const newest = hashOf(held.findLast((line) => line.startsWith("revision ")));
  const { hash, status } = await inspectDatabase(databaseOf(server.dataDirectory));
  assert.deepEqual(hash, newest, `etcdutl hashkv of what ${server.kind} left`);
  assert.equal(status.revision, newest.hashRevision);
  return held;
}

/** Has the server write until it is killed, starts it again, and looks for what was acknowledged. */
async function killWhileWriting(server: ServerProcess, seed: number): Promise<number> {
  const revisions = await revisionsToCompare(server.endpoint);
  const before = await dump(server.endpoint, revisions);
  // No compaction meanwhile: the revisions of before must stay readable.
  const writing = write(
    server.endpoint,
    "-operations=1000000",
    "-compact-every=0",
    "-until-silence",
    `-seed=${seed}`,
  );
  await pause(1000 + Math.random() * 500);
  await server.kill();
  const written = await writing;
  await inspectDatabase(databaseOf(server.dataDirectory));
  await server.restart();
  const after = await dump(server.endpoint, [...revisions, 0]);
  const newest = hashOf(after.findLast((line) => line.startsWith("revision ")));
  assert.ok(newest.hashRevision >= written.revision, `${written.revision} was acknowledged`);
  const past = before.slice(
    0,
    before.findIndex((line) => line.startsWith("cluster ")),
  );
  sameDump(after.slice(0, past.length), past, `the past after a kill of ${server.kind}`);
  return written.operations;
}

/** `etcdutl defrag` on what a stopped server of ours left; then ours goes on with it and stops again. */
async function defragmentOffline(server: ServerProcess, held: readonly string[]): Promise<void> {
  const file = databaseOf(server.dataDirectory);
  const { size } = statSync(file);
  const done = await run(peer("etcdutl"), ["defrag", "--data-dir", server.dataDirectory]);
  assert.equal(done.code, 0, `etcdutl defrag: ${done.stdout}${done.stderr}`);
  assert.ok(statSync(file).size <= size, "the file did not grow");
  const { hash } = await inspectDatabase(file);
  assert.deepEqual(hash, hashOf(held.findLast((line) => line.startsWith("revision "))));
  await server.restart();
  sameDump(await dump(server.endpoint, revisionsOf(held)), held, "after etcdutl defrag");
  const exit = await server.end("SIGTERM");
  assert.ok(exit.code === 0 || exit.signal === "SIGTERM", `${exit.code}`);
  await inspectDatabase(file);
}

const revisionsOf = (held: readonly string[]): number[] =>
  held.flatMap((line) => (line.startsWith("revision ") ? [hashOf(line).hashRevision] : []));

function assertPurged(dataDirectory: string): void {
  const [snapshots, segments] = [snapshotFiles(dataDirectory), walFiles(dataDirectory)];
  assert.ok(snapshots.length <= filesMax, `.snap files: ${snapshots.join(" ")}`);
  assert.ok(segments.length <= filesMax, `segments: ${segments.join(" ")}`);
}

test("etcd and we take turns on one data directory, and each finds all that the other left", async (t) => {
  const seed = Number(process.env["QUORATE_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
  t.diagnostic(`QUORATE_SEED=${seed}`);
  const turns: Kind[] = ["etcd", "quorate", "etcd", "quorate", "etcd", "quorate"];
  await using server = await ServerProcess.start({ kind: "etcd", flags });
  let held: string[] | undefined;
  let operations = 0;
  const segments = new Set<string>();
  for (const [turn, kind] of turns.entries()) {
    if (held !== undefined) {
      await server.handOver(kind);
      sameDump(await dump(server.endpoint, revisionsOf(held)), held, `turn ${turn}, ${kind}`);
      // Both purge when they start; etcd some time later, beside other things.
      if (kind === "quorate") assertPurged(server.dataDirectory);
    }
    const large = turn < 2 ? largeValues : 0;
    const written = await write(
      server.endpoint,
      `-operations=${operationsPerTurn}`,
      `-large=${large}`,
      `-seed=${seed + turn}`,
    );
    assert.equal(written.operations, operationsPerTurn + large);
    assert.ok(written.compactions > 0);
    operations += written.operations;
    if (turnsWithKill.includes(turn))
      operations += await killWhileWriting(server, seed + 100 + turn);
    for (const name of walFiles(server.dataDirectory)) segments.add(name);
    held = await stopAndInspect(server, await revisionsToCompare(server.endpoint));
    assert.ok(snapshotFiles(server.dataDirectory).length > 0, `.snap files after ${kind}`);
    if (turn === turnWithDefragmentation) await defragmentOffline(server, held);
  }
  await server.handOver("etcd");
  held ??= [];
  sameDump(await dump(server.endpoint, revisionsOf(held)), held, "etcd at the end");
  assert.ok(operations >= 20_000, `${operations} operations`);
  assert.ok(segments.size > 2, `the log was cut: ${[...segments].join(" ")}`);
  t.diagnostic(`${operations} operations, ${segments.size} segments of the log`);
});
