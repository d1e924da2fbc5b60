import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { diskHost } from "../../../sim/disk-host.ts";
import { bytesFromHex, crc32c, equalBytes, hexOf, seededRandom } from "../../base/index.ts";
import {
  decodeMetadata,
  encodeMetadata,
  encodeWalSnapshot,
  type Entry,
} from "../../core/proto/index.ts";
import { readEntry, readHardState, readSnapshot } from "./payload.ts";
import { RecordType } from "./record.ts";
import { fuzzRecordDecoder, mutatedLog } from "./record-decoder.fuzz.ts";
import { RecordDecoder } from "./record-decoder.ts";
import { RecordEncoder } from "./record-encoder.ts";

const samples = new URL("../../../../shared/spec/samples/", import.meta.url);

/** A decoder over one file with these bytes. */
function decoderOf(bytes: Uint8Array): RecordDecoder {
  const { disk } = diskHost();
  const file = disk.open("/wal", { create: true });
  file.write(bytes, 0);
  return new RecordDecoder([file]);
}

/** Reads all records and writes them again. */
function rewritten(bytes: Uint8Array): Uint8Array {
  const decoder = decoderOf(bytes);
  const encoder = new RecordEncoder(0);
  while (decoder.next()) {
    if (decoder.type === RecordType.crc) {
      decoder.acceptCrc();
      encoder.appendCrc();
    } else if (decoder.type === RecordType.entry) encoder.appendEntry(readEntry(decoder));
    else if (decoder.type === RecordType.hardState) encoder.appendHardState(readHardState(decoder));
    else if (decoder.type === RecordType.snapshot) {
      encoder.appendPayload(decoder.type, encodeWalSnapshot(readSnapshot(decoder)));
    } else {
      const metadata = encodeMetadata(decodeMetadata(decoder.payload()));
      encoder.appendPayload(RecordType.metadata, metadata);
    }
  }
  return encoder.view();
}

// The head of a log of etcd 3.7 with one member, as its bytes lie in the file.
const head = bytesFromHex(
  [
    "0400000000000084",
    "0804100000000000",
    "2000000000000000",
    "080110f9a9dfe5081a1608eebde6b5bbfddfb99e0110c0e2bf9be6acc3b9c801",
    "0e00000000000082",
    "0805108db0af8e0c1a04080010000000",
  ].join(""),
);

test("the head of a real log is read and written as it was", () => {
  const decoder = decoderOf(head);
  const types: number[] = [];
  while (decoder.next()) types.push(decoder.type);
  assert.deepEqual(types, [RecordType.crc, RecordType.metadata, RecordType.snapshot]);
  assert.equal(hexOf(rewritten(head)), hexOf(head));
});

test("entries and states have the presence of fields that etcd gives them", () => {
  const encoder = new RecordEncoder(0);
  const none = new Uint8Array(0);
  encoder.appendEntry({ type: 0, term: 2, index: 2, data: none });
  encoder.appendEntry({ type: 1, term: 1, index: 1, data: bytesFromHex("aa") });
  encoder.appendHardState({ term: 2, vote: 0n, commit: 300 });
  const decoder = decoderOf(encoder.view());
  const payloads: string[] = [];
  while (decoder.next()) payloads.push(hexOf(decoder.payload()));
  assert.deepEqual(payloads, ["10021802", "0801100118012201aa", "0802100018ac02"]);
});

test("the sample log of etcd is written again byte for byte", () => {
  const path = new URL("single_node_head.wal.bin", samples);
  if (!existsSync(path)) return;
  const bytes = readFileSync(path);
  const again = rewritten(bytes);
  assert.equal(again.length, 0xe08);
  assert.ok(equalBytes(again, bytes.subarray(0, again.length)));
});

test("random entries of every size come back, and the chain of sums goes on over all of them", () => {
  const random = seededRandom(11);
  const encoder = new RecordEncoder(0x1234_5678);
  const entries: Entry[] = [];
  let sum = 0x1234_5678;
  encoder.appendCrc();
  for (let index = 1; index <= 400; index++) {
    const sizes = [0, 1, 7, 8, 100, 127, 128, 5000, 70_000];
    const data = new Uint8Array(sizes[random.below(sizes.length)]! + random.below(9));
    for (let at = 0; at < data.length; at++) data[at] = random.bits32();
    const big = 2 ** random.below(53);
    entries.push({ type: random.below(3), term: big, index: big + index, data });
    encoder.appendEntry(entries.at(-1)!);
  }
  const decoder = decoderOf(encoder.view());
  assert.ok(decoder.next());
  decoder.acceptCrc();
  for (const entry of entries) {
    assert.ok(decoder.next());
    sum = crc32c(sum, decoder.payload());
    assert.equal(decoder.recordCrc, sum);
    const read = readEntry(decoder);
    assert.equal(read.term, entry.term);
    assert.equal(read.index, entry.index);
    assert.equal(read.type, entry.type);
    assert.ok(equalBytes(read.data, entry.data));
  }
  assert.equal(decoder.next(), false);
  assert.equal(decoder.lastOffset, encoder.length);
  assert.equal(decoder.crc, encoder.crc);
});

test("records written after taking the buffer away do not change what was taken", () => {
  const encoder = new RecordEncoder(0);
  encoder.appendEntry({ type: 0, term: 1, index: 1, data: new Uint8Array(10).fill(1) });
  const taken = encoder.take();
  const copy = hexOf(taken);
  encoder.appendEntry({ type: 0, term: 1, index: 2, data: new Uint8Array(10).fill(2) });
  assert.equal(hexOf(taken), copy);
});

test("a record longer than the file, cut short or torn is a crash; a flipped bit is damage", () => {
  const encoder = new RecordEncoder(0);
  encoder.appendCrc();
  encoder.appendEntry({ type: 0, term: 1, index: 1, data: new Uint8Array(2000).fill(0x55) });
  const whole = encoder.view().slice();
  const ends = (bytes: Uint8Array): string => {
    const decoder = decoderOf(bytes);
    try {
      while (decoder.next());
      return "end";
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  assert.equal(ends(whole), "end");
  for (const length of [17, 20, 24, 100, whole.length - 1]) {
    assert.equal(ends(whole.subarray(0, length)), "unexpectedEof", String(length));
  }
  assert.equal(ends(whole.subarray(0, 16)), "end");
  const torn = whole.slice();
  torn.fill(0, 1024, 1536);
  assert.equal(ends(torn), "unexpectedEof");
  const flipped = whole.slice();
  flipped[1200]! ^= 4;
  assert.equal(ends(flipped), "crcMismatch");
  const garbage = whole.slice();
  garbage.fill(0xff, 24, 34);
  assert.equal(ends(garbage), "malformed");
  const huge = whole.slice();
  huge.fill(0xff, 16, 23);
  assert.equal(ends(huge), "unexpectedEof");
});

test("damaged logs end in a known way", () => {
  const first = Math.floor(Date.now() / 1000);
  console.log(`seeds from ${first}`);
  const ends = new Set<string>();
  for (let seed = first; seed < first + 1500; seed++) ends.add(fuzzRecordDecoder(mutatedLog(seed)));
  for (const end of ends) {
    assert.ok(["end", "unexpectedEof", "crcMismatch", "malformed"].includes(end), end);
  }
});
