// Runs named commands one after another, says how long each took, and counts what failed.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

export interface Stage {
  readonly name: string;
  readonly command: readonly string[];
}

const tool = (name: string): string => join(root, "node_modules", ".bin", name);
/** A tool that is a JavaScript file runs on this Node, whatever the machine's own is. */
const script = (name: string, ...args: string[]): string[] => [
  process.execPath,
  tool(name),
  ...args,
];

export const testFiles = (...patterns: string[]): string[] =>
  patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).toSorted();

export const nodeTest = (name: string, files: readonly string[], ...flags: string[]): Stage => ({
  name,
  command: [process.execPath, "--test", "--test-reporter=dot", ...flags, ...files],
});

/** What `npm run ok` checks and CI checks first. */
export const fastStages = (): Stage[] => [
  { name: "format", command: script("oxfmt", "--check", ".") },
  { name: "types of the core", command: script("tsc", "-p", "tsconfig.core.json") },
  { name: "types", command: script("tsc", "-p", "tsconfig.json") },
  { name: "lint", command: script("oxlint", "--quiet") },
  { name: "layers", command: [process.execPath, "tools/layers.ts"] },
  { name: "tidy", command: [process.execPath, "tools/tidy.ts"] },
  nodeTest(
    "unit tests",
    testFiles("src/**/*.test.ts", "sim/**/*.test.ts", "tools/**/*.test.ts", "bench/**/*.test.ts"),
    // Node leaves one processor free, which of two is half.
    "--test-concurrency=2",
  ),
];

/** Runs all stages, even after one failed; returns how many failed. */
export function runStages(stages: readonly Stage[]): number {
  const failed: string[] = [];
  for (const { name, command } of stages) {
    const [program = "", ...args] = command;
    const started = process.hrtime.bigint();
    const done = spawnSync(program, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    const good = done.status === 0;
    console.log(`${good ? "ok  " : "FAIL"} ${name} (${seconds.toFixed(1)} s)`);
    if (good) continue;
    failed.push(name);
    console.log(`${done.stdout}\n${done.stderr}${done.error?.message ?? ""}`);
  }
  console.log(failed.length === 0 ? "all stages passed" : `failed: ${failed.join(", ")}`);
  return failed.length;
}
