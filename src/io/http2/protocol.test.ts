// What a broken or hostile peer meets, frame by frame. h2spec (test/integration/http2) asks the rest.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ErrorCode, errorCode } from "./error-code.ts";
import { FieldList } from "./field-list.ts";
import { defaultFloodLimits, FloodGuard } from "./flood-guard.ts";
import { frameFlag, frameType, setting } from "./frame.ts";
import { continuationsMax } from "./header-reader.ts";
import { defaultKeepalive } from "./pings.ts";
import { placeOf, stateAfter, streamEvent, streamState, verdicts } from "./stream-state.ts";
import {
  frame,
  goodRequest,
  settingsAck,
  settingsFrame,
  TestClient,
  TestConnection,
  uint32,
} from "./testing.ts";

function opened(options = {}): { peer: TestConnection; client: TestClient } {
  const peer = new TestConnection(options);
  const client = new TestClient();
  peer.receive(client.preface, settingsAck);
  peer.written();
  return { peer, client };
}

/** The code of the GOAWAY this peer was sent, if any. */
function goAway(peer: TestConnection): ErrorCode | undefined {
  const last = peer.written().find(({ type }) => type === frameType.goAway);
  return last?.payload.readUInt32BE(4);
}

function resetCodes(peer: TestConnection): ErrorCode[] {
  return peer
    .written()
    .filter(({ type }) => type === frameType.rstStream)
    .map(({ payload }) => payload.readUInt32BE(0));
}

const ping = frame(frameType.ping, 0, 0, new Uint8Array(8));

test("the state table leads every stream to closed and nothing out of it", () => {
  for (const state of [
    streamState.open,
    streamState.halfClosedLocal,
    streamState.halfClosedRemote,
  ]) {
    assert.equal(stateAfter(state, streamEvent.reset), streamState.closed);
  }
  assert.equal(stateAfter(streamState.halfClosedRemote, streamEvent.sendEnd), streamState.closed);
  assert.equal(stateAfter(streamState.closed, streamEvent.sendEnd), -1);
  assert.equal(stateAfter(streamState.idle, streamEvent.open), streamState.open);
  assert.deepEqual(
    new Set(Object.values(verdicts.open).map(({ act }) => act)),
    new Set(["accept"]),
  );
  assert.equal(verdicts[placeOf(streamState.halfClosedRemote)].data.act, "reset");
});

const connectionErrors: [string, ErrorCode, (client: TestClient) => Uint8Array[]][] = [
  ["DATA on stream 0", errorCode.protocolError, (c) => [c.data(0, new Uint8Array(1), false)]],
  ["DATA on an idle stream", errorCode.protocolError, (c) => [c.data(9, new Uint8Array(1), true)]],
  ["HEADERS on an even id", errorCode.protocolError, (c) => [c.headers(2, true)]],
  ["ids that fall", errorCode.protocolError, (c) => [c.headers(5, false), c.headers(3, false)]],
  [
    "HEADERS after both ends",
    errorCode.streamClosed,
    (c) => [c.headers(1, true), frame(3, 0, 1, uint32(8)), c.headers(1, true)],
  ],
  ["a frame too large", errorCode.frameSizeError, () => [frame(0, 0, 1, Buffer.alloc(16_385))]],
  ["SETTINGS of 5 bytes", errorCode.frameSizeError, () => [frame(4, 0, 0, [1, 2, 3, 4, 5])]],
  ["an ack with a payload", errorCode.frameSizeError, () => [frame(4, 1, 0, [0, 0, 0, 0, 0, 0])]],
  [
    "a window above 2^31-1",
    errorCode.flowControlError,
    () => [settingsFrame([setting.initialWindowSize, 0x8000_0000])],
  ],
  [
    "WINDOW_UPDATE that overflows the connection",
    errorCode.flowControlError,
    () => [frame(8, 0, 0, uint32(0x7fff_ffff))],
  ],
  ["WINDOW_UPDATE of 0", errorCode.protocolError, () => [frame(8, 0, 0, uint32(0))]],
  ["PING of 7 bytes", errorCode.frameSizeError, () => [frame(6, 0, 0, new Uint8Array(7))]],
  ["PUSH_PROMISE", errorCode.protocolError, () => [frame(5, 4, 1, uint32(2))]],
  ["CONTINUATION alone", errorCode.protocolError, () => [frame(9, 4, 1)]],
  [
    "a block interrupted",
    errorCode.protocolError,
    (c) => [frame(1, 0, 1, c.block(goodRequest)), ping],
  ],
  ["a bad block", errorCode.compressionError, () => [frame(1, 5, 1, [0x80])]],
  [
    "padding longer than the frame",
    errorCode.protocolError,
    (c) => [c.headers(1, false), frame(0, frameFlag.padded, 1, [9, 0, 0])],
  ],
];

test("connection errors end the connection with the code of the RFC", () => {
  for (const [what, code, frames] of connectionErrors) {
    const { peer, client } = opened();
    peer.receive(...frames(client));
    assert.equal(goAway(peer), code, what);
    assert.ok(peer.connection.isFailed);
  }
});

