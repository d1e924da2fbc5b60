import assert from "node:assert/strict";
import { test } from "node:test";
import { EtcdError } from "../../core/errors/index.ts";
import {
  decodeInternalRaftRequest,
  encodeInternalRaftRequest,
  encodePutRequest,
  makeInternalRaftRequest,
  makePutRequest,
  makeRequestHeader,
} from "../../core/proto/index.ts";
import {
  EntryType,
  type Message,
  MessageType,
  newEntry,
  newMessage,
} from "../../core/raft/index.ts";
import { encodeUtf8, InvariantError } from "../../base/index.ts";
import type { Settled } from "./member.ts";
import { leadingServer, testMemberId, testServer } from "./testing.ts";

const put = (key: string, valueBytes = 1): Uint8Array =>
  encodePutRequest(makePutRequest({ key: encodeUtf8(key), value: new Uint8Array(valueBytes) }));

const textOf = (outcome: Settled): string =>
  outcome instanceof EtcdError ? outcome.message : `revision ${outcome.revision}`;

const told: string[] = [];
const tell = (outcome: Settled): unknown => told.push(textOf(outcome));

test("nothing is acknowledged before the log says that it is durable", () => {
  const { server, clock, wal } = leadingServer();
  const outcomes: string[] = [];
  wal.isPrompt = false;
  server.member.propose("put", put("a"), (outcome) => outcomes.push(textOf(outcome)));
  clock.settle();
  assert.equal(wal.saves.length, 1);
  assert.equal(wal.saves[0]!.entries.length, 1);
  assert.deepEqual(outcomes, []);
  assert.equal(server.store.currentRevision, 1);
  wal.finish();
  clock.settle();
  assert.deepEqual(outcomes, ["revision 2"]);
});

test("what comes in one turn is one save, answered in order", () => {
  const { server, clock, wal } = leadingServer();
  const outcomes: string[] = [];
  wal.isPrompt = false;
  for (const key of ["a", "b", "c"]) {
    server.member.propose("put", put(key), (outcome) => outcomes.push(textOf(outcome)));
  }
  clock.settle();
  assert.deepEqual(
    wal.saves.map(({ entries }) => entries.length),
    [3],
  );
  wal.finish();
  clock.settle();
  assert.deepEqual(outcomes, ["revision 2", "revision 3", "revision 4"]);
});

test("what is more than a turn's share is logged in several saves, each answered by its own", () => {
  const { server, clock, wal } = leadingServer({ maxRequestBytes: 2 << 20 });
  const outcomes: string[] = [];
  wal.isPrompt = false;
  for (const [key, megabytes] of [
    ["a", 1.5],
    ["b", 1.5],
    ["c", 0.1],
    ["d", 0.1],
  ] as const) {
    const value = megabytes * (1 << 20);
    server.member.propose("put", put(key, value), (outcome) => outcomes.push(textOf(outcome)));
  }
  clock.settle();
  assert.deepEqual(
    wal.saves.map(({ entries }) => entries.length),
    [1, 3],
  );
  wal.finish();
  wal.finish();
  server.member.readIndex(() => outcomes.push("read"));
  clock.settle();
  assert.deepEqual(outcomes, ["revision 2", "revision 3", "revision 4", "revision 5", "read"]);
});

test("saves that overlap are acknowledged each by its own", () => {
  const { server, clock, wal } = leadingServer();
  const outcomes: string[] = [];
  wal.isPrompt = false;
  for (const key of ["a", "b"]) {
    server.member.propose("put", put(key), (outcome) => outcomes.push(`${key} ${textOf(outcome)}`));
    clock.settle();
  }
  assert.equal(wal.saves.length, 2);
  wal.finish();
  clock.settle();
  assert.deepEqual(outcomes, ["a revision 2"]);
  wal.finish();
  clock.settle();
  assert.deepEqual(outcomes, ["a revision 2", "b revision 3"]);
});

