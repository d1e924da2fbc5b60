// Every fuzz target for half a second, from fresh seeds; QUORATE_FUZZ=5000000 runs so many inputs of each.
import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { run } from "../e2e/command.ts";
import { targets } from "./targets.ts";

const root = join(import.meta.dirname, "../..");

test("no input makes a decoder crash, hang, grow, or lose what it read", async (t) => {
  const whole = process.env["QUORATE_FUZZ"];
  const args = whole === undefined ? ["--executions=1000000", "--seconds=0.5", "--jobs=2"] : [];
  const main = join(import.meta.dirname, "main.ts");
  const done = await run(process.execPath, [main, ...args], {
    patienceMilliseconds: whole === undefined ? 600_000 : 86_400_000,
  });
  assert.equal(done.code, 0, done.stdout + done.stderr);
  const rows = done.stdout.trim().split("\n");
  for (const row of rows) t.diagnostic(row);
  assert.equal(rows.length, targets.size, done.stdout);
});

test("every fuzz target beside a decoder is run", () => {
  const sources = globSync("src/**/*.fuzz.ts", { cwd: root });
  const known = targetsText();
  for (const file of sources) {
    // What shapes inputs for another target.
    if (file.endsWith("wire-shapes.fuzz.ts")) continue;
    assert.ok(known.includes(`../../${file}`), `${file} is a target`);
  }
  assert.ok(targets.size >= 16);
});

const targetsText = (): string =>
  [...targets.values()].map((load) => String(load)).join("\n") + groupText;
const groupText = "../../src/core/proto/messages.fuzz.ts";
