import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { diskContract } from "../../../../test/contracts/disk.ts";
import { nodeClock, nodeDisk, nodeRandom } from "./index.ts";

const temporary = (): string => mkdtempSync(join(tmpdir(), "quorate-disk-"));

diskContract("the machine's disk", () => {
  const root = temporary();
  return {
    disk: nodeDisk,
    root,
    settle: () => {},
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
});

const hasFlock = spawnSync("flock", ["--version"]).error === undefined;

test("a lock of another process is seen, and goes with that process", async () => {
  const root = temporary();
  const door = new URL("./index.ts", import.meta.url).href;
  const program = `import { nodeDisk } from ${JSON.stringify(door)};
    console.log(nodeDisk.tryLock(${JSON.stringify(root)}) ? "locked" : "refused");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program]);
  try {
    const said = await new Promise<string>((resolve) => {
      child.stdout.once("data", (data: Buffer) => resolve(data.toString().trim()));
    });
    assert.equal(said, "locked");
    assert.equal(nodeDisk.tryLock(root), undefined);
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    const lock = nodeDisk.tryLock(root);
    assert.ok(lock);
    lock.release();
  } finally {
    child.kill("SIGKILL");
    rmSync(root, { recursive: true, force: true });
  }
});

test("our lock and flock(2) of other programs see each other", () => {
  const root = temporary();
  try {
    const lock = nodeDisk.tryLock(root);
    assert.ok(lock);
    const refused = spawnSync("flock", ["-n", root, "true"]);
    assert.equal(refused.status, hasFlock ? 1 : null);
    lock.release();
    const taken = spawnSync("flock", ["-n", root, "true"]);
    assert.equal(taken.status, hasFlock ? 0 : null);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test("many may share a lock that keeps an exclusive one out", () => {
  const root = temporary();
  try {
    const shared = [nodeDisk.tryLock(root, "shared"), nodeDisk.tryLock(root, "shared")];
    assert.equal(nodeDisk.tryLock(root) === undefined, hasFlock);
    for (const lock of shared) lock?.release();
    const exclusive = nodeDisk.tryLock(root);
    assert.ok(exclusive);
    assert.equal(nodeDisk.tryLock(root, "shared") === undefined, hasFlock);
    exclusive.release();
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test("the clock calls back in order: soon, then later, then after", async () => {
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      const cancel = nodeClock.after(1, () => order.push("cancelled"));
      cancel();
      nodeClock.later(() => order.push("later"));
      nodeClock.soon(() => order.push("soon"));
      order.push("now");
      setTimeout(resolve, 20);
    });
  });
  assert.deepEqual(order, ["now", "soon", "later"]);
  const before = nodeClock.nowMs();
  assert.ok(nodeClock.nowMs() >= before);
});

test("chance from the machine stays in its range and fills bytes", () => {
  for (let round = 0; round < 1000; round++) {
    const number = nodeRandom.below(7);
    assert.ok(Number.isInteger(number) && number >= 0 && number < 7);
    const bits = nodeRandom.bits32();
    assert.equal(bits >>> 0, bits);
  }
  const bytes = new Uint8Array(64);
  nodeRandom.fill(bytes);
  assert.ok(bytes.some((byte) => byte !== 0));
});
