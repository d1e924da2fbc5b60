// Every method as every kind of user, over many forms of ranges, asked of real etcd and of us at once.
// QUORATE_SEED repeats a run; QUORATE_FORMS sets how many forms the methods with other options get.
import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../e2e/command.ts";
import { ServerProcess, targetKind } from "../e2e/server-process.ts";
import { peer } from "../peers/peers.ts";

const flags = ["--bcrypt-cost=4", "--unsafe-no-fsync"];

test("whoever etcd lets in is let in here, and nobody else, with the same words", async (t) => {
  await using reference = await ServerProcess.start({ kind: "etcd", flags });
  await using subject = await ServerProcess.start({ kind: targetKind(), flags });
  const forms = process.env["QUORATE_FORMS"] ?? "25";
  const seed = process.env["QUORATE_SEED"] ?? "0";
  const args = [`-a=${reference.endpoint}`, `-b=${subject.endpoint}`];
  const done = await run(peer("authmatrix"), [...args, `-forms=${forms}`, `-seed=${seed}`], {
    patienceMilliseconds: 300_000,
  });
  t.diagnostic(done.stdout.trim().replaceAll("\n", "; ").slice(0, 4000));
  assert.equal(done.code, 0, done.stdout + done.stderr);
});
