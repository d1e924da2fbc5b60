import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { encodeUtf8, ownBytes } from "../../base/index.ts";
import { type EtcdError, errors } from "../../core/errors/index.ts";
import {
  decodeDowngradeResponse,
  decodeMemberAddResponse,
  decodeMemberListResponse,
  decodeMemberUpdateResponse,
  DowngradeAction,
  encodeDowngradeRequest,
  encodeMemberAddRequest,
  encodeMemberListRequest,
  encodeMemberPromoteRequest,
  encodeMemberRemoveRequest,
  encodeMemberUpdateRequest,
  encodeMoveLeaderRequest,
  encodeRangeRequest,
  makeDowngradeRequest,
  makeMemberAddRequest,
  makeMemberListRequest,
  makeMemberPromoteRequest,
  makeMemberRemoveRequest,
  makeMemberUpdateRequest,
  makeMoveLeaderRequest,
  makeRangeRequest,
} from "../../core/proto/index.ts";
import type { ServerCall } from "../../io/grpc/index.ts";
import { leadingServer, type TestServer, testMemberId, testServer } from "../member/testing.ts";
import { monitorLeader, services } from "./index.ts";

const noBytes = new Uint8Array(0);
const ok = { code: 0, message: "" };
const sha1 = (bytes: Uint8Array): Uint8Array => createHash("sha1").update(bytes).digest();
const statusOf = ({ code, message }: EtcdError): { code: number; message: string } => ({
  code,
  message,
});

interface Heard {
  status: { code: number; message: string } | undefined;
  reply: Uint8Array;
}

/** Makes a call by its short name and lets all that takes no time happen. */
function call(test: TestServer, path: string, request: Uint8Array = noBytes): Heard {
  const sha256 = () => createHash("sha256");
  const all = services(test.server, { maxTxnOps: 128, maxRequestBytes: 4096, sha256 });
  const heard: Heard = { status: undefined, reply: noBytes };
  const one = {
    path,
    metadata: { get: () => undefined },
    ended: false,
    reply: (bytes: Uint8Array) => {
      heard.reply = ownBytes(bytes);
      one.end(ok);
    },
    end: ({ code, message }: { code: number; message: string }) => {
      one.ended = true;
      heard.status ??= { code, message };
    },
  };
  const handler = all.methods.get(`/etcdserverpb.${path}`)!;
  if (handler.kind === "unary") handler.handle(one as unknown as ServerCall, request);
  else handler.open(one as unknown as ServerCall).message(request);
  test.clock.settle();
  return heard;
}

const alone = (): TestServer => leadingServer({ serverVersion: "3.7.0" }, { sha1 });

const adding = (urls: string[], isLearner = false): Uint8Array =>
  encodeMemberAddRequest(makeMemberAddRequest({ peerURLs: urls, isLearner }));

test("a learner that is added is told of with its id, and no revision", () => {
  const server = alone();
  const { status, reply } = call(
    server,
    "Cluster/MemberAdd",
    adding(["http://b:2", "http://a:1"], true),
  );
  assert.deepEqual(status, ok);
  const { header, member, members } = decodeMemberAddResponse(reply);
  assert.equal(header?.revision, 0);
  assert.equal(header?.memberId, testMemberId);
  // Made of the sorted URLs and the second.
  const digest = sha1(encodeUtf8("http://a:1http://b:2" + "1790000000"));
  assert.equal(member?.ID, new DataView(digest.buffer, digest.byteOffset).getBigUint64(0));
  assert.deepEqual(member?.peerURLs, ["http://a:1", "http://b:2"]);
  assert.equal(member?.isLearner, true);
  assert.equal(members.length, 2);
});

