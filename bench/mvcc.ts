// What the key-value store costs, without a server around it: puts, gets, ranges, counts, streams,
// compaction, hashing and the restart scan. CPU time (user and system) of this process, so that a
// busy machine disturbs less; one thread does all of it.
// Run: node --expose-gc bench/mvcc.ts [keys] [value bytes] [random | ascending]
import { argv, cpuUsage, hrtime, memoryUsage } from "node:process";
import { type RandomSource, seededRandom } from "../src/base/index.ts";
import {
  applyPut,
  applyTxn,
  encodeResponse,
  HeaderTemplate,
  readRange,
} from "../src/core/apply/kv.ts";
import { MemoryBackend, RangeStream, Store } from "../src/core/mvcc/index.ts";
import {
  makePutRequest,
  makeRangeRequest,
  makeRequestOp,
  makeTxnRequest,
  type RangeRequest,
} from "../src/core/proto/index.ts";

const keys = Number(argv[2] ?? 1_000_000);
const valueBytes = Number(argv[3] ?? 256);
const ascending = argv[4] === "ascending";
const random: RandomSource = seededRandom(1);
const header = new HeaderTemplate(0x1234_5678_9abc_def0n, 0x0fed_cba9_8765_4321n, 2);
const leases = { leaseExists: (): boolean => false };
const value = new Uint8Array(valueBytes).fill(120);

/** 32 bytes, as a Kubernetes key looks. */
const keyBytes = new TextEncoder().encode("/registry/pods/default/000000000");
function keyOf(number: number): Uint8Array {
  for (let at = 31, rest = number; at > 22; at--) {
    keyBytes[at] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return keyBytes;
}

function row(question: string, figure: number, unit: string): void {
  console.log(
    `${question.padEnd(58)} ${figure.toFixed(figure < 100 ? 2 : 0).padStart(10)} ${unit}`,
  );
}

function cpuMicroseconds(): number {
  const { user, system } = cpuUsage();
  return user + system;
}

/** CPU nanoseconds of one call of `work`, which is called `times` times. */
function nanosecondsEach(times: number, work: (turn: number) => void): number {
  const start = cpuMicroseconds();
  for (let turn = 0; turn < times; turn++) work(turn);
  return ((cpuMicroseconds() - start) * 1000) / times;
}

function load(store: Store): void {
  const order = Uint32Array.from({ length: keys }, (_, at) => at);
  for (let at = keys - 1; at > 0 && !ascending; at--) {
    const other = random.below(at + 1);
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  globalThis.gc?.();
  const before = memoryUsage().rss;
  const request = makePutRequest({ value });
  const put = nanosecondsEach(keys, (turn) => {
    request.key = keyOf(order[turn]!);
    applyPut(store, request, leases);
  });
  globalThis.gc?.();
  const { rss, heapUsed } = memoryUsage();
  row(`put of a new key, ${ascending ? "ascending" : "random"} order`, put, "ns");
  row("resident memory of the whole process", rss / 1e6, "MB");
  row("  grown by a key with its record", (rss - before) / keys, "bytes");
  row("  of which the index's entry", store.index.memoryBytes / keys, "bytes");
  row("  on the JavaScript heap, all keys together", heapUsed / 1e6, "MB");
  const start = hrtime.bigint();
  globalThis.gc?.();
  row("  a full collection takes", Number(hrtime.bigint() - start) / 1e6, "ms");
}

function singles(store: Store): void {
  const put = makePutRequest({ value });
  const get = makeRangeRequest({});
  const updated = nanosecondsEach(200_000, () => {
    put.key = keyOf(random.below(keys));
    applyPut(store, put, leases);
  });
  row("put of an existing key", updated, "ns");
  const operations = Array.from({ length: 10 }, () =>
    makeRequestOp({ request: { case: "requestPut", value: makePutRequest({ value }) } }),
  );
  const txn = makeTxnRequest({ success: operations });
  const inTxn = nanosecondsEach(10_000, (turn) => {
    for (const [at, { request }] of operations.entries()) {
      if (request?.case === "requestPut")
        request.value.key = keyOf((turn * 10 + at) % keys).slice();
    }
    encodeResponse(applyTxn(store, txn, leases).response, header);
  });
  row("put as one of ten in a transaction, answered", inTxn / 10, "ns");
  const got = nanosecondsEach(200_000, () => {
    get.key = keyOf(random.below(keys));
    encodeResponse(readRange(store, get), header);
  });
  row("get of one key, answered", got, "ns");
}

function ranges(store: Store): void {
  const from = keyOf(Math.floor(keys / 10)).slice();
  const toEnd = Uint8Array.of(0);
  const read = (request: RangeRequest): void => {
    encodeResponse(readRange(store, request), header);
  };
  const page = makeRangeRequest({ key: from, rangeEnd: toEnd, limit: 10_000 });
  nanosecondsEach(10, () => read(page));
  row("range of 10,000 keys", nanosecondsEach(30, () => read(page)) / 1e6, "ms");
  const keysOnly = makeRangeRequest({ ...page, keysOnly: true });
  row("  keys only", nanosecondsEach(30, () => read(keysOnly)) / 1e6, "ms");
  const past = makeRangeRequest({ ...page, revision: store.currentRevision - 1000 });
  row("  1,000 revisions ago", nanosecondsEach(30, () => read(past)) / 1e6, "ms");
  const few = makeRangeRequest({ ...page, limit: 1 });
  row(
    "range with limit 1 over nine tenths of the keys",
    nanosecondsEach(2000, () => read(few)) / 1000,
    "us",
  );
  const count = makeRangeRequest({ key: from, rangeEnd: toEnd, countOnly: true });
  row("count of nine tenths of the keys", nanosecondsEach(2000, () => read(count)) / 1000, "us");
  const pastCount = makeRangeRequest({ ...count, revision: store.currentRevision - 1000 });
  row("  1,000 revisions ago", nanosecondsEach(20, () => read(pastCount)) / 1000, "us");
  const all = makeRangeRequest({ key: toEnd, rangeEnd: toEnd });
  const streamed = nanosecondsEach(1, () => {
    const stream = new RangeStream(store, all, 1_572_864);
    for (let chunk = stream.next(); chunk !== undefined; chunk = stream.next()) continue;
  });
  row("stream of all keys, a key", streamed / keys, "ns");
}

function maintenance(store: Store): void {
  const hash = store.hashByRevision(0);
  const hashed = nanosecondsEach(1, () => {
    while (hash.step(1000) === undefined) continue;
  });
  row("HashKV, a record", hashed / store.index.size, "ns");
  store.compact(store.currentRevision);
  let longest = 0;
  let steps = 0;
  const compacted = nanosecondsEach(1, () => {
    for (let done = false; !done; steps++) {
      const start = hrtime.bigint();
      done = store.compactStep(1000);
      longest = Math.max(longest, Number(hrtime.bigint() - start));
    }
  });
  row("compaction with its hash, a live key", compacted / keys, "ns");
  row(`  longest of ${steps} steps of 1,000 units`, longest / 1e6, "ms");
  for (let turn = 0; turn < 100_000; turn++) {
    applyPut(store, makePutRequest({ key: keyOf(random.below(keys)), value }), leases);
  }
  const restored = nanosecondsEach(1, () => {
    new Store(store.backend);
  });
  row("restart scan, a record", restored / (keys + 100_000), "ns");
  row("  records a second", 1e9 / (restored / (keys + 100_000)), "");
}

const store = new Store(new MemoryBackend());
console.log(`${keys} keys of 32 bytes, values of ${valueBytes} bytes`);
load(store);
singles(store);
ranges(store);
maintenance(store);
