// Three members of ours and three of Go's under the same load, alternately: rate, p99, and the processor
// time of all three members for one request, which holds on a busy machine where a rate does not.
//   npm run bench:cluster -- [--pairs 3] [--total 50000] [--only put-1000]
import { parseArgs } from "node:util";
import { type Kind, type ServerProcess, usageOf } from "../test/e2e/server-process.ts";
import { TestCluster } from "../test/e2e/test-cluster.ts";
import { load } from "./load-tool.ts";

const { values: options } = parseArgs({
  options: {
    pairs: { type: "string", default: "3" },
    total: { type: "string", default: "50000" },
    only: { type: "string" },
  },
});
const total = Number(options.total);
const pairs = Number(options.pairs);
/** The tool's, for the runs before those that are measured. */
const warmShare = 0.2;

interface Row {
  readonly name: string;
  readonly args: readonly string[];
  /** Which members the clients talk to. */
  readonly through: (cluster: TestCluster, leader: ServerProcess) => readonly ServerProcess[];
}

const clients = ["--conns=100", "--clients=1000"];
const putArgs = ["put", "--key-size=8", "--val-size=256", "--sequential-keys"];
const rows: readonly Row[] = [
  { name: "put-1000", args: [...clients, ...putArgs], through: ({ members }) => members },
  { name: "put-1000-leader", args: [...clients, ...putArgs], through: (_, leader) => [leader] },
  {
    name: "get-1000-follower",
    args: [...clients, "range", "00000001", "--consistency=l"],
    through: ({ members }, leader) => members.filter((member) => member !== leader).slice(0, 1),
  },
];

interface Sample {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly cpuMicroseconds: number;
}

const cpuOf = (members: readonly ServerProcess[]): number =>
  members.reduce((sum, { pid }) => sum + usageOf(pid).cpuMilliseconds, 0);

async function sample(kind: Kind, row: Row): Promise<Sample> {
  await using cluster = await TestCluster.start([kind, kind, kind]);
  const leader = await cluster.leader();
  await cluster.ctl("put", "00000001", "v");
  const endpoints = row
    .through(cluster, leader)
    .map(({ endpoint }) => endpoint)
    .join(",");
  await load(endpoints, [...row.args, `--total=${Math.ceil(total * warmShare)}`]);
  const before = cpuOf(cluster.members);
  const report = await load(endpoints, [...row.args, `--total=${total}`]);
  const cpuMicroseconds = ((cpuOf(cluster.members) - before) * 1000) / total;
  return {
    perSecond: report.requestsPerSecond,
    p99Ms: report.p99Milliseconds,
    cpuMicroseconds,
  };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

for (const row of rows.filter(({ name }) => options.only?.split(",").includes(name) ?? true)) {
  const samples: Record<Kind, Sample[]> = { etcd: [], quorate: [] };
  for (let pair = 0; pair < pairs; pair++) {
    for (const kind of ["etcd", "quorate"] as const) samples[kind].push(await sample(kind, row));
  }
  for (const [kind, all] of Object.entries(samples)) {
    const figure = (of: (one: Sample) => number): string => median(all.map(of)).toFixed(1);
    const rate = figure((one) => one.perSecond);
    const p99 = figure((one) => one.p99Ms);
    const cpu = figure((one) => one.cpuMicroseconds);
    console.log(`${row.name} ${kind}: ${rate}/s, p99 ${p99} ms, ${cpu} µs of all members' time`);
  }
}
