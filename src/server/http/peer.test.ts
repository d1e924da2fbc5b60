import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { concatBytes } from "../../base/index.ts";
import {
  decodeLeaseInternalResponse,
  decodeLeaseKeepAliveResponse,
  encodeLeaseGrantRequest,
  encodeLeaseInternalRequest,
  encodeLeaseKeepAliveRequest,
  makeLeaseGrantRequest,
  makeLeaseInternalRequest,
  makeLeaseKeepAliveRequest,
  makeLeaseTimeToLiveRequest,
} from "../../core/proto/index.ts";
import type { IncomingMessage, ServerResponse } from "../../io/http/index.ts";
import { leadingServer, type TestServer, testMemberId, testServer } from "../member/testing.ts";
import { peerHttp } from "./index.ts";

interface Answer {
  status: number;
  body: string | Uint8Array | undefined;
  readonly headers: Map<string, string>;
}

const post = (test: TestServer, url: string, ...pieces: Uint8Array[]): Answer =>
  ask(test, "POST", url, pieces);

function ask(test: TestServer, method: string, url: string, pieces: Uint8Array[] = []): Answer {
  const answer: Answer = { status: 200, body: undefined, headers: new Map() };
  const response = {
    destroyed: false,
    set statusCode(status: number) {
      answer.status = status;
    },
    setHeader: (name: string, value: string) => answer.headers.set(name.toLowerCase(), value),
    end: (body: string | Uint8Array) => {
      assert.equal(answer.body, undefined, "a request is answered once");
      answer.body = body;
    },
  };
  const request = Object.assign(new EventEmitter(), { url, method, headers: {} });
  peerHttp(test.server)(
    request as unknown as IncomingMessage,
    response as unknown as ServerResponse,
  );
  for (const piece of pieces) request.emit("data", piece);
  request.emit("end");
  request.emit("close");
  test.clock.settle();
  return answer;
}

const bytesOf = ({ body }: Answer): Uint8Array => body as Uint8Array;
const keepAlive = (ID: bigint): Uint8Array =>
  encodeLeaseKeepAliveRequest(makeLeaseKeepAliveRequest({ ID }));
const timeToLive = (ID: bigint): Uint8Array =>
  encodeLeaseInternalRequest(
    makeLeaseInternalRequest({
      leaseTimeToLiveRequest: makeLeaseTimeToLiveRequest({ ID, keys: true }),
    }),
  );

function withLease(): TestServer {
  const test = leadingServer();
  const grant = encodeLeaseGrantRequest(makeLeaseGrantRequest({ ID: 7n, TTL: 60 }));
  test.server.member.propose("leaseGrant", grant, () => {});
  test.clock.settle();
  return test;
}

const leaderless = (): TestServer => testServer({}, { peerIds: [testMemberId, 2n, 3n] });

test("the primary lessor renews for another member, and says when there is no such lease", () => {
  const test = withLease();
  const whole = keepAlive(7n);
  const answer = post(test, "/leases", whole.subarray(0, 1), whole.subarray(1));
  assert.equal(answer.headers.get("content-type"), "application/protobuf");
  const { ID, TTL } = decodeLeaseKeepAliveResponse(bytesOf(answer));
  assert.deepEqual([ID, TTL], [7n, 60]);
  const { status, body } = post(test, "/leases", keepAlive(8n));
  assert.deepEqual([status, body], [404, "lease not found\n"]);
});

test("the primary lessor tells how long a lease has to live", () => {
  const test = withLease();
  test.clock.advance(10_000);
  const answer = post(test, "/leases/internal", timeToLive(7n));
  const told = decodeLeaseInternalResponse(bytesOf(answer)).leaseTimeToLiveResponse;
  assert.deepEqual([told?.ID, told?.TTL, told?.grantedTTL], [7n, 50, 60]);
  const { status, body } = post(test, "/leases/internal", timeToLive(8n));
  assert.deepEqual([status, body], [404, "lease not found\n"]);
});

test("a member that is not the primary lessor neither renews nor tells", () => {
  const test = withLease();
  test.server.lessor.demote();
  const renewed = post(test, "/leases", keepAlive(7n));
  assert.deepEqual([renewed.status, renewed.body], [400, "not a primary lessor\n"]);
  const told = post(test, "/leases/internal", timeToLive(7n));
  assert.deepEqual([told.status, told.body], [500, "not a primary lessor\n"]);
});

test("requests about leases that are no messages, too large or not posted are refused", () => {
  const test = withLease();
  for (const path of ["/leases", "/leases/internal"]) {
    const broken = post(test, path, Uint8Array.of(0x0a, 0x7f));
    assert.deepEqual([broken.status, broken.body], [400, "error unmarshalling request\n"]);
    const large = post(test, path, concatBytes([new Uint8Array(65_537)]));
    assert.deepEqual([large.status, large.body], [413, "request body too large\n"]);
    const got = ask(test, "GET", path);
    assert.deepEqual([got.status, got.body], [405, "Method Not Allowed\n"]);
  }
  assert.equal(post(test, "/leases/internal").status, 400);
});

test("whether a downgrade is under way is told after a linearizable read", () => {
  const answer = ask(leadingServer(), "GET", "/downgrade/enabled");
  assert.equal(answer.body, "false");
  assert.equal(answer.headers.get("x-etcd-cluster-id"), "cdf81818e32a0f2a");
  assert.equal(ask(leaderless(), "GET", "/downgrade/enabled").body, undefined);
});

test("who may not be promoted is told in membership's words", () => {
  const test = leadingServer();
  const missing = post(test, "/members/promote/42");
  assert.deepEqual([missing.status, missing.body], [404, "membership: ID not found\n"]);
  for (const id of ["", "x", "-1", "18446744073709551616"]) {
    const { status, body } = post(test, `/members/promote/${id}`);
    assert.deepEqual([status, body], [404, `member ${id} not found in cluster\n`]);
  }
  const voter = post(test, `/members/promote/${testMemberId}`);
  const words = "membership: can only promote a learner member\n";
  assert.deepEqual([voter.status, voter.body], [412, words]);
  const got = ask(test, "GET", "/members/promote/42");
  assert.deepEqual([got.status, got.headers.get("allow")], [405, "POST"]);
  assert.equal(ask(test, "GET", "/members/1").status, 404);
});
