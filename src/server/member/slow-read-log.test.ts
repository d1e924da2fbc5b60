import assert from "node:assert/strict";
import { test } from "node:test";
import { type LogFields, silentLog } from "../../io/host/index.ts";
import { ReadIndex } from "./read-index.ts";
import { slowReadLog } from "./slow-read-log.ts";

test("a read that waits for its quorum is warned of each half second, and when it is given up", () => {
  const lines: [string, LogFields | undefined][] = [];
  const log = { ...silentLog, warn: (text: string, more?: LogFields) => lines.push([text, more]) };
  let now = 0;
  let next = 8;
  const reads = new ReadIndex(
    {
      ask: () => {},
      nextContext: () => Uint8Array.of(0, 0, 0, 0, 0, 0, 1, ++next),
      nowMs: () => now,
      onSlow: slowReadLog(log, 1200),
    },
    { timeoutMs: 1200 },
  );
  reads.join(() => {});
  reads.start();
  for (now = 0; now <= 1300; now += 100) reads.tick();
  const again = "waiting for ReadIndex response took too long, retrying";
  assert.deepEqual(lines, [
    [again, { "sent-request-id": 265n, "retry-timeout": "500ms" }],
    [again, { "sent-request-id": 266n, "retry-timeout": "500ms" }],
    [
      "timed out waiting for read index response (local node might have slow network)",
      { timeout: "1.2s" },
    ],
  ]);
});
