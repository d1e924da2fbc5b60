// npm run bench:cluster: three members of ours and three of Go's, alternately: rate, p99 and processor time
// of all members for one request (which holds on a busy machine where a rate does not), puts beside a slow
// member, a snapshot to a new member, and how long nothing is written when the leader is killed.
//   npm run bench:cluster -- [--only put-1000,slow] [--pairs 3] [--total 100000] [--mib 1024]
// Prints a table of medians and writes it to bench/results/<date>-cluster.md and .json.
import { parseArgs } from "node:util";
import { failover } from "./failover.ts";
import { latencyRow, loadRow } from "./cluster-load.ts";
import { slowMember } from "./cluster-slow.ts";
import { snapshotToNew } from "./cluster-snapshot.ts";
import type { Kind } from "../test/e2e/server-process.ts";
import { chosen, type Row, sideBySide } from "./side-by-side.ts";

const { values: options } = parseArgs({
  options: {
    pairs: { type: "string", default: "3" },
    total: { type: "string", default: "100000" },
    mib: { type: "string", default: "1024" },
    only: { type: "string" },
  },
});
const total = Number(options.total);

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
  ...[1, 10, 30].map((clients) => ({
    name: `put-${clients}`,
    sample: (kind: Kind) => latencyRow(kind, clients),
    goals: { "p50 ms": { atMost: 1 }, "requests/s": { atLeast: 1 } },
  })),
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
    sample: async (kind) => ({
      "killed: ms without a write": await failover(kind, "killed", 5),
      "silent: ms without a write": await failover(kind, "silent", 5),
    }),
    // The election timeout and a fifth.
    goals: {
      "killed: ms without a write": { atMost: 500, own: true },
      "silent: ms without a write": { atMost: 1200, own: true },
    },
  },
];

await sideBySide({
  name: "cluster",
  rows: chosen(rows, options.only),
  pairs: Number(options.pairs),
  about: ["Members, load and disk share the machine."],
  isKept: true,
});
