// Runs fuzz targets: node test/fuzz/main.ts [--target NAME,NAME] [--executions N] [--seconds N]
// [--seed N] [--jobs N]. Each target has a process of its own and says one line: executions, seed,
// seconds, the longest input, growth of the heap, how inputs ended. It fails when a target throws, is
// silent for two minutes, or grows by 64 MiB.
import { spawn } from "node:child_process";
import process from "node:process";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Target, targets } from "./targets.ts";

const growthBytesMax = 64 * 2 ** 20;
const silenceMsMax = 120_000;
const executionsBetweenLooks = 200;

const { values } = parseArgs({
  options: {
    target: { type: "string", default: [...targets.keys()].join(",") },
    executions: { type: "string", default: process.env["QUORATE_FUZZ"] ?? "20000" },
    seconds: { type: "string", default: "86400" },
    seed: { type: "string", default: String(Math.floor(Date.now() / 1000)) },
    jobs: { type: "string", default: "1" },
    here: { type: "boolean", default: false },
  },
});
const names = values.target.split(",");
const seed = Number(values.seed);
const executionsMax = Number(values.executions);

if (values.here) await runHere(names[0]!);
else await Promise.all(Array.from({ length: Number(values.jobs) }, runChildren));

/** One process after another, until no target is left. */
async function runChildren(): Promise<void> {
  for (let name = names.shift(); name !== undefined; name = names.shift()) await runChild(name);
}

/** One target in this process: warmed up, then measured. */
async function runHere(name: string): Promise<void> {
  const load = targets.get(name);
  if (load === undefined) throw new Error(`no target is called ${name}`);
  const target = await load();
  // Most inputs end in an error, whose stack is a good part of the cost; with the seed a failure can
  // be had again with it, by a short run.
  if (executionsMax > 20_000) Error.stackTraceLimit = 0;
  const started = performance.now();
  const endAt = started + 1000 * Number(values.seconds);
  const warmAt = started + (endAt - started) / 4;
  const ends = new Map<string, number>();
  const warm = Math.min(20_000, executionsMax / 4);
  let base = Number.NaN;
  let longestMs = 0;
  let count = 0;
  let lookedAt = started;
  while (count < executionsMax && lookedAt < endAt) {
    const before = performance.now();
    const answer = once(target, seed + count);
    const end = typeof answer === "string" ? answer : await answer;
    longestMs = Math.max(longestMs, performance.now() - before);
    ends.set(end, (ends.get(end) ?? 0) + 1);
    count++;
    if (Number.isNaN(base) && (count >= warm || lookedAt > warmAt)) base = heldBytes();
    if (count % executionsBetweenLooks === 0) {
      lookedAt = performance.now();
      if (count % 20_000 === 0) process.stderr.write(".");
    }
  }
  const growth = heldBytes() - base;
  const row = {
    target: name,
    executions: count,
    seed,
    seconds: Number(((performance.now() - started) / 1000).toFixed(1)),
    longestMs: Number(longestMs.toFixed(1)),
    growthMiB: Number((growth / 2 ** 20).toFixed(2)),
    ends: Object.fromEntries([...ends].toSorted(([, a], [, b]) => b - a).slice(0, 12)),
  };
  process.stdout.write(`${JSON.stringify(row)}\n`);
  if (growth > growthBytesMax) throw new Error(`${name} grew by ${growth} bytes`);
}

/** The end of one input; only what answers later is waited for. */
function once(target: Target, at: number): string | Promise<string> {
  try {
    return target(at);
  } catch (error) {
    throw new Error(`seed ${at}`, { cause: error });
  }
}

/** What is held after a collection: the heap, and buffers outside it. */
function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function runChild(name: string): Promise<void> {
  const args = [import.meta.filename, "--here", `--target=${name}`, `--seed=${seed}`];
  args.push(`--executions=${executionsMax}`, `--seconds=${values.seconds}`);
  const child = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "pipe"] });
  let told = "";
  const kill = (): void => {
    told += `${name}: silent for ${silenceMsMax} ms, an input hangs`;
    child.kill("SIGKILL");
  };
  let patience = setTimeout(kill, silenceMsMax);
  child.stderr.on("data", (chunk: Buffer) => {
    clearTimeout(patience);
    patience = setTimeout(kill, silenceMsMax);
    told = (told + String(chunk).replaceAll(/^\.+/g, "")).slice(-4000);
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearTimeout(patience);
  if (code === 0) return;
  process.exitCode = 1;
  process.stderr.write(`FAIL ${name}: ${told}\n`);
}
