// How fast a database comes to a new member: from `member add` and the start of its process to service.
import type { Kind } from "../test/e2e/server-process.ts";
import { TestCluster } from "../test/e2e/test-cluster.ts";
import { load } from "./load-tool.ts";

const readyMilliseconds = 600_000;
const valueBytes = 256 * 1024;

/** The row of the bench: a learner of the same kind joins a member that holds so many MiB. */
export async function snapshotToNew(kind: Kind, mib: number): Promise<Record<string, number>> {
  const flags = ["--snapshot-count=100", "--snapshot-catchup-entries=10"];
  await using cluster = await TestCluster.start([kind], { flags, readyMilliseconds });
  const total = Math.ceil((mib * 2 ** 20) / valueBytes);
  const puts = ["--conns=4", "--clients=8", "put", "--sequential-keys", "--key-size=8"];
  const sizes = [`--key-space-size=${total}`, `--val-size=${valueBytes}`, `--total=${total}`];
  await load(cluster.endpoints, [...puts, ...sizes]);
  const startMs = performance.now();
  const learner = await cluster.add(kind, { name: "learner", isLearner: true });
  const seconds = (performance.now() - startMs) / 1000;
  if (!/applied snapshot|received and saved database snapshot/.test(learner.log)) {
    throw new Error(`a learner of ${kind} came without a snapshot`);
  }
  return { "MiB/s": mib / seconds, seconds };
}