test("a log that fails stops the member: all who wait hear it, nothing is acknowledged", () => {
  const { server, clock, wal, failures } = leadingServer();
  const outcomes: string[] = [];
  wal.isPrompt = false;
  server.member.propose("put", put("a"), (outcome) => outcomes.push(textOf(outcome)));
  clock.settle();
  server.member.propose("put", put("b"), (outcome) => outcomes.push(textOf(outcome)));
  server.member.readIndex((error) => outcomes.push(error?.message ?? "read"));
  wal.finish(new Error("fdatasync: input/output error"));
  clock.settle();
  const stopped = "etcdserver: server stopped";
  assert.deepEqual(outcomes, [stopped, stopped, stopped]);
  assert.deepEqual(
    failures.map(({ message }) => message),
    ["fdatasync: input/output error"],
  );
  assert.ok(server.member.isStopped);
  assert.equal(server.store.currentRevision, 1);
});

test("a stopped member takes nothing any more and says so at once", () => {
  const { server, clock } = leadingServer();
  const outcomes: string[] = [];
  server.member.stop();
  server.member.propose("put", put("a"), (outcome) => outcomes.push(textOf(outcome)));
  server.member.readIndex((error) => outcomes.push(error?.message ?? "read"));
  server.member.receive(newMessage(MessageType.MsgHeartbeat, testMemberId));
  clock.advance(10_000);
  assert.deepEqual(outcomes, ["etcdserver: server stopped", "etcdserver: server stopped"]);
});

test("a request longer than --max-request-bytes is refused before it is logged", () => {
  const { server, clock, wal } = leadingServer({ maxRequestBytes: 100 });
  told.length = 0;
  wal.isPrompt = false;
  server.member.propose("put", put("a", 100), tell);
  clock.settle();
  assert.deepEqual(told, ["etcdserver: request is too large"]);
  assert.deepEqual(wal.saves, []);
});

test("without a leader a proposal waits for its time and is then forgotten", () => {
  const sent: Message[] = [];
  const { server, clock } = testServer(
    {},
    { peerIds: [testMemberId, 2n, 3n], send: (messages) => sent.push(...messages) },
  );
  told.length = 0;
  server.start(() => {});
  clock.advance(50);
  server.member.propose("put", put("a"), tell);
  clock.advance(6949);
  assert.deepEqual(told, []);
  clock.advance(151);
  assert.deepEqual(told, ["context deadline exceeded"]);
  // A leader that comes now is not asked to do what its caller was told had failed.
  const { term } = server.member;
  const heartbeat = newMessage(MessageType.MsgHeartbeat, testMemberId);
  server.member.receive({ ...heartbeat, from: 2n, term: term + 1 });
  clock.advance(0);
  const forwarded = sent.filter(({ type }) => type === MessageType.MsgProp);
  const puts = forwarded
    .flatMap(({ entries }) => entries)
    .filter(({ data }) => decodeInternalRaftRequest(data).request?.case === "put");
  assert.equal(server.member.lead, 2n);
  assert.equal(puts.length, 0);
});

test("what waits for a leader is bounded in bytes", () => {
  const { server, clock } = testServer(
    { maxRequestBytes: 10 * 1024 * 1024 },
    { peerIds: [testMemberId, 2n, 3n] },
  );
  told.length = 0;
  const large = put("a", 8 * 1024 * 1024);
  for (let count = 0; count < 9; count++) server.member.propose("put", large, tell);
  assert.deepEqual(told, ["etcdserver: too many requests", "etcdserver: too many requests"]);
  server.start(() => {});
  clock.advance(8000);
  server.member.propose("put", large, tell);
  assert.equal(told.filter((text) => text.endsWith("too many requests")).length, 2);
});

/** A follower that hears of so many committed entries, which its disk does not take. */
function behind(
  options: Parameters<typeof testServer>[0],
  count: number,
  data: Uint8Array = new Uint8Array(0),
) {
  const made = testServer(options, { peerIds: [testMemberId, 2n, 3n] });
  const { server, clock, wal } = made;
  told.length = 0;
  server.start(() => {});
  clock.settle();
  const first = server.member.appliedIndex;
  const append = (more: number): void => {
    const index = Math.max(server.member.committedIndex, first);
    const entries = Array.from({ length: more }, (_, at) => ({
      ...newEntry(EntryType.EntryNormal, data),
      index: index + 1 + at,
      term: 2,
    }));
    const message = newMessage(MessageType.MsgApp, testMemberId);
    const logTerm = index === first ? 1 : 2;
    const commit = index + more;
    server.member.receive({ ...message, from: 2n, term: 2, index, logTerm, commit, entries });
    clock.settle();
  };
  wal.isPrompt = false;
  append(count);
  return { ...made, first, append };
}

