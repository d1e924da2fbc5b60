import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromLatin1, emptyBytes, InvariantError } from "../../src/base/index.ts";
import { ConfChangeType, EntryType, MessageType } from "../../src/core/proto/index.ts";
import {
  type Entry,
  MemoryStorage,
  type Message,
  newEntry,
  newMessage,
  noLimit,
  type RaftEvent,
  RawNode,
} from "../../src/core/raft/index.ts";
import { SmallCluster, smallConfig } from "./small-cluster.ts";

const data = bytesFromLatin1("data");
const proposals = (count: number): Entry[] =>
  Array.from({ length: count }, (_, at) => newEntry(EntryType.EntryNormal, data, at));

test("a lone voter takes a batch in one Ready and gives back the very same objects", () => {
  const cluster = new SmallCluster(1);
  cluster.elect(1);
  const node = cluster.node(1);
  const entries = proposals(1000);
  assert.equal(node.proposeEntries([...entries]), undefined);
  const written = node.ready();
  assert.ok(written.mustSync);
  assert.equal(written.entries.length, 1000);
  cluster.storages[0]!.append(written.entries);
  node.advance();
  const committed = node.ready().committedEntries;
  assert.ok(committed.every((entry, at) => entry === entries[at] && entry.tag === at));
  assert.ok(committed.every((entry, at) => entry.index === 3 + at));
});

test("a batch costs one append to each follower", () => {
  const cluster = new SmallCluster(3);
  cluster.elect(1);
  cluster.node(1).proposeEntries(proposals(100));
  const appends = cluster
    .node(1)
    .ready()
    .messages.filter(({ type }) => type === MessageType.MsgApp);
  assert.deepEqual(
    appends.map(({ entries }) => entries.length),
    [100, 100],
  );
});

test("a proposal that the network brings twice becomes two entries, not one torn one", () => {
  const cluster = new SmallCluster(3);
  cluster.elect(1);
  cluster.node(2).propose(data, "mine");
  const ready = cluster.node(2).ready();
  const forwarded = ready.messages.find(({ type }) => type === MessageType.MsgProp)!;
  cluster.node(2).advance();
  cluster.node(1).step(forwarded);
  cluster.node(1).step(forwarded);
  cluster.settle();
  const applied = cluster.applied[2]!.filter((entry) => entry.data.length > 0);
  assert.deepEqual(
    applied.map(({ index }) => index),
    [3, 4],
  );
  assert.equal(applied[0]!.tag, undefined);
  assert.equal(forwarded.entries[0]!.index, 0);
});

test("an entry object is proposed only once", () => {
  const cluster = new SmallCluster(1);
  cluster.elect(1);
  const [entry] = proposals(1);
  cluster.node(1).proposeEntries([entry!]);
  assert.throws(() => cluster.node(1).proposeEntries([entry!]), InvariantError);
});

test("every dropped proposal says why", () => {
  const reasons: string[] = [];
  const observer = (event: RaftEvent): void => {
    if (event.kind === "proposal dropped") reasons.push(event.reason);
  };
  const cluster = new SmallCluster(3, { uncommittedSizeMax: 10, observer });
  const [one, two] = [cluster.node(1), cluster.node(2)];
  const dropped = [one.propose(data)];
  cluster.elect(1);
  dropped.push(one.proposeEntries([]));
  dropped.push(one.proposeEntries([newEntry(EntryType.EntryConfChangeV2, Uint8Array.of(255))]));
  assert.equal(one.propose(new Uint8Array(50)), undefined, "the first may have any size");
  dropped.push(one.propose(data));
  assert.equal(one.propose(emptyBytes), undefined, "what is empty always fits");
  cluster.settle();
  one.transferLeader(2n);
  dropped.push(one.propose(data));
  assert.equal(two.propose(data), undefined);
  assert.deepEqual(
    dropped.map((refusal) => refusal?.kind === "proposal dropped" && refusal.reason),
    [
      "no leader",
      "empty proposal",
      "malformed configuration change",
      "uncommitted size limit",
      "leadership transfer in progress",
    ],
  );
  assert.deepEqual(
    reasons,
    dropped.map((refusal) => refusal && "reason" in refusal && refusal.reason),
  );
});

test("without forwarding a follower drops what it is given", () => {
  const cluster = new SmallCluster(2, { disableProposalForwarding: true });
  cluster.elect(1);
  const refusal = cluster.node(2).propose(data);
  assert.deepEqual(refusal, {
    kind: "proposal dropped",
    reason: "forwarding disabled",
    message: "raft proposal dropped",
  });
});

