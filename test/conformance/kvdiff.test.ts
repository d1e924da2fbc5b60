// One made-up history, driven by Go's clientv3 into real etcd and into ours; every answer is compared.
// QUORATE_SEED runs a given history again, QUORATE_CALLS sets its length, QUORATE_LEASES=0 leaves out leases.
import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../e2e/command.ts";
import { type Kind, ServerProcess, targetKind } from "../e2e/server-process.ts";
import { peer } from "../peers/peers.ts";

const callsInCi = 200_000;
const minute = 60_000;

/** Runs kvdiff with real etcd as the reference and a server of `kind` as the subject. */
async function compare(
  kind: Kind,
  args: readonly string[],
  patience: number,
): Promise<{ code: number | null; stdout: string }> {
  // Nothing is killed here, so the reference need not wait for the disk.
  const noSync = ["--unsafe-no-fsync"];
  await using reference = await ServerProcess.start({ kind: "etcd", flags: noSync });
  await using subject = await ServerProcess.start({ kind, flags: kind === "etcd" ? noSync : [] });
  const endpoints = [`-a=${reference.endpoint}`, `-b=${subject.endpoint}`];
  // Awaited here: both servers are disposed of when this function is left.
  const done = await run(peer("kvdiff"), [...endpoints, ...args], {
    patienceMilliseconds: patience,
  });
  const log = done.code === 0 ? "" : `\nthe subject's log ends:\n${subject.log.slice(-2000)}`;
  return { code: done.code, stdout: done.stdout + log };
}

/** Real etcd died of a request that ours answered: docs/testing.md names the panics known so far. */
const referenceDied = /a server does not answer\n.*\n\s*a: Unavailable .*\n\s*b: (?!Unavailable)/;
const historiesMax = 6;

test("every call of a long random history is answered as etcd answers it", async (t) => {
  const calls = Number(process.env["QUORATE_CALLS"] ?? callsInCi);
  // Slowness is not what is looked for: a busy machine may take ten times as long as a quiet one.
  const seconds = Math.max(300, Math.ceil(calls / 100));
  for (let history = 1; ; history++) {
    const done = await compare(
      targetKind(),
      [
        `-calls=${calls}`,
        `-seconds=${seconds}`,
        `-seed=${process.env["QUORATE_SEED"] ?? 0}`,
        `-leases=${process.env["QUORATE_LEASES"] !== "0"}`,
      ],
      (seconds + 60) * 1000,
    );
    t.diagnostic(done.stdout.trim().replaceAll("\n", "; ").slice(0, 4000));
    // A history that kills etcd says nothing about ours: another one is made up in its place.
    const isKnown = referenceDied.test(done.stdout);
    if (done.code !== 0 && isKnown && history < historiesMax) continue;
    assert.equal(done.code, 0, done.stdout);
    return;
  }
});

test("the comparison finds every kind of fault that is planted in it", async (t) => {
  const done = await compare("etcd", ["-calls=6000", "-self-test"], 3 * minute);
  t.diagnostic(done.stdout.trim().replaceAll("\n", "; "));
  assert.equal(done.code, 0, done.stdout);
  const planted = await compare("etcd", ["-calls=6000", "-raw=false", "-plant=count"], 3 * minute);
  assert.equal(planted.code, 1);
  assert.match(planted.stdout, /DIFFERENCE at call \d+, .*: field count/);
  assert.match(planted.stdout, /reproduce: kvdiff .* -seed \d+/);
});
