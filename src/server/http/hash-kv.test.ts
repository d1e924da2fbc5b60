import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { type Id64, id64Hex } from "../../base/index.ts";
import type { IncomingMessage, ServerResponse } from "../../io/http/index.ts";
import type { AskPeer } from "../../io/rafthttp/index.ts";
import { peerHashes } from "../member/peer-hashes.ts";
import type { PeerHash } from "../member/corruption.ts";
import { leadingServer, type TestServer } from "../member/testing.ts";
import { peerHttp } from "./index.ts";

interface Answer {
  status: number;
  body: string;
  readonly headers: Map<string, string>;
}

function ask(test: TestServer, body: string, headers: Record<string, string> = {}): Answer {
  const answer: Answer = { status: 200, body: "", headers: new Map() };
  const response = {
    set statusCode(status: number) {
      answer.status = status;
    },
    setHeader: (name: string, value: string) => answer.headers.set(name.toLowerCase(), value),
    end: (text: string) => (answer.body = text),
  };
  const request = Object.assign(new EventEmitter(), {
    url: "/members/hashkv",
    method: "GET",
    headers,
  });
  const listener = peerHttp(test.server);
  listener(request as unknown as IncomingMessage, response as unknown as ServerResponse);
  request.emit("data", Buffer.from(body));
  request.emit("end");
  test.clock.settle();
  return answer;
}

test("the hash of the newest revision, as Go's JSON has it", () => {
  const test = leadingServer();
  const { status, body, headers } = ask(test, "{}");
  assert.equal(status, 200);
  const { hash, ...rest } = JSON.parse(body) as Record<string, unknown>;
  assert.equal(typeof hash, "number");
  assert.deepEqual(rest, { header: { revision: 1 }, compact_revision: -1, hash_revision: 1 });
  assert.equal(headers.get("x-etcd-cluster-id"), id64Hex(test.server.clusterId));
});

test("what cannot be answered is refused in etcd's words", () => {
  const test = leadingServer();
  const refused = (body: string, headers = {}): (string | number)[] => {
    const answer = ask(test, body, headers);
    return [answer.status, answer.body];
  };
  const future = "mvcc: required revision is a future revision\n";
  assert.deepEqual(refused(`{"revision":99}`), [400, future]);
  assert.deepEqual(refused("no JSON"), [400, "error unmarshalling request\n"]);
  assert.deepEqual(refused("x".repeat(100_000)), [400, "error reading body\n"]);
  const other = { "x-etcd-cluster-id": "77" };
  assert.deepEqual(refused("{}", other), [412, "cluster ID mismatch\n"]);
});

test("a member asks the others URL by URL, and reads what this path answers", () => {
  const test = leadingServer();
  const { server } = test;
  const peer = 7n as Id64;
  const urls = ["http://dead", "http://alive"];
  const members = [
    { id: peer, peerUrls: urls },
    { id: server.memberId, peerUrls: ["http://me"] },
  ];
  const asked: string[] = [];
  const askPeer: AskPeer = ({ url, body, headers }, done) => {
    asked.push(url);
    if (url.startsWith("http://dead")) done(new Error("refused"));
    else {
      const answer = ask(test, Buffer.from(body!).toString(), headers as Record<string, string>);
      done({ status: answer.status, header: () => "", body: Buffer.from(answer.body) });
    }
    return () => {};
  };
  const { log, clusterId, memberId, member } = server;
  const cluster = { members: () => members } as unknown as typeof server.cluster;
  const askAll = peerHashes({ cluster, clusterId, memberId, log, member }, askPeer);
  const all = (revision: number): readonly PeerHash[] => {
    let answers: readonly PeerHash[] = [];
    askAll(revision, (given) => (answers = given));
    return answers;
  };
  const [answer] = all(0);
  assert.deepEqual(asked, ["http://dead/members/hashkv", "http://alive/members/hashkv"]);
  assert.ok(answer !== undefined && !(answer.answer instanceof Error));
  assert.deepEqual(
    [answer.id, answer.answer.revision, answer.answer.compactRevision],
    [peer, 1, -1],
  );
  const [future] = all(50);
  assert.ok(future?.answer instanceof Error);
  assert.match(future.answer.message, /required revision is a future revision/);
});
