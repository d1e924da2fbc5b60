// How long three members do not write when their leader is killed: ours and Go's in turn.
// `node tools/run.mjs bench/failover.ts [rounds]`; needs the Go peers.
import { setTimeout as pause } from "node:timers/promises";
import { PutLoad } from "../test/e2e/put-load.ts";
import type { Kind } from "../test/e2e/server-process.ts";
import { TestCluster } from "../test/e2e/test-cluster.ts";

const rounds = Number(process.argv[2] ?? 5);
const gaps: Record<Kind, number[]> = { quorate: [], etcd: [] };

/** Kills the leader once; returns the milliseconds without an acknowledged write. */
async function gapOf(cluster: TestCluster): Promise<number> {
  const leader = await cluster.leader();
  const rest = cluster.members.filter((member) => member !== leader);
  const load = new PutLoad(() => rest.map(({ endpoint }) => endpoint), {
    writers: 8,
    pauseMilliseconds: 5,
    attemptMilliseconds: 250,
  });
  await load.more(100);
  load.longestGapMilliseconds = 0;
  await leader.kill();
  await pause(200);
  await load.more(100);
  await load.stop();
  await leader.restart();
  await cluster.leader();
  return load.longestGapMilliseconds;
}

for (const kind of ["quorate", "etcd"] as const) {
  await using cluster = await TestCluster.start([kind, kind, kind]);
  for (let round = 0; round < rounds; round++) gaps[kind].push(await gapOf(cluster));
}
for (const [kind, all] of Object.entries(gaps)) {
  const sorted = all.toSorted((a, b) => a - b).map(Math.round);
  const median = sorted[Math.floor(sorted.length / 2)];
  console.log(`${kind}: median ${median} ms of ${sorted.join(", ")}`);
}
