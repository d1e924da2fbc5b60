// kill -9 under load, again and again: nothing acknowledged may be lost. QUORATE_CRASH_ROUNDS=50 for the
// long run.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { peer } from "../peers/peers.ts";
import { run } from "./command.ts";
import { ServerProcess, targetKind } from "./server-process.ts";

const roundsInCi = 5;
const loadMilliseconds = { least: 300, most: 1200 };
const answerMilliseconds = 120_000;

/** crashcheck at the other end of a pipe. */
class CrashCheck {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;

  constructor(endpoint: string, args: readonly string[] = []) {
    this.#child = spawn(peer("crashcheck"), [`-endpoint=${endpoint}`, ...args], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    assert.ok(this.#child.stdout !== null);
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  async answer(): Promise<string> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), answerMilliseconds);
    const next = await this.#answers.next();
    clearTimeout(timer);
    return next.done === true ? "no answer" : next.value;
  }

  ask(command: "verify" | "quit"): Promise<string> {
    this.#child.stdin?.write(`${command}\n`);
    return this.answer();
  }

  close(): void {
    this.#child.kill("SIGKILL");
    this.#lines.close();
  }
}

test("what was acknowledged before a kill -9 is there after the restart", async (t) => {
  const rounds = Number(process.env["QUORATE_CRASH_ROUNDS"] ?? roundsInCi);
  await using server = await ServerProcess.start({ kind: targetKind() });
  const check = new CrashCheck(server.endpoint);
  try {
    assert.equal(await check.answer(), "writing");
    for (let round = 1; round <= rounds; round++) {
      const { least, most } = loadMilliseconds;
      await pause(least + Math.random() * (most - least));
      await server.kill();
      await server.restart();
      const answer = await check.ask(round === rounds ? "quit" : "verify");
      assert.match(answer, /^verified /, `round ${round}: ${answer}`);
      if (round === rounds) t.diagnostic(`${rounds} kills: ${answer}`);
    }
  } finally {
    check.close();
  }
});

test("the crash checker finds what is planted in its record", async () => {
  await using server = await ServerProcess.start({ kind: targetKind() });
  for (const fault of ["lost", "changed", "twice", "back", "state"]) {
    const check = new CrashCheck(server.endpoint, [`-plant=${fault}`]);
    try {
      assert.equal(await check.answer(), "writing");
      await pause(300);
      assert.match(await check.ask("verify"), /^VIOLATION /, fault);
    } finally {
      check.close();
    }
  }
});

test("a concurrent history under kill -9 has an order that explains every answer", async (t) => {
  const seconds = Number(process.env["QUORATE_LINEARIZABLE_SECONDS"] ?? 8);
  await using server = await ServerProcess.start({ kind: targetKind() });
  let running = true;
  const checked = run(
    peer("linearizable"),
    [
      `-endpoint=${server.endpoint}`,
      `-seconds=${seconds}`,
      `-seed=${process.env["QUORATE_SEED"] ?? 0}`,
    ],
    { patienceMilliseconds: (seconds + 150) * 1000 },
  );
  const stop = setTimeout(() => (running = false), (seconds - 1) * 1000);
  while (running) {
    await pause(800 + Math.random() * 800);
    await server.kill();
    await server.restart();
  }
  clearTimeout(stop);
  const done = await checked;
  t.diagnostic(done.stdout.trim().replaceAll("\n", "; "));
  assert.equal(done.code, 0, done.stdout);
});

test("the linearizability checker finds what is planted in its history", async () => {
  await using server = await ServerProcess.start({ kind: targetKind() });
  for (const fault of ["stale", "value", "revision"]) {
    const args = [`-endpoint=${server.endpoint}`, "-seconds=1", `-plant=${fault}`];
    const done = await run(peer("linearizable"), args);
    assert.equal(done.code, 1, fault);
    assert.match(done.stdout, /VIOLATION/, fault);
  }
});
