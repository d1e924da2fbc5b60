import assert from "node:assert/strict";
import { test } from "node:test";
import { parseReport } from "./load-tool.ts";

const report = `
Summary:
  Total:	0.257033601 secs.
  Requests/sec:	7781.08384358666

Latency distribution:
  50% in 0.001026774 secs.
  99% in 4.7e-03 secs.
  99.9% in 0.006126796 secs.
`;

test("a report is read to its figures", () => {
  assert.deepEqual(parseReport(report), {
    requestsPerSecond: 7781.08384358666,
    p50Milliseconds: 1.026774,
    p99Milliseconds: 4.7,
    seconds: 0.257033601,
  });
});

test("a report with failed requests is refused", () => {
  const failed = `${report}\nError distribution:\n  [3]	etcdserver: request timed out\n`;
  assert.throws(() => parseReport(failed), /request timed out/);
});

test("a report without figures is refused", () => {
  assert.throws(() => parseReport("panic: no"), /Requests/);
});