test("a member more than 5000 entries behind what is committed takes no proposals", () => {
  const { server, clock, wal, first, append } = behind({}, 5000);
  server.member.propose("put", put("a"), tell);
  assert.deepEqual(told, []);
  append(1);
  assert.deepEqual(
    [server.member.committedIndex, server.member.appliedIndex],
    [first + 5001, first],
  );
  server.member.propose("put", put("a"), tell);
  server.member.propose("leaseRevoke", new Uint8Array(0), tell);
  const refusal = "etcdserver: too many requests";
  assert.deepEqual(told, [refusal, refusal]);
  while (wal.saves.length > 0) wal.finish();
  clock.settle();
  server.member.propose("put", put("a"), tell);
  assert.equal(told.length, 2);
});

test("what is committed at once is applied a turn's share at a time", () => {
  const request = makeInternalRaftRequest({
    header: makeRequestHeader({ ID: 7n }),
    request: { case: "put", value: put("a", 1 << 20) },
  });
  const { server, clock, wal, first } = behind({}, 7, encodeInternalRaftRequest(request));
  const applied = (): number => server.member.appliedIndex - first;
  wal.finish();
  assert.equal(applied(), 2);
  server.member.turn();
  assert.equal(applied(), 4);
  clock.settle();
  assert.equal(applied(), 7);
  assert.equal(server.store.currentRevision, 8);
});

test("with the gate PriorityRequest a lease may be revoked up to 10000 entries behind", () => {
  const { server, append } = behind({ prioritizesRevokes: true }, 10_000);
  server.member.propose("put", put("a"), tell);
  assert.deepEqual(told, ["etcdserver: too many requests"]);
  server.member.propose("leaseRevoke", new Uint8Array(0), tell);
  assert.equal(told.length, 1);
  append(1);
  server.member.propose("leaseRevoke", new Uint8Array(0), tell);
  assert.equal(told.length, 2);
});

test("an apply that contradicts itself stops the member instead of the process", () => {
  const { server, clock, failures } = leadingServer();
  told.length = 0;
  const write = (): never => {
    throw new InvariantError("two revisions are one");
  };
  Object.defineProperty(server.store, "write", { value: write });
  server.member.propose("put", put("a"), tell);
  clock.advance(0);
  assert.equal(failures.length, 1);
  assert.match(failures[0]!.message, /two revisions are one/);
  assert.deepEqual(told, ["etcdserver: server stopped"]);
});

test("a term and vote are on disk before anybody hears of them", () => {
  const sent: Message[] = [];
  const { server, clock, wal } = testServer(
    { preVote: false },
    { peerIds: [testMemberId, 2n, 3n], send: (messages) => sent.push(...messages) },
  );
  wal.isPrompt = false;
  server.start(() => {});
  clock.advance(2100);
  while (wal.saves.length > 0 && wal.saves[0]!.state?.vote !== testMemberId) {
    wal.finish();
    clock.advance(100);
  }
  for (let round = 0; round < 30 && wal.saves.length === 0; round++) clock.advance(100);
  assert.ok(wal.saves.some(({ state }) => state?.vote === testMemberId));
  const votes = (): number => sent.filter(({ type }) => type === MessageType.MsgVote).length;
  assert.equal(votes(), 0);
  while (wal.saves.length > 0) wal.finish();
  clock.settle();
  assert.ok(votes() >= 2);
});

test("a read that waits is answered once a member alone leads", () => {
  const { server, clock } = testServer();
  const reads: string[] = [];
  server.start(() => {});
  server.member.readIndex((error) => reads.push(error?.message ?? "ok"));
  clock.advance(700);
  assert.deepEqual(reads, ["ok"]);
});

test("a member too busy to publish itself at its start does so later", () => {
  const { server, clock } = testServer({ maxRequestBytes: 32 * 1024 * 1024 });
  told.length = 0;
  let ready = 0;
  const large = put("a", 32 * 1024 * 1024 - 100);
  for (let count = 0; count < 3; count++) server.member.propose("put", large, tell);
  const rest = put("a", 1);
  while (told.length < 2) server.member.propose("put", rest, tell);
  server.start(() => ready++);
  clock.settle();
  assert.equal(ready, 0);
  clock.advance(1000);
  assert.equal(ready, 1);
});
