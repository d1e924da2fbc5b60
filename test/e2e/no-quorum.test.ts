// A member that has lost its quorum: what it tells clients is what etcd tells them, for by the words and
// codes clients decide what they may ask again; and what was left open is done once or not at all.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EtcdError } from "../../src/core/errors/index.ts";
import {
  decodeKeyValue,
  decodeRangeResponse,
  encodeAlarmRequest,
  encodeCompactionRequest,
  encodeDeleteRangeRequest,
  encodeLeaseGrantRequest,
  encodeLeaseRevokeRequest,
  encodeLeaseTimeToLiveRequest,
  encodeMemberAddRequest,
  encodeMemberListRequest,
  encodePutRequest,
  encodeRangeRequest,
  encodeTxnRequest,
  makeAlarmRequest,
  makeCompactionRequest,
  makeDeleteRangeRequest,
  makeLeaseGrantRequest,
  makeLeaseRevokeRequest,
  makeLeaseTimeToLiveRequest,
  makeMemberAddRequest,
  makeMemberListRequest,
  makePutRequest,
  makeRangeRequest,
  makeRequestOp,
  makeTxnRequest,
} from "../../src/core/proto/index.ts";
import { callUnary, GrpcChannel, parseEndpoint } from "../../src/io/grpc-client/index.ts";
import type { Kind } from "./server-process.ts";
import { TestCluster, until } from "./test-cluster.ts";

const patienceMs = 60_000;
/** Far below the 7 s after which a member gives up itself. */
const shortMs = 500;
const kv = "/etcdserverpb.KV/";
const lease = "/etcdserverpb.Lease/";
const text = new TextEncoder();
const key = text.encode("key");

/** Keys that are put while there is no quorum. */
const openPuts = ["put", "put with a deadline", "put in flight", "put in a transaction"] as const;
const put = (name: string): Uint8Array =>
  encodePutRequest(makePutRequest({ key: text.encode(name) }));

interface Asked {
  readonly path: string;
  readonly message: Uint8Array;
  readonly timeoutMs?: number;
}

const range = (serializable: boolean): Uint8Array =>
  encodeRangeRequest(makeRangeRequest({ key, serializable }));
const txn = (request: "requestRange" | "requestPut"): Uint8Array => {
  const value =
    request === "requestRange"
      ? makeRangeRequest({ key })
      : makePutRequest({ key: text.encode("put in a transaction") });
  const op = makeRequestOp({ request: { case: request, value } as never });
  return encodeTxnRequest(makeTxnRequest({ success: [op] }));
};

const asked: Readonly<Record<string, Asked>> = {
  put: { path: `${kv}Put`, message: put("put") },
  "put with a deadline": {
    path: `${kv}Put`,
    message: put("put with a deadline"),
    timeoutMs: shortMs,
  },
  "put in a transaction": { path: `${kv}Txn`, message: txn("requestPut") },
  delete: {
    path: `${kv}DeleteRange`,
    message: encodeDeleteRangeRequest(makeDeleteRangeRequest({ key: text.encode("none") })),
  },
  "linearizable read": { path: `${kv}Range`, message: range(false) },
  "linearizable read with a deadline": {
    path: `${kv}Range`,
    message: range(false),
    timeoutMs: shortMs,
  },
  "serializable read": { path: `${kv}Range`, message: range(true) },
  "transaction that reads": { path: `${kv}Txn`, message: txn("requestRange") },
  compaction: {
    path: `${kv}Compact`,
    message: encodeCompactionRequest(makeCompactionRequest({ revision: 1 })),
  },
  grant: {
    path: `${lease}LeaseGrant`,
    message: encodeLeaseGrantRequest(makeLeaseGrantRequest({ TTL: 60 })),
  },
  revoke: {
    path: `${lease}LeaseRevoke`,
    message: encodeLeaseRevokeRequest(makeLeaseRevokeRequest({ ID: 7n })),
  },
  "time to live": {
    path: `${lease}LeaseTimeToLive`,
    message: encodeLeaseTimeToLiveRequest(makeLeaseTimeToLiveRequest({ ID: 7n })),
  },
  "list of members": {
    path: "/etcdserverpb.Cluster/MemberList",
    message: encodeMemberListRequest(makeMemberListRequest({ linearizable: true })),
  },
  "another member": {
    path: "/etcdserverpb.Cluster/MemberAdd",
    message: encodeMemberAddRequest(makeMemberAddRequest({ peerURLs: ["http://127.0.0.1:1"] })),
  },
  alarms: {
    path: "/etcdserverpb.Maintenance/Alarm",
    message: encodeAlarmRequest(makeAlarmRequest({ action: 0 })),
  },
};

