// A member that is slow, or was away: the others go on without it, and it is brought back by entries where
// the leader still has them, else by the database.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PutLoad } from "./put-load.ts";
import type { ServerProcess } from "./server-process.ts";
import { TestCluster } from "./test-cluster.ts";

const sentSnapshot = /sent snapshot index/;

interface Scene {
  readonly cluster: TestCluster;
  readonly leader: ServerProcess;
  readonly follower: ServerProcess;
  /** Through the leader alone. */
  readonly load: PutLoad;
}

async function withLoad(
  catchUpEntries: number,
  act: (scene: Scene) => Promise<void>,
): Promise<void> {
  await using cluster = await TestCluster.start(["quorate", "quorate", "quorate"], {
    flags: ["--snapshot-count=100", `--snapshot-catchup-entries=${catchUpEntries}`],
    readyMilliseconds: 120_000,
  });
  const leader = await cluster.leader();
  const follower = cluster.members.find((one) => one !== leader)!;
  const load = new PutLoad(() => [leader.endpoint], { writers: 8, pauseMilliseconds: 0 });
  await load.more(30);
  await act({ cluster, leader, follower, load });
  await load.stop();
  await cluster.sameHash();
  for (const { endpoint } of cluster.members) await load.check(endpoint);
}

test("while a follower stands still the others write on; it catches up by entries", () =>
  withLoad(100_000, async ({ leader, follower, load }) => {
    process.kill(follower.pid, "SIGSTOP");
    await load.more(200);
    process.kill(follower.pid, "SIGCONT");
    await load.more(30);
    await follower.kill();
    await load.more(200);
    await follower.restart();
    await load.more(30);
    assert.doesNotMatch(leader.log, sentSnapshot);
  }));

test("a follower too far behind is sent the database, and writes go on meanwhile", () =>
  withLoad(50, async ({ leader, follower, load }) => {
    await follower.kill();
    await load.more(300);
    await follower.restart();
    await load.more(30);
    assert.match(leader.log, sentSnapshot);
  }));
