import assert from "node:assert/strict";
import { test } from "node:test";
import { createHash } from "node:crypto";
import { crc32c, encodeUtf8, ownBytes } from "../../base/index.ts";
import { Code, errors } from "../../core/errors/index.ts";
import {
  AlarmType,
  decodeHashKVResponse,
  decodeHealthCheckResponse,
  decodeHealthListResponse,
  decodeMemberListResponse,
  decodePutResponse,
  decodeStatusResponse,
  encodeHealthCheckRequest,
  encodePutRequest,
  encodeRangeRequest,
  makeHealthCheckRequest,
  makePutRequest,
  makeRangeRequest,
  ServingStatus,
} from "../../core/proto/index.ts";
import type { MethodHandler, RequestSink, ServerCall } from "../../io/grpc/index.ts";
import { leadingServer, type TestServer, testMemberId, testServer } from "../member/testing.ts";
import { type Services, services } from "./index.ts";

class OneCall {
  readonly path: string;
  ended = false;
  status: { code: number; message: string } | undefined;
  readonly messages: Uint8Array[] = [];
  onCancel: ((reason: "reset" | "connection" | "deadline") => void) | undefined;
  onDrain: (() => void) | undefined;
  sink: RequestSink | undefined;

  constructor(path: string) {
    this.path = path;
  }
  reply(message: Uint8Array): void {
    if (this.ended) return;
    this.messages.push(ownBytes(message));
    this.end({ code: 0, message: "" });
  }
  send(message: Uint8Array): boolean {
    this.messages.push(ownBytes(message));
    return true;
  }
  end({ code, message }: { code: number; message: string }): void {
    this.ended = true;
    this.status ??= { code, message };
  }
}

const noBytes = new Uint8Array(0);
const ok = { code: Code.OK, message: "" };

const serving = ({ server }: TestServer): Services =>
  services(server, {
    maxTxnOps: 128,
    maxRequestBytes: 4096,
    sha256: () => createHash("sha256"),
  });

function call({ methods }: Services, path: string, request: Uint8Array = noBytes): OneCall {
  const one = new OneCall(path);
  const handler = methods.get(path) as MethodHandler;
  const asCall = one as unknown as ServerCall;
  if (handler.kind === "unary") handler.handle(asCall, request);
  else {
    one.sink = handler.open(asCall);
    one.sink.message(request);
  }
  return one;
}

const put = encodePutRequest(
  makePutRequest({ key: encodeUtf8("a"), value: encodeUtf8("b"), prevKv: true }),
);

test("a request that is no message is Internal, in grpc-go's words, for unary and streams alike", () => {
  const test = leadingServer();
  const all = serving(test);
  const broken = Uint8Array.of(0x0a, 0x7f);
  for (const path of [
    "/etcdserverpb.KV/Put",
    "/etcdserverpb.KV/Txn",
    "/etcdserverpb.KV/RangeStream",
    "/etcdserverpb.Lease/LeaseKeepAlive",
    "/etcdserverpb.Maintenance/Status",
    "/etcdserverpb.Maintenance/Snapshot",
    "/grpc.health.v1.Health/Watch",
  ]) {
    const { status, messages } = call(all, path, broken);
    assert.equal(status?.code, Code.Internal, path);
    assert.match(status.message, /^grpc: error unmarshalling request: proto:/, path);
    assert.deepEqual(messages, []);
  }
});

test("a put is answered when it is applied, with the header of that moment", () => {
  const test = leadingServer();
  const one = call(serving(test), "/etcdserverpb.KV/Put", put);
  assert.equal(one.ended, false);
  test.clock.settle();
  assert.deepEqual(one.status, ok);
  const { header } = decodePutResponse(one.messages[0]!);
  assert.deepEqual(
    [header?.revision, header?.memberId, header?.raftTerm],
    [2, testMemberId, test.server.member.term],
  );
});

test("a call that ended meanwhile is answered no more, and its entry is applied all the same", () => {
  const test = leadingServer();
  const one = call(serving(test), "/etcdserverpb.KV/Put", put);
  one.end({ code: Code.Canceled, message: "gone" });
  test.clock.settle();
  assert.deepEqual(one.messages, []);
  assert.equal(test.server.store.currentRevision, 2);
});

test("an error etcd does not know is Unknown, with its text, and logged", () => {
  const test = leadingServer();
  const all = serving(test);
  Object.defineProperty(test.server.writes, "put", {
    value: () => {
      throw new Error("surprise");
    },
  });
  const { status } = call(all, "/etcdserverpb.KV/Put", put);
  assert.deepEqual(status, { code: Code.Unknown, message: "surprise" });
  assert.equal(test.lines.at(-1)?.level, "error");
});