test("a configuration change that may not be made comes back as the same, empty entry", () => {
  const cluster = new SmallCluster(1);
  cluster.elect(1);
  const add = (nodeId: bigint) => ({
    type: ConfChangeType.ConfChangeAddLearnerNode,
    nodeId,
    context: emptyBytes,
    id: 0n,
  });
  cluster.node(1).proposeConfChange(add(2n), "first");
  cluster.node(1).proposeConfChange(add(3n), "second");
  cluster.settle();
  const tagged = cluster.applied[0]!.filter(({ tag }) => tag !== undefined);
  assert.deepEqual(
    tagged.map(({ tag, type, data: kept }) => [tag, type, kept.length === 0]),
    [
      ["first", EntryType.EntryConfChange, false],
      ["second", EntryType.EntryNormal, true],
    ],
  );
});

test("messages of a node to itself are refused from outside, answers of strangers too", () => {
  const cluster = new SmallCluster(2);
  const from = (id: bigint, type: MessageType): Message => ({
    ...newMessage(type, 1n),
    from: id,
    term: 1,
  });
  const node = cluster.node(1);
  assert.equal(node.step(from(2n, MessageType.MsgHup))?.kind, "local message");
  assert.equal(node.step(from(9n, MessageType.MsgVoteResp))?.kind, "peer not found");
  assert.equal(node.step(from(2n, MessageType.MsgVoteResp)), undefined);
});

test("a commit alone need not be synced, a vote or an entry must", () => {
  const cluster = new SmallCluster(1);
  const node = cluster.node(1);
  node.campaign();
  assert.ok(node.ready().mustSync);
  node.advance();
  const first = node.ready();
  assert.ok(first.mustSync);
  cluster.storages[0]!.append(first.entries);
  node.advance();
  const commit = node.ready();
  assert.equal(commit.hardState?.commit, 2);
  assert.ok(!commit.mustSync);
});

test("each Ready is advanced before the next is taken", () => {
  const cluster = new SmallCluster(1);
  cluster.node(1).campaign();
  cluster.node(1).ready();
  assert.throws(() => cluster.node(1).ready(), /each Ready is advanced/);
});

test("a new cluster begins with the changes that made it, committed in term 1", () => {
  const storage = new MemoryStorage();
  const node = new RawNode({ ...smallConfig(1n, storage), applied: 0 });
  node.bootstrap([
    { id: 1n, context: bytesFromLatin1("one") },
    { id: 2n, context: bytesFromLatin1("two") },
  ]);
  const ready = node.ready();
  assert.deepEqual(ready.hardState, { term: 1, vote: 0n, commit: 2 });
  assert.equal(ready.entries.length, 2);
  assert.deepEqual(ready.committedEntries, ready.entries);
  assert.deepEqual([...node.status().config.incoming], [1n, 2n]);
});

test("what was applied before a restart is not given out again", () => {
  const cluster = new SmallCluster(1);
  cluster.elect(1);
  cluster.node(1).proposeEntries(proposals(5));
  cluster.settle();
  const [storage] = cluster.storages;
  const restarted = new RawNode({ ...smallConfig(1n, storage!), applied: 4 });
  assert.deepEqual(
    restarted.ready().committedEntries.map(({ index }) => index),
    [5, 6, 7],
  );
});

test("settings that cannot work are refused in etcd's words", () => {
  const start = (settings: object) => (): RawNode =>
    new RawNode({ ...smallConfig(1n, new MemoryStorage()), applied: 0, ...settings });
  assert.throws(start({ id: 0n }), /cannot use none as id/);
  assert.throws(start({ id: 2n ** 64n - 1n }), /cannot use local target as id/);
  assert.throws(start({ heartbeatTicks: 0 }), /heartbeat tick must be greater than 0/);
  assert.throws(start({ electionTicks: 1 }), /election tick must be greater than heartbeat tick/);
  assert.throws(start({ inflightMessagesMax: 0 }), /max inflight messages must be greater than 0/);
  assert.throws(
    start({ messageSizeMax: 9, inflightBytesMax: 8 }),
    /max inflight bytes must be >= max message size/,
  );
  assert.throws(
    start({ readOnlyOption: "lease" }),
    /CheckQuorum must be enabled when ReadOnlyOption is ReadOnlyLeaseBased/,
  );
  assert.doesNotThrow(start({ messageSizeMax: 0, committedSizeMaxPerReady: noLimit }));
});
