// The simulator with the real transport between its members: fresh seeds, replay, and planted bugs.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { hunt } from "../../sim/hunt.ts";
import { mutantNamed } from "../../sim/mutant-hook.ts";
import { runPlan } from "../../sim/run.ts";
import { planFrom } from "../../sim/swarm.ts";

const main = join(import.meta.dirname, "../../sim/main.ts");
/** Other seeds than CI's: SIM_BYTES_FROM=1000 node --test test/sim/rafthttp.test.ts */
const firstSeed = Number(process.env["SIM_BYTES_FROM"] ?? 1);
const seedsEach = Number(process.env["SIM_BYTES_SEEDS"] ?? 24) / 2;

function simulate(from: number): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve) => {
    const args = ["--transport", "rafthttp", "--from", String(from), "--seeds", String(seedsEach)];
    const child = spawn(process.execPath, [main, ...args, "--brief"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    child.on("close", (code) => resolve({ code, text }));
  });
}

const lastSeed = firstSeed + 2 * seedsEach - 1;

test(`seeds ${firstSeed} to ${lastSeed} hold every promise over byte streams`, async () => {
  for (const { code, text } of await Promise.all(
    [firstSeed, firstSeed + seedsEach].map((from) => simulate(from)),
  )) {
    assert.equal(code, 0, text);
    console.log(text.trim());
  }
});

test("over byte streams the same seed is the same run to the last bit, kept as JSON, too", () => {
  const plan = planFrom({ seed: 3, members: 3, seconds: 12, transport: "rafthttp" });
  const first = runPlan(plan);
  assert.equal(first.violation, undefined);
  assert.equal(runPlan(JSON.parse(JSON.stringify(plan)) as typeof plan).hash, first.hash);
});

for (const [name, seedsMax] of [
  ["lost-stream-not-reported", 10],
  ["split-frame-loses-the-rest", 10],
] as const) {
  test(`the planted bug ${name} is caught within ${seedsMax} seeds`, () => {
    const { seeds, invariant } = hunt(mutantNamed(name), seedsMax);
    assert.ok(seeds !== undefined, `${name} lives`);
    console.log(`${name}: seed ${seeds} breaks "${invariant}"`);
  });
}
