// strace plays the bad disk for a real process: killed at a storage system call, or told that a sync
// failed. Nothing acknowledged may be missing afterwards, and no sync that failed is ever passed over.
//   QUORATE_STORAGE_FAULTS=all       kills at each of the first 500 calls, fails each of the first 100 syncs
//   QUORATE_STORAGE_FAULTS=301-400   those of them: parts may run beside each other
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { inspectDatabase, databaseOf } from "./directory.ts";
import { executable, freePorts } from "./server-process.ts";

const asked = process.env["QUORATE_STORAGE_FAULTS"];
const [from = 1, to = Infinity] = asked === "all" ? [] : (asked?.split("-").map(Number) ?? []);
const patienceMilliseconds = 90_000;
const calls = "pwrite64,pwritev,fdatasync,fsync,rename,ftruncate,fallocate,unlink,mkdir";
/** A sync of the database may fail while one of the log holds; the end takes that long at most. */
const graceMilliseconds = 3000;

/** Why there is no strace here. */
function whyNot(): string | undefined {
  const tried = spawnSync("strace", ["-f", "-qq", "-e", "trace=none", "true"], { timeout: 20_000 });
  return tried.status === 0 ? undefined : `strace does not run: ${tried.error?.message ?? ""}`;
}

/** One member whose process is begun again and again on one directory. */
class Patient {
  readonly #home = mkdtempSync(join(tmpdir(), "quorate-faults-"));
  readonly data = join(this.#home, "data");
  readonly traceFile = join(this.#home, "trace");
  readonly #ports: readonly number[];
  #child: ChildProcess | undefined;
  #log = "";
  acknowledged = 0;
  #tried = 0;
  /** When the put began that was acknowledged last. */
  lastBeganMs = 0;

  constructor(ports: readonly number[]) {
    this.#ports = ports;
  }

  /** Begins it, with what strace is to do; true when it got ready. */
  async begin(inject?: string): Promise<boolean> {
    const [client, peer] = this.#ports;
    const urls = { client: `http://127.0.0.1:${client}`, peer: `http://127.0.0.1:${peer}` };
    const trace = ["strace", "-D", "-f", "-qq", "-ttt", "-o", this.traceFile];
    // The syncs of one thread are counted together, so all are made by one.
    const args = [
      ...(inject === undefined ? [] : [...trace, "-e", `trace=${calls}`, "-e", inject]),
      executable("quorate"),
      `--data-dir=${this.data}`,
      `--listen-client-urls=${urls.client}`,
      `--advertise-client-urls=${urls.client}`,
      `--listen-peer-urls=${urls.peer}`,
      `--initial-advertise-peer-urls=${urls.peer}`,
      `--initial-cluster=default=${urls.peer}`,
      "--snapshot-count=40",
    ];
    this.#log = "";
    const child = spawn(args[0]!, args.slice(1), {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, UV_THREADPOOL_SIZE: "1" },
    });
    this.#child = child;
    child.stderr!.on("data", (piece) => (this.#log = (this.#log + piece).slice(-100_000)));
    await this.#until("ready or over", () => this.isOver || this.#log.includes("ready to serve"));
    return !this.isOver;
  }

  get isOver(): boolean {
    return this.#child?.exitCode !== null || this.#child.signalCode !== null;
  }
  get logEnd(): string {
    return this.#log.slice(-2000);
  }
  get exitCode(): number | null {
    return this.#child?.exitCode ?? null;
  }

  async #until(what: string, holds: () => boolean): Promise<void> {
    const end = performance.now() + patienceMilliseconds;
    while (!holds()) {
      assert.ok(performance.now() < end, `${what}; its log ends ${this.#log.slice(-2000)}`);
      await pause(5);
    }
  }

  async #ask(path: string, body: unknown): Promise<Record<string, unknown> | undefined> {
    try {
      const signal = AbortSignal.timeout(patienceMilliseconds);
      const request = { method: "POST", body: JSON.stringify(body), signal };
      const answer = await fetch(`http://127.0.0.1:${this.#ports[0]}/v3/kv/${path}`, request);
      return answer.ok ? ((await answer.json()) as Record<string, unknown>) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Puts ascending numbers until it ends, or so many were put. */
  async load(puts: number): Promise<void> {
    for (let put = 0; put < puts && !this.isOver; put++) {
      const beganMs = Date.now();
      const value = Buffer.from(`${++this.#tried}`).toString("base64");
      if ((await this.#ask("put", { key: "aw==", value })) === undefined) {
        // It ends, or the machine had no time for it: then the fault is still to come.
        await pause(20);
        continue;
      }
      this.acknowledged = this.#tried;
      this.lastBeganMs = beganMs;
    }
  }

  /** The number that is there; it must not be older than the one acknowledged last. */
  async verify(): Promise<void> {
    const answer = await this.#ask("range", { key: "aw==" });
    assert.ok(answer !== undefined, `it answers; its log ends ${this.#log.slice(-2000)}`);
    const [pair] = (answer["kvs"] ?? []) as { value: string }[];
    const found = pair === undefined ? 0 : Number(Buffer.from(pair.value, "base64").toString());
    assert.ok(found >= this.acknowledged, `${found} is there, ${this.acknowledged} acknowledged`);
    this.acknowledged = found;
  }

  async over(after: string): Promise<void> {
    await this.#until(`over by itself after ${after}`, () => this.isOver);
  }

  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#until("killed", () => this.isOver);
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.#home, { recursive: true, force: true });
  }
}

async function patientFor(t: TestContext): Promise<Patient | undefined> {
  const reason = whyNot();
  if (reason === undefined) return new Patient(await freePorts(2));
  t.diagnostic(`not run: ${reason}`);
  return undefined;
}

/** All up to the last one, or those asked for; in CI the few. */
const places = (few: readonly number[], last: number): readonly number[] =>
  asked === undefined
    ? few
    : Array.from({ length: last }, (_, at) => at + 1).filter((at) => at >= from && at <= to);

test("killed at any storage system call, the next start has all that was acknowledged", async (t) => {
  const patient = await patientFor(t);
  if (patient === undefined) return;
  try {
    for (const when of places([1, 6, 11, 16, 26, 40, 90, 200], 500)) {
      // Every fifth begins with nothing on disk.
      if (when % 5 === 1) startAnew(patient);
      await patient.begin(`inject=${calls}:signal=KILL:when=${when}`);
      await patient.load(3 * when + 20);
      if (!patient.isOver) await patient.kill();
      assert.ok(await patient.begin(), `it starts again after call ${when}: ${patient.logEnd}`);
      await patient.verify();
      await patient.load(2);
      await patient.kill();
    }
    await inspectDatabase(databaseOf(patient.data));
  } finally {
    await patient.dispose();
  }
});

function startAnew(patient: Patient): void {
  rmSync(patient.data, { recursive: true, force: true });
  patient.acknowledged = 0;
}

test("a sync that fails ends the member, and nothing is acknowledged after it", async (t) => {
  const patient = await patientFor(t);
  if (patient === undefined) return;
  try {
    for (const when of places([1, 3, 20, 60], 100)) {
      await patient.begin(`inject=fdatasync:error=EIO:when=${when}`);
      await patient.load(400);
      await patient.over(`sync ${when}`);
      assert.ok((patient.exitCode ?? 0) > 0, `sync ${when}: exit code ${patient.exitCode}`);
      const failed: RegExpMatchArray | null = readFileSync(patient.traceFile, "utf8").match(
        // Or "<... fdatasync resumed>", when calls of several threads cross.
        /^\d+ +(\d+\.\d+) .*fdatasync.*INJECTED/m,
      );
      assert.ok(failed !== null, `sync ${when} failed`);
      const failedMs: number = Number(failed[1]) * 1000;
      assert.ok(patient.lastBeganMs < failedMs + graceMilliseconds, "no put went through later");
      assert.ok(await patient.begin(), `it starts again after sync ${when}: ${patient.logEnd}`);
      await patient.verify();
      await patient.kill();
    }
  } finally {
    await patient.dispose();
  }
});
