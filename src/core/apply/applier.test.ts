import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { encodeUtf8, hexOf, latin1FromBytes, ownBytes } from "../../base/index.ts";
import { AuthStore, SimpleTokens } from "../auth/index.ts";
import { EtcdError } from "../errors/index.ts";
import { Lessor } from "../lease/index.ts";
import { Cluster, encodeConfChangeContext, type Member } from "../membership/index.ts";
import { type BucketName, MemoryBackend, Store } from "../mvcc/index.ts";
import {
  AlarmAction,
  AlarmType,
  makeConfState,
  type ConfChange,
  ConfChangeType,
  decodeAlarmResponse,
  encodeAlarmRequest,
  encodeClusterMemberAttrSetRequest,
  encodeClusterVersionSetRequest,
  encodeCompactionRequest,
  encodeConfChange,
  encodeDeleteRangeRequest,
  encodeDowngradeInfoSetRequest,
  encodeInternalRaftRequest,
  encodeLeaseCheckpointRequest,
  encodeLeaseGrantRequest,
  encodeLeaseRevokeRequest,
  encodePutRequest,
  encodeTxnRequest,
  type InternalRaftRequestRequestCase,
  makeAlarmRequest,
  makeAttributes,
  makeClusterMemberAttrSetRequest,
  makeClusterVersionSetRequest,
  makeCompactionRequest,
  makeConfChange,
  makeDeleteRangeRequest,
  makeDowngradeInfoSetRequest,
  makeInternalRaftRequest,
  makeLeaseCheckpoint,
  makeLeaseCheckpointRequest,
  makeLeaseGrantRequest,
  makeLeaseRevokeRequest,
  makePutRequest,
  makeRequestHeader,
  makeRequestOp,
  makeResponseHeader,
  makeTxnRequest,
} from "../proto/index.ts";
import { Alarms, Applier, ClusterRecords, type Machine, type Outcome } from "./index.ts";

const noBytes = new Uint8Array(0);
const tokens = new SimpleTokens({ ttlMs: 300_000, nowMs: () => 0 });
const silent = (): void => {};
const silentLog = { debug: silent, info: silent, warn: silent, error: silent };

const told: string[] = [];
let isOver = false;
let backend = new MemoryBackend();
let { machine, applier } = start();
let index = 0;

/** A machine on what the backend holds, as after a restart. */
function start(): { machine: Machine; applier: Applier } {
  const records = new ClusterRecords(backend);
  const made: Machine = {
    store: new Store(backend),
    lessor: new Lessor({ minTtl: 2 }),
    cluster: new Cluster({ learnersMax: 1 }),
    alarms: new Alarms(),
    auth: new AuthStore({ backend, tokens, log: silentLog }),
    records,
    isOverQuota: () => isOver,
    nowMs: () => 0,
    effects: {
      published: (revision) => told.push(`published ${revision}`),
      applied: (at, term) => records.saveConsistentIndex(at, term),
      alarmChanged: ({ alarm }, raised) => told.push(`alarm ${alarm} ${raised}`),
      memberChanged: (id, member, isNew) => told.push(`member ${id} ${member?.name} ${isNew}`),
      clusterVersionChanged: (version, previous) => told.push(`version ${previous}>${version}`),
      compactionAccepted: (revision) => told.push(`compaction ${revision}`),
    },
  };
  made.alarms.restore(records.alarms());
  made.cluster.restore(records.members(), records.removedIds());
  made.lessor.restore(records.leases());
  made.store.visitLeases((key, lease) => made.lessor.setLease(key, lease));
  return { machine: made, applier: new Applier(made) };
}

beforeEach(() => {
  backend = new MemoryBackend();
  isOver = false;
  index = 0;
  ({ machine, applier } = start());
  told.length = 0;
});

const entryOf = (kind: InternalRaftRequestRequestCase, value: Uint8Array): Uint8Array =>
  encodeInternalRaftRequest(
    makeInternalRaftRequest({
      header: makeRequestHeader({ ID: 77n }),
      request: { case: kind, value },
    }),
  );

