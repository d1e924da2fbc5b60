import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeUtf8 } from "../../base/index.ts";
import { decodeMessage, encodeMessage } from "../../core/proto/index.ts";
import { type Message, MessageType, newMessage } from "../../core/raft/index.ts";
import {
  ask,
  type HandCall,
  type HandTransport,
  handTransport,
  localId,
  peerHeaders,
  peerId,
} from "./testing.ts";
import { peerUrls, UrlPicker } from "./url-picker.ts";
import { TransportCounters } from "./counters.ts";

const url = "http://10.0.0.2:2380";

function withPeer(...more: Parameters<typeof handTransport>): HandTransport {
  const hand = handTransport(...more);
  hand.transport.addPeer(peerId, [url]);
  return hand;
}

const posts = (hand: HandTransport): HandCall[] =>
  hand.dialer.calls.filter(({ request }) => request.url === `${url}/raft`);

function toPeer(index: number, type: MessageType = MessageType.MsgVote): Message {
  const message = newMessage(type, peerId);
  message.from = localId;
  message.index = index;
  return message;
}

const textOf = (bytes: Uint8Array): string => decodeUtf8(bytes)!;

test("four posts are under way and 64 wait; the next one is lost", () => {
  const hand = withPeer();
  hand.transport.send([toPeer(0)]);
  posts(hand)[0]!.answer(204);
  hand.transport.send(Array.from({ length: 68 }, (_, index) => toPeer(1 + index)));
  assert.equal(posts(hand).length, 1 + 4);
  assert.deepEqual(hand.raft.notes, []);
  hand.transport.send([toPeer(69)]);
  assert.deepEqual(hand.raft.notes, ["unreachable 187"]);
  for (let at = 1; at < 69; at++) posts(hand)[at]!.answer(204);
  const sent = posts(hand).map(({ request }) => decodeMessage(request.body as Uint8Array).index);
  assert.deepEqual(
    sent,
    Array.from({ length: 69 }, (_, index) => index),
  );
});

test("to a member that does not answer one post is under way; the first answer lets four go", () => {
  const hand = withPeer();
  hand.transport.send(Array.from({ length: 9 }, (_, index) => toPeer(index)));
  assert.equal(posts(hand).length, 1);
  posts(hand)[0]!.fail("ECONNREFUSED");
  assert.equal(posts(hand).length, 2);
  posts(hand)[1]!.answer(204);
  assert.equal(posts(hand).length, 2 + 4);
});

test("a post says what it is and from whom", () => {
  const hand = withPeer();
  hand.transport.send([toPeer(1)]);
  const { request } = posts(hand)[0]!;
  assert.equal(request.method, "POST");
  assert.equal(request.connection, "pooled");
  assert.deepEqual(request.headers, {
    "Content-Type": "application/protobuf",
    "X-Server-From": "aa",
    "X-Server-Version": "3.7.3",
    "X-Min-Cluster-Version": "3.0.0",
    "X-Etcd-Cluster-ID": "cc",
    "X-PeerURLs": "http://10.0.0.1:2380",
  });
});

test("what an answer to a post means for raft", () => {
  for (const [status, text, notes] of [
    [204, "", ["snapshot to 187 finished"]],
    [403, "", ["unreachable 187", "snapshot to 187 failed", "removed"]],
    [412, "cluster ID mismatch\n", ["unreachable 187", "snapshot to 187 failed"]],
    [500, "error processing raft message\n", ["unreachable 187", "snapshot to 187 failed"]],
  ] as const) {
    const hand = withPeer();
    hand.transport.send([toPeer(1, MessageType.MsgSnap)]);
    posts(hand)[0]!.answer(status, text);
    assert.deepEqual(hand.raft.notes, notes, String(status));
    assert.equal(hand.transport.activePeers(), status === 204 ? 1 : 0);
  }
});

test("a post without an answer is given up", () => {
  const hand = withPeer();
  hand.transport.send([toPeer(1)]);
  hand.clock.advance(30_000);
  assert.equal(posts(hand)[0]!.isAborted, true);
  assert.deepEqual(hand.raft.notes, ["unreachable 187"]);
});

test("a message that is posted is answered when raft has taken it", () => {
  const hand = withPeer();
  hand.raft.isBusy = true;
  const { request, response } = ask(hand, "POST", "/raft");
  const bytes = encodeMessage(toPeer(7));
  request.body!.onBytes(bytes.slice(0, 2));
  request.body!.onBytes(bytes.slice(2));
  request.body!.onEnd();
  assert.equal(hand.raft.messages[0]!.index, 7);
  assert.equal(response.status, 0);
  hand.raft.waiting[0]!(undefined);
  assert.deepEqual([response.status, response.headers["X-Etcd-Cluster-ID"]], [204, "cc"]);
});

test("a refusal by raft is status 500, never 403, which would stop a Go sender", () => {
  const hand = withPeer();
  hand.raft.refusal = new Error("cannot process message from removed member");
  const { request, response } = ask(hand, "POST", "/raft");
  request.body!.onBytes(encodeMessage(toPeer(7)));
  request.body!.onEnd();
  assert.equal(response.status, 500);
  assert.equal(textOf(response.bytes), "error processing raft message\n");
});

