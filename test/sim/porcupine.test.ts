// A second judge: histories of simulated clusters go to porcupine, which knows nothing of this program.
// It and our oracle agree, on what is well and on what was spoiled.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runPlan } from "../../sim/run.ts";
import { planFrom } from "../../sim/swarm.ts";
import { peer } from "../peers/peers.ts";

/** PORCUPINE_SEEDS=50 judges more: hundreds, as --seeds runs them. */
const count = Number(process.env["PORCUPINE_SEEDS"] ?? 4);
const folder = mkdtempSync(join(tmpdir(), "quorate-porcupine-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

function judge(file: string, plant?: string): { code: number | null; text: string } {
  const args = [`-history=${file}`, ...(plant === undefined ? [] : [`-plant=${plant}`])];
  const { status, stdout } = spawnSync(peer("linearizable"), args, { encoding: "utf8" });
  return { code: status, text: stdout };
}

test("porcupine explains what our oracle let pass, and not what was spoiled", (t) => {
  let unanswered = 0;
  for (let seed = 100; seed <= 100 * count; seed += 100) {
    const { violation, history, counts } = runPlan(planFrom({ seed, seconds: 40 }));
    assert.equal(violation, undefined, `seed ${seed}`);
    assert.ok(history !== undefined);
    unanswered += counts["unanswered"]!;
    const file = join(folder, `history-${seed}.json`);
    writeFileSync(file, JSON.stringify(history));
    const whole = judge(file);
    assert.equal(whole.code, 0, `seed ${seed}: ${whole.text}`);
    const answers = `${counts["unanswered"]} writes without an answer among them`;
    t.diagnostic(`seed ${seed}: ${whole.text.trim()}; ${answers}`);
    for (const plant of ["value", "revision"]) {
      const spoiled = judge(file, plant);
      assert.equal(spoiled.code, 1, `seed ${seed}, ${plant}: ${spoiled.text}`);
      assert.match(spoiled.text, /VIOLATION/);
    }
  }
  assert.ok(unanswered > 0, "some writes were never answered");
});
