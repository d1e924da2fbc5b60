// etcd's own black-box suites (packages e2e and common of go.etcd.io/etcd/tests/v3) against an etcd
// executable: ours, or with --target etcd the real one.
//   node tools/run.mjs test/e2e/suites.ts [--target etcd] [--package common] [--run EXPRESSION]
//       [--run-file FILE] [--must-pass FILE] [--minutes 30] [--log FILE]
// Their ports are fixed, so they run in a network namespace of their own, which needs root.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { peer, peersFolder, projectRoot } from "../peers/peers.ts";
import { executable, type Kind } from "./server-process.ts";

const moduleFolder = join(projectRoot, "test/peers/suites");
const testsModule = "go.etcd.io/etcd/tests/v3";

const { values: options } = parseArgs({
  options: {
    target: { type: "string", default: "quorate" },
    package: { type: "string", default: "e2e" },
    run: { type: "string" },
    "run-file": { type: "string" },
    "must-pass": { type: "string" },
    minutes: { type: "string", default: "30" },
    log: { type: "string" },
  },
});

/** A line a test, as Go prints it: `--- PASS: TestName (1.23s)`. */
const verdictLine = /^--- (PASS|FAIL|SKIP): (\S+) \(([\d.]+)s\)/;
type Verdict = "PASS" | "FAIL" | "SKIP";

function go(args: readonly string[]): string {
  const done = spawnSync("go", args, {
    cwd: moduleFolder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 15 * 60_000,
    env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "" },
  });
  if (done.status !== 0) throw new Error(`go ${args[0]} failed: ${done.error?.message ?? ""}`);
  return done.stdout.trim();
}

/** Compiles the package unless that was done already; returns the test program and its sources. */
function compile(name: string): { program: string; sources: string } {
  const sources = JSON.parse(go(["mod", "download", "-json", testsModule])).Dir as string;
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(moduleFolder, file)));
  const folder = join(peersFolder(), "suites");
  mkdirSync(folder, { recursive: true });
  const program = join(folder, `${name}-${hash.digest("hex").slice(0, 12)}.test`);
  if (!existsSync(program)) {
    console.error(`compiling ${testsModule}/${name} (a minute the first time)`);
    const flags = ["-tags=e2e", "-trimpath", "-ldflags=-s -w", "-buildvcs=false"];
    go(["test", "-c", ...flags, "-o", program, `${testsModule}/${name}`]);
  }
  return { program, sources };
}

/** A folder as the tests expect it: they are started in their package, beside their fixtures. */
function stage(name: string, sources: string, target: Kind): { home: string; bin: string } {
  const home = mkdtempSync(join(tmpdir(), "quorate-suites-"));
  for (const folder of [name, "fixtures"]) {
    cpSync(join(sources, folder), join(home, folder), { recursive: true });
    // The module cache is read-only, and so would be what is copied from it.
    spawnSync("chmod", ["-R", "u+w", join(home, folder)]);
  }
  const bin = join(home, "bin");
  mkdirSync(bin);
  symlinkSync(executable(target), join(bin, "etcd"));
  for (const tool of ["etcdctl", "etcdutl"]) symlinkSync(peer(tool), join(bin, tool));
  return { home, bin };
}

/** A loopback of its own, with a second address, and no way out. */
const inNamespace =
  'ip link set lo up && ip addr add 192.0.2.1/32 dev lo && cd "$1" && shift && exec "$@"';

function expression(): string {
  if (options.run !== undefined) return options.run;
  const file = options["run-file"];
  return file === undefined ? "." : readFileSync(file, "utf8").trim();
}

async function main(): Promise<number> {
  if (process.getuid?.() !== 0) {
    console.log("skipped: a network namespace needs root");
    return 0;
  }
  const name = options.package;
  const target: Kind = options.target === "etcd" ? "etcd" : "quorate";
  const { program, sources } = compile(name);
  const { home, bin } = stage(name, sources, target);
  chmodSync(home, 0o755);
  const last = process.env["QUORATE_LAST_RELEASE"];
  const args = [
    program,
    "-test.v",
    `-test.run=${expression()}`,
    `-test.timeout=${options.minutes}m`,
    `-bin-dir=${bin}`,
    ...(last === undefined ? [] : [`-bin-last-release=${last}`]),
  ];
  const log = createWriteStream(options.log ?? join(home, "log"));
  const child = spawn(
    "unshare",
    ["--net", "--", "sh", "-c", inNamespace, "sh", join(home, name), ...args],
    { stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env["PATH"] ?? "" } },
  );
  child.stderr.pipe(log, { end: false });
  const ended = new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 1)));
  const verdicts = new Map<string, Verdict>();
  for await (const line of createInterface({ input: child.stdout })) {
    log.write(`${line}\n`);
    const [, verdict, test = "", seconds] = verdictLine.exec(line) ?? [];
    if (verdict === undefined) continue;
    verdicts.set(test, verdict as Verdict);
    console.log(`${verdict.toLowerCase()}  ${test} ${seconds} s`);
  }
  const code = await ended;
  log.end();
  const verdictIs = (verdict: Verdict): string[] =>
    [...verdicts].filter(([, one]) => one === verdict).map(([test]) => test);
  const failed = verdictIs("FAIL");
  console.log(
    `${verdictIs("PASS").length} passed, ${failed.length} failed, ${verdictIs("SKIP").length} skipped` +
      (failed.length === 0 ? "" : `: ${failed.join(" ")}`),
  );
  const missing = mustPass().filter((test) => verdicts.get(test) !== "PASS");
  if (missing.length > 0) console.log(`did not pass as they must: ${missing.join(" ")}`);
  if (options.log === undefined && code !== 0) {
    writeFileSync(join(tmpdir(), "quorate-suites.log"), readFileSync(join(home, "log")));
    console.log(`the log is in ${join(tmpdir(), "quorate-suites.log")}`);
  }
  rmSync(home, { recursive: true, force: true });
  return options["must-pass"] === undefined ? code : Math.min(1, missing.length);
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