const channelTo = (endpoint: string): GrpcChannel =>
  new GrpcChannel({
    endpoints: [parseEndpoint(`http://${endpoint}`)],
    dialTimeoutMs: patienceMs,
    receiveBytesMax: 1 << 20,
  });

/** The status of one call, as a client sees it. */
async function told(
  channel: GrpcChannel,
  { path, message, timeoutMs = patienceMs }: Asked,
): Promise<string> {
  return callUnary(channel, { path, timeoutMs }, message).then(
    () => "OK",
    (error: EtcdError) =>
      resetAtDeadline.test(error.message) ? lateText : `${error.code} ${error.message}`,
  );
}

/** At a deadline grpc-go's answer and its reset of the stream run a race. */
const resetAtDeadline = /RST_STREAM with error code: 8/;
const lateText = "4 context deadline exceeded";

/** How often a key was written. */
async function versionOf(channel: GrpcChannel, name: string): Promise<number> {
  const request = encodeRangeRequest(makeRangeRequest({ key: text.encode(name) }));
  const answer = await callUnary(channel, { path: `${kv}Range`, timeoutMs: patienceMs }, request);
  const [found] = decodeRangeResponse(answer).kvs;
  return found === undefined ? 0 : decodeKeyValue(found).version;
}

/** What the leader of three tells when both followers are gone, by what it is asked. */
async function withoutQuorum(kind: Kind): Promise<Record<string, string>> {
  await using cluster = await TestCluster.start([kind, kind, kind]);
  const leader = await cluster.leader();
  const rest = cluster.members.filter((member) => member !== leader);
  const channel = channelTo(leader.endpoint);
  try {
    await callUnary(channel, { path: `${kv}Put`, timeoutMs: patienceMs }, put("key"));
    await Promise.all(rest.map((member) => member.kill()));
    const inFlight = told(channel, { path: `${kv}Put`, message: put("put in flight") });
    await until("the leader has stepped down", async () => {
      const [status] = (await cluster.statuses([leader])) ?? [];
      return status?.leader === 0n ? true : undefined;
    });
    const answers = Object.entries(asked).map(async ([name, ask]): Promise<[string, string]> => [
      name,
      await told(channel, ask),
    ]);
    const all = Object.fromEntries(await Promise.all(answers));
    all["put in flight"] = await inFlight;
    await Promise.all(rest.map((member) => member.restart()));
    await cluster.leader();
    await callUnary(channel, { path: `${kv}Put`, timeoutMs: patienceMs }, put("key"));
    assert.equal(await versionOf(channel, "key"), 2);
    for (const name of openPuts) {
      const version = await versionOf(channel, name);
      assert.ok(version <= 1, `${kind}: ${name} was done ${version} times`);
    }
    return all;
  } finally {
    channel.close();
  }
}

test("without a quorum a member says what etcd says, and nothing left open is done twice", async () => {
  const [theirs, ours] = await Promise.all([withoutQuorum("etcd"), withoutQuorum("quorate")]);
  assert.deepEqual(ours, theirs);
  assert.equal(ours["serializable read"], "OK");
  assert.equal(ours["put with a deadline"], lateText);
  assert.match(ours["put in flight"]!, /^14 etcdserver: request timed out/);
});
