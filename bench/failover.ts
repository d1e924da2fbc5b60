// How long three members do not write when their leader is killed, or falls silent while its connections
// stay: ours and Go's in turn.
// `node tools/run.mjs bench/failover.ts [rounds]`, or a row of `npm run bench:cluster`; needs the Go peers.
import { setTimeout as pause } from "node:timers/promises";
import { PutLoad } from "../test/e2e/put-load.ts";
import type { Kind, ServerProcess } from "../test/e2e/server-process.ts";
import { TestCluster } from "../test/e2e/test-cluster.ts";
import { median } from "./report.ts";

/** Each with what brings it back. */
const losses = {
  killed: async (leader: ServerProcess) => {
    await leader.kill();
    return () => leader.restart();
  },
  silent: async (leader: ServerProcess) => {
    process.kill(leader.pid, "SIGSTOP");
    return async () => void process.kill(leader.pid, "SIGCONT");
  },
} as const;
export type Loss = keyof typeof losses;

/** Loses the leader once; returns the milliseconds without an acknowledged write. */
async function gapOf(cluster: TestCluster, loss: Loss): Promise<number> {
  const leader = await cluster.leader();
  const rest = cluster.members.filter((member) => member !== leader);
  const load = new PutLoad(() => rest.map(({ endpoint }) => endpoint), {
    writers: 8,
    pauseMilliseconds: 5,
    attemptMilliseconds: 250,
    attemptSpreadMilliseconds: 200,
  });
  await load.more(100);
  load.longestGapMilliseconds = 0;
  const comesBack = await losses[loss](leader);
  await pause(200);
  await load.more(100);
  await load.stop();
  await comesBack();
  await cluster.leader();
  return load.longestGapMilliseconds;
}

/** The median of so many losses in one cluster, in milliseconds; prints them all. */
export async function failover(kind: Kind, loss: Loss, rounds: number): Promise<number> {
  await using cluster = await TestCluster.start([kind, kind, kind], { readyMilliseconds: 120_000 });
  const gaps: number[] = [];
  for (let round = 0; round < rounds; round++) gaps.push(await gapOf(cluster, loss));
  const middle = Math.round(median(gaps));
  console.log(`${kind}, leader ${loss}: median ${middle} ms of ${gaps.map(Math.round).join(", ")}`);
  return middle;
}

if (import.meta.main) {
  for (const loss of Object.keys(losses) as Loss[])
    for (const kind of ["quorate", "etcd"] as const)
      await failover(kind, loss, Number(process.argv[2] ?? 5));
}
