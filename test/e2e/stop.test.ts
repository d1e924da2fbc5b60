// A stop in the middle of many writes: what a client is told of each is true, or leaves it open.
import assert from "node:assert/strict";
import { type ClientHttp2Session, connect, constants } from "node:http2";
import { after, before, test } from "node:test";
import {
  decodeKeyValue,
  decodeRangeResponse,
  decodeSnapshotResponse,
  encodePutRequest,
  encodeRangeRequest,
  encodeSnapshotRequest,
  makePutRequest,
  makeRangeRequest,
  makeSnapshotRequest,
} from "../../src/core/proto/index.ts";
import { callUnary, GrpcChannel, parseEndpoint } from "../../src/io/grpc-client/index.ts";
import { RawSession } from "./raw-call.ts";
import { ServerProcess, targetKind } from "./server-process.ts";

const text = new TextEncoder();
const patienceMs = 60_000;
/** Puts under way at any time before the stop. */
const width = 64;

let server: ServerProcess;
before(async () => {
  server = await ServerProcess.start({ kind: targetKind() });
});
after(() => server.dispose());

/**
 * What gRPC clients take an outcome for. "not done" is sent again without asking anybody: the stream
 * was refused, or is above the last one that GOAWAY names (RFC 9113 §6.8, §8.7).
 */
type Told = "done" | "not done" | "open";

class Writer {
  readonly told = new Map<string, Told>();
  readonly #prefix: string;
  readonly #session: ClientHttp2Session;
  #lastStream = Infinity;
  #isOver = false;
  #underWay = 0;
  #next = 0;
  #settled: () => void = () => {};

  constructor(endpoint: string, round: number) {
    this.#prefix = `${round}/`;
    this.#session = connect(`http://${endpoint}`);
    this.#session.on("goaway", (_code, lastStream) => {
      this.#isOver = true;
      this.#lastStream = lastStream ?? this.#lastStream;
    });
    this.#session.on("close", () => (this.#isOver = true));
    // Each stream is told by itself.
    this.#session.on("error", () => {});
  }

  get done(): number {
    return [...this.told.values()].filter((told) => told === "done").length;
  }

  /** Keeps as many puts under way as is the width, until the server says goodbye. */
  fill(): void {
    while (this.#underWay < width && !this.#isOver) this.#put(`${this.#prefix}${this.#next++}`);
    if (this.#underWay === 0) this.#settled();
  }

  over(): Promise<void> {
    return new Promise((resolve) => {
      this.#settled = resolve;
      if (this.#isOver && this.#underWay === 0) resolve();
    });
  }

  #put(key: string): void {
    const body = encodePutRequest(makePutRequest({ key: text.encode(key) }));
    const frame = Buffer.alloc(5 + body.length);
    frame.writeUInt32BE(body.length, 1);
    frame.set(body, 5);
    this.#underWay++;
    const stream = this.#session.request({
      ":method": "POST",
      ":path": "/etcdserverpb.KV/Put",
      "content-type": "application/grpc",
      te: "trailers",
    });
    let status: string | undefined;
    stream.on("response", (head) => (status ??= head["grpc-status"] as string | undefined));
    stream.on("trailers", (tail) => (status = tail["grpc-status"] as string | undefined));
    stream.on("error", () => {});
    stream.on("close", () => {
      const isRefused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
      const isAbove = stream.id !== undefined && stream.id > this.#lastStream;
      const neverSent = stream.id === undefined;
      const notDone = isRefused || isAbove || neverSent;
      this.told.set(key, status === "0" ? "done" : notDone ? "not done" : "open");
      this.#underWay--;
      this.fill();
    });
    stream.resume();
    stream.end(frame);
  }

  /** Waits until so many are done. */
  async until(done: number): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (this.done < done && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.ok(this.done >= done);
  }
}

/** Every key there is, with how often it was written. */
async function keysAt(endpoint: string): Promise<Map<string, number>> {
  const channel = new GrpcChannel({
    endpoints: [parseEndpoint(`http://${endpoint}`)],
    dialTimeoutMs: patienceMs,
    receiveBytesMax: 64 * 1024 * 1024,
  });
  const all = Uint8Array.of(0);
  const request = encodeRangeRequest(makeRangeRequest({ key: all, rangeEnd: all }));
  const path = "/etcdserverpb.KV/Range";
  const response = decodeRangeResponse(
    await callUnary(channel, { path, timeoutMs: patienceMs }, request),
  );
  channel.close();
  return new Map(
    response.kvs.map((bytes) => {
      const { key, version } = decodeKeyValue(bytes);
      return [new TextDecoder().decode(key), version];
    }),
  );
}

test("after a stop what was acknowledged is there, once, and what may be sent again is not", async (t) => {
  for (let round = 0; round < 4; round++) {
    const writer = new Writer(server.endpoint, round);
    writer.fill();
    await writer.until(50 + 100 * round);
    const exit = await server.end("SIGTERM");
    assert.equal(exit.signal, "SIGTERM");
    await writer.over();
    await server.restart();
    const keys = await keysAt(server.endpoint);
    const counts = { done: 0, "not done": 0, open: 0 };
    for (const [key, told] of writer.told) {
      counts[told]++;
      if (told === "done") assert.equal(keys.get(key), 1, `${key} was acknowledged`);
      if (told === "not done") assert.equal(keys.get(key), undefined, `${key} was given back`);
    }
    for (const version of keys.values()) assert.equal(version, 1);
    t.diagnostic(`round ${round}: ${JSON.stringify(counts)}`);
  }
});

test("a snapshot on its way at a stop ends whole, or with its connection and without a status", async () => {
  const writer = new RawSession(server.endpoint);
  const value = new Uint8Array(1 << 20);
  for (let at = 0; at < 4; at++) {
    const put = encodePutRequest(makePutRequest({ key: text.encode(`large/${at}`), value }));
    assert.equal((await writer.call("KV/Put", put).ended).status, 0);
  }
  const snapshot = encodeSnapshotRequest(makeSnapshotRequest({}));
  const read = await writer.call("Maintenance/Snapshot", snapshot).ended;
  assert.equal(read.status, 0, "who reads has it all");
  const last = decodeSnapshotResponse(read.messages.at(-1)!);
  assert.equal(last.remainingBytes, 0);
  assert.ok(read.messages.length > 4);

  const session = new RawSession(server.endpoint);
  const unread = session.call("Maintenance/Snapshot", snapshot, undefined, false, false);
  // What it asks behind the snapshot is answered, so the snapshot has begun.
  const range = encodeRangeRequest(makeRangeRequest({ key: text.encode("none") }));
  assert.equal((await session.call("KV/Range", range).ended).status, 0);
  const exit = await server.end("SIGTERM");
  assert.equal(exit.signal, "SIGTERM");
  const end = await unread.ended;
  assert.equal(end.status, undefined, "nobody may take it for whole");
  await session.closed;
  await server.restart();
  assert.equal((await keysAt(server.endpoint)).get("large/3"), 1);
  writer.close();
});
