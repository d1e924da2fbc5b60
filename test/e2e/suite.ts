// etcd's own black-box suites (packages e2e, common and robustness of go.etcd.io/etcd/tests/v3), compiled
// once, and run test by test against an etcd executable. Each test runs alone, in namespaces of its own:
// their ports are fixed, some leave a process or a data directory behind, and the next would stumble over
// it. That needs root.
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
  renameSync,
  rmSync,
  symlinkSync,
  type WriteStream,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { peer, peersFolder, projectRoot } from "../peers/peers.ts";
import { executable, type Kind } from "./server-process.ts";

export const moduleFolder = join(projectRoot, "test/peers/suites");
export const lastReleaseFolder = join(projectRoot, "test/peers/lastrelease");
/** Its requirements include the root module, which has the example configuration file. */
const benchmarkFolder = join(projectRoot, "test/peers/benchmark");
const testsModule = "go.etcd.io/etcd/tests/v3";

/** A line a test, as Go prints it, those of subtests indented: `--- PASS: TestName (1.23s)`. */
const verdictLine = /^ *--- (PASS|FAIL|SKIP): (\S+) \(([\d.]+)s\)/;
export type Verdict = "PASS" | "FAIL" | "SKIP";

export interface TestResult {
  readonly verdict: Verdict;
  /** All subtests; robustness names the fault that it chose there. */
  readonly parts: readonly string[];
  /** Subtests that failed. */
  readonly failedParts: readonly string[];
  /**
   * Why robustness came to no judgement: too few requests a second, or its model took too long to
   * explain them ("too slow"), or the fault could not be made.
   */
  readonly unjudged: "too slow" | "no fault" | undefined;
  readonly seconds: number;
}

export type SuiteName = "e2e" | "common" | "robustness";

export interface SuiteOptions {
  readonly name: SuiteName;
  /** Ours, real etcd, or the path of another. */
  readonly target: Kind | `/${string}`;
  readonly logFile: string;
  /** A test that takes longer has failed. */
  readonly minutes: number;
  /** An etcd of the release before, for clusters of mixed versions; else real etcd, "" for none. */
  readonly lastRelease?: string;
}

/** Processes and a loopback of its own, with a second address and no way out; all end with the first. */
const alone = ["--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--", "sh", "-c"];
const inNamespace =
  'ip link set lo up && ip addr add 192.0.2.1/32 dev lo && cd "$1" && shift && exec "$@"';

/** Why the suites cannot run on this machine; undefined when they can. */
export function whyNot(): string | undefined {
  const tried = spawnSync("unshare", [...alone, inNamespace, "sh", "/", "true"], {
    encoding: "utf8",
    timeout: 60_000,
  });
  if (tried.status === 0) return undefined;
  return `no network namespace (that needs root and iproute2): ${tried.error?.message ?? tried.stderr}`;
}

/** One package of the suites, ready to run. */
export class Suite {
  readonly #options: SuiteOptions;
  readonly #program: string;
  readonly #last: string;
  readonly #home: string;
  readonly #bin: string;
  readonly #log: WriteStream;
  constructor(options: SuiteOptions) {
    this.#options = options;
    const { program, sources } = compile(options.name);
    this.#program = program;
    this.#last = options.lastRelease ?? lastRelease();
    this.#home = join(mkdtempSync(join(tmpdir(), "quorate-suites-")), "tests");
    this.#bin = join(this.#home, "bin");
    this.#stage(sources);
    this.#log = createWriteStream(options.logFile, { flags: "a" });
  }

