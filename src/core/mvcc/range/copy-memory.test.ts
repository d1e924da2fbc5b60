import assert from "node:assert/strict";
import { test } from "node:test";
import { CopyMemory } from "./copy-memory.ts";

test("pieces are copied where they are to go, also over each other and after the memory grew", () => {
  const memory = new CopyMemory();
  memory.bytes.set([1, 2, 3, 4], 10);
  memory.copy(12, 10, 4);
  assert.deepEqual([...memory.bytes.subarray(9, 17)], [0, 1, 2, 1, 2, 3, 4, 0]);
  const before = memory.bytes.length;
  memory.ensure(before);
  assert.equal(memory.bytes.length, before, "it is long enough");
  memory.ensure(before + 1);
  assert.ok(memory.bytes.length >= 2 * before);
  memory.copy(memory.bytes.length - 2, 13, 2);
  assert.deepEqual([...memory.bytes.subarray(-2)], [2, 3]);
  assert.deepEqual(
    [...memory.bytes.subarray(12, 16)],
    [1, 2, 3, 4],
    "growing keeps what there was",
  );
});

test("what is not within the memory is refused, not written elsewhere", () => {
  const memory = new CopyMemory();
  assert.throws(() => memory.copy(memory.bytes.length - 1, 0, 2), /out of bounds/);
});