test("bodies have a limit, one by one and together", () => {
  const hand = withPeer({ limits: { postBytesMax: 100, postBytesMaxTogether: 150 } });
  const tooLarge = ask(hand, "POST", "/raft");
  tooLarge.request.body!.onBytes(new Uint8Array(101));
  assert.deepEqual([tooLarge.response.status, tooLarge.response.isAborted], [400, true]);
  const first = ask(hand, "POST", "/raft");
  first.request.body!.onBytes(new Uint8Array(90));
  const second = ask(hand, "POST", "/raft");
  second.request.body!.onBytes(new Uint8Array(90));
  assert.equal(second.response.status, 400);
  assert.equal(textOf(second.response.bytes), "error reading raft message\n");
  first.request.body!.onError(new Error("gone"));
  const third = ask(hand, "POST", "/raft");
  third.request.body!.onBytes(new Uint8Array(90));
  assert.equal(third.response.status, 0);
});

test("a removed member is told so, and a version that is none is refused", () => {
  const hand = withPeer();
  hand.raft.removed = 0x77n;
  const removed = ask(hand, "GET", "/raft/stream/message/77").response;
  assert.deepEqual([removed.status, textOf(removed.bytes)], [410, "removed member\n"]);
  const headers = { ...peerHeaders, "X-Server-Version": "three" };
  const unreadable = ask(hand, "GET", "/raft/stream/message/bb", headers).response;
  assert.deepEqual([unreadable.status, textOf(unreadable.bytes)], [412, "incompatible version\n"]);
});

test("strangers are answered by post, up to a number of them and if their URLs are some", () => {
  const hand = handTransport({ limits: { remotesMax: 2 } });
  const introduce = (id: string, urls: string): void => {
    const headers = { ...peerHeaders, "X-Server-From": id, "X-PeerURLs": urls };
    ask(hand, "POST", "/raft", headers);
  };
  const reach = (id: bigint): number => {
    const before = hand.dialer.calls.length;
    hand.transport.send([newMessage(MessageType.MsgHeartbeat, id)]);
    return hand.dialer.calls.length - before;
  };
  introduce("1", "ftp://10.0.0.7:1");
  introduce("2", "http://10.0.0.7:1/path");
  introduce("3", "http://10.0.0.7");
  introduce("4", "http://10.0.0.7:2380,https://10.0.0.8:2380");
  introduce("5", "http://10.0.0.7:2380");
  introduce("6", "http://10.0.0.7:2380");
  assert.deepEqual([1n, 2n, 3n, 4n, 5n, 6n].map(reach), [0, 0, 0, 1, 1, 0]);
});

test("URLs are sorted, and taken in turn only when the one in use failed", () => {
  const urls = peerUrls(["http://b:1", " http://a:1 "])!;
  assert.deepEqual(urls, ["http://a:1", "http://b:1"]);
  const picker = new UrlPicker(urls);
  picker.unreachable("http://b:1");
  assert.equal(picker.pick(), "http://a:1");
  picker.unreachable("http://a:1");
  picker.unreachable("http://a:1");
  assert.equal(picker.pick(), "http://b:1");
  picker.update(["unix://socket:1"]);
  assert.equal(picker.pick(), "unix://socket:1");
});

test("probes measure the way and the clock, and change the URL when one fails", () => {
  const hand = handTransport();
  hand.transport.addPeer(peerId, [url, "http://10.0.0.3:2380"]);
  const probes = (): HandCall[] => hand.dialer.to("/raft/probing");
  hand.clock.advance(4_000);
  assert.deepEqual(
    probes().map(({ request }) => request.connection),
    ["pooled", "own"],
  );
  hand.clock.advance(80);
  const now = new Date(hand.clock.wallMs() - 540).toISOString();
  probes()[0]!.answer(200, `{"OK":true,"Now":"${now}"}\n`);
  assert.deepEqual(hand.transport.roundTrip(peerId), { smoothedMs: 80, clockDriftMs: 500 });
  probes()[1]!.answer(503);
  hand.clock.advance(4_000);
  assert.deepEqual(
    probes().map(({ request }) => request.url),
    [
      `${url}/raft/probing`,
      `${url}/raft/probing`,
      `${url}/raft/probing`,
      "http://10.0.0.3:2380/raft/probing",
    ],
  );
  const { response } = ask(hand, "POST", "/raft/probing", {});
  assert.match(textOf(response.bytes), /^\{"OK":true,"Now":"\d{4}-.*Z"\}\n$/);
});

test("counters of names that anyone may claim are bounded", () => {
  const counters = new TransportCounters();
  for (let at = 0; at < 5_000; at++) counters.of(`10.0.0.1:${at}`).receivedFailures++;
  assert.equal([...counters.entries()].length, 1_025);
  assert.equal(counters.of("OTHER").receivedFailures, 5_000 - 1_024);
});
