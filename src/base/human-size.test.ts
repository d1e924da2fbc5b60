import assert from "node:assert/strict";
import { test } from "node:test";
import { humanSize } from "./human-size.ts";

test("sizes are those of go-humanize, halves to the even neighbour", () => {
  for (const [bytes, text] of [
    [0, "0 B"],
    [9, "9 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [9999, "10 kB"],
    [20_480, "20 kB"],
    [21_500, "22 kB"],
    [24_576, "25 kB"],
    [2_147_483_648, "2.1 GB"],
  ] as const) {
    assert.equal(humanSize(bytes), text);
  }
});
