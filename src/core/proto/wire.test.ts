import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bytesFromHex, hexOf } from "../../base/index.ts";
import {
  decodeCompactionRequest,
  decodeLeaseStatus,
  decodeResponseHeader,
  decodeStatusResponse,
  decodeWatchCreateRequest,
  encodeCompactionRequest,
  encodeLeaseStatus,
  encodePutRequest,
  encodeResponseHeader,
  encodeStatusResponse,
  encodeWatchCreateRequest,
  makeCompactionRequest,
  makeLeaseStatus,
  makePutRequest,
  makeResponseHeader,
  makeStatusResponse,
  makeWatchCreateRequest,
  messageDescriptors,
  sizePutRequest,
  writePutRequest,
} from "./index.ts";
import { textLength, textOf, writeTextAt } from "./utf8.ts";

test("counters of int64 that no number counts stand at infinity and go back to the limits", () => {
  const limits: [number, string][] = [
    [Infinity, "08ffffffffffffffff7f"],
    [-Infinity, "0880808080808080808001"],
    [2 ** 53 - 1, "08ffffffffffffff0f"],
    [-(2 ** 53) + 1, "0881808080808080f0ff01"],
    [-1, "08ffffffffffffffffff01"],
    [2 ** 32, "088080808010"],
    [2 ** 31, "088080808008"],
  ];
  for (const [revision, hex] of limits) {
    assert.equal(hexOf(encodeCompactionRequest(makeCompactionRequest({ revision }))), hex);
    assert.equal(decodeCompactionRequest(bytesFromHex(hex)).revision, revision);
  }
  const past = decodeCompactionRequest(bytesFromHex("0880808080808080" + "10"));
  assert.equal(past.revision, Infinity);
});

test("counters of uint64 that no number counts stand at infinity and go back to the limit", () => {
  const hex = "20ffffffffffffffffff01";
  assert.equal(hexOf(encodeResponseHeader(makeResponseHeader({ raftTerm: Infinity }))), hex);
  assert.equal(decodeResponseHeader(bytesFromHex(hex)).raftTerm, Infinity);
});

test("an identity keeps all its bits, a negative lease as an unsigned number", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (ID) => {
      assert.equal(decodeLeaseStatus(encodeLeaseStatus(makeLeaseStatus({ ID }))).ID, ID);
    }),
  );
  const minusOne = bytesFromHex("08ffffffffffffffffff01");
  assert.equal(decodeLeaseStatus(minusOne).ID, 2n ** 64n - 1n);
});

test("counters come back as they were", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (revision) => {
      const bytes = encodeCompactionRequest(makeCompactionRequest({ revision }));
      assert.equal(decodeCompactionRequest(bytes).revision, revision);
    }),
  );
});

test("packed and single values of a repeated field are one list", () => {
  const bytes = bytesFromHex("28012a0300010028012a00");
  assert.deepEqual(decodeWatchCreateRequest(bytes).filters, [1, 0, 1, 0, 1]);
  const request = makeWatchCreateRequest({ filters: [1, 0] });
  assert.equal(hexOf(encodeWatchCreateRequest(request)), "2a020100");
});

test("text of any length and alphabet comes back as it was", () => {
  const texts = fc.string({ unit: "binary", maxLength: 300 });
  fc.assert(
    fc.property(texts, (version) => {
      const bytes = encodeStatusResponse(makeStatusResponse({ version }));
      assert.equal(decodeStatusResponse(bytes).version, version);
    }),
    { numRuns: 20 },
  );
  const long = "ħ€😀a".repeat(5000);
  const bytes = encodeStatusResponse(makeStatusResponse({ version: long }));
  assert.equal(decodeStatusResponse(bytes).version, long);
});

test("text is read and written as TextDecoder and TextEncoder do", () => {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const expected = (bytes: Uint8Array): string | undefined => {
    try {
      return strict.decode(bytes);
    } catch {
      return undefined;
    }
  };
  const near = fc.constantFrom(0x41, 0x80, 0xbf, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0x9f);
  const bytes = fc.array(fc.oneof(near, fc.nat(255)), { maxLength: 6 });
  fc.assert(
    fc.property(bytes, (list) => {
      const some = Uint8Array.from(list);
      assert.equal(textOf(some, 0, some.length), expected(some));
    }),
    { numRuns: 3000 },
  );
  const units = fc.array(fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd7ff, max: 0xe000 })));
  fc.assert(
    fc.property(units, (list) => {
      const text = String.fromCharCode(...list);
      const target = new Uint8Array(textLength(text));
      assert.equal(writeTextAt(text, target, 0), target.length);
      assert.deepEqual(target, new TextEncoder().encode(text));
    }),
  );
});

test("a writer fills exactly the bytes its size promised", () => {
  const value = new Uint8Array(300).fill(7);
  const message = makePutRequest({ key: value, value, lease: 2n ** 63n, prevKv: true });
  const size = sizePutRequest(message);
  const target = new Uint8Array(size + 20).fill(0xee);
  assert.equal(writePutRequest(message, target, 10), 10 + size);
  assert.deepEqual(target.subarray(0, 10), new Uint8Array(10).fill(0xee));
  assert.deepEqual(target.subarray(10 + size), new Uint8Array(10).fill(0xee));
  assert.deepEqual(target.subarray(10, 10 + size), encodePutRequest(message));
});

test("encoded messages do not overwrite each other", () => {
  const of = (length: number): Uint8Array =>
    encodePutRequest(makePutRequest({ value: new Uint8Array(length).fill(length & 255) }));
  const lengths = Array.from({ length: 400 }, (_, at) => 30 + at * 17);
  const kept = lengths.map(of);
  for (const [at, length] of lengths.entries()) assert.deepEqual(kept[at], of(length));
});

test("every method names messages that exist", async () => {
  const { serviceDescriptors } = await import("./index.ts");
  for (const method of Object.values(serviceDescriptors).flat()) {
    assert.ok(messageDescriptors[method.request], method.path);
    assert.ok(messageDescriptors[method.response], method.path);
  }
  assert.equal(serviceDescriptors["etcdserverpb.KV"]?.[0]?.path, "/etcdserverpb.KV/Range");
});
