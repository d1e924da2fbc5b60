// The questions the load bench asks, one row each: what is done before, what is measured, and the goal
// that the project has set itself against etcd (ratios of ours to etcd's).
import { run } from "../test/e2e/command.ts";
import type { ServerProcess } from "../test/e2e/server-process.ts";
import { peer } from "../test/peers/peers.ts";
import { load, type LoadReport } from "./load-tool.ts";

/** What one run on one server gave. */
export interface Sample extends LoadReport {
  /** Server CPU a request, user and system. */
  cpuMicroseconds: number;
  residentPeakBytes: number;
  residentBytes: number;
  /** Bytes that left for the disk, a request. */
  writtenBytes: number;
}

export type Figure = keyof Sample;

/** A bound on our figure divided by etcd's. */
export interface Goal {
  figure: Figure;
  atLeast?: number;
  atMost?: number;
}

/** Under what a row's servers run, and how the load tool reaches them. Made anew for each run. */
export interface Setting {
  /** More flags; `plainUrl` is where the server listens for clients without them. */
  readonly flags: (plainUrl: string) => readonly string[];
  /** Instead of the server's own. */
  readonly endpoint?: string;
  readonly toolArgs: readonly string[];
  end(): void;
}

export interface Row {
  name: string;
  title: string;
  requests: number;
  goals: readonly Goal[];
  /** Rows that say nothing about processors are run free only. */
  pinned: boolean;
  /** Arguments of the load tool for so many requests. */
  args: (requests: number) => readonly string[];
  setting?: () => Promise<Setting>;
  prepare?: (server: ServerProcess, scale: number) => Promise<void>;
  /** etcd's benchmark unless another is named. */
  tool?: "gatewayload";
  /** Requests before those that count; the same for both servers. */
  warmUp: number;
  /** Whether the canned-answer server can play the row too. */
  ceiling: boolean;
}

const cpuPerPut: Goal = { figure: "cpuMicroseconds", atMost: 0.3 };
const cpuPerGet: Goal = { figure: "cpuMicroseconds", atMost: 0.2 };

/** Of the load tool: puts of 8/256 B. */
export const putArgs = (clients: number, connections: number, total: number): readonly string[] => [
  "put",
  `--clients=${clients}`,
  `--conns=${connections}`,
  `--total=${total}`,
  "--key-size=8",
  "--val-size=256",
  // One key, the tool's default, would measure nothing that anybody does.
  "--key-space-size=100000",
  "--sequential-keys",
];

/** Of the load tool: linearizable ranges of one of the keys that `fillForGet` wrote. */
export const getArgs = (clients: number, connections: number, total: number): readonly string[] => [
  "range",
  "bench/0000000500",
  `--clients=${clients}`,
  `--conns=${connections}`,
  `--total=${total}`,
  "--consistency=l",
];

export const fillForGet = (server: ServerProcess): Promise<void> =>
  preload(server, { count: 1000, keyBytes: 16, valueBytes: 256 });

function put(clients: number, connections: number, requests: number, goals: readonly Goal[]): Row {
  return {
    name: `put-${clients}`,
    title: `put 8/256 B, ${clients} clients on ${connections} connections`,
    requests,
    goals,
    pinned: true,
    warmUp: Math.ceil(requests / 5),
    ceiling: clients > 1,
    args: (total) => putArgs(clients, connections, total),
  };
}

function get(clients: number, connections: number, goals: readonly Goal[]): Row {
  return {
    name: `get-${clients}`,
    title: `range of one key, linearizable, ${clients} clients on ${connections} connections`,
    requests: 100_000,
    goals,
    pinned: true,
    warmUp: 20_000,
    ceiling: true,
    prepare: fillForGet,
    args: (total) => getArgs(clients, connections, total),
  };
}

const million = 1_000_000;

export const rows: readonly Row[] = [
  put(1, 1, 10_000, [{ figure: "requestsPerSecond", atLeast: 1.5 }]),
  put(100, 10, 100_000, [
    { figure: "requestsPerSecond", atLeast: 2.5 },
    { figure: "p99Milliseconds", atMost: 0.5 },
    cpuPerPut,
  ]),
  put(1000, 100, 150_000, [
    { figure: "requestsPerSecond", atLeast: 3 },
    { figure: "p99Milliseconds", atMost: 0.4 },
    cpuPerPut,
  ]),
  get(100, 10, [{ figure: "requestsPerSecond", atLeast: 2 }, cpuPerGet]),
  get(1000, 100, [{ figure: "requestsPerSecond", atLeast: 2.5 }, cpuPerGet]),
  {
    name: "range-10k",
    title: "range of 10,000 keys of 100 B, 1 client",
    requests: 200,
    goals: [
      { figure: "requestsPerSecond", atLeast: 2 },
      { figure: "cpuMicroseconds", atMost: 0.2 },
    ],
    pinned: true,
    warmUp: 40,
    ceiling: false,
    prepare: (server) => preload(server, { count: 10_000, keyBytes: 32, valueBytes: 100 }),
    args: (total) => ["range", "bench/", "bench0", `--total=${total}`],
  },
  {
    name: "million",
    title: "1,000,000 keys of 32/256 B: count_only over all, and memory",
    requests: 50,
    goals: [
      // 500 times as fast, by the median: one slow start among so few must not decide it.
      { figure: "p50Milliseconds", atMost: 0.002 },
      { figure: "residentBytes", atMost: 1 },
    ],
    pinned: false,
    warmUp: 10,
    ceiling: false,
    prepare: (server, scale) =>
      preload(server, { count: Math.ceil(million * scale), keyBytes: 32, valueBytes: 256 }),
    args: (total) => ["range", "bench/", "bench0", `--total=${total}`, "--count-only"],
  },
];

async function preload(
  server: ServerProcess,
  keys: { count: number; keyBytes: number; valueBytes: number },
): Promise<void> {
  const args = [
    `-endpoint=${server.endpoint}`,
    `-count=${keys.count}`,
    `-key-size=${keys.keyBytes}`,
    `-value-size=${keys.valueBytes}`,
  ];
  const done = await run(peer("preload"), args, { patienceMilliseconds: 600_000 });
  if (done.code !== 0) throw new Error(`preload: ${done.stdout}${done.stderr}`);
}

/** Prepares, warms up and measures a row on a running server. `scale` shrinks it for a quick look. */
export async function measure(
  row: Row,
  server: ServerProcess,
  options: { scale: number; wrapper: readonly string[]; setting: Setting | undefined },
): Promise<Sample> {
  await row.prepare?.(server, options.scale);
  const requests = Math.max(10, Math.ceil(row.requests * options.scale));
  const warmUp = Math.max(2, Math.ceil(row.warmUp * options.scale));
  const { setting, wrapper } = options;
  const at = setting?.endpoint ?? server.endpoint;
  const run = (total: number): Promise<LoadReport> =>
    load(at, [...(setting?.toolArgs ?? []), ...row.args(total)], { wrapper, tool: row.tool });
  await run(warmUp);
  const before = server.usage();
  const report = await run(requests);
  const after = server.usage();
  return {
    ...report,
    cpuMicroseconds: ((after.cpuMilliseconds - before.cpuMilliseconds) * 1000) / requests,
    residentPeakBytes: after.residentPeakBytes,
    residentBytes: after.residentBytes,
    writtenBytes: (after.writtenBytes - before.writtenBytes) / requests,
  };
}
