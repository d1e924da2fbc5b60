import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "../../io/host/index.ts";
import type { BackendHost } from "../member/index.ts";
import { defragmentAtStart } from "./bootstrap-defrag.ts";

const megabyte = 1024 * 1024;

/** What is said and done at start with so many megabytes free of 20. */
function started(freeMegabytes: number, threshold: number): string[] {
  const done: string[] = [];
  const host = {
    sizeBytes: () => 20 * megabyte,
    inUseBytes: () => (20 - freeMegabytes) * megabyte,
    durable: { defragment: () => void done.push("defragment") },
  } as unknown as BackendHost;
  const info = (message: string): void => void done.push(message);
  defragmentAtStart(host, threshold, { ...silentLog, info });
  return done;
}

test("a database is defragmented at start when it has as much to give back as the flag says", () => {
  assert.deepEqual(started(5, 0), []);
  assert.deepEqual(started(4, 5), ["Skipping defragmentation"]);
  assert.deepEqual(started(5, 5), ["defragmenting", "defragment"]);
});