test("the connection's window is held to while it is not refilled", () => {
  const receive = { connectionWindowBytes: 100_000, heldBytesHigh: 1000, grantBytesMax: 1 };
  const peer = new TestConnection({ receive });
  const client = new TestClient();
  peer.receive(client.preface, client.headers(1, false), client.headers(3, false));
  // Our SETTINGS are not acknowledged, and more is held than is comfortable.
  peer.connection.windows.hold(peer.streams[0]!, 2000);
  let sent = 0;
  for (let at = 0; !peer.connection.isFailed && at < 200; at++, sent += 1000) {
    peer.receive(client.data(at % 2 === 0 ? 1 : 3, Buffer.alloc(1000), false));
  }
  assert.equal(sent, 101_000);
  assert.equal(goAway(peer), errorCode.flowControlError);
});

const streamErrors: [string, ErrorCode, (client: TestClient) => Uint8Array[]][] = [
  [
    "an upper-case name",
    errorCode.protocolError,
    (c) => [c.headers(1, true, [...goodRequest, ["X-Upper", "1"]])],
  ],
  ["no :path", errorCode.protocolError, (c) => [c.headers(1, true, goodRequest.slice(0, 2))]],
  [
    "te other than trailers",
    errorCode.protocolError,
    (c) => [c.headers(1, true, [...goodRequest.slice(0, 5), ["te", "gzip"]])],
  ],
  [
    "connection",
    errorCode.protocolError,
    (c) => [c.headers(1, true, [...goodRequest, ["connection", "close"]])],
  ],
  [
    "a value with a line feed",
    errorCode.protocolError,
    (c) => [c.headers(1, true, [...goodRequest, ["x", "a\nb"]])],
  ],
  [
    "content-length that lies",
    errorCode.protocolError,
    (c) => [
      c.headers(1, false, [...goodRequest, ["content-length", "5"]]),
      c.data(1, new Uint8Array(4), true),
    ],
  ],
  [
    "DATA after the end",
    errorCode.streamClosed,
    (c) => [c.headers(1, true), c.data(1, new Uint8Array(4), true)],
  ],
  [
    "trailers without END_STREAM",
    errorCode.protocolError,
    (c) => [c.headers(1, false), c.headers(1, false, [["x", "y"]])],
  ],
  [
    "WINDOW_UPDATE of 0",
    errorCode.protocolError,
    (c) => [c.headers(1, false), frame(8, 0, 1, uint32(0))],
  ],
  [
    "WINDOW_UPDATE that overflows",
    errorCode.flowControlError,
    (c) => [c.headers(1, false), frame(8, 0, 1, uint32(0x7fff_ffff))],
  ],
  [
    "more than the stream's window",
    errorCode.flowControlError,
    (c) => [
      c.headers(1, false),
      ...Array.from({ length: 5 }, () => c.data(1, Buffer.alloc(16_384), false)),
    ],
  ],
];

test("stream errors reset the stream and leave the connection alone", () => {
  for (const [what, code, frames] of streamErrors) {
    const { peer, client } = opened();
    if (what.startsWith("more than")) peer.connection.windows.refill = (): void => {};
    peer.receive(...frames(client));
    assert.equal(resetCodes(peer)[0], code, what);
    peer.receive(client.headers(3, true));
    assert.equal(peer.streams.at(-1)!.id, 3, `${what}: the next request is served`);
  }
});

test("resets of young requests have a limit, and those of answered ones do not", () => {
  const { peer, client } = opened();
  const reset = (id: number): Buffer => frame(frameType.rstStream, 0, id, uint32(8));
  const head = new FieldList([[":status", "200"]]);
  let id = 1;
  for (let round = 0; round < 5000; round++, id += 2) {
    peer.receive(client.headers(id, false));
    peer.streams.at(-1)!.sendHead(head, false);
    peer.receive(reset(id));
    if (round % 100 === 0) peer.written();
  }
  assert.ok(!peer.connection.isFailed, "cancelling answered streams is a client's right");
  const before = peer.streams.length;
  for (let round = 0; round < 5000; round++, id += 2)
    peer.receive(client.headers(id, true), reset(id));
  assert.equal(goAway(peer), errorCode.enhanceYourCalm);
  assert.equal(peer.streams.length - before, defaultFloodLimits.resetBurst + 1);
});

test("resets that a peer makes us send count too", () => {
  const { peer, client } = opened();
  for (let id = 1; id < 5000; id += 2) {
    peer.receive(client.headers(id, false), frame(8, 0, id, uint32(0)));
  }
  assert.equal(goAway(peer), errorCode.enhanceYourCalm);
});