test("a second learner, a URL in use and URLs that are none are refused in etcd's words", () => {
  const server = alone();
  call(server, "Cluster/MemberAdd", adding(["http://a:1"], true));
  // The id is made of the second, too.
  server.clock.advance(1000);
  const refused = (request: Uint8Array): unknown =>
    call(server, "Cluster/MemberAdd", request).status;
  assert.deepEqual(refused(adding(["http://b:1"], true)), statusOf(errors.tooManyLearners()));
  assert.deepEqual(refused(adding(["http://a:1"])), statusOf(errors.peerURLExist()));
  for (const urls of [[], ["a:1"], ["http://a"], ["http://a:1/path"], ["ftp://a:1"]]) {
    assert.deepEqual(refused(adding(urls)), statusOf(errors.memberBadURLs()), String(urls));
  }
});

test("a member that is not there cannot be changed, promoted or removed", () => {
  const server = alone();
  const absent = statusOf(errors.memberNotFound());
  const update = makeMemberUpdateRequest({ ID: 5n, peerURLs: ["http://c:1"] });
  const promote = makeMemberPromoteRequest({ ID: 5n });
  const remove = makeMemberRemoveRequest({ ID: 5n });
  const status = (path: string, bytes: Uint8Array): unknown => call(server, path, bytes).status;
  assert.deepEqual(status("Cluster/MemberUpdate", encodeMemberUpdateRequest(update)), absent);
  assert.deepEqual(status("Cluster/MemberPromote", encodeMemberPromoteRequest(promote)), absent);
  assert.deepEqual(status("Cluster/MemberRemove", encodeMemberRemoveRequest(remove)), absent);
});

test("the peer URLs of a member change, and only to URLs: etcd's members die of others", () => {
  const server = alone();
  const update = (peerURLs: string[]): Heard => {
    const request = makeMemberUpdateRequest({ ID: testMemberId, peerURLs });
    return call(server, "Cluster/MemberUpdate", encodeMemberUpdateRequest(request));
  };
  assert.deepEqual(update(["nonsense"]).status, statusOf(errors.memberBadURLs()));
  const { status, reply } = update(["http://new:2380"]);
  assert.deepEqual(status, ok);
  const [member] = decodeMemberUpdateResponse(reply).members;
  assert.deepEqual([member?.peerURLs, member?.name], [["http://new:2380"], "default"]);
});

test("a learner that has nothing of the log is not promoted", () => {
  const server = alone();
  const added = decodeMemberAddResponse(
    call(server, "Cluster/MemberAdd", adding(["http://a:1"], true)).reply,
  ).member!;
  const promote = encodeMemberPromoteRequest(makeMemberPromoteRequest({ ID: added.ID }));
  const { status } = call(server, "Cluster/MemberPromote", promote);
  assert.deepEqual(status, statusOf(errors.learnerNotReady()));
});

test("the only member cannot be removed; a learner can", () => {
  const server = alone();
  const added = decodeMemberAddResponse(
    call(server, "Cluster/MemberAdd", adding(["http://a:1"], true)).reply,
  ).member!;
  const remove = (ID: bigint): unknown =>
    call(server, "Cluster/MemberRemove", encodeMemberRemoveRequest(makeMemberRemoveRequest({ ID })))
      .status;
  assert.deepEqual(remove(testMemberId), statusOf(errors.memberNotEnoughStarted()));
  assert.deepEqual(remove(added.ID), ok);
  const list = encodeMemberListRequest(makeMemberListRequest({ linearizable: true }));
  const { members } = decodeMemberListResponse(call(server, "Cluster/MemberList", list).reply);
  assert.deepEqual(
    members.map(({ ID }) => ID),
    [testMemberId],
  );
});

test("leadership goes to a voter only, and from the leader only", () => {
  const move = (server: TestServer, targetID: bigint): unknown =>
    call(
      server,
      "Maintenance/MoveLeader",
      encodeMoveLeaderRequest(makeMoveLeaderRequest({ targetID })),
    ).status;
  const leader = alone();
  assert.deepEqual(move(leader, 9n), statusOf(errors.badLeaderTransferee()));
  assert.deepEqual(move(leader, testMemberId), ok);
  const follower = testServer({}, { peerIds: [testMemberId, 2n, 3n] });
  assert.deepEqual(move(follower, 2n), statusOf(errors.notLeader()));
});

