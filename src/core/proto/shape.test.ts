import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { messageDescriptors } from "./index.ts";

setFlagsFromString("--allow-natives-syntax");
const sameShape = runInNewContext("(a, b) => %HaveSameMap(a, b)") as (
  a: object,
  b: object,
) => boolean;

test("a message has one shape, whether it was made or decoded", () => {
  for (const { fullName, make, decode } of Object.values(messageDescriptors)) {
    const made = make();
    const decoded = decode(new Uint8Array(0));
    assert.deepEqual(Object.keys(made), Object.keys(decoded), fullName);
    assert.ok(sameShape(make(), decode(new Uint8Array(0))), fullName);
  }
});