test("floods of control frames end the connection; their answers stay small", () => {
  const floods: Record<string, (client: TestClient, at: number) => Uint8Array> = {
    settings: () => settingsFrame([setting.initialWindowSize, 70_000]),
    priority: (_c, at) => frame(frameType.priority, 0, 2 * at + 1, [0, 0, 0, 0, 1]),
    "empty data": (c) => c.data(1, new Uint8Array(0), false),
    unknown: () => frame(0xbe, 0, 0, new Uint8Array(4)),
    "window updates nobody needs": () => frame(8, 0, 0, uint32(1)),
    "resets of nothing": () => frame(frameType.rstStream, 0, 1, uint32(8)),
    goaway: () => frame(frameType.goAway, 0, 0, new Uint8Array(8)),
    "acks of nothing": () => settingsAck,
  };
  for (const [what, make] of Object.entries(floods)) {
    const { peer, client } = opened();
    peer.receive(client.headers(1, false));
    let sent = 0;
    while (!peer.connection.isFailed && sent < 5000) peer.receive(make(client, sent++));
    assert.equal(peer.connection.failure?.code, errorCode.enhanceYourCalm, what);
    assert.ok(sent <= 1200, `${what}: ${sent}`);
    assert.ok(peer.connection.sender.output.bytes < 64 * 1024, what);
  }
});

test("pings as grpc-go counts them: three that nothing called for are too many", () => {
  const strict = opened().peer;
  strict.receive(ping, ping, ping);
  assert.ok(!strict.connection.isFailed);
  strict.receive(ping);
  assert.equal(strict.connection.failure?.message, "too_many_pings");
  assert.equal(goAway(strict), errorCode.enhanceYourCalm);

  const { peer, client } = opened();
  peer.receive(client.headers(1, false));
  for (let round = 0; round < 100; round++) {
    peer.streams[0]!.sendHead(new FieldList([[":status", "200"]]), false);
    peer.receive(ping);
  }
  assert.ok(!peer.connection.isFailed, "a ping after each answer is a bandwidth probe");
  for (let round = 0; round < 100; round++) {
    peer.nowMs += 5_000;
    peer.receive(ping);
  }
  assert.ok(!peer.connection.isFailed, "every five seconds with a stream open is allowed");
  const idle = opened({ keepalive: { ...defaultKeepalive, permitWithoutStream: true } }).peer;
  for (let round = 0; round < 100; round++) {
    idle.nowMs += 5_000;
    idle.receive(ping);
  }
  assert.ok(!idle.connection.isFailed);
});

test("the ack of a ping that answers traffic may wait for company; at rest, or a second, it may not", () => {
  const { peer, client } = opened();
  const wakesOf = (act: () => void): [wakes: number, soon: number] => {
    const [wakes, soon] = [peer.wakes, peer.wakesSoon];
    act();
    return [peer.wakes - wakes, peer.wakesSoon - soon];
  };
  peer.receive(client.headers(1, false));
  peer.streams[0]!.sendHead(new FieldList([[":status", "200"]]), false);
  peer.written();
  assert.deepEqual(
    wakesOf(() => peer.receive(ping)),
    [0, 1],
  );
  assert.deepEqual(
    wakesOf(() => peer.receive(ping)),
    [1, 0],
  );
  assert.deepEqual(
    peer.written().map(({ type }) => type),
    [frameType.ping, frameType.ping],
  );
  peer.nowMs += 60_000;
  assert.deepEqual(
    wakesOf(() => peer.receive(ping)),
    [1, 0],
  );
});

test("a header block has a limit in bytes and in frames", () => {
  const parts: Record<string, Uint8Array> = {
    empty: new Uint8Array(0),
    "one byte": new Uint8Array(1).fill(0x82),
    large: new Uint8Array(16_384).fill(0x82),
  };
  for (const [what, part] of Object.entries(parts)) {
    const { peer, client } = opened();
    peer.receive(frame(frameType.headers, 0, 1, client.block(goodRequest)));
    let sent = 0;
    while (!peer.connection.isFailed && sent < 100) {
      peer.receive(frame(frameType.continuation, 0, 1, part));
      sent++;
    }
    assert.equal(goAway(peer), errorCode.enhanceYourCalm, what);
    assert.ok(sent <= continuationsMax + 1, what);
  }
});

test("a header list past the limit resets its stream and keeps nothing", () => {
  const { peer, client } = opened({ headerListBytesMax: 8192 });
  const value = "v".repeat(3000);
  peer.receive(client.headers(1, true, [...goodRequest, ["big", value]]));
  assert.equal(peer.streams.length, 1);
  const bomb = Array.from({ length: 20 }, () => ["big", value] as const);
  peer.receive(client.headers(3, true, [...goodRequest, ...bomb]));
  assert.deepEqual(resetCodes(peer), [errorCode.frameSizeError]);
  assert.equal(peer.streams.length, 1);
  peer.receive(client.headers(5, true, [...goodRequest, ["big", value]]));
  assert.equal(peer.streams.at(-1)!.head.fields.at(-1)!.value, value);
});

test("tokens come back with time", () => {
  const guard = new FloodGuard(defaultFloodLimits);
  for (let round = 0; round < 1000; round++) guard.onReset(0);
  assert.throws(() => guard.onReset(0));
  guard.onReset(100);
  for (let second = 1; second < 50; second++) {
    for (let round = 0; round < 99; round++) guard.onReset(1000 * second + 10 * round);
  }
});
