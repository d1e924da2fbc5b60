// npm run bench:coordination: watches, leases and a Kubernetes mix on real etcd and on ours, alternately.
//   npm run bench:coordination -- [--only fanout,revoke] [--pairs 3] [--seconds 6] [--small]
// Prints a table of medians and writes it to bench/results/<date>-coordination.md and .json. Run it on
// a machine that has nothing else to do; it takes about fourteen minutes.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { run } from "../test/e2e/command.ts";
import { type Kind, ServerProcess } from "../test/e2e/server-process.ts";
import { peer, projectRoot } from "../test/peers/peers.ts";
import { leaseStorm } from "./lease-storm.ts";
import { chosen, type Figures, type Goal, type Row, sideBySide } from "./side-by-side.ts";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    pairs: { type: "string", default: "3" },
    seconds: { type: "string", default: "6" },
    small: { type: "boolean", default: false },
  },
});

interface Load {
  readonly load: string;
  readonly title: string;
  readonly goals: Readonly<Record<string, Goal>>;
  /** With --small: watchers, keys or clients. */
  readonly small: number;
}

const loads: readonly Load[] = [
  {
    load: "fanout",
    title: "1 event to 10,000 watchers, to the last",
    goals: { p50: { atMost: 0.5 }, cpu: { atMost: 0.2 } },
    small: 500,
  },
  {
    load: "churn",
    title: "1,000 puts/s to 1,000 watchers",
    // Of the million that are asked for etcd carries nine tenths: how much is sustained says the next.
    goals: { p99: { atMost: 0.5 }, cpu: { atMost: 0.5 } },
    small: 50,
  },
  {
    load: "sustained",
    title: "puts without end (3,000/s) to 1,000 watchers",
    goals: { rate: { atLeast: 2 } },
    small: 50,
  },
  {
    load: "latency",
    title: "100 puts/s to 100 watchers: age of an event",
    goals: { p99: { atMost: 0.5 } },
    small: 10,
  },
  {
    load: "stalled",
    title: "puts while a watcher does not read",
    goals: { slowdown: { atMost: 1.1, own: true } },
    small: 0,
  },
  {
    load: "keepalive",
    title: "keepalive on long streams",
    goals: { rate: { atLeast: 3 } },
    small: 20,
  },
  {
    // grpc-go's client above takes more of two cores than either server.
    load: "bare",
    title: "keepalive on long streams, frames by hand",
    goals: { rate: { atLeast: 3 } },
    small: 20,
  },
  { load: "grant", title: "grant", goals: { rate: { atLeast: 1.5 } }, small: 20 },
  { load: "revoke", title: "revoke", goals: { rate: { atLeast: 5 } }, small: 0 },
  {
    load: "pages",
    title: "1,000,000 keys page by page",
    goals: { rate: { atLeast: 8 } },
    small: 5000,
  },
  {
    load: "compact",
    title: "puts while 1,000,000 revisions are compacted",
    goals: { slowdown: { atMost: 1.5, own: true } },
    small: 20_000,
  },
  {
    load: "kubernetes",
    title: "Kubernetes mix",
    goals: { rate: { atLeast: 2 }, p99: { atMost: 0.5 } },
    small: 10,
  },
];

const parent = join(projectRoot, "bench/work");
mkdirSync(parent, { recursive: true });

/** One run of the Go driver against a new server of this kind. */
async function sample({ load, small }: Load, kind: Kind): Promise<Figures> {
  await using server = await ServerProcess.start({ kind, parent });
  const args = [`-endpoint=${server.endpoint}`, `-load=${load}`, `-pid=${server.pid}`];
  args.push(`-length=${options.small ? 1 : Number(options.seconds)}s`);
  if (options.small) args.push(`-size=${small}`);
  const done = await run(peer("drive"), args, { patienceMilliseconds: 900_000 });
  if (done.code !== 0) throw new Error(`${load} on ${kind}: ${done.stdout}${done.stderr}`);
  return JSON.parse(done.stdout.trim().split("\n").at(-1) ?? "") as Figures;
}

const rows: readonly Row[] = [
  ...loads.map((load) => ({
    name: load.load,
    title: load.title,
    sample: (kind: Kind) => sample(load, kind),
    goals: load.goals,
  })),
  {
    name: "storm",
    title: "100,000 leases end in one second",
    kinds: ["quorate"],
    sample: () => leaseStorm(options.small ? 2000 : 100_000, parent),
    goals: {
      "longest put": { atMost: 100, own: true },
      "revokes/s": { atLeast: 20_000, own: true },
    },
  },
];

await sideBySide({
  name: "coordination",
  rows: chosen(rows, options.only),
  pairs: options.small ? 1 : Number(options.pairs),
  about: [
    `A load lasts ${options.seconds} s. Server, load and disk share the machine.`,
    "Times in milliseconds, rates by the second; cpu is the server's, in microseconds for each",
    "thing counted, driver cpu the load's own: with two cores, no rate is above two seconds of it.",
  ],
  isKept: !options.small,
});
