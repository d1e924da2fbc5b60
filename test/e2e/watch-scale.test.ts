// Many watchers, many streams, and clients that do not read: what is told, and what it costs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  decodeEvent,
  decodeKeyValue,
  decodeWatchResponse,
  encodePutRequest,
  encodeWatchRequest,
  makePutRequest,
  makeWatchCreateRequest,
  makeWatchProgressRequest,
  makeWatchRequest,
  type WatchRequest,
  type WatchResponse,
} from "../../src/core/proto/index.ts";
import {
  callUnary,
  type ClientCall,
  GrpcChannel,
  parseEndpoint,
} from "../../src/io/grpc-client/index.ts";
import { ServerProcess, targetKind } from "./server-process.ts";

const patienceMs = 120_000;
const MiB = 1024 * 1024;
const text = new TextEncoder();

let server: ServerProcess;
before(async () => {
  // What is measured here has nothing to do with the disk.
  server = await ServerProcess.start({ kind: targetKind(), flags: ["--unsafe-no-fsync"] });
});
after(() => server.dispose());

function channelTo(endpoint: string): GrpcChannel {
  const parsed = parseEndpoint(`http://${endpoint}`);
  return new GrpcChannel({
    endpoints: [parsed],
    dialTimeoutMs: patienceMs,
    receiveBytesMax: 64 * MiB,
  });
}

async function put(channel: GrpcChannel, key: string, value: Uint8Array): Promise<void> {
  const request = encodePutRequest(makePutRequest({ key: text.encode(key), value }));
  await callUnary(channel, { path: "/etcdserverpb.KV/Put", timeoutMs: patienceMs }, request);
}

/** One Watch stream that counts what it is told. */
class Stream {
  readonly call: ClientCall;
  acknowledged = 0;
  /** `watcher:key` of each event, as long as there are few. */
  readonly told: string[] = [];
  events = 0;
  progressRevision = 0;
  /** Modification revisions went up by themselves alone. */
  inOrder = true;
  #last = 0;
  readonly #changed: () => void;

  constructor(channel: GrpcChannel, changed: () => void) {
    this.#changed = changed;
    this.call = channel.open(
      { path: "/etcdserverpb.Watch/Watch" },
      { onMessage: (bytes) => this.#take(decodeWatchResponse(bytes)), onEnd: () => changed() },
    );
  }

  watch(key: string, rangeEnd = ""): void {
    const value = makeWatchCreateRequest({
      key: text.encode(key),
      rangeEnd: text.encode(rangeEnd),
    });
    this.#ask({ case: "createRequest", value });
  }

  askProgress(): void {
    this.#ask({ case: "progressRequest", value: makeWatchProgressRequest() });
  }

  #ask(requestUnion: NonNullable<WatchRequest["requestUnion"]>): void {
    this.call.send(encodeWatchRequest(makeWatchRequest({ requestUnion })));
  }

  #take(response: WatchResponse): void {
    if (response.created) this.acknowledged++;
    else if (response.watchId === -1) this.progressRevision = response.header!.revision;
    for (const bytes of response.events) {
      const { key, modRevision } = decodeKeyValue(decodeEvent(bytes).kv!);
      if (modRevision <= this.#last) this.inOrder = false;
      this.#last = modRevision;
      if (++this.events <= 1000)
        this.told.push(`${response.watchId}:${new TextDecoder().decode(key)}`);
    }
    this.#changed();
  }
}

/** Streams whose news can be waited for. */
class Streams {
  readonly all: Stream[] = [];
  #wake: () => void = () => {};

  open(channel: GrpcChannel): Stream {
    const stream = new Stream(channel, () => this.#wake());
    this.all.push(stream);
    return stream;
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (!holds()) {
      const left = deadline - performance.now();
      assert.ok(left > 0, `${what}, not within ${patienceMs} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 1000));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  sum(of: (stream: Stream) => number): number {
    return this.all.reduce((sum, stream) => sum + of(stream), 0);
  }
}

test("each of 1,000 streams on one connection is told of an event once", async () => {
  const channel = channelTo(server.endpoint);
  const streams = new Streams();
  for (let at = 0; at < 1000; at++) streams.open(channel).watch("streams/one");
  await streams.until("all acknowledged", () => streams.sum((one) => one.acknowledged) === 1000);
  await put(channel, "streams/one", text.encode("x"));
  await streams.until("all told", () => streams.all.every(({ events }) => events > 0));
  assert.ok(streams.all.every(({ told }) => told.join() === "0:streams/one"));
  channel.close();
});

test("of 100,000 watchers on keys of their own each is told of its own, and they fit in memory", async () => {
  const channel = channelTo(server.endpoint);
  const streams = new Streams();
  const before = server.usage().residentBytes;
  const [count, perStream] = [100_000, 1000];
  const keyOf = (stream: number, watcher: number): string => `own/${stream}/${watcher}`;
  for (let at = 0; at < count / perStream; at++) {
    const stream = streams.open(channel);
    for (let watcher = 0; watcher < perStream; watcher++) stream.watch(keyOf(at, watcher));
  }
  await streams.until("all acknowledged", () => streams.sum((one) => one.acknowledged) === count);
  // Some 300 bytes a watcher, a key, and what it took to create them all at once.
  assert.ok(server.usage().residentBytes - before < 256 * MiB);
  const asked: string[] = [];
  for (let at = 0; at < streams.all.length; at += 7) {
    const watcher = (at * 31) % perStream;
    asked[at] = `${watcher}:${keyOf(at, watcher)}`;
    await put(channel, keyOf(at, watcher), text.encode("x"));
  }
  const puts = asked.filter(() => true).length;
  await streams.until("all told", () => streams.sum((one) => one.events) >= puts);
  for (const stream of streams.all) stream.askProgress();
  await streams.until("all in step", () =>
    streams.all.every(({ progressRevision }) => progressRevision > 0),
  );
  for (const [at, { told }] of streams.all.entries()) assert.equal(told.join(), asked[at] ?? "");
  channel.close();
});

test("clients that stop reading hold bounded memory, delay no neighbour and miss nothing later", async () => {
  const channel = channelTo(server.endpoint);
  const streams = new Streams();
  const reading = streams.open(channel);
  const stalled = Array.from({ length: 32 }, () => streams.open(channel));
  for (const stream of streams.all) stream.watch("slow/", "slow0");
  await streams.until("all acknowledged", () => streams.sum((one) => one.acknowledged) === 33);
  for (const { call } of stalled) call.pause();
  const before = server.usage().residentBytes;
  const value = new Uint8Array(256 * 1024);
  const puts = 48;
  for (let at = 0; at < puts; at++) await put(channel, `slow/${at % 8}`, value);
  // The neighbour on the same connection sees it all while the others take nothing.
  await streams.until("the reader told", () => reading.events === puts);
  // 384 MiB were published to those who do not read; each may hold a megabyte and a response.
  const grown = server.usage().residentPeakBytes - before;
  assert.ok(grown < 256 * MiB, `${grown} bytes for clients that do not read`);
  assert.ok(stalled.every(({ events }) => events < puts));
  for (const { call } of stalled) call.resume();
  await streams.until("all told", () => streams.all.every(({ events }) => events === puts));
  assert.ok(streams.all.every(({ inOrder }) => inOrder));
  channel.close();
});
