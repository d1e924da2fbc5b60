// Those of etcd's own black-box tests that we pass (suites-pass.txt), against our server.
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { robustnessScenarios } from "./robustness.ts";
import { Suite, type SuiteName, whyNot } from "./suite.ts";

const listFile = join(import.meta.dirname, "suites-pass.txt");
const logFile = join(tmpdir(), `quorate-suites-${process.pid}.log`);

/** Lines `PACKAGE TEST`. */
const listed = (name: SuiteName): string[] =>
  readFileSync(listFile, "utf8")
    .split("\n")
    .filter((line) => line.startsWith(`${name} `))
    .map((line) => line.slice(name.length + 1));

/** Most of a test is waiting: two at a time take little more than half as long. */
const lanes = 2;

/** Those that failed at first, each lane with a folder of its own. */
async function failedAtFirst(name: SuiteName, tests: string[]): Promise<string[]> {
  const failed: string[] = [];
  const lane = async (): Promise<void> => {
    const suite = new Suite({ name, target: "quorate", logFile, minutes: 3 });
    for (let one = tests.shift(); one !== undefined; one = tests.shift()) {
      const { verdict, seconds } = await suite.run(one);
      if (verdict === "PASS") continue;
      console.log(`${name}/${one} failed at first (${seconds.toFixed(1)} s); once more, alone`);
      failed.push(one);
    }
    suite.close();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return failed;
}

/** Tests that failed twice. A first failure is told of, not held against the test. */
async function failures(name: SuiteName): Promise<string[]> {
  const again = await failedAtFirst(name, listed(name));
  if (again.length === 0) return [];
  const suite = new Suite({ name, target: "quorate", logFile, minutes: 3 });
  const failed: string[] = [];
  for (const one of again) {
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

/** Every bug that etcd had, and each kind of traffic on three members; more by hand (docs/testing.md). */
const robustness = robustnessScenarios.filter((name) => !name.endsWith("ClusterOfSize1"));

/** One that came to no judgement is tried again, and told of when the machine is too slow for it. */
async function robustnessFailures(): Promise<string[]> {
  const lastRelease = "";
  const suite = new Suite({
    name: "robustness",
    target: "quorate",
    logFile,
    minutes: 3,
    lastRelease,
  });
  const failed: string[] = [];
  for (const scenario of robustness) {
    let result = await suite.run(scenario);
    if (result.unjudged !== undefined) {
      console.log(`${scenario}: ${result.unjudged}; once more`);
      result = await suite.run(scenario);
    }
    const { verdict, failedParts, unjudged } = result;
    if (unjudged === "too slow") console.log(`${scenario}: not judged, ${unjudged}`);
    else if (verdict !== "PASS") failed.push([scenario, ...failedParts].join(" "));
  }
  suite.close();
  return failed;
}

if (reason === undefined) {
  test("etcd's robustness suite finds nothing in its regressions, nor in faults of its choice", async () => {
    assert.deepEqual(await robustnessFailures(), [], `the log is in ${logFile}`);
    rmSync(logFile, { force: true });
  });
}
