import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex } from "../../base/index.ts";
import { MalformedError, messageDescriptors } from "./index.ts";

const decode = (name: string, hex: string): object =>
  messageDescriptors[name]!.decode(bytesFromHex(hex));

const put = "etcdserverpb.PutRequest";
const txn = "etcdserverpb.TxnRequest";
const status = "etcdserverpb.StatusResponse";

// What Go's protobuf says of the same bytes was asked of go.etcd.io/etcd/api v3.7.3.
const refused: [what: string, message: string, hex: string][] = [
  ["a tag alone", put, "0a"],
  ["a tag cut short", put, "8a"],
  ["a length past the end", put, "0a0561"],
  ["a length cut short", put, "0a80"],
  ["a length of 4 GiB", put, "0affffffff0f"],
  ["a length of 2^63", put, "0a80808080808080808001"],
  ["a varint cut short", put, "18ff"],
  ["a varint of eleven bytes", put, "18ffffffffffffffffffff01"],
  ["a varint past 64 bits", put, "18ffffffffffffffffff02"],
  ["field number zero", put, "0261"],
  ["field number zero as a varint", put, "0001"],
  ["field number 2^29", put, "80808080100161"],
  ["a tag past 32 bits", put, "8a8080808080808001"],
  ["wire type 6", put, "0e"],
  ["wire type 7", put, "0f"],
  ["the end of a group never begun", put, "0c"],
  ["a group never ended", put, "5b"],
  ["a group ended by another", put, "5b64"],
  ["a group whose inside is cut short", put, "5b0a055c"],
  ["a group with field number zero inside", put, "5b035c"],
  ["an unknown 64-bit value cut short", put, "7901020304050607"],
  ["an unknown 32-bit value cut short", put, "7d010203"],
  ["an unknown value cut short", put, "7a0401"],
  ["a sub-message that reaches past its parent", txn, "12030a0a0161"],
  ["a sub-message that is malformed", txn, "12021202"],
  ["a packed varint cut short", "etcdserverpb.WatchCreateRequest", "2a0180"],
  ["text that is not UTF-8", status, "1201ff"],
  ["text with an overlong slash", status, "1202c0af"],
  ["text with an overlong three-byte form", status, "1203e08080"],
  ["text with half a surrogate pair", status, "1203eda080"],
  ["text past the last plane", status, "1204f4908080"],
  ["text cut inside a character", status, "1203f09f98"],
  ["text with a lone continuation", status, "120180"],
];

const accepted: [what: string, message: string, hex: string][] = [
  ["an overlong tag", put, "8a000161"],
  ["an overlong length", put, "0a81800061"],
  ["an overlong varint", put, "2080808000"],
  ["a bool that is two", put, "2002"],
  ["a bool in the upper half alone", put, "208080808080808001"],
  ["an unknown group", put, "5b08015c"],
  ["a group in a group", put, "5b63645c"],
  ["the highest field number", put, "f8ffffff0f01"],
  ["a known field with another wire type", put, "0805"],
  ["a known field as a group", put, "0b0c"],
  ["an enum past 32 bits", "etcdserverpb.RangeRequest", "28ffffffffff01"],
  ["empty text", status, "1200"],
  ["text with every length of character", status, "120a41c3a9e282acf09f9880"],
];

test("malformed bytes are refused with MalformedError, where Go refuses them", () => {
  for (const [what, message, hex] of refused) {
    assert.throws(() => decode(message, hex), MalformedError, what);
  }
});

test("odd but lawful bytes are read, where Go reads them", () => {
  for (const [what, message, hex] of accepted) {
    assert.doesNotThrow(() => decode(message, hex), what);
  }
});

test("a varint that is too long for its 32-bit field keeps the lower half, as in Go", () => {
  const message = decode("etcdserverpb.RangeRequest", "2881808080f0ffffffff01");
  assert.equal((message as { sortOrder: number }).sortOrder, 1);
});

/** A transaction in a transaction in …, `depth` messages deep. */
function nested(depth: number): Uint8Array {
  let bytes = new Uint8Array(0);
  const wrap = (tag: number, inner: Uint8Array): Uint8Array<ArrayBuffer> => {
    const length: number[] = [];
    let rest = inner.length;
    for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
    return Uint8Array.of(tag, ...length, rest, ...inner);
  };
  for (let level = 1; level < depth; level++) bytes = wrap(level % 2 === 1 ? 0x22 : 0x12, bytes);
  return bytes;
}

test("messages nest 2,500 deep and no deeper", () => {
  const { decode: decodeTxn } = messageDescriptors["etcdserverpb.TxnRequest"]!;
  assert.doesNotThrow(() => decodeTxn(nested(2501)));
  assert.throws(() => decodeTxn(nested(2503)), MalformedError);
});

test("unknown groups nest ten thousand deep and no deeper, and cost no stack", () => {
  const groups = (depth: number): Uint8Array =>
    new Uint8Array(2 * depth).fill(0x5b, 0, depth).fill(0x5c, depth);
  const { decode: decodePut } = messageDescriptors[put]!;
  assert.doesNotThrow(() => decodePut(groups(10_001)));
  assert.throws(() => decodePut(groups(10_002)), MalformedError);
});

test("a second occurrence of a sub-message costs no more than the first", () => {
  // 200,000 occurrences of one oneof member, each adding an operation: quadratic work would show.
  const one = [0x22, 0x02, 0x12, 0x00];
  const bytes = new Uint8Array(4 * 200_000);
  for (let at = 0; at < bytes.length; at += 4) bytes.set(one, at);
  const message = messageDescriptors["etcdserverpb.RequestOp"]!.decode(bytes);
  const { request } = message as { request: { value: { success: unknown[] } } };
  assert.equal(request.value.success.length, 200_000);
});
