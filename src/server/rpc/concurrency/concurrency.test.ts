import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { encodeUtf8, ownBytes } from "../../../base/index.ts";
import { Code } from "../../../core/errors/index.ts";
import {
  decodeCampaignResponse,
  decodeKeyValue,
  decodeLeaderResponse,
  decodeLockResponse,
  decodeRangeResponse,
  encodeCampaignRequest,
  encodeDeleteRangeRequest,
  encodeLeaderRequest,
  encodeLeaseGrantRequest,
  encodeLeaseRevokeRequest,
  encodeLockRequest,
  encodeProclaimRequest,
  encodePutRequest,
  encodeRangeRequest,
  type LeaderKey,
  makeCampaignRequest,
  makeDeleteRangeRequest,
  makeLeaderRequest,
  makeLeaseGrantRequest,
  makeLeaseRevokeRequest,
  makeLockRequest,
  makeProclaimRequest,
  makePutRequest,
  makeRangeRequest,
} from "../../../core/proto/index.ts";
import type { CancelReason, MethodHandler, ServerCall } from "../../../io/grpc/index.ts";
import { leadingServer, type TestServer } from "../../member/testing.ts";
import { services } from "../index.ts";

const noMetadata = { get: () => undefined, getAll: () => [], getBinary: () => undefined };

/** A client's call; it may go away, and it may stop reading. */
class Call {
  readonly path: string;
  readonly metadata = noMetadata;
  readonly peer = { address: "test", commonName: undefined };
  ended = false;
  status: { code: number; message: string } | undefined;
  readonly messages: Uint8Array[] = [];
  reads = true;
  bufferedBytes = 0;
  onCancel: ((reason: CancelReason) => void) | undefined;
  onDrain: (() => void) | undefined;

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
    if (!this.reads) this.bufferedBytes += 1024 * 1024;
    return this.reads;
  }
  end({ code, message }: { code: number; message: string }): void {
    this.ended = true;
    this.status ??= { code, message };
  }
  goAway(): void {
    this.ended = true;
    this.onCancel?.("reset");
  }
}

class World {
  readonly test: TestServer = leadingServer();
  readonly #methods: ReadonlyMap<string, MethodHandler>;

  constructor() {
    const options = { maxTxnOps: 128, maxRequestBytes: 4096, sha256: () => createHash("sha256") };
    this.#methods = services(this.test.server, options).methods;
  }

  /** Begins a call and does not wait. */
  begin(path: string, request: Uint8Array): Call {
    const call = new Call(path);
    const handler = this.#methods.get(path)!;
    const asCall = call as unknown as ServerCall;
    if (handler.kind === "unary") handler.handle(asCall, request);
    else handler.open(asCall).message(request);
    return call;
  }

  call(path: string, request: Uint8Array): Call {
    const call = this.begin(path, request);
    this.settle();
    return call;
  }

  settle(): void {
    this.test.clock.settle();
  }

  grant(...ids: bigint[]): void {
    for (const ID of ids) {
      const request = encodeLeaseGrantRequest(makeLeaseGrantRequest({ ID, TTL: 600 }));
      this.call("/etcdserverpb.Lease/LeaseGrant", request);
    }
  }

  revoke(ID: bigint): void {
    const request = encodeLeaseRevokeRequest(makeLeaseRevokeRequest({ ID }));
    this.call("/etcdserverpb.Lease/LeaseRevoke", request);
  }

  remove(key: string): void {
    const request = encodeDeleteRangeRequest(makeDeleteRangeRequest({ key: encodeUtf8(key) }));
    this.call("/etcdserverpb.KV/DeleteRange", request);
  }

  put(key: string, value: string): void {
    const fields = { key: encodeUtf8(key), value: encodeUtf8(value) };
    this.call("/etcdserverpb.KV/Put", encodePutRequest(makePutRequest(fields)));
  }

  keys(): string[] {
    const all = { key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0) };
    const call = this.call("/etcdserverpb.KV/Range", encodeRangeRequest(makeRangeRequest(all)));
    const { kvs } = decodeRangeResponse(call.messages[0]!);
    return kvs.map((bytes) => new TextDecoder().decode(decodeKeyValue(bytes).key));
  }
}

const lockRequest = (lease: bigint): Uint8Array =>
  encodeLockRequest(makeLockRequest({ name: encodeUtf8("q"), lease }));
const lockPath = "/v3lockpb.Lock/Lock";
const campaignRequest = (lease: bigint): Uint8Array =>
  encodeCampaignRequest(
    makeCampaignRequest({ name: encodeUtf8("e"), lease, value: encodeUtf8("v") }),
  );
const campaignPath = "/v3electionpb.Election/Campaign";
const expired = { code: Code.Unknown, message: "mutex: session is expired" };

test("a lock goes to the sessions in the order in which they asked", () => {
  const world = new World();
  world.grant(1n, 2n, 3n);
  const calls = [1n, 2n, 3n].map((lease) => world.call(lockPath, lockRequest(lease)));
  for (const [at, call] of calls.entries()) {
    assert.deepEqual(
      calls.map(({ ended }) => ended),
      calls.map((_, other) => other <= at),
    );
    const { key, header } = decodeLockResponse(call.messages[0]!);
    assert.equal(new TextDecoder().decode(key), `q/${at + 1}`);
    assert.equal(header?.revision, [2, 5, 6][at]);
    world.remove(`q/${at + 1}`);
  }
  assert.equal(world.test.server.hub.counts.watchers, 0, "nobody is watched for any more");
});