const apply = (kind: InternalRaftRequestRequestCase, value: Uint8Array): Outcome =>
  applier.apply(++index, 3, entryOf(kind, value)).outcome;

const textOf = (outcome: Outcome): string =>
  outcome instanceof EtcdError ? outcome.message : "ok";

const put = (key: string, lease = 0n): Uint8Array =>
  encodePutRequest(makePutRequest({ key: encodeUtf8(key), value: noBytes, lease }));
const get = (bucket: BucketName, key: Uint8Array): string | undefined => {
  const value = backend.get(bucket, key);
  return value === undefined ? undefined : latin1FromBytes(value);
};
const contents = (bucket: BucketName): [string, string][] => {
  const found: [string, string][] = [];
  backend.visit(bucket, noBytes, undefined, (key, value) => {
    found.push([hexOf(ownBytes(key)), hexOf(ownBytes(value))]);
    return true;
  });
  return found;
};

const alarm = (action: AlarmAction, type: AlarmType, memberID = 77n): Uint8Array =>
  encodeAlarmRequest(makeAlarmRequest({ action, alarm: type, memberID }));
const raise = (type: AlarmType): Outcome => apply("alarm", alarm(AlarmAction.ACTIVATE, type));

const memberOf = (id: bigint): Member => ({
  id,
  peerUrls: [`http://10.0.0.1:${id}`],
  isLearner: false,
  name: "",
  clientUrls: [],
});
const change = (type: ConfChangeType, id: bigint): ConfChange =>
  makeConfChange({
    id: 9n,
    type,
    nodeId: id,
    context:
      type === ConfChangeType.ConfChangeRemoveNode
        ? noBytes
        : encodeConfChangeContext({ member: memberOf(id), isPromote: false }),
  });

const given: bigint[] = [];
const raft = {
  applyConfChange: ({ nodeId }: ConfChange) => {
    given.push(nodeId);
    return makeConfState({ voters: [0x8e9e_05c5_2164_694dn], learners: [5n] });
  },
};
const applyChange = (type: ConfChangeType, id: bigint): Outcome =>
  applier.applyConfChange(++index, 3, encodeConfChange(change(type, id)), raft).outcome;

// What was applied before ----------------------------------------------------------------------------

test("an entry at or below the consistent index changes nothing, and its caller still hears of it", () => {
  const entry = entryOf("put", put("a"));
  applier.apply(4, 3, entry);
  assert.equal(machine.store.currentRevision, 2);
  ({ machine, applier } = start());
  assert.equal(applier.consistentIndex, 4);
  for (const at of [3, 4]) {
    const { requestId, outcome } = applier.apply(at, 3, entry);
    assert.equal(requestId, 77n);
    assert.equal(textOf(outcome), "ok");
  }
  applier.applyEmpty(2, 1);
  assert.equal(machine.store.currentRevision, 2);
  assert.equal(applier.consistentIndex, 4);
  applier.apply(5, 3, entry);
  assert.equal(machine.store.currentRevision, 3);
});

test("a conf change below the consistent index reaches raft and the membership only once", () => {
  given.length = 0;
  applyChange(ConfChangeType.ConfChangeAddNode, 7n);
  ({ machine, applier } = start());
  told.length = 0;
  applier.applyConfChange(
    1,
    3,
    encodeConfChange(change(ConfChangeType.ConfChangeAddNode, 7n)),
    raft,
  );
  assert.deepEqual(given, [7n]);
  assert.deepEqual(told, []);
  assert.equal(machine.cluster.members().length, 1);
});

test("a conf change the membership refuses reaches raft without a node", () => {
  given.length = 0;
  applyChange(ConfChangeType.ConfChangeAddNode, 7n);
  const again = applyChange(ConfChangeType.ConfChangeAddNode, 7n);
  assert.equal(textOf(again), "etcdserver: member ID already exist");
  assert.deepEqual(given, [7n, 0n]);
  assert.equal(applier.consistentIndex, 2);
});

test("an entry that is refused still moves the consistent index", () => {
  assert.match(textOf(apply("put", put("a", 404n))), /requested lease not found/);
  assert.equal(applier.consistentIndex, 1);
  assert.equal(machine.store.currentRevision, 1);
});

