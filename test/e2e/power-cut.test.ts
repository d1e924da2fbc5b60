// Power cuts under a real file system: ext4 on a loop device is shut down in the middle of a load, keeping
// what was synced and losing what lay in the page cache; then it is mounted again and the member started.
// Nothing acknowledged may be missing. Needs root and loop devices.
//   QUORATE_POWER_CUTS=50   so many instead of a few
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { peer } from "../peers/peers.ts";
import { run } from "./command.ts";
import { databaseOf, inspectDatabase } from "./directory.ts";
import { ServerProcess } from "./server-process.ts";

const cuts = Number(process.env["QUORATE_POWER_CUTS"] ?? 4);
const imageBytes = 768 * 1024 * 1024;
const writers = 16;
const patienceMilliseconds = 60_000;

/** An ext4 in a file, mounted through a loop device. */
class LoopDisk {
  readonly #home = mkdtempSync(join(tmpdir(), "quorate-power-"));
  #images = 0;
  readonly directory = join(this.#home, "disk");
  #isMounted = false;

  /** Makes and mounts it; says why not where that cannot be done. */
  async make(): Promise<string | undefined> {
    mkdirSync(this.directory);
    writeFileSync(this.#image, "");
    truncateSync(this.#image, imageBytes);
    return (await tried("mkfs.ext4", "-q", this.#image)) ?? (await this.#mount());
  }

  get #image(): string {
    return join(this.#home, `image-${this.#images}`);
  }

  async #mount(): Promise<string | undefined> {
    const refused = await tried("mount", "-o", "loop", this.#image, this.directory);
    this.#isMounted = refused === undefined;
    return refused;
  }

  async cutPower(): Promise<void> {
    assert.equal(await tried(peer("powercut"), this.directory), undefined);
  }

  /** Mounts a copy of what the device held. The first may stay mounted in somebody's namespace. */
  async mountCopy(): Promise<void> {
    await this.#unmount();
    const image = this.#image;
    this.#images++;
    assert.equal(await tried("cp", "--sparse=always", image, this.#image), undefined);
    rmSync(image);
    assert.equal(await this.#mount(), undefined);
  }

  async #unmount(): Promise<void> {
    const end = performance.now() + patienceMilliseconds;
    for (;;) {
      const refused = await tried("umount", this.directory);
      if (refused === undefined) break;
      assert.ok(performance.now() < end, refused);
      await pause(20);
    }
    this.#isMounted = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isMounted) await this.#unmount();
    rmSync(this.#home, { recursive: true, force: true });
  }
}

async function tried(file: string, ...args: string[]): Promise<string | undefined> {
  const done = await run(file, args, { patienceMilliseconds }).catch((error: Error) => error);
  if (done instanceof Error) return done.message;
  return done.code === 0 ? undefined : `${file}: ${done.stderr.trim()}${done.stdout.trim()}`;
}

async function diskFor(t: TestContext): Promise<LoopDisk | undefined> {
  const disk = new LoopDisk();
  const refused = await disk.make();
  if (refused === undefined) return disk;
  t.diagnostic(`not run: no ext4 on a loop device here: ${refused}`);
  await disk[Symbol.asyncDispose]();
  return undefined;
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

async function ask(endpoint: string, path: string, body: unknown): Promise<unknown> {
  const signal = AbortSignal.timeout(patienceMilliseconds);
  const request = { method: "POST", body: JSON.stringify(body), signal };
  const answer = await fetch(`http://${endpoint}/v3/kv/${path}`, request).catch(() => undefined);
  return answer?.ok === true ? answer.json().catch(() => undefined) : undefined;
}

/** Writers with a key each, who put ascending numbers and remember the last one acknowledged. */
class Load {
  readonly #acknowledged = new Map<string, number>();
  #next = 0;

  get acknowledgedCount(): number {
    return [...this.#acknowledged.values()].filter((number) => number > 0).length;
  }
  get writtenCount(): number {
    return this.#next;
  }

  /** Puts until the server answers no more. */
  async run(endpoint: string): Promise<void> {
    const one = async (key: string): Promise<void> => {
      for (;;) {
        const number = ++this.#next;
        // Some are longer than a page.
        const value = base64(`${number} ${"x".repeat(number % 50 === 0 ? 9000 : 100)}`);
        if ((await ask(endpoint, "put", { key: base64(key), value })) === undefined) return;
        this.#acknowledged.set(key, number);
      }
    };
    await Promise.all(Array.from({ length: writers }, (_, at) => one(`key ${at}`)));
  }

  /** Keys whose number is older than the one acknowledged. */
  async missing(endpoint: string): Promise<string[]> {
    const found: string[] = [];
    for (const [key, number] of this.#acknowledged) {
      const answer = (await ask(endpoint, "range", { key: base64(key) })) as
        | { kvs?: { value: string }[] }
        | undefined;
      assert.ok(answer !== undefined, `it answers for ${key}`);
      const value = Buffer.from(answer.kvs?.[0]?.value ?? "", "base64").toString();
      if (Number.parseInt(value || "0", 10) < number) found.push(`${key}: ${value}, ${number}`);
    }
    return found;
  }
}

/** Loads the server for a while, cuts the power, and mounts again what is left. */
async function cutUnderLoad(disk: LoopDisk, server: ServerProcess, load: Load): Promise<void> {
  const before = load.writtenCount;
  const loading = load.run(server.endpoint);
  // The moment is what is random here; before that it must have written something.
  while (load.writtenCount < before + 100) await pause(5);
  await pause(Math.random() * 400);
  await disk.cutPower();
  await server.kill();
  await loading;
  await disk.mountCopy();
}

test("after a power cut under load the member starts with all that it acknowledged", async (t) => {
  await using disk = await diskFor(t);
  if (disk === undefined) return;
  const flags = ["--snapshot-count=500", "--max-snapshots=2"];
  await using server = await ServerProcess.start({
    kind: "quorate",
    parent: disk.directory,
    flags,
  });
  const load = new Load();
  for (let cut = 1; cut <= cuts; cut++) {
    await cutUnderLoad(disk, server, load);
    await server.restart();
    assert.deepEqual(await load.missing(server.endpoint), [], `after cut ${cut}`);
  }
  await server.end("SIGTERM");
  await inspectDatabase(databaseOf(server.dataDirectory));
  assert.equal(load.acknowledgedCount, writers);
  t.diagnostic(`${cuts} power cuts, ${load.writtenCount} puts`);
});

test("a member that does not sync loses what it acknowledged: the power cuts are real", async (t) => {
  await using disk = await diskFor(t);
  if (disk === undefined) return;
  const flags = ["--unsafe-no-fsync"];
  await using server = await ServerProcess.start({
    kind: "quorate",
    parent: disk.directory,
    flags,
  });
  const load = new Load();
  await cutUnderLoad(disk, server, load);
  const isUp = await server.restart().then(
    () => true,
    () => false,
  );
  if (isUp) assert.notDeepEqual(await load.missing(server.endpoint), []);
});