test("who goes away while he waits leaves the queue, and his watch ends", () => {
  const world = new World();
  world.grant(1n, 2n, 3n);
  const [, second, third] = [1n, 2n, 3n].map((lease) => world.call(lockPath, lockRequest(lease)));
  second!.goAway();
  world.settle();
  assert.deepEqual(world.keys(), ["q/1", "q/3"]);
  assert.equal(world.test.server.hub.counts.watchers, 1);
  world.remove("q/1");
  assert.equal(third!.status?.code, Code.OK);
  assert.deepEqual(second!.messages, []);
});

test("who goes away while his entry into the queue is under way leaves it again", () => {
  const world = new World();
  world.grant(1n, 2n);
  const first = world.begin(lockPath, lockRequest(1n));
  first.goAway();
  world.settle();
  assert.deepEqual(world.keys(), [], "a lock nobody was told of is held by nobody");
  world.call(lockPath, lockRequest(1n));
  const second = world.begin(lockPath, lockRequest(2n));
  second.goAway();
  world.settle();
  assert.deepEqual(world.keys(), ["q/1"]);
});

test("a session that holds the lock keeps it when it asks once more and goes away", () => {
  const world = new World();
  world.grant(1n);
  world.call(lockPath, lockRequest(1n));
  world.begin(lockPath, lockRequest(1n)).goAway();
  world.settle();
  assert.deepEqual(world.keys(), ["q/1"]);
});

test("a lock is not granted to a session whose lease is gone when its turn comes", () => {
  const world = new World();
  world.grant(1n, 2n);
  world.call(lockPath, lockRequest(1n));
  const second = world.call(lockPath, lockRequest(2n));
  world.revoke(2n);
  assert.equal(second.ended, false);
  world.remove("q/1");
  assert.deepEqual(second.status, expired);
});

test("a lock is not granted to a call whose key another call has put anew", () => {
  const world = new World();
  world.grant(1n, 2n, 3n);
  world.call(lockPath, lockRequest(1n));
  const early = world.call(lockPath, lockRequest(2n));
  world.call(lockPath, lockRequest(3n));
  world.remove("q/2");
  const late = world.call(lockPath, lockRequest(2n));
  world.remove("q/1");
  assert.deepEqual(early.status, expired, "the third is before it now");
  assert.equal(late.ended, false);
  world.remove("q/3");
  assert.equal(late.status?.code, Code.OK);
});

test("an expired candidate is not called elected, and one that goes away leaves", () => {
  const world = new World();
  world.grant(1n, 2n, 3n);
  const calls = [1n, 2n, 3n].map((lease) => world.call(campaignPath, campaignRequest(lease)));
  world.revoke(2n);
  calls[2]!.goAway();
  world.settle();
  assert.deepEqual(world.keys(), ["e/1"]);
  world.remove("e/1");
  const notLeader = { code: Code.Unknown, message: "election: not leader" };
  assert.deepEqual(calls[1]!.status, notLeader);
});

const proclaim = (world: World, leader: LeaderKey | undefined, value: string): Call => {
  const request = makeProclaimRequest({ leader, value: encodeUtf8(value) });
  return world.call("/v3electionpb.Election/Proclaim", encodeProclaimRequest(request));
};

test("an observer that reads slowly is sent no more until it reads, and misses nothing", () => {
  const world = new World();
  world.grant(1n);
  const campaign = world.call(campaignPath, campaignRequest(1n));
  const { leader } = decodeCampaignResponse(campaign.messages[0]!);
  const request = encodeLeaderRequest(makeLeaderRequest({ name: encodeUtf8("e") }));
  const observer = world.call("/v3electionpb.Election/Observe", request);
  const values = (): string[] =>
    observer.messages.map((bytes) =>
      new TextDecoder().decode(decodeKeyValue(decodeLeaderResponse(bytes).kv!).value),
    );
  observer.reads = false;
  for (const value of ["a", "b", "c"]) proclaim(world, leader, value);
  assert.deepEqual(values(), ["v", "a"]);
  observer.reads = true;
  observer.bufferedBytes = 0;
  observer.onDrain?.();
  world.settle();
  assert.deepEqual(values(), ["v", "a", "b", "c"]);
  observer.goAway();
  world.settle();
  assert.equal(world.test.server.hub.counts.watchers, 0);
});

test("an observer hears of the first leader there ever is, and of the next when he resigns", () => {
  const world = new World();
  world.grant(1n, 2n);
  const request = encodeLeaderRequest(makeLeaderRequest({ name: encodeUtf8("e") }));
  const observer = world.call("/v3electionpb.Election/Observe", request);
  assert.deepEqual(observer.messages, []);
  world.put("e", "beside the prefix");
  world.call(campaignPath, campaignRequest(1n));
  world.call(campaignPath, campaignRequest(2n));
  world.remove("e/1");
  const keys = observer.messages.map((bytes) =>
    new TextDecoder().decode(decodeKeyValue(decodeLeaderResponse(bytes).kv!).key),
  );
  assert.deepEqual(keys, ["e/1", "e/2"]);
});

test("errors of etcd lose their code, as they do in etcd, and what names no leader is refused", () => {
  const world = new World();
  const unknownLease = "etcdserver: requested lease not found";
  assert.deepEqual(world.call(lockPath, lockRequest(9n)).status, {
    code: Code.Unknown,
    message: unknownLease,
  });
  assert.deepEqual(proclaim(world, undefined, "x").status, {
    code: Code.Unknown,
    message: '"leader" field must be provided',
  });
  assert.deepEqual(world.keys(), []);
});
