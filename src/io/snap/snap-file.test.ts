import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzzSnapFiles } from "./snap-file.fuzz.ts";

test("a changed snapshot file is refused, or says what it said", () => {
  const first = Math.floor(Date.now() / 1000);
  console.log(`seeds from ${first}`);
  for (const end of fuzzSnapFiles(first, 3000).keys()) {
    assert.ok(["read", "empty", "crcMismatch", "malformed"].includes(end), end);
  }
});
