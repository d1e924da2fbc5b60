// gofail's failpoints in a running member: what a panic at each place leaves, etcd and we must open.
import assert from "node:assert/strict";
import { test } from "node:test";
import { etcdctl } from "./command.ts";
import { databaseOf, inspectDatabase } from "./directory.ts";
import { freePorts, ServerProcess } from "./server-process.ts";

/** Places a lone member reaches by writes, by a compaction, by a defragmentation, by a snapshot. */
const places: readonly (readonly [name: string, reached: "put" | "compact" | "defrag"])[] = [
  ["raftBeforeSave", "put"],
  ["raftAfterSave", "put"],
  ["raftBeforeLeaderSend", "put"],
  ["walBeforeSync", "put"],
  ["walAfterSync", "put"],
  ["commitBeforePreCommitHook", "put"],
  ["commitAfterPreCommitHook", "put"],
  ["beforeStartDBTxn", "put"],
  ["beforeCommit", "put"],
  ["afterCommit", "put"],
  ["beforeWritebackBuf", "put"],
  ["raftBeforeWALSaveSnaphot", "put"],
  ["compactBeforeCommitScheduledCompact", "compact"],
  ["compactBeforeCommitBatch", "compact"],
  ["compactAfterCommitBatch", "compact"],
  ["compactAfterSetFinishedCompact", "compact"],
  ["defragBeforeCopy", "defrag"],
  ["defragBeforeRename", "defrag"],
];

/** QUORATE_FAILPOINTS=all for the long run. */
const placesInCi = [
  "raftBeforeSave",
  "raftBeforeLeaderSend",
  "walAfterSync",
  "commitAfterPreCommitHook",
  "raftBeforeWALSaveSnaphot",
  "compactAfterCommitBatch",
  "defragBeforeRename",
];
const patienceMilliseconds = 60_000;
/** The server may die over any request. */
const quick = ["--command-timeout=1500ms", "--dial-timeout=1s"];

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("a panic at any failpoint ends the process, nothing acknowledged is lost, etcd goes on", async () => {
  const [port = 0] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  await using server = await ServerProcess.start({
    kind: "quorate",
    flags: ["--snapshot-count=20"],
    environment: { GOFAIL_HTTP: address },
  });
  // Before its first hundred milliseconds are over the database has its buckets, for etcdutl to read.
  await server.kill();
  await inspectDatabase(databaseOf(server.dataDirectory));
  await server.restart();
  const list = await (await fetch(`http://${address}/`)).text();
  let tried = 0;
  let acknowledged = 0;
  const isLong = process.env["QUORATE_FAILPOINTS"] === "all";
  for (const [name, reached] of places) {
    if (!isLong && !placesInCi.includes(name)) continue;
    assert.match(list, new RegExp(`^${name}=$`, "m"));
    const set = await fetch(`http://${address}/${name}`, { method: "PUT", body: "panic" });
    assert.equal(set.status, 204, name);
    const end = performance.now() + patienceMilliseconds;
    while (isAlive(server.pid)) {
      assert.ok(performance.now() < end, `${name} is reached`);
      tried++;
      const put = await etcdctl(server.endpoint, [...quick, "put", "key", `${tried}`]);
      if (put.code === 0) acknowledged = tried;
      else if (isAlive(server.pid)) continue;
      else break;
      if (reached === "compact") {
        await etcdctl(server.endpoint, [...quick, "compact", `${await revision(server)}`]);
      } else if (reached === "defrag") await etcdctl(server.endpoint, [...quick, "defrag"]);
    }
    const exit = await server.end("SIGTERM");
    assert.equal(exit.code, 2, `${name}: a panic's exit code`);
    await inspectDatabase(databaseOf(server.dataDirectory));
    await server.restart();
    const got = await etcdctl(server.endpoint, ["get", "key", "--print-value-only"]);
    const value = Number(got.stdout.trim());
    assert.ok(value >= acknowledged, `${name}: ${value}, acknowledged ${acknowledged}`);
    acknowledged = value;
  }
  await server.end("SIGTERM");
  await server.handOver("etcd");
  const got = await etcdctl(server.endpoint, ["get", "key", "--print-value-only"]);
  assert.equal(got.stdout.trim(), `${acknowledged}`);
});

async function put(server: ServerProcess, key: string): Promise<void> {
  assert.equal((await etcdctl(server.endpoint, ["put", key, "value"])).code, 0);
}

async function revision(server: ServerProcess): Promise<number> {
  const got = await etcdctl(server.endpoint, [...quick, "get", "key", "-w", "json"]);
  return got.code === 0
    ? (JSON.parse(got.stdout) as { header: { revision: number } }).header.revision
    : 0;
}

test("a watch whose responses are held up gets all events later, while others are served", async () => {
  const [port = 0] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  await using server = await ServerProcess.start({
    kind: "quorate",
    environment: { GOFAIL_HTTP: address },
  });
  const place = `http://${address}/beforeSendWatchResponse`;
  const set = await fetch(place, { method: "PUT", body: 'sleep("1s")' });
  assert.equal(set.status, 204);
  const request = { create_request: { key: btoa("held/"), range_end: btoa("held0") } };
  const watch = await fetch(`http://${server.endpoint}/v3/watch`, {
    method: "POST",
    body: JSON.stringify(request),
  });
  const names = [1, 2, 3, 4, 5].map((put) => `held/${put}`);
  const rest = names.map(btoa);
  let text = "";
  for await (const piece of watch.body!.pipeThrough(new TextDecoderStream())) {
    // Once the watch is there.
    if (text === "") for (const name of names) await put(server, name);
    text += piece;
    while (rest.length > 0 && text.includes(rest[0]!)) rest.shift();
    if (rest.length === 0) break;
  }
  assert.deepEqual(rest, []);
  const count = Number(await (await fetch(`${place}/count`)).text());
  assert.ok(count >= 1, "the place was reached");
});