test("a request refused by its shape is never proposed", () => {
  const test = leadingServer();
  const before = test.server.member.committedIndex;
  const { status } = call(serving(test), "/etcdserverpb.KV/Put");
  test.clock.settle();
  assert.deepEqual(status, {
    code: Code.InvalidArgument,
    message: "etcdserver: key is not provided",
  });
  assert.equal(test.server.member.committedIndex, before);
});

test("a put beyond the quota raises the alarm, and the next one meets it", () => {
  const test = leadingServer({ quotaBackendBytes: 1 });
  const one = call(serving(test), "/etcdserverpb.KV/Put", put);
  test.clock.settle();
  const full = "etcdserver: mvcc: database space exceeded";
  assert.deepEqual(one.status, { code: Code.ResourceExhausted, message: full });
  assert.equal(test.server.alarms.isRaised(AlarmType.NOSPACE), true);
  assert.equal(test.server.store.currentRevision, 1);
});

test("a put that meets the quota only when applied is answered once the alarm is raised", () => {
  const test = leadingServer({ quotaBackendBytes: 1 });
  const seen: unknown[] = [];
  test.server.member.propose("put", put, (outcome) =>
    seen.push(outcome, test.server.alarms.isRaised(AlarmType.NOSPACE)),
  );
  test.clock.settle();
  assert.deepEqual(seen, [errors.noSpace(), true]);
  assert.equal(test.server.store.currentRevision, 2);
});

// Health ---------------------------------------------------------------------------------------------

const healthOf = (service: string): Uint8Array =>
  encodeHealthCheckRequest(makeHealthCheckRequest({ service }));
const statusOf = (bytes: Uint8Array | undefined): number =>
  decodeHealthCheckResponse(bytes!).status;

test("the whole server is healthy by the empty name; any other service is unknown", () => {
  const all = serving(leadingServer());
  const one = call(all, "/grpc.health.v1.Health/Check", healthOf(""));
  assert.equal(statusOf(one.messages[0]), ServingStatus.SERVING);
  const { status } = call(all, "/grpc.health.v1.Health/Check", healthOf("etcdserverpb.KV"));
  assert.deepEqual(status, { code: Code.NotFound, message: "unknown service" });
});

test("who watches health hears every change once; an unknown service stays unknown and open", () => {
  const all = serving(leadingServer());
  const watching = call(all, "/grpc.health.v1.Health/Watch", healthOf(""));
  const unknown = call(all, "/grpc.health.v1.Health/Watch", healthOf("x"));
  for (const serves of [true, false, false, true]) all.health.setServing(serves);
  const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = ServingStatus;
  assert.deepEqual(watching.messages.map(statusOf), [SERVING, NOT_SERVING, SERVING]);
  assert.deepEqual(unknown.messages.map(statusOf), [SERVICE_UNKNOWN]);
  assert.equal(unknown.ended, false);
  watching.onCancel!("reset");
  all.health.setServing(false);
  assert.equal(watching.messages.length, 3);
});

test("the list of services is the whole server alone", () => {
  const all = serving(leadingServer());
  all.health.setServing(false);
  const { messages } = call(all, "/grpc.health.v1.Health/List");
  // map entry 1: key "", value { status: NOT_SERVING }
  assert.deepEqual([...messages[0]!], [0x0a, 6, 0x0a, 0, 0x12, 2, 0x08, 2]);
  assert.ok(decodeHealthListResponse(messages[0]!));
});

// Maintenance ----------------------------------------------------------------------------------------

test("Status tells who leads, how far the log is, what is stored and what is wrong", () => {
  const test = leadingServer({ quotaBackendBytes: 2 ** 31 });
  const { server } = test;
  server.alarms.raise(AlarmType.NOSPACE, 7n);
  const { messages } = call(serving(test), "/etcdserverpb.Maintenance/Status");
  const status = decodeStatusResponse(messages[0]!);
  assert.equal(status.version, "3.7.0");
  assert.equal(status.storageVersion, "3.7.0");
  assert.equal(status.leader, testMemberId);
  assert.equal(status.raftIndex, server.member.committedIndex);
  assert.equal(status.raftAppliedIndex, server.member.appliedIndex);
  assert.equal(status.raftTerm, server.member.term);
  assert.equal(status.dbSize, 20_480);
  assert.equal(status.dbSizeInUse, 20_480);
  assert.equal(status.dbSizeQuota, 2 ** 31);
  assert.equal(status.isLearner, false);
  assert.deepEqual(status.errors, ["memberID:7 alarm:NOSPACE"]);
  assert.equal(status.header?.revision, 1);
  assert.equal(status.downgradeInfo?.enabled, false);
});

