// etcd's own black-box suites (packages e2e and common of go.etcd.io/etcd/tests/v3) against an etcd
// executable: ours, or with --target etcd the real one.
//   node tools/run.mjs test/e2e/suites.ts [--target etcd] [--package common] [--run EXPRESSION]
//       [--run-file FILE] [--must-pass FILE] [--minutes 10] [--log FILE]
// Each test runs alone, in namespaces of its own: their ports are fixed, some leave a process or a data
// directory behind, and the next would stumble over it. That needs root.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  createWriteStream,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  type WriteStream,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { peer, peersFolder, projectRoot } from "../peers/peers.ts";
import { executable, type Kind } from "./server-process.ts";

const moduleFolder = join(projectRoot, "test/peers/suites");
const lastReleaseFolder = join(projectRoot, "test/peers/lastrelease");
/** Its requirements include the root module, which has the example configuration file. */
const benchmarkFolder = join(projectRoot, "test/peers/benchmark");
const testsModule = "go.etcd.io/etcd/tests/v3";

const { values: options } = parseArgs({
  options: {
    target: { type: "string", default: "quorate" },
    package: { type: "string", default: "e2e" },
    run: { type: "string" },
    "run-file": { type: "string" },
    "must-pass": { type: "string" },
    minutes: { type: "string", default: "10" },
    log: { type: "string" },
  },
});

/** A line a test, as Go prints it, those of subtests indented: `--- PASS: TestName (1.23s)`. */
const verdictLine = /^ *--- (PASS|FAIL|SKIP): (\S+) \(([\d.]+)s\)/;
type Verdict = "PASS" | "FAIL" | "SKIP";

function go(args: readonly string[], folder = moduleFolder): string {
  const done = spawnSync("go", args, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 15 * 60_000,
    env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "" },
  });
  if (done.status !== 0) throw new Error(`go ${args[0]} failed: ${done.error?.message ?? ""}`);
  return done.stdout.trim();
}

/** Where the sources of a required module are; downloads them if need be. */
function goModule(folder: string, name: string): string {
  return JSON.parse(go(["mod", "download", "-json", name], folder)).Dir;
}

/** Where a program made from this Go module is kept: under another name when the module changes. */
function built(folder: string, name: string, make: (program: string) => void): string {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(folder, file)));
  const kept = join(peersFolder(), "suites");
  mkdirSync(kept, { recursive: true });
  const program = join(kept, `${name}-${hash.digest("hex").slice(0, 12)}.test`);
  if (!existsSync(program)) {
    console.error(`compiling ${name} of etcd (a minute the first time)`);
    make(program);
  }
  return program;
}

const buildFlags = ["-trimpath", "-ldflags=-s -w", "-buildvcs=false"];

/** The package's test program and its sources. */
function compile(name: string): { program: string; sources: string } {
  const sources = goModule(moduleFolder, testsModule);
  const program = built(moduleFolder, name, (output) => {
    go(["test", "-c", "-tags=e2e", ...buildFlags, "-o", output, `${testsModule}/${name}`]);
  });
  return { program, sources };
}

/** Real etcd of the minor release before: for clusters of mixed versions, upgrades and downgrades. */
const lastRelease = (): string =>
  built(lastReleaseFolder, "last-release", (output) => {
    go(["build", ...buildFlags, "-o", output, "go.etcd.io/etcd/server/v3"], lastReleaseFolder);
  });

/** A folder as the tests expect it: they are started in their package, beside their fixtures. */
function stage(name: string, sources: string, target: Kind): { home: string; bin: string } {
  const home = join(mkdtempSync(join(tmpdir(), "quorate-suites-")), "tests");
  for (const folder of [name, "fixtures"]) {
    cpSync(join(sources, folder), join(home, folder), { recursive: true });
    // The module cache is read-only, and so would be what is copied from it.
    spawnSync("chmod", ["-R", "u+w", join(home, folder)]);
  }
  const example = join(goModule(benchmarkFolder, "go.etcd.io/etcd/v3"), "etcd.conf.yml.sample");
  cpSync(example, join(home, "../etcd.conf.yml.sample"));
  const bin = join(home, "bin");
  mkdirSync(bin);
  symlinkSync(executable(target), join(bin, "etcd"));
  for (const tool of ["etcdctl", "etcdutl"]) symlinkSync(peer(tool), join(bin, tool));
  return { home, bin };
}

