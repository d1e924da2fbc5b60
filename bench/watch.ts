// What watching costs: the hub and the Watch service, without sockets. Each call copies what it is
// sent once, as io/http2 does. Prints one line a question, in processor time; takes a few seconds.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { seededRandom } from "../src/base/index.ts";
import { WatchHub } from "../src/core/mvcc/watch/index.ts";
import { MemoryHistory } from "../src/core/mvcc/watch/memory-history.ts";
import {
  encodeWatchRequest,
  makeResponseHeader,
  makeWatchCreateRequest,
  makeWatchRequest,
  type WatchCreateRequest,
} from "../src/core/proto/index.ts";
import type { RequestSink, ServerCall } from "../src/io/grpc/index.ts";
import { WatchService } from "../src/server/rpc/watch.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const text = new TextEncoder();
const output = Buffer.alloc(64 * 1024);

/** A client that reads everything at once. */
class ReadingCall {
  static bytes = 0;
  static messages = 0;
  readonly path = "/etcdserverpb.Watch/Watch";
  ended = false;
  bufferedBytes = 0;
  onCancel: unknown;
  onDrain: unknown;
  context: unknown;

  send(message: Uint8Array): boolean {
    output.set(message.length > output.length ? message.subarray(0, output.length) : message, 0);
    ReadingCall.bytes += message.length;
    ReadingCall.messages++;
    return true;
  }

  end(): void {
    this.ended = true;
  }

  pause(): void {}
  resume(): void {}
}

class Bench {
  readonly history = new MemoryHistory();
  readonly hub = new WatchHub({
    source: this.history,
    random: seededRandom(1),
    progressIntervalMs: 600_000,
  });
  readonly service = new WatchService({
    hub: this.hub,
    currentRevision: () => this.history.currentRevision,
    header: (revision) =>
      makeResponseHeader({ clusterId: 1n << 60n, memberId: 1n << 59n, revision, raftTerm: 2 }),
    checkPermission: () => undefined,
    requiresLeader: () => false,
    fragmentBytesMax: 2 * 1024 * 1024,
  });

  open(): RequestSink {
    const [, handler] = this.service.methods()[0]!;
    if (handler.kind !== "stream") throw new Error("Watch is a stream");
    return handler.open(new ReadingCall() as unknown as ServerCall);
  }

  watch(stream: RequestSink, key: string, more: Partial<WatchCreateRequest> = {}): void {
    const value = makeWatchCreateRequest({ key: text.encode(key), ...more });
    const requestUnion = { case: "createRequest", value } as const;
    stream.message(encodeWatchRequest(makeWatchRequest({ requestUnion })));
  }

  put(key: Uint8Array, value: Uint8Array): void {
    const events = this.history.write([{ key, value }]);
    this.hub.publish(this.history.currentRevision, events);
  }
}