test("Status without a leader says so", () => {
  const test = testServer({}, { peerIds: [testMemberId, 2n, 3n] });
  const { messages } = call(serving(test), "/etcdserverpb.Maintenance/Status");
  const { leader, errors } = decodeStatusResponse(messages[0]!);
  assert.equal(leader, 0n);
  assert.deepEqual(errors, ["etcdserver: no leader"]);
});

test("a member without a database file says that it cannot copy or shorten it", () => {
  const all = serving(leadingServer());
  for (const path of ["Defragment", "Snapshot"]) {
    const { status } = call(all, `/etcdserverpb.Maintenance/${path}`);
    assert.equal(status?.code, Code.Unimplemented, path);
  }
});

test("the hash of an empty store is that of its bucket's name, at revision one", () => {
  const test = leadingServer();
  const one = call(serving(test), "/etcdserverpb.Maintenance/HashKV");
  test.clock.settle();
  const { hash, hashRevision, compactRevision } = decodeHashKVResponse(one.messages[0]!);
  assert.deepEqual([hash, hashRevision, compactRevision], [crc32c(0, encodeUtf8("key")), 1, -1]);
});

test("MemberList names every member and carries no revision", () => {
  const test = leadingServer();
  const { messages } = call(serving(test), "/etcdserverpb.Cluster/MemberList");
  const { members, header } = decodeMemberListResponse(messages[0]!);
  assert.equal(header?.revision, 0);
  assert.deepEqual(
    members.map(({ ID, name, peerURLs }) => [ID, name, peerURLs]),
    [[testMemberId, "default", ["http://localhost:2380"]]],
  );
});

test("a linearizable read on a member that is stopped ends with its error", () => {
  const test = leadingServer();
  const all = serving(test);
  const one = call(all, "/etcdserverpb.KV/Range", Uint8Array.of(0x0a, 1, 0x61));
  test.server.member.stop();
  assert.deepEqual(one.status, {
    code: Code.Unavailable,
    message: "etcdserver: server stopped",
  });
});

test("a large answer is sent in parts, as the client takes them", () => {
  const test = leadingServer();
  const tx = test.server.store.write();
  const value = new Uint8Array(6000);
  for (let at = 0; at < 600; at++) tx.put(encodeUtf8(`k${1000 + at}`), value, 0n);
  tx.end();
  const parts: number[] = [];
  let total = 0;
  let reads = false;
  const one = new OneCall("/etcdserverpb.KV/Range");
  const asCall = Object.assign(one, {
    sendPart: (part: Uint8Array, length?: number) => {
      assert.equal(length === undefined, parts.length > 0, "the length comes with the first part");
      total = length ?? total;
      parts.push(part.length);
      return reads;
    },
  });
  const request = encodeRangeRequest(
    makeRangeRequest({ key: encodeUtf8("k"), rangeEnd: encodeUtf8("l") }),
  );
  const handler = serving(test).methods.get("/etcdserverpb.KV/Range") as MethodHandler;
  assert.ok(handler.kind === "unary");
  handler.handle(asCall as unknown as ServerCall, request);
  test.clock.settle();
  assert.equal(parts.length, 1, "the client reads nothing yet");
  assert.equal(one.ended, false);
  reads = true;
  one.onDrain?.();
  test.clock.settle();
  assert.deepEqual(one.status, ok);
  assert.ok(total > 3_600_000);
  assert.equal(
    parts.reduce((sum, length) => sum + length, 0),
    total,
  );
});

test("keepalive streams that require a leader end when there is none; others stay", () => {
  const all = serving(leadingServer());
  const handler = all.methods.get("/etcdserverpb.Lease/LeaseKeepAlive") as MethodHandler;
  assert.ok(handler.kind === "stream");
  const opened = ["true", undefined, "true"].map((hasleader) => {
    const one = new OneCall("/etcdserverpb.Lease/LeaseKeepAlive");
    const metadata = { get: (name: string) => (name === "hasleader" ? hasleader : undefined) };
    handler.open(Object.assign(one, { metadata }) as unknown as ServerCall);
    return one;
  });
  opened[2]!.onCancel?.("reset");
  all.endStreamsRequiringLeader();
  assert.deepEqual(
    opened.map(({ status }) => status?.message),
    ["etcdserver: no leader", undefined, undefined],
  );
});
