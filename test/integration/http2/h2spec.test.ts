// All cases of h2spec (generic, http2, hpack). When one cannot pass, the exception goes in the list
// below with the clause that allows it; the list is empty.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { peer } from "../../peers/peers.ts";
import { startEchoServer } from "./echo-server.ts";

const exceptions: readonly string[] = [];

test("h2spec passes, strict cases too", async () => {
  const server = await startEchoServer();
  const words = ["--strict", "-h", "127.0.0.1", "-p", String(server.port), "-o", "5"];
  const run = promisify(execFile)(peer("h2spec"), words, { timeout: 120_000 });
  const { stdout } = await run.catch((error: Error & { stdout?: string }) => ({
    stdout: error.stdout ?? error.message,
  }));
  await server.close();
  const failed = stdout.split("\n").filter((line) => line.includes("×"));
  const unexpected = failed.filter((line) => !exceptions.some((known) => line.includes(known)));
  assert.deepEqual(unexpected, []);
  assert.match(stdout, /14\d tests, 14\d passed, 0 skipped, 0 failed/);
});
