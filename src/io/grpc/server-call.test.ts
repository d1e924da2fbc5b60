import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultConnectionOptions, Http2Connection } from "../http2/index.ts";
import { frame, goodRequest, settingsAck, TestClient, uint32 } from "../http2/testing.ts";
import type { Clock } from "../host/index.ts";
import type { CallHost } from "./call-host.ts";
import { DeadlineWheel } from "./deadline-wheel.ts";
import { KeptRequests } from "./kept-requests.ts";
import type { MethodHandler, ServerCall } from "./method.ts";
import { GrpcCall, sendBufferBytesHigh } from "./server-call.ts";

const windowUpdate = 8;

/** One open stream call on a connection without a socket, whose client reads when told to. */
class Conversation {
  readonly connection: Http2Connection;
  readonly call: ServerCall;
  drains = 0;

  constructor() {
    let opened: ServerCall | undefined;
    const method: MethodHandler = {
      kind: "stream",
      open: (call) => {
        opened = call;
        return { message: () => {}, halfClose: () => {} };
      },
    };
    const host = hostOf(method);
    const sockets = {
      openStream: (...args: [Http2Connection, number, never, boolean]) =>
        new GrpcCall(host, ...args),
      wake: () => {},
      wakeSoon: () => {},
    };
    this.connection = new Http2Connection(sockets, defaultConnectionOptions, 0);
    this.connection.owner = { peer: undefined, parked: [] };
    const client = new TestClient();
    this.#receive(client.preface);
    this.#receive(settingsAck);
    this.#receive(client.headers(1, false));
    assert.ok(opened !== undefined);
    this.call = opened;
    this.call.onDrain = () => void this.drains++;
  }

  /** The client takes `bytes` more, and the socket is written. */
  take(bytes: number): void {
    for (const streamId of [0, 1]) this.#receive(frame(windowUpdate, 0, streamId, uint32(bytes)));
    for (let round = 0; round < 1000 && this.connection.sender.hasReady; round++) this.write();
    this.write();
  }

  write(): void {
    this.connection.sender.pump();
    this.connection.sender.output.take();
  }

  #receive(bytes: Uint8Array): void {
    this.connection.receive(bytes, 0, bytes.length, 0);
  }
}

function hostOf(method: MethodHandler): CallHost {
  const clock = { nowMs: () => 0 } as Clock;
  return {
    methods: new Map([["/test.Service/Method", method]]),
    methodCounts: undefined,
    maxReceiveBytes: 1024,
    deadlines: new DeadlineWheel(clock),
    counts: { callsStarted: 0, callsCancelled: 0, messageBytesReceived: 0, messageBytesSent: 0 },
    gunzip: undefined,
    intercept: undefined,
    slowCalls: undefined,
    kept: new KeptRequests(),
    nowMs: () => 0,
    onFault: (_call, error) => {
      throw error;
    },
    mustPark: () => false,
    park: () => assert.fail("a stream's messages are not parked"),
    unpark: () => {},
  };
}

test("a call that was told to wait hears of the drain, whatever it sends meanwhile", () => {
  const talk = new Conversation();
  assert.equal(talk.call.send(new Uint8Array(sendBufferBytesHigh + 100_000)), false);
  talk.take(300_000);
  const { bufferedBytes } = talk.call;
  assert.ok(bufferedBytes < sendBufferBytesHigh && bufferedBytes * 2 > sendBufferBytesHigh);
  // An acknowledgement, say, while events wait.
  assert.equal(talk.call.send(new Uint8Array(10)), false);
  assert.equal(talk.drains, 0);
  talk.take(sendBufferBytesHigh);
  assert.equal(talk.call.bufferedBytes, 0);
  assert.equal(talk.drains, 1);
  assert.equal(talk.call.send(new Uint8Array(10)), true);
  talk.take(1000);
  assert.equal(talk.drains, 1);
});

test("a call whose short deadline passes before its turn is not begun", () => {
  for (const [timeout, nowMs, isBegun] of [
    ["5m", 4, true],
    ["5m", 5, false],
    ["900n", 0, false],
    ["1S", 10, true],
  ] as const) {
    let begun = 0;
    const host = { ...hostOf({ kind: "unary", handle: () => void begun++ }), nowMs: () => nowMs };
    const after = (): (() => void) => () => {};
    const clock = { nowMs: () => 0, after } as unknown as Clock;
    const sockets = {
      openStream: (...args: [Http2Connection, number, never, boolean]) =>
        new GrpcCall({ ...host, deadlines: new DeadlineWheel(clock) }, ...args),
      wake: () => {},
      wakeSoon: () => {},
    };
    const connection = new Http2Connection(sockets, defaultConnectionOptions, 0);
    connection.owner = { peer: undefined, parked: [] };
    const client = new TestClient();
    const fields = [...goodRequest, ["grpc-timeout", timeout] as const];
    for (const bytes of [
      client.preface,
      client.headers(1, false, fields),
      client.data(1, new Uint8Array(5), true),
    ]) {
      connection.receive(bytes, 0, bytes.length, 0);
    }
    assert.equal(begun, isBegun ? 1 : 0, `${timeout} after ${nowMs} ms`);
    assert.equal(connection.openStreams, isBegun ? 1 : 0);
  }
});
