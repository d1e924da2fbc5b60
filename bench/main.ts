// npm run bench: real etcd and ours under the same load, alternately, on the same disk.
//   npm run bench -- [--quick] [--only put-100,get-100] [--mode free|pinned] [--pairs 5]
//                    [--against etcd]   (etcd on both sides: what the noise is)
// Writes bench/results/<date>.md and .json.
import { spawn } from "node:child_process";
import { closeSync, fdatasyncSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { freePorts, type Kind, ServerProcess, usageOf } from "../test/e2e/server-process.ts";
import { projectRoot } from "../test/peers/peers.ts";
import { load } from "./load-tool.ts";
import { type Ceiling, markdown, median, medians, type Mode, type Result } from "./report.ts";
import { operatorRows } from "./operator-rows.ts";
import { minuteNow, writeResults } from "./results.ts";
import { chosen as chosenOf } from "./side-by-side.ts";
import { measure, type Row, rows as loadRows, type Sample } from "./rows.ts";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    mode: { type: "string" },
    pairs: { type: "string", default: "5" },
    against: { type: "string", default: "quorate" },
  },
});

const rows = [...loadRows, ...operatorRows];
const workFolder = join(projectRoot, "bench/work");
const quickScale = 0.05;
const scale = options.quick ? quickScale : 1;
const pairs = options.quick ? 1 : Number(options.pairs);
const subject: Kind = options.against === "etcd" ? "etcd" : "quorate";

/** One server on the first core and the load on the second, or both wherever they like. */
function wrappers(mode: Mode): { server: readonly string[]; tool: readonly string[] } {
  if (mode === "free") return { server: [], tool: [] };
  return { server: ["taskset", "-c", "0"], tool: ["taskset", "-c", "1"] };
}

async function sample(row: Row, mode: Mode, kind: Kind): Promise<Sample> {
  const { server: wrapper, tool } = wrappers(mode);
  const setting = await row.setting?.();
  using _ended = { [Symbol.dispose]: () => setting?.end() };
  await using server = await ServerProcess.start({
    kind,
    wrapper,
    parent: workFolder,
    flagsAt: setting?.flags,
    // On one core Go is given one, or its collector would plan for two.
    environment: mode === "pinned" && kind === "etcd" ? { GOMAXPROCS: "1" } : {},
  });
  // Awaited here: the server is disposed of when this function is left.
  return await measure(row, server, { scale, wrapper: tool, setting });
}

async function compare(row: Row, mode: Mode): Promise<Result> {
  const etcd: Sample[] = [];
  const quorate: Sample[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    etcd.push(await sample(row, mode, "etcd"));
    quorate.push(await sample(row, mode, subject));
  }
  const [theirs, ours] = [medians(etcd), medians(quorate)];
  const said = (s: Record<"requestsPerSecond" | "cpuMicroseconds", number>): string =>
    `${Math.round(s.requestsPerSecond)}/s at ${s.cpuMicroseconds.toFixed(1)} µs`;
  console.error(`${row.name} ${mode}: etcd ${said(theirs)}, ${subject} ${said(ours)}`);
  return { row, mode, etcd, quorate };
}

/** What our gRPC engine could serve if the answer cost nothing. */
async function ceiling(row: Row): Promise<Ceiling> {
  const [port = 0] = await freePorts(1);
  const script = join(projectRoot, "bench/grpc-null.ts");
  const child = spawn(process.execPath, [script, "--port", String(port), "--seconds", "600"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await new Promise((resolve, reject) => {
      child.stdout.once("data", resolve);
      child.once("exit", reject);
    });
    child.stdout.resume();
    const { pid = 0 } = child;
    const endpoint = `127.0.0.1:${port}`;
    const requests = Math.max(1000, Math.ceil(row.requests * scale));
    await load(endpoint, row.args(Math.ceil(requests / 5)));
    const seen: { rate: number; cpu: number }[] = [];
    for (let round = 0; round < Math.min(3, pairs); round++) {
      const before = usageOf(pid).cpuMilliseconds;
      const { requestsPerSecond } = await load(endpoint, row.args(requests));
      const cpu = ((usageOf(pid).cpuMilliseconds - before) * 1000) / requests;
      seen.push({ rate: requestsPerSecond, cpu });
    }
    return {
      row,
      requestsPerSecond: median(seen.map(({ rate }) => rate)),
      cpuMicroseconds: median(seen.map(({ cpu }) => cpu)),
    };
  } finally {
    child.kill("SIGKILL");
  }
}

/** The median time of an fdatasync of 2 KiB on the disk that the servers use, in microseconds. */
function syncMicroseconds(): number {
  const path = join(workFolder, "sync");
  const file = openSync(path, "w");
  const block = Buffer.alloc(2048, 1);
  const times: number[] = [];
  for (let round = 0; round < 200; round++) {
    const since = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    times.push((performance.now() - since) * 1000);
  }
  closeSync(file);
  rmSync(path);
  return median(times);
}

async function main(): Promise<void> {
  mkdirSync(workFolder, { recursive: true });
  const chosen = chosenOf(rows, options.only);
  const modes: readonly Mode[] =
    options.mode === "free" || options.mode === "pinned" ? [options.mode] : ["free", "pinned"];

  const results: Result[] = [];
  for (const row of chosen) {
    for (const mode of modes) {
      if (mode === "free" || row.pinned) results.push(await compare(row, mode));
    }
  }
  const ceilings: Ceiling[] = [];
  if (subject === "quorate") {
    for (const row of chosen) if (row.ceiling) ceilings.push(await ceiling(row));
  }
  write(results, ceilings);
  rmSync(workFolder, { recursive: true, force: true });
}

function write(results: readonly Result[], ceilings: readonly Ceiling[]): void {
  const date = minuteNow();
  const machine = {
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    etcd: "3.7.3",
    fdatasyncMicroseconds: Math.round(syncMicroseconds()),
  };
  const head = [
    `# Load bench, ${date}`,
    "",
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB; Node ${machine.node};`,
    `etcd ${machine.etcd}; an appended fdatasync of 2 KiB takes ${machine.fdatasyncMicroseconds} µs here.`,
    `Server, load tool and disk share the machine. Free: both cores for both. Pinned: one core each.`,
    ...(options.quick
      ? ["", "**A quick look: a twentieth of the load, one pair. Not a result.**"]
      : []),
    ...(subject === "etcd" ? ["", "**etcd on both sides: the ratios show the noise.**"] : []),
    "",
  ].join("\n");
  const text = `${head}\n${markdown(results, ceilings)}`;
  console.log(text);
  if (options.quick) return;
  const plain = results.map(({ row, mode, etcd, quorate }) => ({
    row: row.name,
    mode,
    etcd,
    quorate,
  }));
  const bounds = ceilings.map(({ row, ...rest }) => ({ row: row.name, ...rest }));
  writeResults(date, text, { date, machine, subject, results: plain, ceilings: bounds });
}

await main();
