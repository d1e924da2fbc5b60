// The simulator in CI: fresh seeds, replay, and a few planted bugs that must be caught.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { hunt } from "../../sim/hunt.ts";
import { mutantNamed } from "../../sim/mutant-hook.ts";
import type { Plan } from "../../sim/plan.ts";
import { runPlan } from "../../sim/run.ts";
import { planFrom } from "../../sim/swarm.ts";

const main = join(import.meta.dirname, "../../sim/main.ts");
/** Other seeds than CI's: SIM_FROM=1000 node --test test/sim/smoke.test.ts */
const firstSeed = Number(process.env["SIM_FROM"] ?? 1);
const seedsEach = Number(process.env["SIM_SEEDS"] ?? 300) / 2;

interface Output {
  readonly code: number | null;
  readonly text: string;
}

function simulate(...args: string[]): Promise<Output> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    child.on("close", (code) => resolve({ code, text }));
  });
}

test(`seeds ${firstSeed} to ${firstSeed + 2 * seedsEach - 1} hold every promise for 100 s each`, async () => {
  const halves = [firstSeed, firstSeed + seedsEach].map((from) =>
    simulate("--from", String(from), "--seeds", String(seedsEach), "--brief"),
  );
  for (const { code, text } of await Promise.all(halves)) {
    assert.equal(code, 0, text);
    console.log(text.trim());
  }
});

test("the same seed is the same run to the last bit, in this process and in another", async () => {
  for (const seed of [2, 3, 12]) {
    const plan = planFrom({ seed, seconds: 20 });
    const first = runPlan(plan);
    assert.equal(first.violation, undefined);
    assert.equal(runPlan(plan).hash, first.hash);
    const { text } = await simulate("--seed", String(seed), "--seconds", "20");
    assert.match(text, new RegExp(`seed ${seed} holds; hash ${first.hash}`));
  }
  assert.notEqual(
    runPlan(planFrom({ seed: 2, seconds: 5 })).hash,
    runPlan(planFrom({ seed: 4, seconds: 5 })).hash,
  );
});

test("a plan that was kept as JSON is the run its seed was", () => {
  const plan = planFrom({ seed: 7, seconds: 15 });
  const kept = JSON.parse(JSON.stringify(plan)) as Plan;
  assert.equal(runPlan(kept).hash, runPlan(plan).hash);
});

const plans = join(import.meta.dirname, "plans");

for (const file of readdirSync(plans)) {
  const name = basename(file, ".json");
  test(`the plan that found ${name} holds, and breaks with the bug planted again`, async () => {
    const path = join(plans, file);
    const { violation } = runPlan(JSON.parse(readFileSync(path, "utf8")) as Plan);
    assert.equal(violation, undefined);
    const { code, text } = await simulate("--mutant", name, "--plan", path, "--brief");
    assert.equal(code, 1, text);
  });
}

for (const [name, seedsMax] of [
  ["acknowledge-before-sync", 20],
  ["read-before-applied", 20],
  ["no-directory-sync-after-rename", 40],
  ["tombstone-dropped-at-compaction", 40],
  ["commit-on-one-disk", 20],
] as const) {
  test(`the planted bug ${name} is caught within ${seedsMax} seeds`, () => {
    const { seeds, invariant } = hunt(mutantNamed(name), seedsMax);
    assert.ok(seeds !== undefined, `${name} lives`);
    console.log(`${name}: seed ${seeds} breaks "${invariant}"`);
  });
}