test("an entry without a request is passed over", () => {
  assert.equal(textOf(applier.apply(++index, 3, noBytes).outcome), "ok");
});

// Gates ----------------------------------------------------------------------------------------------

const txnPut = encodeTxnRequest(
  makeTxnRequest({
    failure: [
      makeRequestOp({
        request: { case: "requestPut", value: makePutRequest({ key: encodeUtf8("k") }) },
      }),
    ],
  }),
);
const remove = encodeDeleteRangeRequest(makeDeleteRangeRequest({ key: encodeUtf8("a") }));
const grant = encodeLeaseGrantRequest(makeLeaseGrantRequest({ ID: 6n, TTL: 10 }));

test("without space what grows is refused, and deleting and compacting go on", () => {
  apply("put", put("a"));
  raise(AlarmType.NOSPACE);
  const full = "etcdserver: mvcc: database space exceeded";
  assert.equal(textOf(apply("put", put("b"))), full);
  assert.equal(textOf(apply("txn", txnPut)), full);
  assert.equal(textOf(apply("leaseGrant", grant)), full);
  assert.equal(machine.store.currentRevision, 2);
  assert.equal(textOf(apply("txn", encodeTxnRequest(makeTxnRequest()))), "ok");
  assert.equal(textOf(apply("deleteRange", remove)), "ok");
  const compact = encodeCompactionRequest(makeCompactionRequest({ revision: 2 }));
  assert.equal(textOf(apply("compaction", compact)), "ok");
  apply("alarm", alarm(AlarmAction.DEACTIVATE, AlarmType.NOSPACE));
  assert.equal(textOf(apply("put", put("b"))), "ok");
});

test("a corrupt cluster reads and writes nothing; alarms and leases' checkpoints pass", () => {
  raise(AlarmType.CORRUPT);
  const corrupt = "etcdserver: corrupt cluster";
  assert.equal(textOf(apply("put", put("a"))), corrupt);
  assert.equal(textOf(apply("txn", encodeTxnRequest(makeTxnRequest()))), corrupt);
  assert.equal(textOf(apply("deleteRange", remove)), corrupt);
  assert.equal(textOf(apply("leaseGrant", grant)), corrupt);
  const revoke = encodeLeaseRevokeRequest(makeLeaseRevokeRequest({ ID: 6n }));
  assert.equal(textOf(apply("leaseRevoke", revoke)), corrupt);
  const compact = encodeCompactionRequest(makeCompactionRequest({ revision: 1 }));
  assert.equal(textOf(apply("compaction", compact)), corrupt);
  assert.equal(machine.store.currentRevision, 1);
  assert.equal(textOf(apply("alarm", alarm(AlarmAction.DEACTIVATE, AlarmType.CORRUPT))), "ok");
});

test("what is over the quota when it is applied is done and answered with no space", () => {
  isOver = true;
  assert.equal(textOf(apply("put", put("a"))), "etcdserver: mvcc: database space exceeded");
  assert.equal(machine.store.currentRevision, 2);
  assert.equal(textOf(apply("deleteRange", remove)), "ok");
});

// Alarms ---------------------------------------------------------------------------------------------

test("an alarm is kept by its exact bytes and is there after a restart", () => {
  raise(AlarmType.NOSPACE);
  assert.deepEqual(contents("alarm"), [["084d1001", ""]]);
  ({ machine, applier } = start());
  assert.equal(machine.alarms.isRaised(AlarmType.NOSPACE), true);
  apply("alarm", alarm(AlarmAction.DEACTIVATE, AlarmType.NOSPACE));
  assert.deepEqual(contents("alarm"), []);
  assert.equal(machine.alarms.isRaised(AlarmType.NOSPACE), false);
});

