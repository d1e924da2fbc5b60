import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { bytesFromHex, hexOf } from "../../base/index.ts";
import {
  decodeConfChange,
  decodeEntry,
  decodeHardState,
  decodeInternalRaftRequest,
  decodeKeyValue,
  decodeMessage,
  decodeMetadata,
  decodeWalRecord,
  decodeWalSnapshot,
  encodeConfChange,
  encodeEntry,
  encodeHardState,
  encodeInternalRaftRequest,
  encodeKeyValue,
  encodeMessage,
  encodeMetadata,
  encodeWalRecord,
  encodeWalSnapshot,
  EntryType,
  MessageType,
} from "./index.ts";

/** Reads what Go etcd wrote and writes it again: the same bytes. */
function same<T>(
  hex: string,
  decode: (bytes: Uint8Array) => T,
  encode: (message: T) => Uint8Array,
): T {
  const message = decode(bytesFromHex(hex));
  assert.equal(hexOf(encode(message)), hex);
  return message;
}

// Written by etcd 3.7.1.
test("a WAL record of Go etcd is written again byte for byte", () => {
  same("08041000", decodeWalRecord, encodeWalRecord);
  const record = same(
    "080110f9a9dfe5081a1608eebde6b5bbfddfb99e0110c0e2bf9be6acc3b9c801",
    decodeWalRecord,
    encodeWalRecord,
  );
  assert.equal(record.crc, 0x8cb7_d4f9);
  const metadata = same(hexOf(record.data), decodeMetadata, encodeMetadata);
  assert.equal(metadata.nodeID, 11_417_610_130_673_999_598n);
});

test("snapshot marks and hard states carry their zeroes, as Go's do", () => {
  same("08001000", decodeWalSnapshot, encodeWalSnapshot);
  same("080110001801", decodeHardState, encodeHardState);
  const marked = same(
    "088e0110021a2c08a39be8cad08e8ccc2c088be9ab84c6a3a0b8c701089fdf84cc84cf8fa2fc0110ee9085f8cab9c9b6452800",
    decodeWalSnapshot,
    encodeWalSnapshot,
  );
  assert.equal(marked.confState?.voters.length, 3);
  assert.deepEqual(marked.confState?.learners, [5_002_696_322_118_142_062n]);
});

test("entries leave out their zero type, and a leader's first entry its data", () => {
  same("10021803", decodeEntry, encodeEntry);
  const entry = same(
    "100218082217a2060a0882cc98adb4c0e8d10da251070a05332e372e30",
    decodeEntry,
    encodeEntry,
  );
  const request = same(hexOf(entry.data), decodeInternalRaftRequest, encodeInternalRaftRequest);
  assert.equal(request.header?.ID, 982_807_278_634_018_306n);
  assert.equal(request.request?.case, "clusterVersionSet");
  const put = same(
    "22090a0476696131120178a2060a0882a899adb4c0e8cf2f",
    decodeInternalRaftRequest,
    encodeInternalRaftRequest,
  );
  assert.equal(put.request?.case, "put");
});

test("a configuration change carries its type and node even when zero", () => {
  same("100018eebde6b5bbfddfb99e0122027b7d", decodeConfChange, encodeConfChange);
});

test("raft messages carry the zeroes that Go's carry", () => {
  same(
    "0803108be9ab84c6a3a0b8c70118a39be8cad08e8ccc2c2002280130033a04100218044003",
    decodeMessage,
    encodeMessage,
  );
  same("0808", decodeMessage, encodeMessage);
  // The rest is put together from the places in raft.go that fill a message.
  same("08081002180120024000", decodeMessage, encodeMessage);
  same("08041002180120022800300050015800", decodeMessage, encodeMessage);
  same("08041002180120023005", decodeMessage, encodeMessage);
  same("080510021801200128003000", decodeMessage, encodeMessage);
  same("0806100218012001", decodeMessage, encodeMessage);
  same("08101002180120013000", decodeMessage, encodeMessage);
});

const samples = join(import.meta.dirname, "../../../../shared/spec/samples");
const sample = (name: string): string => {
  const file = join(samples, name);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};

function rewriteData(type: number, data: string): void {
  if (type === 1) same(data, decodeMetadata, encodeMetadata);
  else if (type === 3) same(data, decodeHardState, encodeHardState);
  else if (type === 5) same(data, decodeWalSnapshot, encodeWalSnapshot);
  else if (type === 2) {
    const entry = same(data, decodeEntry, encodeEntry);
    if (entry.data.length === 0) return;
    const inner = hexOf(entry.data);
    if (entry.type === EntryType.EntryConfChange) same(inner, decodeConfChange, encodeConfChange);
    else same(inner, decodeInternalRaftRequest, encodeInternalRaftRequest);
  }
}

test("every record of the recorded WALs is written again byte for byte", () => {
  let records = 0;
  for (const name of ["single_node_wal.annotated.txt", "learner_joiner_wal.annotated.txt"]) {
    const lines = sample(name).matchAll(/ len=(\d+) .*raw=((?:[0-9a-f]{2})+)$/gm);
    for (const [, length, hex = ""] of lines) {
      if (hex.length !== 2 * Number(length)) continue; // The recording cuts long records short.
      const record = same(hex, decodeWalRecord, encodeWalRecord);
      rewriteData(record.type, hexOf(record.data));
      records++;
    }
  }
  assert.ok(records > 20 || !existsSync(samples));
});

test("every recorded message between members is written again byte for byte", () => {
  let messages = 0;
  for (const line of sample("peer_streams.decoded.txt").split("\n")) {
    const [, hex = ""] = / raw=((?:[0-9a-f]{2})+)$/.exec(line) ?? [];
    // The recording cuts long messages short.
    if (hex === "" || !line.includes(` len=${hex.length / 2} `)) continue;
    const message = same(hex, decodeMessage, encodeMessage);
    assert.ok(Object.values<number>(MessageType).includes(message.type));
    messages++;
  }
  assert.ok(messages > 20 || !existsSync(samples));
});

test("a stored record of a key is written again byte for byte", () => {
  const hex = Buffer.from("\n\x01a\x10\x04\x18\x04 \x01*\x01b", "latin1").toString("hex");
  const kv = same(hex, decodeKeyValue, encodeKeyValue);
  assert.equal(kv.modRevision, 4);
});