/** Processes and a loopback of its own, with a second address and no way out; all end with the first. */
const alone = ["--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--", "sh", "-c"];
const inNamespace =
  'ip link set lo up && ip addr add 192.0.2.1/32 dev lo && cd "$1" && shift && exec "$@"';

function expression(): string {
  if (options.run !== undefined) return options.run;
  const file = options["run-file"];
  return file === undefined ? "." : readFileSync(file, "utf8").trim();
}

/** Runs one test and returns its verdict; what it says goes into the log. */
async function runOne(
  test: string,
  suite: { program: string; home: string; bin: string; last: string; log: WriteStream },
): Promise<{ verdict: Verdict; parts: string[]; seconds: number }> {
  const args = [
    suite.program,
    "-test.v",
    `-test.run=^${test}$`,
    `-test.timeout=${options.minutes}m`,
    `-bin-dir=${suite.bin}`,
    `-bin-last-release=${suite.last}`,
  ];
  const folder = join(suite.home, options.package);
  const since = performance.now();
  const child = spawn("unshare", [...alone, inNamespace, "sh", folder, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] ?? "" },
  });
  child.stderr.pipe(suite.log, { end: false });
  let verdict: Verdict = "FAIL";
  const parts: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    suite.log.write(`${line}\n`);
    const [, found, name] = verdictLine.exec(line) ?? [];
    if (name === test) verdict = found as Verdict;
    else if (found === "FAIL") parts.push(`fail ${name}`);
  }
  for (const left of globSync("*.etcd", { cwd: folder })) {
    rmSync(join(folder, left), { recursive: true });
  }
  return { verdict, parts, seconds: (performance.now() - since) / 1000 };
}

async function main(): Promise<number> {
  if (process.getuid?.() !== 0) {
    console.log("skipped: a network namespace needs root");
    return 0;
  }
  const target: Kind = options.target === "etcd" ? "etcd" : "quorate";
  const { program, sources } = compile(options.package);
  const last = lastRelease();
  const { home, bin } = stage(options.package, sources, target);
  const logFile = options.log ?? join(tmpdir(), "quorate-suites.log");
  const log = createWriteStream(logFile);
  const list = spawnSync(program, [`-test.list=${expression()}`], { encoding: "utf8", cwd: home });
  const tests = list.stdout.split("\n").filter((line) => line.startsWith("Test"));
  const verdicts = new Map<string, Verdict>();
  for (const test of tests) {
    const { verdict, parts, seconds } = await runOne(test, { program, home, bin, last, log });
    verdicts.set(test, verdict);
    console.log(`${verdict.toLowerCase()}  ${test} ${seconds.toFixed(1)} s`);
    for (const part of parts) console.log(`        ${part}`);
  }
  log.end();
  rmSync(join(home, ".."), { recursive: true, force: true });
  const verdictIs = (verdict: Verdict): string[] =>
    [...verdicts].filter(([, one]) => one === verdict).map(([test]) => test);
  const failed = verdictIs("FAIL");
  console.log(
    `${verdictIs("PASS").length} passed, ${failed.length} failed, ${verdictIs("SKIP").length} skipped` +
      (failed.length === 0 ? "" : `: ${failed.join(" ")}; the log is in ${logFile}`),
  );
  if (options["must-pass"] === undefined) return failed.length === 0 ? 0 : 1;
  const missing = mustPass().filter((test) => verdicts.get(test) !== "PASS");
  if (missing.length > 0) console.log(`did not pass as they must: ${missing.join(" ")}`);
  return Math.min(1, missing.length);
}

/** The tests named in --must-pass, one a line. */
function mustPass(): string[] {
  const file = options["must-pass"];
  if (file === undefined) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("Test"));
}

process.exitCode = await main();
