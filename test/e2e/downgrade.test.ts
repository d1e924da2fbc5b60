// Downgrade of three members, validated, enabled and cancelled through each: what ours say and do is what
// Go's say and do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { etcdctl } from "./command.ts";
import type { Kind } from "./server-process.ts";
import { TestCluster, until } from "./test-cluster.ts";

const readyMilliseconds = 120_000;
const refusal = /etcdserver: [^"\n]*/;

/** Has all members of the cluster speak this version. */
async function speaks(cluster: TestCluster, version: string): Promise<void> {
  await until(`all speak ${version}`, async () => {
    const said = await Promise.all(
      cluster.members.map(async ({ endpoint }) => {
        const response = await fetch(`http://${endpoint}/version`);
        return ((await response.json()) as { etcdcluster: string }).etcdcluster;
      }),
    );
    return said.every((one) => one === version) ? true : undefined;
  });
}

/** The outcomes of a downgrade that is asked for in every way, and taken back. */
async function story(kind: Kind): Promise<string[]> {
  await using cluster = await TestCluster.start([kind, kind, kind], { readyMilliseconds });
  const leader = await cluster.leader();
  const follower = cluster.members.find((one) => one !== leader)!;
  const told: string[] = [];
  const ask = async (...args: string[]): Promise<void> => {
    for (const { endpoint } of [follower, leader]) {
      const done = await etcdctl(endpoint, ["downgrade", ...args]);
      const said = refusal.exec(done.stderr)?.[0] ?? done.stdout.trim();
      told.push(`${args.join(" ")}: ${done.code} ${said}`);
    }
  };
  await speaks(cluster, "3.7.0");
  for (const version of ["3.6", "3.6.0", "3.5", "3.7.0", "3.8", "4.0", "three"]) {
    await ask("validate", version);
  }
  await ask("enable", "3.5.0");
  await ask("cancel");
  await cluster.ask(follower, "downgrade", "enable", "3.6.0");
  await speaks(cluster, "3.6.0");
  await ask("validate", "3.6.0");
  await ask("validate", "3.5.0");
  await ask("enable", "3.5.0");
  await cluster.ctl("put", "key", "value");
  await ask("cancel");
  await speaks(cluster, "3.7.0");
  await ask("validate", "3.6.0");
  await cluster.sameHash();
  return told;
}

test("a downgrade of three members is answered and carried out as Go's members do it", async () => {
  const [ours, theirs] = await Promise.all([story("quorate"), story("etcd")]);
  assert.deepEqual(ours, theirs);
});