test("raising twice answers once; disarming what is not raised answers nothing", () => {
  const alarmsOf = (outcome: Outcome): number => {
    assert.ok("encode" in outcome);
    return decodeAlarmResponse(outcome.encode(makeResponseHeader())).alarms.length;
  };
  assert.equal(alarmsOf(raise(AlarmType.NOSPACE)), 1);
  assert.equal(alarmsOf(raise(AlarmType.NOSPACE)), 0);
  assert.equal(alarmsOf(raise(AlarmType.NONE)), 0);
  assert.equal(alarmsOf(apply("alarm", alarm(AlarmAction.GET, AlarmType.NONE, 0n))), 1);
  assert.equal(alarmsOf(apply("alarm", alarm(AlarmAction.GET, AlarmType.CORRUPT, 0n))), 0);
  assert.equal(alarmsOf(apply("alarm", alarm(AlarmAction.DEACTIVATE, AlarmType.CORRUPT))), 0);
  assert.deepEqual(told, ["alarm 1 true"]);
});

test("an alarm of two members lasts until both are disarmed", () => {
  const alarms = new Alarms();
  alarms.raise(AlarmType.NOSPACE, 2n);
  alarms.raise(AlarmType.NOSPACE, 1n);
  assert.deepEqual(
    alarms.list(AlarmType.NONE).map(({ memberID }) => memberID),
    [1n, 2n],
  );
  alarms.disarm(AlarmType.NOSPACE, 1n);
  assert.equal(alarms.isRaised(AlarmType.NOSPACE), true);
  alarms.disarm(AlarmType.NOSPACE, 2n);
  assert.equal(alarms.isRaised(AlarmType.NOSPACE), false);
});

// Leases ---------------------------------------------------------------------------------------------

test("a lease is kept under its id, big-endian, with the TTL granted", () => {
  apply("leaseGrant", encodeLeaseGrantRequest(makeLeaseGrantRequest({ ID: 0x8en << 56n, TTL: 1 })));
  assert.deepEqual(contents("lease"), [
    ["8e00000000000000", "088080808080808080" + "8e01" + "1002"],
  ]);
});

test("a checkpoint is kept on disk from cluster version 3.6 on", () => {
  apply("leaseGrant", grant);
  const before = contents("lease");
  const checkpoints = [makeLeaseCheckpoint({ ID: 6n, remainingTTL: 4 })];
  const request = encodeLeaseCheckpointRequest(makeLeaseCheckpointRequest({ checkpoints }));
  machine.cluster.version = "3.5.0";
  apply("leaseCheckpoint", request);
  assert.deepEqual(contents("lease"), before);
  machine.cluster.version = "3.6.0";
  apply("leaseCheckpoint", request);
  assert.notDeepEqual(contents("lease"), before);
});

test("a checkpoint rewrites the record of a lease that is known", () => {
  machine.cluster.version = "3.7.0";
  apply("leaseGrant", grant);
  const checkpoints = [6n, 404n].map((ID) => makeLeaseCheckpoint({ ID, remainingTTL: 4 }));
  apply(
    "leaseCheckpoint",
    encodeLeaseCheckpointRequest(makeLeaseCheckpointRequest({ checkpoints })),
  );
  assert.deepEqual(contents("lease"), [["0000000000000006", "0806100a1804"]]);
});

test("revoking deletes the keys in one revision, in byte order, also after a restart", () => {
  apply("leaseGrant", grant);
  for (const key of ["b", "a", "c"]) apply("put", put(key, 6n));
  ({ machine, applier } = start());
  told.length = 0;
  const revoke = encodeLeaseRevokeRequest(makeLeaseRevokeRequest({ ID: 6n }));
  assert.equal(textOf(apply("leaseRevoke", revoke)), "ok");
  assert.deepEqual(told, ["published 5"]);
  assert.equal(machine.store.currentRevision, 5);
  assert.deepEqual(contents("lease"), []);
  assert.equal(textOf(apply("leaseRevoke", revoke)), "etcdserver: requested lease not found");
});

// The cluster's records ------------------------------------------------------------------------------

test("consistent index and term are eight bytes each, the term only above zero", () => {
  applier.applyEmpty(0x1_0000_0001, 0);
  assert.deepEqual(contents("meta").at(-1), [
    hexOf(encodeUtf8("consistent_index")),
    "0000000100000001",
  ]);
  applier.applyEmpty(0x1_0000_0002, 3);
  assert.equal(get("meta", encodeUtf8("term")), "\0\0\0\0\0\0\0\u0003");
  assert.equal(new ClusterRecords(backend).consistentIndex(), 0x1_0000_0002);
  assert.equal(new ClusterRecords(backend).term(), 3);
});

