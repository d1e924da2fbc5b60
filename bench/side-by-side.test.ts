import assert from "node:assert/strict";
import { test } from "node:test";
import { chosen, tableLine } from "./side-by-side.ts";

test("a line tells the medians, their ratio, and whether the goal is met", () => {
  const samples = { etcd: [100, 300, 200], quorate: [50, 60, 70] };
  assert.equal(
    tableLine(["put", "p99"], samples, { atMost: 0.5 }),
    "| put | p99 | 200 | 60.0 | 0.300× | ≤ 0.5× met |",
  );
  assert.equal(
    tableLine(["put", "p99"], samples, { atMost: 50, own: true }),
    "| put | p99 | 200 | 60.0 | 0.300× | ours ≤ 50 NOT met |",
  );
});

test("a figure that only one server gives has no ratio, and a bound on the ratio is not met", () => {
  const samples = { etcd: [], quorate: [2500] };
  assert.equal(
    tableLine(["storm"], samples, { atLeast: 1 }),
    "| storm | – | 2,500 | – | ≥ 1× NOT met |",
  );
  assert.equal(tableLine(["storm"], samples, undefined), "| storm | – | 2,500 | – |  |");
});

test("a row that does not exist is refused with the names of those that do", () => {
  const rows = [{ name: "put" }, { name: "get" }];
  assert.deepEqual(chosen(rows, "get"), [{ name: "get" }]);
  assert.deepEqual(chosen(rows, undefined), rows);
  assert.throws(() => chosen(rows, "get,cas"), /no row cas; there are put, get/);
});
