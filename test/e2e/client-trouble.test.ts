// Clients that give up while their writes are under way, and streams that are open when a member is
// stopped: what they are told, that nothing of them stays behind, and that no write is done twice.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { peer } from "../peers/peers.ts";
import {
  decodeKeyValue,
  decodeLeaseGrantResponse,
  decodeRangeResponse,
  encodeLeaseGrantRequest,
  encodeLeaseKeepAliveRequest,
  encodePutRequest,
  encodeRangeRequest,
  encodeWatchRequest,
  makeLeaseGrantRequest,
  makeLeaseKeepAliveRequest,
  makePutRequest,
  makeRangeRequest,
  makeWatchCreateRequest,
  makeWatchRequest,
} from "../../src/core/proto/index.ts";
import { run } from "./command.ts";
import { type End, RawSession } from "./raw-call.ts";
import { ServerProcess, targetKind } from "./server-process.ts";
import { TestCluster, until } from "./test-cluster.ts";

const text = new TextEncoder();
const everyKey = { key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0) };
const ok = 0;
const deadlineExceeded = 4;
const unavailable = 14;
const cancel = 8;
/** Less than a member gives its clients at a stop: ours 700 ms, etcd 7 s. */
const graceMs = 600;
/** Calls of each kind. */
const calls = 25;
const programSeconds = Number(process.env["QUORATE_RECONNECT_SECONDS"] ?? "4");

const put = (key: string): Uint8Array =>
  encodePutRequest(makePutRequest({ key: text.encode(key), value: text.encode(key) }));

/** Every key there is, with how often it was written. */
async function versions(session: RawSession): Promise<Map<string, number>> {
  const read = await session.call("KV/Range", encodeRangeRequest(makeRangeRequest(everyKey))).ended;
  assert.equal(read.status, ok, read.message);
  return new Map(
    decodeRangeResponse(read.messages[0]!).kvs.map((bytes) => {
      const { key, version } = decodeKeyValue(bytes);
      return [new TextDecoder().decode(key), version];
    }),
  );
}

/** Figures of a server's /metrics whose name begins so, by the whole name. */
async function figures(endpoint: string, name: string): Promise<Map<string, number>> {
  const body = await (await fetch(`http://${endpoint}/metrics`)).text();
  const lines = body.split("\n").filter((line) => line.startsWith(name));
  return new Map(lines.map((line) => line.split(/ (?=[^ ]+$)/)).map(([k, v]) => [k!, Number(v)]));
}

const sum = (figures: Map<string, number>): number =>
  [...figures.values()].reduce((total, one) => total + one, 0);

test("writes given up under way are done once or not at all, and leave nothing", async () => {
  const kind = targetKind();
  await using cluster = await TestCluster.start([kind, kind, kind]);
  const leader = await cluster.leader();
  const others = cluster.members.filter((member) => member !== leader);
  const session = new RawSession(leader.endpoint);
  assert.equal((await session.call("KV/Put", put("before")).ended).status, ok);
  for (const { pid } of others) process.kill(pid, "SIGSTOP");
  const make = (name: string, timeout?: string): [string, ReturnType<RawSession["call"]>][] =>
    Array.from({ length: calls }, (_, at) => {
      const key = `${name}/${at}`;
      return [key, session.call("KV/Put", put(key), timeout)];
    });
  let ends: [string, End][];
  const [late, cancelled, patient] = [make("late", "300m"), make("cancelled"), make("patient")];
  const read = session.call("KV/Range", encodeRangeRequest(makeRangeRequest(everyKey)), "300m");
  try {
    await pause(100);
    for (const [, call] of cancelled) call.cancel();
    ends = await Promise.all(late.map(async ([key, { ended }]) => [key, await ended] as const));
    const linearizable = await read.ended;
    if (kind === "quorate") assert.equal(linearizable.status, deadlineExceeded);
  } finally {
    for (const { pid } of others) process.kill(pid, "SIGCONT");
  }
  for (const [key, end] of ends) {
    // etcd's transport resets the stream at the deadline, unless its handler is quicker.
    const told = [end.status, end.message, end.reset];
    if (kind === "quorate")
      assert.deepEqual(told, [deadlineExceeded, "context deadline exceeded", 0]);
    else if (end.status === undefined) assert.equal(end.reset, cancel, key);
    else assert.ok(end.status === unavailable || end.status === deadlineExceeded, end.message);
  }
  const acknowledged = new Set<string>();
  for (const [key, { ended }] of patient) {
    const end = await ended;
    if (end.status === ok) acknowledged.add(key);
    // Nobody knows what came of it, and these are words with which no client tries a write again.
    else assert.match(`${end.status} ${end.message}`, /^14 etcdserver: request timed out/);
  }
  await cluster.leader();
  const keys = await until("a read", async () => {
    const reader = new RawSession(leader.endpoint);
    const found = await versions(reader).catch(() => undefined);
    reader.close();
    return found;
  });
  for (const key of acknowledged) assert.equal(keys.get(key), 1, `${key} was acknowledged`);
  for (const [key, version] of keys) assert.equal(version, 1, `${key} was written once`);
  const proposals = await until("nothing is pending", async () => {
    const pending = sum(await figures(leader.endpoint, "etcd_server_proposals_pending"));
    return pending === 0 ? true : undefined;
  });
  assert.ok(proposals);
  const method = 'grpc_method="Put",grpc_service="etcdserverpb.KV"';
  const named = async (name: string): Promise<number> => {
    const all = await figures(leader.endpoint, name);
    return sum(new Map([...all].filter(([key]) => key.includes(method))));
  };
  assert.equal(await named("grpc_server_handled_total"), await named("grpc_server_started_total"));
  session.close();
});

