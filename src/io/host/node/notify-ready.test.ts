import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Log, silentLog } from "../index.ts";
import { notifyReady } from "./notify-ready.ts";

test("systemd is told when it waits, and nobody is called when it does not", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-notify-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const program = join(folder, "systemd-notify");
  writeFileSync(program, `#!/bin/sh\necho "$NOTIFY_SOCKET $*" > ${folder}/told\n`);
  chmodSync(program, 0o755);
  const path = `${folder}:${process.env["PATH"]}`;
  const said = (environment: NodeJS.ProcessEnv): Promise<string[]> =>
    new Promise((resolve) => {
      const lines: string[] = [];
      const info = (line: string): void => {
        lines.push(line);
        if (lines.length === 2) resolve(lines);
      };
      const log: Log = { ...silentLog, info, error: info };
      notifyReady(log, environment);
    });
  const wanted = ["notifying init daemon", "successfully notified init daemon"];
  assert.deepEqual(await said({ PATH: path }), wanted);
  assert.throws(() => readFileSync(join(folder, "told")), { code: "ENOENT" });
  assert.deepEqual(await said({ PATH: path, NOTIFY_SOCKET: "/run/x" }), wanted);
  const told = readFileSync(join(folder, "told"), "utf8");
  assert.equal(told, `/run/x --ready --pid=${process.pid}\n`);
  const failed = await said({ PATH: "/nowhere", NOTIFY_SOCKET: "/run/x" });
  assert.equal(failed[1], "failed to notify systemd for readiness");
});
