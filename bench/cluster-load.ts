// Rate, p99 and the processor time of three members under a thousand clients.
import { type Kind, type ServerProcess, usageOf } from "../test/e2e/server-process.ts";
import { TestCluster } from "../test/e2e/test-cluster.ts";
import { load } from "./load-tool.ts";

/** Of the load, before it is measured: three members share what warms a single one up. */
const warmShare = 0.5;
const readyMilliseconds = 120_000;

const clients = ["--conns=100", "--clients=1000"];
const loads = {
  put: ["put", "--key-size=8", "--val-size=256", "--sequential-keys"],
  get: ["range", "00000001", "--consistency=l"],
} as const;

/** The processor time these members have used, in milliseconds. */
export const cpuOf = (members: readonly ServerProcess[]): number =>
  members.reduce((sum, { pid }) => sum + usageOf(pid).cpuMilliseconds, 0);

/** Loads members of a new cluster of this kind: all, the leader, or one that follows. */
export async function loadRow(
  kind: Kind,
  what: keyof typeof loads,
  through: "all" | "leader" | "follower",
  total: number,
): Promise<Record<string, number>> {
  await using cluster = await TestCluster.start([kind, kind, kind], { readyMilliseconds });
  const leader = await cluster.leader();
  await cluster.ctl("put", "00000001", "v");
  const follower = cluster.members.find((one) => one !== leader)!;
  const chosen = { all: cluster.members, leader: [leader], follower: [follower] }[through];
  const endpoints = chosen.map(({ endpoint }) => endpoint).join(",");
  const args = [...clients, ...loads[what]];
  await load(endpoints, [...args, `--total=${Math.ceil(total * warmShare)}`]);
  const beforeMs = cpuOf(cluster.members);
  const report = await load(endpoints, [...args, `--total=${total}`]);
  return {
    "requests/s": report.requestsPerSecond,
    "p99 ms": report.p99Milliseconds,
    "µs of all members": ((cpuOf(cluster.members) - beforeMs) * 1000) / total,
  };
}

/** One after another, as most programs write: what a single put of a few clients takes. */
export async function latencyRow(kind: Kind, clients: number): Promise<Record<string, number>> {
  await using cluster = await TestCluster.start([kind, kind, kind], { readyMilliseconds });
  const leader = await cluster.leader();
  const puts = ["put", "--key-size=8", "--val-size=256", "--key-space-size=10000"];
  await load(leader.endpoint, ["--conns=10", "--clients=100", ...puts, "--total=30000"]);
  const few = [`--conns=${Math.min(clients, 10)}`, `--clients=${clients}`, ...puts];
  await load(leader.endpoint, [...few, "--total=1000"]);
  const total = clients === 1 ? 3000 : 10_000;
  const beforeMs = cpuOf(cluster.members);
  const report = await load(leader.endpoint, [...few, `--total=${total}`]);
  return {
    "p50 ms": report.p50Milliseconds,
    "p99 ms": report.p99Milliseconds,
    "requests/s": report.requestsPerSecond,
    "µs of all members": ((cpuOf(cluster.members) - beforeMs) * 1000) / total,
  };
}
