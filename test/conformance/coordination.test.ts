// Locks, elections and Go's clientv3/concurrency: the same program on real etcd and on ours says the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../e2e/command.ts";
import { type Kind, ServerProcess, targetKind } from "../e2e/server-process.ts";
import { peer } from "../peers/peers.ts";

const patienceMilliseconds = 240_000;

async function coordinate(kind: Kind, ...args: string[]): Promise<string> {
  const flags = kind === "etcd" ? ["--unsafe-no-fsync"] : [];
  await using server = await ServerProcess.start({ kind, flags });
  const command = [`-endpoint=${server.endpoint}`, ...args];
  const done = await run(peer("coordination"), command, { patienceMilliseconds });
  assert.equal(done.code, 0, `${done.stdout}\n${done.stderr}\n${server.log.slice(-2000)}`);
  return done.stdout;
}

test("Lock and Election answer as etcd's do, waiting, cancelled, refused and expired alike", async () => {
  const reference = await coordinate("etcd");
  const subject = await coordinate(targetKind());
  assert.equal(subject, reference);
});

test("of twenty clients no two ever hold one lock, though leases are lost and clients give up", async (t) => {
  const said = await coordinate(targetKind(), "-mutex", "-clients=20", "-seconds=6");
  t.diagnostic(said.trim().replaceAll("\n", "; "));
  const [, held, lost] = /held (\d+) lost (-?\d+) overlaps 0/.exec(said) ?? [];
  assert.equal(lost, "0", said);
  assert.ok(Number(held) > 0, said);
});