  /** The folder as the tests expect it: they are started in their package, beside their fixtures. */
  #stage(sources: string): void {
    const home = this.#home;
    for (const folder of [this.#options.name, "fixtures"]) {
      cpSync(join(sources, folder), join(home, folder), { recursive: true });
      // The module cache is read-only, and so would be what is copied from it.
      spawnSync("chmod", ["-R", "u+w", join(home, folder)]);
    }
    const example = join(goModule(benchmarkFolder, "go.etcd.io/etcd/v3"), "etcd.conf.yml.sample");
    cpSync(example, join(home, "../etcd.conf.yml.sample"));
    mkdirSync(this.#bin);
    const { target } = this.#options;
    const etcd = target === "etcd" || target === "quorate" ? executable(target) : target;
    symlinkSync(etcd, join(this.#bin, "etcd"));
    for (const tool of ["etcdctl", "etcdutl"]) symlinkSync(peer(tool), join(this.#bin, tool));
  }

  /** Names of the tests that a Go regular expression matches. */
  tests(expression: string): string[] {
    const list = spawnSync(this.#program, [`-test.list=${expression}`], {
      encoding: "utf8",
      cwd: this.#home,
    });
    return list.stdout.split("\n").filter((line) => line.startsWith("Test"));
  }

  /** Runs one test, or a part of one by its names with slashes; what it says goes into the log. */
  async run(test: string): Promise<TestResult> {
    const folder = join(this.#home, this.#options.name);
    const args = [
      this.#program,
      "-test.v",
      `-test.run=${test
        .split("/")
        .map((name) => `^${name}$`)
        .join("/")}`,
      `-test.timeout=${this.#options.minutes}m`,
      `-bin-dir=${this.#bin}`,
      `-bin-last-release=${this.#last}`,
    ];
    // What robustness keeps of a run, beside the log; only of one that failed.
    const results = mkdtempSync(`${this.#options.logFile}.results-`);
    const since = performance.now();
    const child = spawn("unshare", [...alone, inNamespace, "sh", folder, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"] ?? "", RESULTS_DIR: results },
    });
    child.stderr.pipe(this.#log, { end: false });
    let verdict: Verdict = "FAIL";
    const parts: string[] = [];
    const failedParts: string[] = [];
    let unjudged: TestResult["unjudged"];
    let isValidating = false;
    for await (const line of createInterface({ input: child.stdout })) {
      this.#log.write(`${line}\n`);
      if (line.includes("qps before failpoint injection for test results")) unjudged ??= "too slow";
      if (line.includes("failed triggering failpoint")) unjudged ??= "no fault";
      if (line.includes("Validating linearizable operations")) isValidating = true;
      if (line.includes("Linearization")) isValidating = false;
      if (isValidating && line.startsWith("panic: test timed out")) unjudged ??= "too slow";
      const [, found, name] = verdictLine.exec(line) ?? [];
      if (name === test) verdict = found as Verdict;
      else if (name?.startsWith(`${test}/`) === true) {
        parts.push(name);
        if (found === "FAIL") failedParts.push(name);
      }
    }
    if (verdict !== "FAIL" || parts.length === 0) rmSync(results, { recursive: true });
    for (const left of globSync("*.etcd", { cwd: folder })) {
      rmSync(join(folder, left), { recursive: true });
    }
    const seconds = (performance.now() - since) / 1000;
    return { verdict, parts, failedParts, unjudged, seconds };
  }

  close(): void {
    this.#log.end();
    rmSync(join(this.#home, ".."), { recursive: true, force: true });
  }
}

export function go(args: readonly string[], folder = moduleFolder): string {
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
export function goModule(folder: string, name: string): string {
  return JSON.parse(go(["mod", "download", "-json", name], folder)).Dir;
}

/** Where a program made from this Go module is kept: under another name when the module changes. */
export function built(folder: string, name: string, make: (program: string) => void): string {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(folder, file)));
  const kept = join(peersFolder(), "suites");
  mkdirSync(kept, { recursive: true });
  const program = join(kept, `${name}-${hash.digest("hex").slice(0, 12)}.test`);
  if (!existsSync(program)) {
    console.error(`compiling ${name} of etcd (a minute the first time)`);
    // Under its name only when it is whole: a build that was interrupted is begun again.
    make(`${program}.new`);
    renameSync(`${program}.new`, program);
  }
  return program;
}

export const buildFlags = ["-trimpath", "-ldflags=-s -w", "-buildvcs=false"];

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
