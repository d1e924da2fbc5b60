import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDuration, parseDuration } from "./duration.ts";

test("durations are read and printed as Go does", () => {
  for (const [text, ms] of [
    ["0", 0],
    ["100ms", 100],
    ["1h30m", 5_400_000],
    ["1.5s", 1500],
    ["-2m", -120_000],
    ["1us", 0.001],
  ] as const) {
    assert.equal(parseDuration(text), ms);
  }
  for (const text of ["", "5", "1x", "s", "1 s"]) assert.equal(parseDuration(text), undefined);
  for (const [ms, text] of [
    [0, "0s"],
    [100, "100ms"],
    [1000, "1s"],
    [60_000, "1m0s"],
    [7_200_000, "2h0m0s"],
    [1.5, "1.5ms"],
    [90_500, "1m30.5s"],
    [0.0456789, "45.679µs"],
    [1234.5678901234, "1.23456789s"],
    [1e-7, "0s"],
  ] as const) {
    assert.equal(formatDuration(ms), text);
  }
});