test("a downgrade is prepared for one minor version below, once, and cancelled", () => {
  const server = alone();
  assert.equal(server.server.cluster.version, "3.7.0");
  const downgrade = (action: number, version = ""): Heard => {
    const request = encodeDowngradeRequest(makeDowngradeRequest({ action, version }));
    return call(server, "Maintenance/Downgrade", request);
  };
  const { VALIDATE, ENABLE, CANCEL } = DowngradeAction;
  const fine = downgrade(VALIDATE, "3.6");
  assert.deepEqual(fine.status, ok);
  assert.equal(decodeDowngradeResponse(fine.reply).version, "3.7");
  for (const version of ["", "3", "three", "3.6.x"]) {
    const { status } = downgrade(VALIDATE, version);
    assert.deepEqual(status, statusOf(errors.wrongDowngradeVersionFormat()), version);
  }
  for (const version of ["3.5", "3.7", "3.8.0", "4.6"]) {
    const { status } = downgrade(ENABLE, version);
    assert.deepEqual(status, statusOf(errors.invalidDowngradeTargetVersion()), version);
  }
  assert.deepEqual(downgrade(9).status, statusOf(errors.unknownMethod()));
  assert.deepEqual(downgrade(CANCEL).status, ok);
  assert.equal(server.lines.at(-1)?.message, "failed to cancel downgrade");
  assert.deepEqual(downgrade(ENABLE, "3.6.9").status, ok);
  assert.deepEqual(server.server.downgradeInfo(), { enabled: true, targetVersion: "3.6.0" });
  assert.deepEqual(downgrade(VALIDATE, "3.6").status, statusOf(errors.downgradeInProcess()));
  assert.deepEqual(downgrade(CANCEL).status, ok);
  assert.deepEqual(server.server.downgradeInfo(), { enabled: false, targetVersion: "" });
});

test("a learner answers its status, reads of its own state and a copy, and nothing else", () => {
  const server = alone();
  const learners = [testMemberId];
  Object.defineProperty(server.server.member, "confState", {
    value: { voters: [2n], learners, votersOutgoing: [], learnersNext: [], autoLeave: false },
  });
  const refusal = statusOf(errors.notSupportedForLearner());
  const key = encodeUtf8("a");
  const range = (serializable: boolean): Uint8Array =>
    encodeRangeRequest(makeRangeRequest({ key, serializable }));
  assert.deepEqual(call(server, "KV/Range", range(true)).status, ok);
  assert.deepEqual(call(server, "Maintenance/Status").status, ok);
  assert.notDeepEqual(call(server, "Maintenance/Snapshot").status, refusal);
  assert.deepEqual(call(server, "KV/Range", range(false)).status, refusal);
  for (const path of ["KV/Put", "KV/RangeStream", "Watch/Watch", "Lease/LeaseKeepAlive"]) {
    assert.deepEqual(call(server, path).status, refusal, path);
  }
  assert.deepEqual(call(server, "Cluster/MemberList").status, refusal);
});

test("streams that require a leader end after three looks without one, and not before", () => {
  const test = testServer({ electionMs: 1000 }, { peerIds: [testMemberId, 2n, 3n] });
  let ends = 0;
  const stop = monitorLeader(test.server, { endStreamsRequiringLeader: () => ends++ });
  test.clock.advance(2999);
  assert.equal(ends, 0);
  test.clock.advance(1);
  assert.equal(ends, 1);
  stop();
  test.clock.advance(5000);
  assert.equal(ends, 1);
  const leader = leadingServer();
  monitorLeader(leader.server, { endStreamsRequiringLeader: () => ends++ });
  leader.clock.advance(5000);
  assert.equal(ends, 1);
});
