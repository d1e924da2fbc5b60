import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzzGateway } from "./from-json.fuzz.ts";

test("any JSON is read alike whole and in pieces, comes back as itself or is refused", () => {
  const first = Math.floor(Date.now() / 1000);
  console.log(`seeds from ${first}`);
  assert.deepEqual([...fuzzGateway(first, 3000).keys()].toSorted(), ["refused", "values"]);
});
