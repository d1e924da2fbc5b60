// Inputs of the fuzz targets shown to etcd's own decoders and to ours: both take them or both do not.
// QUORATE_SEED repeats a run, QUORATE_INPUTS sets how many of each (500).
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { run } from "../e2e/command.ts";
import { peer } from "../peers/peers.ts";
import { type Case, comparisons } from "./decoders.ts";
import { isKnown } from "./decoder-differences.ts";

const inputs = Number(process.env["QUORATE_INPUTS"] ?? 500);
const seed = Number(process.env["QUORATE_SEED"] ?? 20261123);

test("what etcd's decoders take ours take, and what they refuse ours refuse", async (t) => {
  t.diagnostic(`seed ${seed}, ${inputs} inputs of each of ${comparisons.size} targets`);
  const only = process.env["QUORATE_ONLY"];
  // etcd opens what `log-outputs` names as it reads a configuration.
  const directory = mkdtempSync(join(tmpdir(), "quorate-decoders-"));
  t.after(() => rmSync(directory, { recursive: true }));
  for (const [name, make] of comparisons) {
    if (only !== undefined && only !== name) continue;
    const cases: Case[] = [];
    for (let at = seed; at < seed + inputs; at++) cases.push(await make(at));
    const done = await run(peer("decoders"), [], {
      input: Buffer.concat(cases.map(framed)),
      directory,
      patienceMilliseconds: 300_000,
    });
    assert.equal(done.stdout.length, cases.length, done.stderr);
    const counts: Record<string, number> = {};
    const differences: string[] = [];
    for (const [at, one] of cases.entries()) {
      const theirs = done.stdout[at]!;
      const isSame = theirs === "!" || theirs === one.ours;
      const kind = isSame ? theirs : isKnown(name, one, theirs) ? "known" : "differs";
      counts[kind] = (counts[kind] ?? 0) + 1;
      if (kind === "differs" && differences.length < 20)
        differences.push(told(one, theirs, seed + at));
    }
    t.diagnostic(`${name}: ${JSON.stringify(counts)}`);
    assert.deepEqual(differences, [], `${name} (seed ${seed})`);
  }
});

function framed({ target, bytes }: Case): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bytes.length);
  return Buffer.concat([Buffer.of(target.length), Buffer.from(target), size, bytes]);
}

function told({ target, bytes, ours }: Case, theirs: string, at: number): string {
  const text = Buffer.from(bytes.subarray(0, 300));
  const shown = /^(json|jwt|[a-z]+)$/.test(target.split(" ")[0]!) ? text.toString("latin1") : "";
  const said = `etcd ${theirs}, here ${ours}`;
  return `seed ${at}, ${target}: ${said}: ${JSON.stringify(shown)} ${text.toString("hex")}`;
}
