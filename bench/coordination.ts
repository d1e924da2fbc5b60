// npm run bench:coordination: watches, leases and a Kubernetes mix on real etcd and on ours, alternately.
//   npm run bench:coordination -- [--only fanout,revoke] [--pairs 3] [--seconds 10] [--small]
// Prints a table of medians. Run it on a machine that has nothing else to do.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { run } from "../test/e2e/command.ts";
import { type Kind, ServerProcess } from "../test/e2e/server-process.ts";
import { peer, projectRoot } from "../test/peers/peers.ts";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    pairs: { type: "string", default: "3" },
    seconds: { type: "string", default: "10" },
    small: { type: "boolean", default: false },
  },
});

interface Goal {
  readonly figure: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

interface Row {
  readonly load: string;
  readonly title: string;
  /** Bounds on our figure divided by etcd's. */
  readonly goals: readonly Goal[];
  /** With --small: watchers, keys or clients. */
  readonly small: number;
}

const rows: readonly Row[] = [
  {
    load: "fanout",
    title: "1 event to 10,000 watchers, to the last",
    goals: [
      { figure: "p50", atMost: 0.5 },
      { figure: "cpu", atMost: 0.2 },
    ],
    small: 500,
  },
  {
    load: "churn",
    title: "1,000 puts/s to 1,000 watchers",
    goals: [{ figure: "rate", atLeast: 2 }],
    small: 50,
  },
  {
    load: "latency",
    title: "100 puts/s to 100 watchers: age of an event",
    goals: [{ figure: "p99", atMost: 0.5 }],
    small: 10,
  },
  {
    load: "stalled",
    title: "puts while a watcher does not read",
    goals: [{ figure: "p99", atMost: 1.1 }],
    small: 0,
  },
  {
    load: "keepalive",
    title: "keepalive on long streams",
    goals: [{ figure: "rate", atLeast: 3 }],
    small: 20,
  },
  { load: "grant", title: "grant", goals: [{ figure: "rate", atLeast: 1.5 }], small: 20 },
  { load: "revoke", title: "revoke", goals: [{ figure: "rate", atLeast: 5 }], small: 0 },
  {
    load: "pages",
    title: "1,000,000 keys page by page",
    goals: [{ figure: "rate", atLeast: 8 }],
    small: 5000,
  },
  {
    load: "compact",
    title: "puts while 1,000,000 revisions are compacted",
    goals: [{ figure: "slowdown", atMost: 1 }],
    small: 20_000,
  },
  {
    load: "kubernetes",
    title: "Kubernetes mix",
    goals: [
      { figure: "rate", atLeast: 2 },
      { figure: "p99", atMost: 0.5 },
    ],
    small: 10,
  },
];

type Figures = Readonly<Record<string, number>>;

async function sample(row: Row, kind: Kind): Promise<Figures> {
  const parent = join(projectRoot, "bench/work");
  mkdirSync(parent, { recursive: true });
  await using server = await ServerProcess.start({ kind, parent });
  const args = [`-endpoint=${server.endpoint}`, `-load=${row.load}`, `-pid=${server.pid}`];
  args.push(`-length=${options.small ? 1 : Number(options.seconds)}s`);
  if (options.small) args.push(`-size=${row.small}`);
  const done = await run(peer("drive"), args, { patienceMilliseconds: 900_000 });
  if (done.code !== 0) throw new Error(`${row.load} on ${kind}: ${done.stdout}${done.stderr}`);
  return JSON.parse(done.stdout.trim().split("\n").at(-1) ?? "") as Figures;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const shown = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value.toPrecision(3).toString();

function verdict(goal: Goal, ratio: number): string {
  if (goal.atLeast !== undefined)
    return `≥ ${goal.atLeast} ${ratio >= goal.atLeast ? "yes" : "NO"}`;
  return `≤ ${goal.atMost} ${ratio <= (goal.atMost ?? 0) ? "yes" : "NO"}`;
}

const wanted = options.only?.split(",");
console.log(
  "| load | figure | etcd | ours | ratio | goal |\n| --- | --- | --- | --- | --- | --- |",
);
for (const row of rows) {
  if (wanted !== undefined && !wanted.includes(row.load)) continue;
  const taken: Record<Kind, Figures[]> = { etcd: [], quorate: [] };
  for (let pair = 0; pair < (options.small ? 1 : Number(options.pairs)); pair++) {
    for (const kind of ["etcd", "quorate"] as const) taken[kind].push(await sample(row, kind));
  }
  for (const goal of row.goals) {
    const of = (kind: Kind): number =>
      median(taken[kind].map((figures) => figures[goal.figure] ?? Number.NaN));
    const [etcd, ours] = [of("etcd"), of("quorate")];
    const ratio = ours / etcd;
    const cells = [row.title, goal.figure, shown(etcd), shown(ours), shown(ratio)];
    console.log(`| ${[...cells, verdict(goal, ratio)].join(" | ")} |`);
  }
}