/** Bytes in use, after everything collectable was collected. */
function usedBytes(): number {
  for (let round = 0; round < 4; round++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Processor time, so that a busy machine says the same as an idle one. */
const milliseconds = (work: () => void): number => {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
};
const often = (work: () => void) => (): void => {
  for (let round = 0; round < 100; round++) work();
};
const line = (question: string, answer: string): void =>
  void process.stdout.write(`${question.padEnd(58)} ${answer}\n`);
const micros = (ms: number, count: number): string => `${((ms * 1000) / count).toFixed(2)} µs`;
const key = text.encode("/registry/pods/default/some-pod-name-0001");
const value = new Uint8Array(256).fill(120);

function manyWatchers(prevKv: boolean): void {
  const bench = new Bench();
  const streams = Array.from({ length: 100 }, () => bench.open());
  for (let at = 0; at < 10_000; at++) {
    bench.watch(streams[at % 100]!, "/registry/pods/", {
      rangeEnd: text.encode("/registry/pods0"),
      prevKv,
    });
  }
  for (let warm = 0; warm < 30; warm++) {
    bench.put(key, value);
    bench.hub.flush();
  }
  const rounds = 50;
  ReadingCall.messages = 0;
  const ms = milliseconds(() => {
    for (let round = 0; round < rounds; round++) {
      bench.put(key, value);
      bench.hub.flush();
    }
  });
  const kind = prevKv ? "prev_kv" : "plain";
  line(
    `1 event to 10,000 watchers on 100 streams, ${kind}`,
    `${(ms / rounds).toFixed(2)} ms, ${micros(ms, ReadingCall.messages)} a delivery`,
  );
}

function manyPuts(putsPerTurn: number): void {
  const bench = new Bench();
  const streams = Array.from({ length: 10 }, () => bench.open());
  for (let at = 0; at < 1000; at++)
    bench.watch(streams[at % 10]!, "/r", { rangeEnd: text.encode("/s") });
  const turn = (): void => {
    for (let put = 0; put < putsPerTurn; put++) bench.put(key, value);
    bench.hub.flush();
  };
  for (let warm = 0; warm < 100 / putsPerTurn; warm++) turn();
  bench.hub.counts.events = 0;
  ReadingCall.messages = 0;
  const ms = milliseconds(() => {
    for (let puts = 0; puts < 1000; puts += putsPerTurn) turn();
  });
  const { events } = bench.hub.counts;
  line(
    `1,000 puts to 1,000 watchers, ${putsPerTurn} a turn`,
    `${ms.toFixed(0)} ms, ${(events / ms / 1000).toFixed(1)} M events/s, ${ReadingCall.messages} messages`,
  );
}

function distinctKeys(): void {
  const before = usedBytes();
  const bench = new Bench();
  const count = 100_000;
  const streams = Array.from({ length: 100 }, () => bench.open());
  const created = milliseconds(() => {
    for (let at = 0; at < count; at++)
      bench.watch(streams[at % 100]!, `/registry/pods/ns/pod-${at}`);
  });
  const bytes = usedBytes() - before;
  line("100,000 watchers on distinct keys: create", micros(created, count));
  line("  memory a watcher", `${(bytes / count).toFixed(0)} bytes`);
  const keys = Array.from({ length: 1000 }, (_, at) =>
    text.encode(`/registry/pods/ns/pod-${at * 97}`),
  );
  const events = keys.map((each) => bench.history.write([{ key: each, value }]));
  let revision = bench.hub.revision;
  const publish = (): void => {
    for (const written of events) {
      bench.hub.publish(++revision, written);
      bench.hub.flush();
    }
  };
  for (let warm = 0; warm < 20; warm++) publish();
  line(
    "  publish and deliver to the one that matches",
    micros(milliseconds(often(publish)), 100_000),
  );
  const missed = bench.history.write([
    { key: text.encode("/nobody/watches/this/key/at/all"), value },
  ]);
  const miss = (): void => {
    for (let round = 0; round < 1000; round++) bench.hub.publish(++revision, missed);
  };
  for (let warm = 0; warm < 20; warm++) miss();
  line("  publish what nobody watches", micros(milliseconds(often(miss)), 100_000));
}

function streamMemory(): void {
  const bench = new Bench();
  const count = 10_000;
  for (let warm = 0; warm < 200; warm++) bench.watch(bench.open(), "/warm");
  const before = usedBytes();
  const streams = Array.from({ length: count }, () => bench.open());
  for (const stream of streams)
    bench.watch(stream, "/registry/pods/", { rangeEnd: text.encode("0") });
  const bytes = usedBytes() - before;
  line("10,000 streams of one watcher: memory a stream", `${(bytes / count).toFixed(0)} bytes`);
}

function catchingUp(): void {
  const bench = new Bench();
  for (let put = 0; put < 1000; put++) bench.put(key, value);
  const streams = Array.from({ length: 100 }, () => bench.open());
  for (let at = 0; at < 10_000; at++) {
    const prefix = `/registry/pods/${at % 50 === 0 ? "" : `${at}/`}`;
    const rangeEnd = text.encode(`${prefix.slice(0, -1)}0`);
    bench.watch(streams[at % 100]!, prefix, { rangeEnd, startRevision: 2 });
  }
  let longest = 0;
  const ms = milliseconds(() => {
    for (let more = true; more;) {
      const slice = milliseconds(() => (more = bench.hub.catchUp(2000)));
      longest = Math.max(longest, slice);
    }
  });
  const read = `${bench.history.visited} records read`;
  line("10,000 watchers replay 1,000 revisions", `${ms.toFixed(0)} ms, ${read}`);
  line("  the longest catchUp(2000)", `${longest.toFixed(1)} ms`);
}

streamMemory();
manyWatchers(false);
manyWatchers(true);
manyPuts(1);
manyPuts(100);
distinctKeys();
catchingUp();
