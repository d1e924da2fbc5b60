// etcd's own black-box suites against an etcd executable: ours, or with --target etcd the real one.
//   node tools/run.mjs test/e2e/suites.ts [--target etcd] [--package common] [--run EXPRESSION]
//       [--run-file FILE] [--minutes 10] [--log FILE]
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
    minutes: { type: "string", default: "10" },
    log: { type: "string", default: join(tmpdir(), "quorate-suites.log") },
  },
});

function expression(): string {
  if (options.run !== undefined) return options.run;
  const file = options["run-file"];
  return file === undefined ? "." : readFileSync(file, "utf8").trim();
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
  const verdicts = new Map<string, Verdict>();
  for (const test of suite.tests(expression())) {
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
    `${verdictIs("PASS").length} passed, ${failed.length} failed, ` +
      `${verdictIs("SKIP").length} skipped` +
      (failed.length === 0 ? "" : `: ${failed.join(" ")}; the log is in ${options.log}`),
  );
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
