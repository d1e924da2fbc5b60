// npm run bench:stalls: how long the event loop of ours stands still under heavy requests, by the
// server's own monitor (quorate_event_loop_delay_seconds), and what they cost of the processor.
//   npm run bench:stalls -- [--keys 1000000]
// The delay is that of the machine, too: run it where nothing else runs. Goal: none above 150 ms.
import { parseArgs } from "node:util";
import {
  type DeleteRangeRequest,
  encodeCompactionRequest,
  encodeDeleteRangeRequest,
  encodeHashKVRequest,
  encodeRangeRequest,
  encodeTxnRequest,
  makeCompactionRequest,
  makeDeleteRangeRequest,
  makeHashKVRequest,
  makePutRequest,
  makeRangeRequest,
  makeRequestOp,
  makeTxnRequest,
  decodeTxnResponse,
  type RangeRequest,
  type RequestOp,
  SortOrder,
  SortTarget,
} from "../src/core/proto/index.ts";
import { callUnary, GrpcChannel, parseEndpoint } from "../src/io/grpc-client/index.ts";
import { ServerProcess } from "../test/e2e/server-process.ts";

const { values: options } = parseArgs({ options: { keys: { type: "string", default: "200000" } } });
const keys = Number(options.keys);
const fillOps = 1000;
const patienceMs = 600_000;
const text = new TextEncoder();
const everyKey = { key: text.encode("k/"), rangeEnd: text.encode("k0") };

await using server = await ServerProcess.start({
  kind: "quorate",
  // The disk's time is not the question.
  flags: ["--unsafe-no-fsync", `--max-txn-ops=${fillOps}`, "--max-request-bytes=16777216"],
});
const channel = new GrpcChannel({
  endpoints: [parseEndpoint(`http://${server.endpoint}`)],
  dialTimeoutMs: patienceMs,
  receiveBytesMax: 2 ** 31 - 1,
});

const call = (method: string, request: Uint8Array): Promise<Uint8Array> =>
  callUnary(channel, { path: `/etcdserverpb.${method}`, timeoutMs: patienceMs }, request);

const rangeOf = (more: Partial<RangeRequest> = {}): RangeRequest =>
  makeRangeRequest({ ...everyKey, ...more });
const range = (more: Partial<RangeRequest> = {}): Promise<Uint8Array> =>
  call("KV/Range", encodeRangeRequest(rangeOf(more)));
const deletion = (): DeleteRangeRequest => makeDeleteRangeRequest(everyKey);
const rangeOp = (more: Partial<RangeRequest> = {}): RequestOp =>
  makeRequestOp({ request: { case: "requestRange", value: rangeOf(more) } });
const putOp = (key: string, bytes: number): RequestOp => {
  const value = makePutRequest({ key: text.encode(key), value: new Uint8Array(bytes) });
  return makeRequestOp({ request: { case: "requestPut", value } });
};

async function txn(count: number, op: (at: number) => RequestOp): Promise<number> {
  const success = Array.from({ length: count }, (_, at) => op(at));
  const answer = await call("KV/Txn", encodeTxnRequest(makeTxnRequest({ success })));
  return decodeTxnResponse(answer).header!.revision;
}

/** Every key once, a thousand to a transaction; returns the last revision. */
async function fill(): Promise<number> {
  let revision = 0;
  for (let from = 0; from < keys; from += fillOps) {
    const keyOf = (at: number): string => `k/${String(from + at).padStart(7, "0")}`;
    revision = await txn(fillOps, (at) => putOp(keyOf(at), 64));
  }
  return revision;
}

/** How often the loop was late, by the upper bounds in seconds that the metric counts. */
async function delays(): Promise<Map<number, number>> {
  const metrics = await (await fetch(`http://${server.endpoint}/metrics`)).text();
  const found = metrics.matchAll(/quorate_event_loop_delay_seconds_bucket\{le="([^"]+)"\} (\d+)/g);
  const counts = new Map<number, number>();
  for (const [, bound, count] of found) {
    counts.set(bound === "+Inf" ? Infinity : Number(bound), Number(count));
  }
  return counts;
}

/** The bound of the highest bucket that has grown, in milliseconds. */
function longest(before: Map<number, number>, after: Map<number, number>): number {
  let result = 0;
  let below = 0;
  for (const [bound, count] of after) {
    const grown = count - (before.get(bound) ?? 0);
    if (grown > below) result = bound * 1000;
    below = grown;
  }
  return result;
}

async function scenario(name: string, run: () => Promise<unknown>): Promise<void> {
  const before = await delays();
  const { cpuMilliseconds } = server.usage();
  const startedMs = performance.now();
  await run();
  const tookMs = performance.now() - startedMs;
  const spentMs = server.usage().cpuMilliseconds - cpuMilliseconds;
  const stallMs = longest(before, await delays());
  console.log(`| ${name} | ${tookMs.toFixed(0)} ms | ${spentMs} ms | ≤ ${stallMs} ms |`);
}

console.log(
  `${keys} keys\n\n| work | took | processor | longest stall |\n| --- | --- | --- | --- |`,
);
let revision = 0;
await scenario("every key written, 1,000 to a txn", fill);
await scenario("a range of all", range);
await scenario("a txn of 8 such ranges", () => txn(8, () => rangeOp()));
await scenario("a txn of 100 counts", () => txn(100, () => rangeOp({ countOnly: true })));
await scenario("a range of all, sorted by value", () =>
  range({ sortTarget: SortTarget.VALUE, sortOrder: SortOrder.DESCEND }),
);
await scenario("every key written again", async () => (revision = await fill()));
await scenario("a compaction, waited for", () =>
  call("KV/Compact", encodeCompactionRequest(makeCompactionRequest({ revision, physical: true }))),
);
await scenario("HashKV", () =>
  call("Maintenance/HashKV", encodeHashKVRequest(makeHashKVRequest())),
);
await scenario("20 txns of 128 puts, 1.5 MiB each", async () => {
  for (let round = 0; round < 20; round++) await txn(128, (at) => putOp(`big/${at}`, 12_000));
});
await scenario("a defragmentation", () => call("Maintenance/Defragment", new Uint8Array(0)));
await scenario("all keys deleted by one request", () =>
  call("KV/DeleteRange", encodeDeleteRangeRequest(deletion())),
);
channel.close();
