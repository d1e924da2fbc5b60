import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BoundedQueue,
  bytesFromLatin1,
  compareBytes,
  decodeUtf8,
  encodeUtf8,
  crc32c,
  id64,
  id64Hex,
  id64High,
  id64Low,
  id64Signed,
  MinHeap,
  seededRandom,
} from "./index.ts";

test("crc32c has the published check value and continues across pieces", () => {
  const digits = bytesFromLatin1("123456789");
  assert.equal(crc32c(0, digits), 0xe3069283);
  for (let cut = 0; cut <= digits.length; cut++) {
    assert.equal(crc32c(crc32c(0, digits, 0, cut), digits, cut), 0xe3069283);
  }
});

test("crc32c of many bytes is what it is byte by byte, at any length and place", () => {
  const random = seededRandom(20_261_123);
  const bytes = Uint8Array.from({ length: 200_000 }, () => random.below(256));
  const lengths = [...Array.from({ length: 600 }, (_, at) => at), 65_535, 65_536, 65_537, 199_000];
  for (const length of lengths) {
    const start = random.below(1000);
    let expected = 5;
    for (let at = start; at < start + length; at++) expected = crc32c(expected, bytes, at, at + 1);
    assert.equal(crc32c(5, bytes, start, start + length), expected, `${length} bytes`);
  }
});

test("bytes are ordered with a prefix first", () => {
  assert.ok(compareBytes(bytesFromLatin1("a"), bytesFromLatin1("ab")) < 0);
  assert.ok(compareBytes(bytesFromLatin1("b"), bytesFromLatin1("ab")) > 0);
  assert.equal(compareBytes(bytesFromLatin1("ab"), bytesFromLatin1("ab")), 0);
});

test("a 64-bit identity keeps all its bits", () => {
  const id = id64(0x8e9e05c5, 0x2164694d);
  assert.equal(id64Hex(id), "8e9e05c52164694d");
  assert.equal(id64High(id), 0x8e9e05c5);
  assert.equal(id64Low(id), 0x2164694d);
  assert.equal(id64Signed(id), 0x8e9e05c52164694dn - (1n << 64n));
});

test("a bounded queue refuses at its limit and keeps order", () => {
  const queue = new BoundedQueue<number>(100);
  for (let round = 0; round < 5; round++) {
    for (let item = 0; item < 100; item++) assert.ok(queue.offer(item));
    assert.equal(queue.offer(100), false);
    for (let item = 0; item < 100; item++) assert.equal(queue.take(), item);
    assert.equal(queue.take(), undefined);
  }
});

test("a heap gives its items in order", () => {
  const random = seededRandom(7);
  const heap = new MinHeap<number>((a, b) => a < b);
  const items = Array.from({ length: 500 }, () => random.below(1000));
  for (const item of items) heap.push(item);
  const sorted = items.toSorted((a, b) => a - b);
  assert.deepEqual(
    sorted.map(() => heap.pop()),
    sorted,
  );
});

test("the same seed gives the same numbers", () => {
  const [one, two] = [seededRandom(42), seededRandom(42)];
  for (let round = 0; round < 100; round++) assert.equal(one.below(1e9), two.below(1e9));
});

test("UTF-8 is what the platform's own encoder makes, and bad bytes are refused", () => {
  const random = seededRandom(11);
  const encoder = new TextEncoder();
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (let round = 0; round < 2000; round++) {
    const text = String.fromCodePoint(
      ...Array.from({ length: random.below(6) }, () => random.below(0x110000)),
    );
    const bytes = encodeUtf8(text);
    assert.deepEqual(bytes, encoder.encode(text));
    if (bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
    let expected: string | undefined;
    try {
      expected = decoder.decode(bytes);
    } catch {
      expected = undefined;
    }
    assert.equal(decodeUtf8(bytes), expected);
  }
});
