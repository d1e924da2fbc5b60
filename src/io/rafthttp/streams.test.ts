import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes, hexOf } from "../../base/index.ts";
import { type Message, MessageType, newMessage } from "../../core/raft/index.ts";
import { appendMessage } from "./codec/message-codec.ts";
import { FrameBuffer } from "./codec/frame-buffer.ts";
import {
  ask,
  type HandCall,
  type HandResponse,
  type HandTransport,
  handTransport,
  localId,
  peerId,
} from "./testing.ts";

const urls = ["http://10.0.0.2:2380", "http://10.0.0.3:2380"];
const messagePath = "/raft/stream/message/aa";
const msgAppPath = "/raft/stream/msgapp/aa";

function withPeer(...more: Parameters<typeof handTransport>): HandTransport {
  const hand = handTransport(...more);
  hand.transport.addPeer(peerId, urls);
  return hand;
}

function toPeer(type: MessageType, index = 0): Message {
  const message = newMessage(type, peerId);
  message.from = localId;
  message.term = 3;
  message.index = index;
  return message;
}

function framesOf(...messages: readonly Message[]): Uint8Array {
  const frames = new FrameBuffer();
  for (const message of messages) appendMessage(message, frames);
  return concatBytes(frames.take());
}

/** The member bb asks for its streams. */
function attach(hand: HandTransport, type: "message" | "msgapp"): HandResponse {
  const { response } = ask(hand, "GET", `/raft/stream/${type}/bb`);
  assert.equal(response.status, 200);
  return response;
}

const lastCall = (hand: HandTransport, path: string): HandCall => hand.dialer.to(path).at(-1)!;

test("a stream is asked for with the headers by which etcd knows its members", () => {
  const hand = withPeer();
  const { request } = lastCall(hand, msgAppPath);
  assert.equal(request.url, "http://10.0.0.2:2380/raft/stream/msgapp/aa");
  assert.equal(request.method, "GET");
  assert.equal(request.connection, "own");
  assert.deepEqual(request.headers, {
    "X-Server-From": "aa",
    "X-Server-Version": "3.7.3",
    "X-Min-Cluster-Version": "3.0.0",
    "X-Etcd-Cluster-ID": "cc",
    "X-Raft-To": "bb",
    "X-PeerURLs": "http://10.0.0.1:2380",
  });
});

test("after a refusal the next URL is tried, at once and then ten times a second", () => {
  const hand = withPeer();
  const ats: string[] = [];
  for (let round = 0; round < 4; round++) {
    const call = lastCall(hand, messagePath);
    ats.push(`${hand.clock.nowMs()} ${call.request.url.slice(0, 15)}`);
    call.answer(404, "error sender not found\n", { "X-Server-Version": "3.7.3" });
    hand.clock.advance(round === 0 ? 0 : 100);
  }
  assert.deepEqual(ats, [
    "0 http://10.0.0.2",
    "0 http://10.0.0.3",
    "100 http://10.0.0.2",
    "200 http://10.0.0.3",
  ]);
});

test("what a stream brings goes to raft, except what only keeps the line alive", () => {
  const hand = withPeer();
  const call = lastCall(hand, messagePath);
  call.accept();
  assert.equal(hand.transport.activeSinceMs(peerId), 0);
  const vote = newMessage(MessageType.MsgVote, localId);
  vote.from = peerId;
  const linkHeartbeat = newMessage(MessageType.MsgHeartbeat, 0n);
  const bytes = framesOf(vote, linkHeartbeat, vote);
  call.events.onBytes(bytes.slice(0, 7));
  call.events.onBytes(bytes.slice(7));
  assert.deepEqual(
    hand.raft.messages.map(({ type }) => type),
    [MessageType.MsgVote, MessageType.MsgVote],
  );
});

test("a stream that is silent for five seconds is dead; link heartbeats keep it alive", () => {
  const hand = withPeer();
  const call = lastCall(hand, messagePath);
  call.accept();
  const heartbeat = framesOf(newMessage(MessageType.MsgHeartbeat, 0n));
  for (let second = 0; second < 8; second++) {
    hand.clock.advance(1_667);
    call.events.onBytes(heartbeat.slice());
  }
  assert.equal(call.isAborted, false);
  hand.clock.advance(4_999);
  assert.equal(call.isAborted, false);
  hand.clock.advance(1);
  assert.equal(call.isAborted, true);
  assert.equal(hand.transport.activeSinceMs(peerId), undefined);
  assert.equal(hand.dialer.to(messagePath).length, 2, "and is dialled anew");
});

