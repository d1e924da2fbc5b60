// npm run bench:coordination: watches, leases and a Kubernetes mix on real etcd and on ours, alternately.
//   npm run bench:coordination -- [--only fanout,revoke] [--pairs 3] [--seconds 6] [--small]
// Prints a table of medians and writes it to bench/results/<date>-coordination.md and .json. Run it on
// a machine that has nothing else to do; it takes about twelve minutes.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { run } from "../test/e2e/command.ts";
import { type Kind, ServerProcess } from "../test/e2e/server-process.ts";
import { peer, projectRoot } from "../test/peers/peers.ts";
import { leaseStorm } from "./lease-storm.ts";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    pairs: { type: "string", default: "3" },
    seconds: { type: "string", default: "6" },
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

interface Taken {
  readonly row: Row;
  readonly etcd: readonly Figures[];
  readonly quorate: readonly Figures[];
}

async function compare(row: Row): Promise<Taken> {
  const etcd: Figures[] = [];
  const quorate: Figures[] = [];
  for (let pair = 0; pair < (options.small ? 1 : Number(options.pairs)); pair++) {
    etcd.push(await sample(row, "etcd"));
    quorate.push(await sample(row, "quorate"));
  }
  return { row, etcd, quorate };
}

/** What the row has goals for, and what else tells of it: its rate and the server's processor time. */
function lines({ row, etcd, quorate }: Taken): string[] {
  const told = ["rate", "p99", "cpu"].filter((one) => row.goals.every((g) => g.figure !== one));
  const figures: readonly Goal[] = [...row.goals, ...told.map((figure) => ({ figure }))];
  return figures.flatMap((goal) => {
    const of = (all: readonly Figures[]): number =>
      median(all.map((one) => one[goal.figure] ?? Number.NaN));
    const [theirs, ours] = [of(etcd), of(quorate)];
    if (Number.isNaN(theirs)) return [];
    const ratio = ours / theirs;
    const wanted = goal.atLeast ?? goal.atMost;
    const cells = [row.title, goal.figure, shown(theirs), shown(ours), shown(ratio)];
    return [`| ${[...cells, wanted === undefined ? "" : verdict(goal, ratio)].join(" | ")} |`];
  });
}

const wanted = options.only?.split(",");
const date = new Date().toISOString().slice(0, 16).replace(":", "");
const text = [
  `# Coordination bench, ${date}`,
  "",
  `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores; Node ${process.version}; etcd 3.7.3.`,
  `Medians of ${options.pairs} alternated pairs of ${options.seconds} s. Server, load and disk share the`,
  "machine. Times in milliseconds, rates by the second; cpu is the server's, in microseconds for each",
  "thing counted.",
  "",
  "| load | figure | etcd | ours | ratio | goal |",
  "| --- | --- | --- | --- | --- | --- |",
];
for (const line of text) console.log(line);
const results: Taken[] = [];
for (const row of rows) {
  if (wanted !== undefined && !wanted.includes(row.load)) continue;
  const taken = await compare(row);
  results.push(taken);
  for (const line of lines(taken)) {
    console.log(line);
    text.push(line);
  }
}
if (wanted === undefined || wanted.includes("storm")) {
  const parent = join(projectRoot, "bench/work");
  mkdirSync(parent, { recursive: true });
  for (const line of await leaseStorm(options.small ? 2000 : 100_000, parent)) {
    console.log(line);
    text.push(line);
  }
}
if (!options.small) {
  const path = join(projectRoot, "bench/results", `${date}-coordination`);
  mkdirSync(join(projectRoot, "bench/results"), { recursive: true });
  writeFileSync(`${path}.md`, `${text.join("\n")}\n`);
  const plain = results.map(({ row, etcd, quorate }) => ({ load: row.load, etcd, quorate }));
  writeFileSync(`${path}.json`, `${JSON.stringify({ date, results: plain }, null, 1)}\n`);
}
