import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeMeta, encodeMeta, type Meta, noFreelist } from "./meta.ts";

const meta: Meta = {
  pageBytes: 4096,
  root: 3,
  sequence: 0,
  freelist: noFreelist,
  highWater: 5,
  txid: 24,
};

test("a meta page has the checksum that bbolt gave the same one", () => {
  // From a snapshot of Go's etcd: transactions 24 and 23 of one database.
  for (const [txid, sum] of [
    [24, 0xbfe4b0ac232cf4fdn],
    [23, 0x6b1e2348aae4c592n],
  ] as const) {
    const page = Buffer.alloc(4096);
    encodeMeta(page, { ...meta, txid });
    assert.equal(page.readBigUInt64LE(16 + 56), sum);
    assert.equal(page.readUInt32LE(0), txid % 2);
  }
});

test("a meta page is read as it was written, with or without a freelist", () => {
  for (const one of [meta, { ...meta, freelist: 4, txid: 2 ** 40 + 1, highWater: 2 ** 33 }]) {
    const page = Buffer.alloc(4096);
    encodeMeta(page, one);
    assert.deepEqual(decodeMeta(page), one);
  }
});

test("any changed bit of a meta makes it invalid", () => {
  const page = Buffer.alloc(4096);
  encodeMeta(page, meta);
  for (let bit = 16 * 8; bit < (16 + 64) * 8; bit++) {
    const damaged = Buffer.from(page);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(typeof decodeMeta(damaged), "string");
  }
});