test("the end of a stream is told to raft, with how it came; an end in order is no failure", () => {
  const hand = withPeer();
  lastCall(hand, messagePath).accept();
  lastCall(hand, messagePath).events.onEnd();
  assert.deepEqual(hand.raft.notes, ["lost 187 by reset"]);
  assert.equal(hand.transport.activePeers(), 1);
  hand.clock.advance(0);
  lastCall(hand, messagePath).accept();
  lastCall(hand, messagePath).fail("ECONNRESET");
  assert.equal(hand.transport.activePeers(), 0);
  hand.clock.advance(100);
  lastCall(hand, messagePath).accept();
  lastCall(hand, messagePath).events.onBytes(new Uint8Array(8).fill(255));
  assert.equal(hand.raft.notes.at(-1), "lost 187");
  assert.equal(lastCall(hand, messagePath).isAborted, true);
});

test("status 410 means that this member was removed", () => {
  const hand = withPeer();
  lastCall(hand, messagePath).answer(410, "removed member\n", { "X-Server-Version": "3.7.3" });
  assert.deepEqual(hand.raft.notes, ["removed"]);
});

test("servers without streams are left alone, older ones with streams and newer ones are not", () => {
  const hand = withPeer();
  for (const [version, isTaken] of [
    ["2.0.0", false],
    ["", false],
    ["nonsense", false],
    ["2.1.0", true],
    ["3.6.8", true],
    ["3.8.0-alpha.0", true],
  ] as const) {
    const call = lastCall(hand, messagePath);
    call.accept(version);
    assert.equal(call.isAborted, !isTaken, version);
    if (isTaken) call.events.onEnd();
    hand.clock.advance(1_000);
  }
});

test("appends take their stream, the rest the other, and posts what finds none", () => {
  const hand = withPeer();
  const types = [MessageType.MsgApp, MessageType.MsgHeartbeat, MessageType.MsgSnap];
  const send = (): void => hand.transport.send(types.map((type) => toPeer(type)));
  const posts = (): number => hand.dialer.to("2380/raft").length - hand.dialer.to("stream").length;
  send();
  assert.equal(posts(), 1, "the others wait for its answer");
  const messages = attach(hand, "message");
  send();
  assert.equal(posts(), 4, "those that waited, and the snapshot");
  assert.equal(
    messages.bytes.length,
    framesOf(toPeer(3), toPeer(8)).length,
    "both in the one stream",
  );
  const msgApps = attach(hand, "msgapp");
  send();
  assert.equal(msgApps.bytes[0], 2);
  assert.equal(messages.bytes.length, framesOf(toPeer(3), toPeer(8), toPeer(8)).length);
});

test("messages to nobody, and to somebody unknown, go nowhere", () => {
  const hand = withPeer();
  const before = hand.dialer.calls.length;
  const toNobody = newMessage(MessageType.MsgHeartbeat, 0n);
  const toStranger = newMessage(MessageType.MsgHeartbeat, 0x99n);
  hand.transport.send([toNobody, toStranger]);
  assert.equal(hand.dialer.calls.length, before);
});

test("link heartbeats go out on both streams every third of five seconds", () => {
  const hand = withPeer();
  const messages = attach(hand, "message");
  const msgApps = attach(hand, "msgapp");
  hand.clock.advance(5_001);
  assert.equal(hexOf(messages.bytes), "00000000000000020808".repeat(3));
  assert.equal(hexOf(msgApps.bytes), "000000");
});

test("what one send brings is written in one piece", () => {
  const hand = withPeer();
  const messages = attach(hand, "message");
  hand.transport.send([toPeer(8), toPeer(8), toPeer(8)]);
  assert.equal(messages.written.length, 1);
});