let server: ServerProcess;
before(async () => {
  server = await ServerProcess.start({ kind: targetKind() });
});
after(() => server.dispose());

test("a stop sends two GOAWAYs, answers what is under way, then cuts off streams", async () => {
  const session = new RawSession(server.endpoint);
  const granted = await session.call(
    "Lease/LeaseGrant",
    encodeLeaseGrantRequest(makeLeaseGrantRequest({ TTL: 60 })),
  ).ended;
  const { ID } = decodeLeaseGrantResponse(granted.messages[0]!);
  const alive = encodeLeaseKeepAliveRequest(makeLeaseKeepAliveRequest({ ID }));
  const value = makeWatchCreateRequest({ ...everyKey, startRevision: 1 });
  const creation = makeWatchRequest({ requestUnion: { case: "createRequest", value } });
  const watch = session.call("Watch/Watch", encodeWatchRequest(creation), undefined, true);
  const keepAlive = session.call("Lease/LeaseKeepAlive", alive, undefined, true);
  assert.equal((await session.call("KV/Put", put("first")).ended).status, ok);
  const puts = Array.from({ length: 200 }, (_, at) => session.call("KV/Put", put(`stop/${at}`)));
  await puts[0]!.ended;
  const stoppedMs = performance.now();
  const exiting = server.end("SIGTERM");
  const ends = await Promise.all(puts.map(({ ended }) => ended));
  const streams = await Promise.all([watch.ended, keepAlive.ended]);
  const closedMs = await session.closed;
  assert.equal((await exiting).signal, "SIGTERM");
  // The first lets what is on its way arrive; the second names the last request that is served.
  const [warning, last] = session.goAways;
  assert.deepEqual(warning, { code: 0, lastStream: 2 ** 31 - 1 });
  assert.equal(last?.code, 0);
  assert.ok(last.lastStream >= 2 * puts.length, `GOAWAY names ${last.lastStream}`);
  for (const end of ends) {
    // Only what the grace did not suffice for is cut off, and left open.
    const isCut = end.status === undefined && end.atMs - stoppedMs >= graceMs;
    assert.ok(end.status === ok || isCut, "a request that came before the stop is carried out");
    assert.ok(end.atMs <= closedMs);
  }
  for (const stream of streams) {
    assert.equal(stream.status, undefined, "a stream ends with its connection, as etcd's do");
    assert.ok(stream.messages.length > 0);
    assert.ok(stream.atMs >= Math.max(...ends.map(({ atMs }) => atMs)));
  }
  await server.restart();
  const reader = new RawSession(server.endpoint);
  const keys = await versions(reader);
  for (const [at, { status }] of ends.entries()) {
    if (status === ok) assert.equal(keys.get(`stop/${at}`), 1);
  }
  for (const [key, version] of keys) assert.equal(version, 1, `${key} was written once`);
  reader.close();
});

test("a program of clientv3 goes on through stops and kills, and nothing is done twice", async (t) => {
  const kind = targetKind();
  await using cluster = await TestCluster.start([kind, kind, kind]);
  const args = [`-endpoints=${cluster.endpoints}`, `-seconds=${programSeconds}`];
  const running = run(peer("reconnects"), args, { patienceMilliseconds: 180_000 });
  let isOver = false;
  void running.then(() => (isOver = true));
  for (let round = 0; !isOver; round++) {
    const leader = await cluster.leader();
    // Leaders by turns stopped and killed, and every third time a follower is stopped.
    const follower = cluster.members.find((one) => one !== leader)!;
    const member = round % 3 === 2 ? follower : leader;
    await pause(300);
    await member.end(round % 3 === 1 ? "SIGKILL" : "SIGTERM");
    await pause(300);
    await member.restart();
  }
  const done = await running;
  assert.equal(done.code, 0, done.stdout + done.stderr);
  for (const line of done.stdout.trim().split("\n")) t.diagnostic(line);
  await cluster.leader();
  await cluster.sameHash();
});

test("that program finds a write that is lost and an event that nobody saw", async () => {
  for (const plant of ["lost", "unseen"]) {
    const args = [`-endpoints=${server.endpoint}`, "-seconds=1", `-plant=${plant}`];
    const done = await run(peer("reconnects"), args);
    assert.equal(done.code, 1, done.stdout);
    assert.match(
      done.stdout,
      /^VIOLATION reconnects|^VIOLATION .* was (acknowledged|seen)|of revision/m,
    );
  }
});
