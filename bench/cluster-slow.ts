// Puts through the leader while a follower stands still, and while it is brought back by entries or by the
// database: their p99 beside that of a quiet cluster. Whoever is started anew on the machine that all share
// takes its processors as well, so that is a figure of its own.
import type { Kind } from "../test/e2e/server-process.ts";
import { TestCluster } from "../test/e2e/test-cluster.ts";
import { load } from "./load-tool.ts";

const readyMilliseconds = 120_000;
/** What a load well below the limit shows is what the follower costs, not what a full queue does. */
const steady = ["--conns=10", "--clients=50", "put", "--rate=1000", "--key-size=8"];
const measured = [...steady, "--val-size=256", "--total=5000"];
/** What the follower misses: 80 MB in all. */
const missed = ["--conns=20", "--clients=100", "put", "--key-space-size=20000"].concat([
  "--key-size=8",
  "--val-size=4096",
  "--total=20000",
]);

/** The p99 in milliseconds of puts through the leader. */
interface Latencies {
  quiet: number;
  /** Beside a follower that stands still. */
  stopped: number;
  /** While one that stood still is brought up to date. */
  back: number;
  /** While one that was away starts on the same machine, and is brought up to date. */
  restarted: number;
}

async function latencies(kind: Kind, catchUpEntries: number): Promise<Latencies> {
  await using cluster = await TestCluster.start([kind, kind, kind], {
    readyMilliseconds,
    flags: ["--snapshot-count=5000", `--snapshot-catchup-entries=${catchUpEntries}`],
  });
  const leader = await cluster.leader();
  const follower = cluster.members.find((one) => one !== leader)!;
  const p99 = async (): Promise<number> => (await load(leader.endpoint, measured)).p99Milliseconds;
  await p99();
  const quiet = await p99();
  process.kill(follower.pid, "SIGSTOP");
  const stopped = await p99();
  await load(leader.endpoint, missed);
  process.kill(follower.pid, "SIGCONT");
  const back = await p99();
  await cluster.sameHash();
  await follower.kill();
  await load(leader.endpoint, missed);
  const [restarted] = await Promise.all([p99(), follower.restart()]);
  return { quiet, stopped, back, restarted };
}

/** The row of the bench. */
export async function slowMember(kind: Kind): Promise<Record<string, number>> {
  const entries = await latencies(kind, 100_000);
  const snapshot = await latencies(kind, 100);
  return {
    "quiet: p99 ms": entries.quiet,
    "stopped: p99 by quiet": entries.stopped / entries.quiet,
    "entries: p99 by quiet": entries.back / entries.quiet,
    "snapshot: p99 by quiet": snapshot.back / snapshot.quiet,
    "entries, restarted: p99 by quiet": entries.restarted / entries.quiet,
    "snapshot, restarted: p99 by quiet": snapshot.restarted / snapshot.quiet,
  };
}
