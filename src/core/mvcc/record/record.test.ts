import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, compareBytes, hexOf, seededRandom } from "../../../base/index.ts";
import { decodeKeyValue, encodeKeyValue, makeKeyValue } from "../../proto/index.ts";
import { fuzzKeyValue, mutatedKeyValue } from "./key-value.fuzz.ts";
import { KeyValueView, sizeKeyValue, writeKeyValue } from "./key-value.ts";
import { isRevisionKey, isTombstoneKey, mainOfKey, revisionKey, subOfKey } from "./revision-key.ts";
import { readCount, readEnd, readId, sizeCount, sizeId, writeCount, writeId } from "./varint.ts";

test("revision keys are etcd's bytes and sort as revisions do", () => {
  assert.equal(hexOf(revisionKey(20, 2, true)), "00000000000000145f000000000000000274");
  assert.equal(hexOf(revisionKey(2 ** 53 - 1, 2 ** 32)), "001fffffffffffff5f0000000100000000");
  const random = seededRandom(5);
  const revisions = Array.from({ length: 300 }, () => ({
    main: random.below(2) === 0 ? random.below(5) : random.below(2 ** 53),
    sub: random.below(4),
  }));
  for (const { main, sub } of revisions) {
    const key = revisionKey(main, sub, sub === 3);
    assert.deepEqual([mainOfKey(key), subOfKey(key), isTombstoneKey(key)], [main, sub, sub === 3]);
    assert.ok(isRevisionKey(key));
  }
  const byNumber = revisions.toSorted((a, b) => a.main - b.main || a.sub - b.sub);
  const byKey = revisions.toSorted((a, b) =>
    compareBytes(revisionKey(a.main, a.sub), revisionKey(b.main, b.sub)),
  );
  assert.deepEqual(byKey, byNumber);
  for (const hex of ["", "00".repeat(17), `80${"00".repeat(7)}5f${"00".repeat(8)}`]) {
    assert.equal(isRevisionKey(bytesFromHex(hex)), false);
  }
});

test("counts and identities survive the round trip at every length", () => {
  const buffer = new Uint8Array(16);
  for (let bit = 0; bit <= 53; bit++) {
    for (const value of [2 ** bit - 1, 2 ** bit].filter(Number.isSafeInteger)) {
      const end = writeCount(value, buffer, 2);
      assert.equal(end - 2, sizeCount(value), `size of ${value}`);
      assert.equal(readCount(buffer, 2), value);
      assert.equal(readEnd, end);
    }
  }
  for (let bit = 0n; bit < 64n; bit++) {
    for (const value of [(1n << bit) - 1n, 1n << bit]) {
      const end = writeId(value, buffer, 1);
      assert.equal(end - 1, sizeId(value), `size of ${value}`);
      assert.equal(readId(buffer, 1), value);
    }
  }
});

test("a stored record is the KeyValue message, byte for byte", () => {
  const random = seededRandom(11);
  const view = new KeyValueView();
  for (let round = 0; round < 2000; round++) {
    const fields = {
      key: new Uint8Array(random.below(300)).fill(random.below(256)),
      value: new Uint8Array(random.below(3) * random.below(300)).fill(random.below(256)),
      createRevision: random.below(2) * random.below(2 ** 53),
      modRevision: random.below(2 ** (1 + random.below(52))),
      version: random.below(2) * random.below(2 ** 40),
      lease: random.below(2) === 0 ? 0n : BigInt.asUintN(64, -BigInt(random.below(1000)) - 1n),
    };
    const bytes = new Uint8Array(sizeKeyValue(fields) + 5);
    const end = writeKeyValue(fields, bytes, 5);
    assert.equal(end, bytes.length);
    assert.deepEqual(bytes.subarray(5), encodeKeyValue(makeKeyValue(fields)).slice());
    view.read(bytes, 5, end);
    const { key, value, createRevision, modRevision, version, lease } = view;
    assert.deepEqual({ key, value, createRevision, modRevision, version, lease }, fields);
    const without = [bytes.subarray(5, view.valueField), bytes.subarray(view.valueEnd, end)];
    const kept = decodeKeyValue(Uint8Array.from(without.flatMap((part) => [...part])));
    assert.equal(kept.value.length, 0);
    assert.equal(kept.lease, lease);
  }
});

test("damaged records are refused or read within their bytes", () => {
  const random = seededRandom(29);
  let records = 0;
  for (let round = 0; round < 20_000; round++) {
    if (fuzzKeyValue(mutatedKeyValue(random))) records++;
  }
  assert.ok(records > 4000 && records < 19_000, `${records} of seed 29`);
});
