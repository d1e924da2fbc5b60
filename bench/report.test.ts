import assert from "node:assert/strict";
import { test } from "node:test";
import { markdown, median } from "./report.ts";
import { rows, type Sample } from "./rows.ts";

const sample: Sample = {
  requestsPerSecond: 1000,
  p50Milliseconds: 1,
  p99Milliseconds: 4,
  seconds: 1,
  cpuMicroseconds: 100,
  residentPeakBytes: 2 ** 26,
  residentBytes: 2 ** 25,
  writtenBytes: 0,
};

test("the median is the middle one, or lies between the two middle ones", () => {
  assert.equal(median([5, 1, 3]), 3);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([7]), 7);
});

test("the table says of each goal whether it is met", () => {
  const [row] = rows;
  assert.ok(row);
  const slow = { ...sample, requestsPerSecond: 1400 };
  const fast = { ...sample, requestsPerSecond: 1600 };
  const table = (ours: Sample): string =>
    markdown([{ row, mode: "free", etcd: [sample], quorate: [ours] }], []);
  assert.match(table(slow), /\| requests \| 1,000\/s \| 1,400\/s \| 1\.40× \| ≥ 1\.5× NOT met \|/);
  assert.match(table(fast), /\| 1\.60× \| ≥ 1\.5× met \|/);
  assert.match(table(fast), /\| written a request \| 0 B \| 0 B \| – \|  \|/);
});