test("a connection without room is left alone until it drains, and given up after five seconds", () => {
  const hand = withPeer();
  const messages = attach(hand, "message");
  messages.hasRoom = false;
  hand.transport.send([toPeer(8)]);
  hand.transport.send([toPeer(8), toPeer(8)]);
  assert.equal(messages.written.length, 1);
  hand.clock.advance(4_000);
  messages.events!.onDrain();
  assert.equal(messages.written.length, 2, "all that waited, together");
  hand.clock.advance(4_999);
  assert.equal(messages.isAborted, false);
  hand.transport.send([toPeer(8)]);
  hand.clock.advance(1);
  assert.equal(messages.isAborted, true);
  assert.ok(hand.raft.notes.includes("unreachable 187"));
});

test("a full queue loses what comes then, and raft is told", () => {
  const hand = withPeer();
  const messages = attach(hand, "message");
  messages.hasRoom = false;
  hand.transport.send([toPeer(8)]);
  hand.transport.send(Array.from({ length: 4_096 }, () => toPeer(8)));
  assert.deepEqual(hand.raft.notes, []);
  hand.transport.send([toPeer(8)]);
  assert.deepEqual(hand.raft.notes, ["unreachable 187"]);
  assert.equal(hand.transport.counters.of("bb").sentFailures, 1);
});

test("a newer connection takes the place of the older one and begins anew", () => {
  const hand = withPeer();
  const first = attach(hand, "msgapp");
  const append = toPeer(MessageType.MsgApp, 4);
  append.logTerm = 3;
  hand.transport.send([append, append]);
  assert.deepEqual([first.bytes[0], first.bytes.length > 20], [2, true]);
  const second = attach(hand, "msgapp");
  assert.equal(first.isEnded, true);
  hand.transport.send([append]);
  assert.equal(second.bytes[0], 2, "the first append of a connection is whole");
  first.events!.onClose();
  assert.deepEqual(hand.raft.notes, []);
  second.events!.onClose();
  assert.deepEqual(hand.raft.notes, ["unreachable 187", "lost 187"]);
});

test("a member that is busy is given 4096 messages and as many proposals of one peer", () => {
  const hand = withPeer();
  hand.raft.isBusy = true;
  const call = lastCall(hand, messagePath);
  call.accept();
  const message = newMessage(MessageType.MsgHeartbeatResp, localId);
  message.from = peerId;
  const proposal = newMessage(MessageType.MsgProp, localId);
  proposal.from = peerId;
  for (let at = 0; at < 4_100; at++) call.events.onBytes(framesOf(message));
  assert.equal(hand.raft.messages.length, 4_096);
  for (let at = 0; at < 4_100; at++) call.events.onBytes(framesOf(proposal));
  assert.equal(hand.raft.messages.length, 2 * 4_096);
  assert.equal(hand.transport.counters.of("bb").receivedFailures, 8);
  for (const settled of hand.raft.waiting.splice(0)) settled(undefined);
  call.events.onBytes(framesOf(message));
  assert.equal(hand.raft.messages.length, 2 * 4_096 + 1);
});

test("a paused peer neither sends nor receives by streams", () => {
  const hand = withPeer();
  const messages = attach(hand, "message");
  const call = lastCall(hand, messagePath);
  call.accept();
  hand.transport.cutPeer(peerId);
  hand.transport.send([toPeer(8)]);
  const vote = newMessage(MessageType.MsgVote, localId);
  vote.from = peerId;
  call.events.onBytes(framesOf(vote));
  assert.deepEqual([messages.written.length, hand.raft.messages.length], [0, 0]);
  hand.transport.mendPeer(peerId);
  hand.transport.send([toPeer(8)]);
  call.events.onBytes(framesOf(vote));
  assert.deepEqual([messages.written.length, hand.raft.messages.length], [1, 1]);
});

test("after the stop nothing is open, nothing is dialled and nothing waits", () => {
  const hand = withPeer();
  const messages = attach(hand, "message");
  lastCall(hand, msgAppPath).accept();
  hand.transport.send([toPeer(MessageType.MsgSnap)]);
  hand.transport.stop();
  assert.equal(messages.isEnded, true);
  assert.ok(hand.dialer.calls.every(({ isAborted }) => isAborted));
  assert.equal(hand.dialer.isClosed, true);
  const before = hand.dialer.calls.length;
  hand.clock.advance(60_000);
  assert.equal(hand.dialer.calls.length, before);
});