test("a conf change keeps raft's configuration with bare 64-bit ids", () => {
  applyChange(ConfChangeType.ConfChangeAddNode, 7n);
  assert.equal(
    get("meta", encodeUtf8("confState")),
    `{"voters":[10276657743932975437],"learners":[5],"auto_leave":false}`,
  );
  machine.records.saveConfState(makeConfState({ voters: [1n] }));
  assert.equal(get("meta", encodeUtf8("confState")), `{"voters":[1],"auto_leave":false}`);
});

test("members are kept by hex id without padding; a removed one moves over for ever", () => {
  applyChange(ConfChangeType.ConfChangeAddNode, 0xabn);
  assert.equal(get("members", encodeUtf8("ab")), `{"id":171,"peerURLs":["http://10.0.0.1:171"]}`);
  const attributes = makeClusterMemberAttrSetRequest({
    memberID: 0xabn,
    memberAttributes: makeAttributes({ name: "n", clientUrls: ["http://c"] }),
  });
  apply("clusterMemberAttrSet", encodeClusterMemberAttrSetRequest(attributes));
  assert.equal(
    get("members", encodeUtf8("ab")),
    `{"id":171,"peerURLs":["http://10.0.0.1:171"],"name":"n","clientURLs":["http://c"]}`,
  );
  applyChange(ConfChangeType.ConfChangeRemoveNode, 0xabn);
  assert.equal(get("members", encodeUtf8("ab")), undefined);
  assert.equal(get("members_removed", encodeUtf8("ab")), "removed");
  ({ machine, applier } = start());
  assert.deepEqual(machine.cluster.removedIds(), [0xabn]);
  assert.equal(
    textOf(applyChange(ConfChangeType.ConfChangeAddNode, 0xabn)),
    "etcdserver: member not found",
  );
  assert.deepEqual(told, ["member 171  true", "member 171 n false", "member 171 undefined false"]);
});

test("attributes of a member nobody knows are passed over", () => {
  const request = makeClusterMemberAttrSetRequest({ memberID: 404n });
  apply("clusterMemberAttrSet", encodeClusterMemberAttrSetRequest(request));
  assert.deepEqual(contents("members"), []);
  assert.equal(applier.consistentIndex, 1);
});

test("cluster version and downgrade are kept in etcd's words", () => {
  const version = makeClusterVersionSetRequest({ ver: "3.7.0" });
  apply("clusterVersionSet", encodeClusterVersionSetRequest(version));
  assert.equal(get("cluster", encodeUtf8("clusterVersion")), "3.7.0");
  const downgrade = makeDowngradeInfoSetRequest({ enabled: true, ver: "3.6.0" });
  apply("downgradeInfoSet", encodeDowngradeInfoSetRequest(downgrade));
  const key = encodeUtf8("downgrade");
  assert.equal(get("cluster", key), `{"target-version":"3.6.0","enabled":true}`);
  assert.deepEqual(machine.records.downgrade(), { targetVersion: "3.6.0", enabled: true });
  const cancel = makeDowngradeInfoSetRequest({ enabled: false, ver: "3.6.0" });
  apply("downgradeInfoSet", encodeDowngradeInfoSetRequest(cancel));
  assert.equal(get("cluster", key), `{"target-version":"","enabled":false}`);
  machine.records.saveStorageVersion("3.7.0");
  assert.equal(get("meta", encodeUtf8("storageVersion")), "3.7.0");
  assert.deepEqual(told, ["version undefined>3.7.0"]);
});

test("an empty backend knows nothing", () => {
  const { records } = machine;
  assert.equal(records.clusterVersion(), undefined);
  assert.equal(records.downgrade(), undefined);
  assert.equal(records.storageVersion(), undefined);
  assert.equal(records.consistentIndex() + records.term(), 0);
  assert.deepEqual([...records.members(), ...records.removedIds(), ...records.alarms()], []);
});
