// A disk without room: Go's etcd dies of it and stays dead. Ours answers reads, refuses writes with
// NOSPACE, and goes on when there is room. Needs root, to mount a small file system.
import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { etcdctl, run } from "./command.ts";
import { databaseOf, inspectDatabase } from "./directory.ts";
import { ServerProcess } from "./server-process.ts";

const sizeMegabytes = 200;
const patienceMilliseconds = 60_000;

/** A small tmpfs for the test, or undefined, with the reason told, where none can be mounted. */
async function smallDisk(t: TestContext): Promise<string | undefined> {
  const directory = mkdtempSync(join(tmpdir(), "quorate-full-"));
  const size = `size=${sizeMegabytes}m`;
  const mounted = await run("mount", ["-t", "tmpfs", "-o", size, "none", directory]).catch(
    (error: Error) => ({ code: -1, stderr: error.message }),
  );
  if (mounted.code !== 0) {
    t.diagnostic(`not run: no small disk can be mounted here: ${mounted.stderr.trim()}`);
    rmSync(directory, { recursive: true });
    return undefined;
  }
  return directory;
}

/** Takes all the room there is, also what the server gives back meanwhile. */
function fill(directory: string): string {
  const path = join(directory, "ballast");
  const file = openSync(path, "w");
  try {
    const piece = Buffer.alloc(64 * 1024);
    for (;;) writeSync(file, piece);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
    return path;
  } finally {
    closeSync(file);
  }
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + patienceMilliseconds;
  while (!(await holds())) {
    assert.ok(performance.now() < end, `${what} in ${patienceMilliseconds} ms`);
    await pause(100);
  }
}

test("a full disk refuses writes with NOSPACE and answers reads, and goes on with room again", async (t) => {
  const disk = await smallDisk(t);
  if (disk === undefined) return;
  try {
    await using server = await ServerProcess.start({
      kind: "quorate",
      parent: disk,
      // Not as a flag: etcd, at the end, would refuse it.
      environment: { ETCD_QUORATE_DISARM_NOSPACE: "true" },
    });
    const put = (key: string): Promise<{ code: number | null; stderr: string }> =>
      etcdctl(server.endpoint, ["put", key, "value", "--command-timeout=10s"]);
    const get = async (key: string): Promise<string> => {
      const got = await etcdctl(server.endpoint, ["get", key, "--print-value-only"]);
      return got.stdout.trim();
    };
    assert.equal((await put("before")).code, 0);
    for (const isRestarted of [false, true]) {
      const ballast = fill(disk);
      let refused = { code: 0 as number | null, stderr: "" };
      await until("a write is refused", async () => {
        refused = await put("while");
        return refused.code !== 0;
      });
      assert.match(refused.stderr, /mvcc: database space exceeded/);
      assert.equal(await get("before"), "value");
      if (isRestarted) {
        await server.kill();
        await server.restart();
        assert.equal(await get("before"), "value");
      }
      rmSync(ballast);
      await until("a write succeeds again", async () => (await put("after")).code === 0);
      assert.equal(await get("after"), "value");
    }
    await server.end("SIGTERM");
    await inspectDatabase(databaseOf(server.dataDirectory));
    await server.handOver("etcd");
    assert.equal(await get("before"), "value");
  } finally {
    await run("umount", ["-l", disk]);
    rmSync(disk, { recursive: true, force: true });
  }
});
