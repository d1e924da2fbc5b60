// Those of etcd's own black-box tests that we pass (suites-pass.txt), against our server.
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Suite, type SuiteName, whyNot } from "./suite.ts";

const listFile = join(import.meta.dirname, "suites-pass.txt");
const logFile = join(tmpdir(), `quorate-suites-${process.pid}.log`);

/** Lines `PACKAGE TEST`. */
const listed = (name: SuiteName): string[] =>
  readFileSync(listFile, "utf8")
    .split("\n")
    .filter((line) => line.startsWith(`${name} `))
    .map((line) => line.slice(name.length + 1));

/** Tests that failed twice. A first failure is told of, not held against the test. */
async function failures(name: SuiteName): Promise<string[]> {
  const suite = new Suite({ name, target: "quorate", logFile, minutes: 3 });
  const failed: string[] = [];
  for (const one of listed(name)) {
    const first = await suite.run(one);
    if (first.verdict === "PASS") continue;
    console.log(`${name}/${one} failed at first (${first.seconds.toFixed(1)} s); once more`);
    const { verdict, failedParts } = await suite.run(one);
    if (verdict !== "PASS") failed.push([one, ...failedParts].join(" "));
  }
  suite.close();
  return failed;
}

const reason = whyNot();
if (reason !== undefined) console.log(`etcd's own suites do not run here: ${reason}`);
for (const name of reason === undefined ? (["e2e", "common"] as const) : []) {
  test(`the tests of etcd's package ${name} that are known to pass still pass`, async () => {
    assert.deepEqual(await failures(name), [], `the log is in ${logFile}`);
    rmSync(logFile, { force: true });
  });
}
