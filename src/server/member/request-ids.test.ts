import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestIds } from "./request-ids.ts";

const memberId = 0x8e9e_05c5_2164_694dn;

test("an id is 16 bits of the member, 40 bits of milliseconds and a counter", () => {
  const ids = new RequestIds(memberId, 0x12_3456_789a);
  assert.equal(ids.next(), 0x694d_1234_5678_9a01n);
  assert.equal(ids.next(), 0x694d_1234_5678_9a02n);
});

test("milliseconds above 40 bits are cut off, as idutil cuts them", () => {
  assert.equal(new RequestIds(memberId, 2 ** 40 + 5).next(), 0x694d_0000_0000_0501n);
});

test("the counter runs over its 8 bits into the time, and over 48 bits to zero", () => {
  const ids = new RequestIds(memberId, 2 ** 40 - 1);
  for (let count = 0; count < 255; count++) ids.nextSuffix();
  assert.equal(ids.nextSuffix(), 0);
  assert.equal(ids.next(), 0x694d_0000_0000_0001n);
});

test("a suffix names its request; another member's id has none", () => {
  const ids = new RequestIds(memberId, 1_790_000_000_000);
  const suffix = ids.nextSuffix();
  assert.equal(ids.suffixOf(ids.whole(suffix)), suffix);
  assert.equal(ids.suffixOf(ids.whole(suffix) ^ (1n << 48n)), undefined);
});
