// etcd's own black-box suites against an etcd executable: ours, or with --target etcd the real one.
//   node tools/run.mjs test/e2e/suites.ts [--target etcd] [--package common] [--run EXPRESSION]
//       [--run-file FILE] [--list test/e2e/suites-all.txt] [--minutes 10] [--log FILE]
//   node tools/run.mjs test/e2e/suites.ts --package robustness [--target etcd] [--run EXPRESSION]
//       [--rounds 1] [--mixed] [--log FILE]
// With --list those of the package that the list names, which Go etcd passes all. Nothing is run twice, but
// robustness as many rounds as asked: it takes another fault each time. With --mixed its clusters may have
// members of the release before (etcd's, built with failpoints).
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { instrumentedEtcd } from "./instrumented-etcd.ts";
import { robustnessScenarios } from "./robustness.ts";
import { Suite, type SuiteName, type SuiteOptions, type Verdict, whyNot } from "./suite.ts";

const { values: options } = parseArgs({
  options: {
    target: { type: "string", default: "quorate" },
    package: { type: "string", default: "e2e" },
    run: { type: "string" },
    "run-file": { type: "string" },
    list: { type: "string" },
    minutes: { type: "string", default: "10" },
    rounds: { type: "string", default: "1" },
    mixed: { type: "boolean", default: false },
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
  if (options.package === "robustness") {
    const matching = robustnessScenarios.filter((name) => new RegExp(expression()).test(name));
    return Array.from({ length: Number(options.rounds) }, () => matching).flat();
  }
  const tests = suite.tests(expression());
  if (options.list === undefined) return tests;
  const listed = new Set(readFileSync(options.list, "utf8").split("\n"));
  return tests.filter((test) => listed.has(`${options.package} ${test}`));
}

const isName = (name: string): name is SuiteName => ["e2e", "common", "robustness"].includes(name);

function suiteOptions(): SuiteOptions {
  const { package: name, target, log } = options;
  if (!isName(name)) throw new Error(`no package ${name}`);
  const common = { name, logFile: log, minutes: Number(options.minutes) };
  if (name !== "robustness") return { ...common, target: target === "etcd" ? "etcd" : "quorate" };
  const lastRelease = options.mixed ? instrumentedEtcd("before") : "";
  if (target === "etcd") return { ...common, target: instrumentedEtcd("ours"), lastRelease };
  return { ...common, target: "quorate", lastRelease };
}

async function main(): Promise<number> {
  const reason = whyNot();
  if (reason !== undefined) {
    console.log(`skipped: ${reason}`);
    return 0;
  }
  rmSync(options.log, { force: true });
  const suite = new Suite(suiteOptions());
  const tests = chosen(suite);
  const verdicts: (readonly [test: string, verdict: Verdict])[] = [];
  for (const test of tests) {
    const { verdict, parts, failedParts, seconds } = await suite.run(test);
    verdicts.push([test, verdict]);
    const fault =
      options.package === "robustness" ? parts.map((name) => name.split("/").at(-1)) : [];
    console.log([verdict.toLowerCase(), "", test, ...fault, `${seconds.toFixed(1)} s`].join(" "));
    for (const part of failedParts) console.log(`        fail ${part}`);
  }
  suite.close();
  const verdictIs = (verdict: Verdict): string[] =>
    verdicts.filter(([, one]) => one === verdict).map(([test]) => test);
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
