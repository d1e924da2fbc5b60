// The server as a process: its command line, its signals, its log.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { test } from "node:test";
import { peer } from "../peers/peers.ts";
import { etcdctl, run } from "./command.ts";
import { ServerProcess, executable, targetKind } from "./server-process.ts";

const program = executable(targetKind());

test("--version prints etcd's four lines", async () => {
  const done = await run(program, ["--version"]);
  assert.equal(done.code, 0);
  const lines = done.stdout.trimEnd().split("\n");
  assert.equal(lines.length, 4, done.stdout);
  assert.match(lines[0] ?? "", /^etcd Version: 3\.7\.3$/);
  assert.match(lines[1] ?? "", /^Git SHA: /);
  assert.match(lines[2] ?? "", /^Go Version: /);
  assert.match(lines[3] ?? "", /^Go OS\/Arch: linux\/(amd64|arm64)$/);
});

test("an unknown flag is refused by name", async () => {
  const done = await run(program, ["--data-dirr=x"]);
  assert.equal(done.code, 2);
  assert.match(done.stdout + done.stderr, /flag provided but not defined: -data-dirr/);
});

test("an argument that is no flag is refused", async () => {
  const done = await run(program, ["serve-me"]);
  assert.notEqual(done.code, 0);
  assert.match(done.stdout + done.stderr, /is not a valid flag/);
});

test("flags may be given with one dash, with a blank, and as ETCD_ variables", async () => {
  await using server = await ServerProcess.start({
    kind: targetKind(),
    flags: ["-heartbeat-interval", "50", "--log-format=json"],
    environment: { ETCD_ELECTION_TIMEOUT: "500", ETCD_MAX_TXN_OPS: "2" },
  });
  const script = "\nput a 1\nput b 1\nput c 1\n\n\n";
  const refused = await etcdctl(server.endpoint, ["txn", "-i"], { input: script });
  assert.match(refused.stderr, /too many operations in txn request/);
});

test("SIGTERM and SIGINT stop it cleanly within a second, and what was written is there again", async () => {
  await using server = await ServerProcess.start({ kind: targetKind() });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    assert.equal((await etcdctl(server.endpoint, ["put", signal, "kept"])).code, 0);
    const exit = await server.end(signal);
    // Real etcd ends by its own signal after it has shut down; an exit with 0 says the same.
    assert.ok(exit.code === 0 || exit.signal === signal, JSON.stringify(exit));
    assert.ok(exit.milliseconds < 1000, `${exit.milliseconds} ms`);
    await server.restart();
    const got = await etcdctl(server.endpoint, ["get", signal]);
    assert.equal(got.stdout, `${signal}\nkept\n`);
  }
});

test("the process started is the server itself, with no parent left above it", async () => {
  await using server = await ServerProcess.start({ kind: targetKind() });
  // The listening socket belongs to the very process that was started.
  const port = Number(server.endpoint.split(":")[1]).toString(16).toUpperCase().padStart(4, "0");
  const listening = new RegExp(` 0100007F:${port} 00000000:0000 0A .*`);
  const inode = listening.exec(readFileSync("/proc/net/tcp", "utf8"))?.[0].trim().split(/\s+/)[8];
  const folder = `/proc/${server.pid}/fd`;
  const held = readdirSync(folder).map((name) => readlinkSync(`${folder}/${name}`));
  assert.ok(held.includes(`socket:[${inode}]`), `socket ${inode} is not among ${held.join(" ")}`);
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, "utf8");
  assert.equal(children.trim(), "");
});

test("every line of its log is JSON in zap's shape", async () => {
  await using server = await ServerProcess.start({ kind: targetKind() });
  await etcdctl(server.endpoint, ["put", "logged", "1"]);
  await server.end("SIGTERM");
  const lines = server.log.trimEnd().split("\n");
  assert.ok(lines.length > 3);
  for (const line of lines) {
    const entry = JSON.parse(line);
    assert.match(entry.level, /^(debug|info|warn|error)$/, line);
    assert.match(entry.ts, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/, line);
    assert.equal(typeof entry.caller, "string", line);
    assert.equal(typeof entry.msg, "string", line);
  }
});

test("health and version answer over HTTP on the client port", async () => {
  await using server = await ServerProcess.start({ kind: targetKind() });
  const health = await fetch(`http://${server.endpoint}/health`);
  assert.equal(health.status, 200);
  assert.deepEqual(await health.json(), { health: "true", reason: "" });
  const version = await (await fetch(`http://${server.endpoint}/version`)).json();
  assert.match(JSON.stringify(version), /"etcdserver":"3\.7\.3"/);
  assert.match(JSON.stringify(version), /"etcdcluster":"3\.7\.0"/);
});

test("a thousand clients at once are each served what is theirs", async (t) => {
  await using server = await ServerProcess.start({ kind: targetKind() });
  const done = await run(
    peer("manyclients"),
    [`-endpoint=${server.endpoint}`, "-clients=1000", "-rounds=3"],
    {
      patienceMilliseconds: 150_000,
    },
  );
  t.diagnostic(done.stdout.trim());
  assert.equal(done.code, 0, done.stdout + done.stderr);
});
