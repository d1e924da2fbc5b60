// npm run bench:cluster: three members of ours and three of Go's, alternately: rate, p99 and processor time
// of all members for one request (which holds on a busy machine where a rate does not), puts beside a slow
// member, a snapshot to a new member, and how long nothing is written when the leader is killed.
//   npm run bench:cluster -- [--only put-1000,slow] [--pairs 3] [--total 100000] [--mib 1024]
// Prints a table of medians and writes it to bench/results/<date>-cluster.md and .json.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Kind } from "../test/e2e/server-process.ts";
import { projectRoot } from "../test/peers/peers.ts";
import { failover } from "./failover.ts";
import { loadRow } from "./cluster-load.ts";
import { slowMember } from "./cluster-slow.ts";
import { snapshotToNew } from "./cluster-snapshot.ts";

const { values: options } = parseArgs({
  options: {
    pairs: { type: "string", default: "3" },
    total: { type: "string", default: "100000" },
    mib: { type: "string", default: "1024" },
    only: { type: "string" },
  },
});
const total = Number(options.total);

/** Of our figure divided by Go's; with `own`, of our figure itself. */
interface Goal {
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly own?: true;
}

type Figures = Readonly<Record<string, number>>;

interface Row {
  readonly name: string;
  readonly sample: (kind: Kind) => Promise<Figures>;
  readonly goals: Readonly<Record<string, Goal>>;
}

const rows: readonly Row[] = [
  {
    name: "put-1000",
    sample: (kind) => loadRow(kind, "put", "all", total),
    goals: {
      "requests/s": { atLeast: 2 },
      "p99 ms": { atMost: 0.6 },
      "µs of all members": { atMost: 0.4 },
    },
  },
  {
    name: "put-1000-leader",
    sample: (kind) => loadRow(kind, "put", "leader", total),
    goals: { "requests/s": { atLeast: 2 }, "µs of all members": { atMost: 0.4 } },
  },
  {
    name: "get-1000-follower",
    sample: (kind) => loadRow(kind, "get", "follower", total),
    goals: { "requests/s": { atLeast: 1.5 } },
  },
  {
    name: "slow",
    sample: slowMember,
    goals: {
      "stopped: p99 by quiet": { atMost: 2, own: true },
      "entries: p99 by quiet": { atMost: 2, own: true },
      "snapshot: p99 by quiet": { atMost: 2, own: true },
    },
  },
  {
    name: "snapshot",
    sample: (kind) => snapshotToNew(kind, Number(options.mib)),
    goals: { "MiB/s": { atLeast: 1.2 } },
  },
  {
    name: "failover",
    sample: async (kind) => ({ "ms without a write": await failover(kind, 5) }),
    goals: { "ms without a write": { atMost: 500, own: true } },
  },
];

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function verdict(
  { atLeast = 0, atMost = Infinity, own }: Goal,
  ours: number,
  ratio: number,
): string {
  const figure = own ? ours : ratio;
  const goal = atMost === Infinity ? `≥ ${atLeast}` : `≤ ${atMost}`;
  return `${own ? "ours " : ""}${goal} ${figure >= atLeast && figure <= atMost ? "yes" : "NO"}`;
}

function lines(row: Row, samples: Readonly<Record<Kind, readonly Figures[]>>): string[] {
  return Object.keys(samples.quorate[0] ?? {}).map((figure) => {
    const of = (kind: Kind): number => median(samples[kind].map((one) => one[figure]!));
    const [theirs, ours] = [of("etcd"), of("quorate")];
    const ratio = ours / theirs;
    const goal = row.goals[figure];
    const told = goal === undefined ? "" : verdict(goal, ours, ratio);
    const cells = [theirs, ours, ratio].map((value) => value.toPrecision(4));
    return `| ${[row.name, figure, ...cells, told].join(" | ")} |`;
  });
}

const date = new Date().toISOString().slice(0, 16).replace(":", "");
const text = [
  `# Cluster bench, ${date}`,
  "",
  `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores; Node ${process.version}; etcd 3.7.3.`,
  `Medians of ${options.pairs} alternated pairs. Members, load and disk share the machine.`,
  "",
  "| load | figure | etcd | ours | ratio | goal |",
  "| --- | --- | --- | --- | --- | --- |",
];
for (const line of text) console.log(line);
const results: unknown[] = [];
for (const row of rows.filter(({ name }) => options.only?.split(",").includes(name) ?? true)) {
  const samples: Record<Kind, Figures[]> = { etcd: [], quorate: [] };
  for (let pair = 0; pair < Number(options.pairs); pair++) {
    for (const kind of ["etcd", "quorate"] as const) samples[kind].push(await row.sample(kind));
  }
  results.push({ row: row.name, ...samples });
  for (const line of lines(row, samples)) {
    console.log(line);
    text.push(line);
  }
}
const path = join(projectRoot, "bench/results", `${date}-cluster`);
mkdirSync(join(projectRoot, "bench/results"), { recursive: true });
writeFileSync(`${path}.md`, `${text.join("\n")}\n`);
writeFileSync(`${path}.json`, `${JSON.stringify({ date, results }, null, 1)}\n`);
