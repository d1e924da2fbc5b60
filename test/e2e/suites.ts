// etcd's own black-box suites against an etcd executable: ours, or with --target etcd the real one.
//   node tools/run.mjs test/e2e/suites.ts [--target etcd] [--package common] [--run EXPRESSION]
//       [--run-file FILE] [--list test/e2e/suites-all.txt] [--minutes 10] [--log FILE]
// With --list those of the package that the list names, which Go etcd passes all. Nothing is run twice.
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Suite, type Verdict, whyNot } from "./suite.ts";

const { values: options } = parseArgs({
  options: {
    target: { type: "string", default: "quorate" },
    package: { type: "string", default: "e2e" },
    run: { type: "string" },
    "run-file": { type: "string" },
    list: { type: "string" },
    minutes: { type: "string", default: "10" },
    log: { type: "string", default: join(tmpdir(), "quorate-suites.log") },
  },
});

function expression(): string {
  if (options.run !== undefined) return options.run;
  const file = options["run-file"];
  return file === undefined ? "." : readFileSync(file, "utf8").trim();
}

/** Of the tests that match, those of the list. */
function chosen(suite: Suite): string[] {
  const tests = suite.tests(expression());
  if (options.list === undefined) return tests;
  const listed = new Set(readFileSync(options.list, "utf8").split("\n"));
  return tests.filter((test) => listed.has(`${options.package} ${test}`));
}

async function main(): Promise<number> {
  const reason = whyNot();
  if (reason !== undefined) {
    console.log(`skipped: ${reason}`);
    return 0;
  }
  rmSync(options.log, { force: true });
  const suite = new Suite({
    name: options.package === "common" ? "common" : "e2e",
    target: options.target === "etcd" ? "etcd" : "quorate",
    logFile: options.log,
    minutes: Number(options.minutes),
  });
  const tests = chosen(suite);
  const verdicts = new Map<string, Verdict>();
  for (const test of tests) {
    const { verdict, failedParts, seconds } = await suite.run(test);
    verdicts.set(test, verdict);
    console.log(`${verdict.toLowerCase()}  ${test} ${seconds.toFixed(1)} s`);
    for (const part of failedParts) console.log(`        fail ${part}`);
  }
  suite.close();
  const verdictIs = (verdict: Verdict): string[] =>
    [...verdicts].filter(([, one]) => one === verdict).map(([test]) => test);
  const failed = verdictIs("FAIL");
  console.log(
    `${verdictIs("PASS").length} of ${tests.length} passed ` +
      `(${((100 * verdictIs("PASS").length) / tests.length).toFixed(1)} %), ${failed.length} failed, ` +
      `${verdictIs("SKIP").length} skipped` +
      (failed.length === 0 ? "" : `: ${failed.join(" ")}; the log is in ${options.log}`),
  );
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
