// Snapshots and defragmentation, with etcd's own tools on the other side.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { peer } from "../peers/peers.ts";
import { etcdctl, run } from "./command.ts";
import { databaseOf, etcdutl, inspectDatabase } from "./directory.ts";
import { dump, hashOf, sameDump, write, type Written } from "./handover.ts";
import { type Kind, ServerProcess, targetKind } from "./server-process.ts";

/** The hash that a snapshot stream ends with: SHA-256 of all before it. */
const suffixBytes = 32;
const pageBytes = 512;

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "quorate-snapshots-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function ctl(server: ServerProcess, ...args: string[]): Promise<string> {
  const done = await etcdctl(server.endpoint, args);
  assert.equal(done.code, 0, `etcdctl ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
}

/** Saves a snapshot; the file must have etcd's shape and be whole in the eyes of its tools. */
async function save(server: ServerProcess, name: string): Promise<{ file: string; hash: number }> {
  const file = join(folder, name);
  await ctl(server, "snapshot", "save", file);
  assert.equal(statSync(file).size % pageBytes, suffixBytes);
  const { hash, status } = await inspectDatabase(file);
  assert.equal(status.revision, hash.hashRevision);
  assert.match(status.version, /^3\.7\.0$/);
  return { file, hash: hash.hash };
}

/** A new cluster of one member from a snapshot, by `etcdutl snapshot restore`. */
function restored(file: string, kind: Kind): Promise<ServerProcess> {
  return ServerProcess.start({
    kind,
    prepare: async (server) => {
      await etcdutl(
        "snapshot",
        "restore",
        file,
        `--data-dir=${server.dataDirectory}`,
        `--initial-cluster=default=${server.peerUrl}`,
        `--initial-advertise-peer-urls=${server.peerUrl}`,
      );
    },
  });
}

/** Keys and leases; a restored cluster is another one, with other members. */
function withoutCluster(lines: readonly string[]): string[] {
  return lines.filter((line) => !/^(cluster|member) /.test(line));
}

/** The revision a dump's last hash was taken at. */
function newestOf(lines: readonly string[]): number {
  return hashOf(lines.findLast((line) => line.startsWith("revision "))).hashRevision;
}

test("a saved snapshot, restored, holds the same for etcd and for us, and after a restart", async () => {
  await using server = await ServerProcess.start({ kind: targetKind() });
  await write(server.endpoint, "-operations=3000", "-compact-every=1000", "-history=500");
  const newest = newestOf(await dump(server.endpoint, [0]));
  const revisions = [newest - 200, newest - 50, newest];
  const held = withoutCluster(await dump(server.endpoint, revisions));
  const { file, hash } = await save(server, "quiet.db");
  assert.equal(hash, hashOf(held.findLast((line) => line.startsWith("revision "))).hash);
  for (const kind of ["etcd", "quorate"] as const) {
    await using copy = await restored(file, kind);
    sameDump(withoutCluster(await dump(copy.endpoint, revisions)), held, kind);
    await write(copy.endpoint, "-operations=500", "-compact-every=0");
    const later = await dump(copy.endpoint, [...revisions, 0]);
    await copy.end("SIGTERM");
    await copy.handOver(kind === "etcd" ? "quorate" : "etcd");
    sameDump(await dump(copy.endpoint, [...revisions, 0]), later, `${kind}, written on`);
  }
  await server.kill();
  await server.restart();
  sameDump(withoutCluster(await dump(server.endpoint, revisions)), held, "after a kill");
});

test("a snapshot taken under load is the store at one revision", async () => {
  await using server = await ServerProcess.start({ kind: targetKind() });
  await write(server.endpoint, "-operations=1500", "-large=20", "-compact-every=0");
  let writing = true;
  const load = write(server.endpoint, "-operations=3000", "-compact-every=0").finally(
    () => (writing = false),
  );
  const snapshots: { file: string; hash: number }[] = [];
  while (writing && snapshots.length < 3) {
    snapshots.push(await save(server, `load-${snapshots.length}.db`));
  }
  await load;
  assert.ok(snapshots.length > 0);
  for (const [number, { file, hash }] of snapshots.entries()) {
    await using copy = await restored(file, number % 2 === 0 ? "quorate" : "etcd");
    const found = await dump(copy.endpoint, [0]);
    const revision = newestOf(found);
    // Leases are what they were then, so only keys are compared.
    const keys = (lines: string[]): string[] => lines.filter((line) => /^(revision|\d)/.test(line));
    sameDump(keys(found), keys(await dump(server.endpoint, [revision])), `snapshot ${number}`);
    assert.equal(hashOf(found[0]).hash, hash);
  }
});

test("defragmentation under load loses nothing and gives the space back", async (t) => {
  await using server = await ServerProcess.start({ kind: targetKind() });
  const fill = ["-count=40000", "-value-size=400", "-prefix=filling/"];
  const filled = await run(peer("preload"), [`-endpoint=${server.endpoint}`, ...fill]);
  assert.equal(filled.code, 0, filled.stdout);
  const file = databaseOf(server.dataDirectory);
  assert.equal((await ctl(server, "del", "--prefix", "filling/")).trim(), "40000");
  const revision = newestOf(await dump(server.endpoint, [0]));
  await ctl(server, "compact", String(revision), "--physical");
  await pause(300);
  const bytesBefore = statSync(file).size;
  let defragmenting = true;
  const rounds: Promise<Written>[] = [];
  const load = (async () => {
    while (defragmenting) {
      rounds.push(write(server.endpoint, "-operations=700", "-compact-every=0"));
      await rounds.at(-1);
    }
  })();
  for (let round = 0; round < 2; round++) {
    await ctl(server, "--command-timeout=60s", "defrag");
    await pause(200);
  }
  defragmenting = false;
  await load;
  const written = await Promise.all(rounds);
  const held = await dump(server.endpoint, [revision + 1, 0]);
  assert.ok(newestOf(held) >= Math.max(...written.map((piece) => piece.revision)));
  await ctl(server, "--command-timeout=60s", "defrag");
  sameDump(await dump(server.endpoint, [revision + 1, newestOf(held)]), held, "defragmented");
  const bytesAfter = statSync(file).size;
  t.diagnostic(`${bytesBefore} bytes before, ${bytesAfter} after`);
  assert.ok(bytesAfter < bytesBefore / 2, `${bytesBefore} bytes before, ${bytesAfter} after`);
  const [status] = JSON.parse(await ctl(server, "endpoint", "status", "-w", "json"));
  assert.ok(status.Status.dbSize < bytesBefore / 2, `${status.Status.dbSize} in the status`);
  await server.kill();
  await server.restart();
  sameDump(await dump(server.endpoint, [revision + 1, newestOf(held)]), held, "after a kill");
  await server.end("SIGTERM");
  const { hash } = await inspectDatabase(file);
  assert.equal(hash.hashRevision, newestOf(held));
  await server.handOver("etcd");
  sameDump(await dump(server.endpoint, [revision + 1, newestOf(held)]), held, "served by etcd");
});
