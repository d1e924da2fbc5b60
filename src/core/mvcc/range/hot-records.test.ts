import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRangeRequest } from "../../proto/index.ts";
import { bytesFromLatin1, zeroId } from "../../../base/index.ts";
import { MemoryBackend } from "../memory/index.ts";
import { ByteWriter } from "../record/byte-writer.ts";
import { Store } from "../store.ts";
import { HotRecords } from "./hot-records.ts";
import { RangeWriter } from "./range-writer.ts";

const tag = 0x12;

/** Numbers that look like chance, the same for the same seed. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test("what is found is the record that was offered twice, however often the ring turned", () => {
  const hot = new HotRecords(tag, 4096);
  const next = chance(20_261_123);
  const recordOf = (main: number, sub: number): Uint8Array =>
    new Uint8Array((main * 7 + sub * 13) % 300).fill((main + sub) % 251);
  let found = 0;
  for (let turn = 0; turn < 20_000; turn++) {
    const main = next(10) === 0 ? 2 ** 43 - 1 - next(3) : 2 + next(60);
    const sub = next(3) === 0 ? 1022 + next(4) : next(2);
    const record = recordOf(main, sub);
    const start = hot.startOf(hot.find(main, sub));
    if (start === 0) {
      hot.offer(main, sub, record, 0, record.length);
      continue;
    }
    found++;
    assert.ok(sub < 1024, "only such subs have names");
    const length = hot.lengthAt(start);
    const field = hot.memory.bytes.subarray(start, start + length);
    const head = length - record.length;
    assert.equal(field[0], tag);
    assert.equal(head, record.length < 128 ? 2 : 3);
    assert.deepEqual(field.subarray(head), record);
  }
  assert.ok(found > 1000 && found < 18_000, `${found} were found`);
});

test("a record that was offered once, or is too long, is not kept", () => {
  const hot = new HotRecords(tag);
  hot.offer(5, 0, new Uint8Array(10), 0, 10);
  assert.equal(hot.startOf(hot.find(5, 0)), 0);
  hot.offer(5, 0, new Uint8Array(10), 0, 10);
  assert.notEqual(hot.startOf(hot.find(5, 0)), 0);
  assert.equal(hot.startOf(hot.find(5, 1)), 0);
  const long = new Uint8Array(20_000);
  for (let turn = 0; turn < 3; turn++) hot.offer(6, 0, long, 0, long.length);
  assert.equal(hot.startOf(hot.find(6, 0)), 0);
});

test("a list asked for again and again while its keys change is what a first reading gives", () => {
  const store = new Store(new MemoryBackend());
  const next = chance(7);
  const keyOf = (at: number): Uint8Array => bytesFromLatin1(`/k/${String(at).padStart(5, "0")}`);
  const put = (at: number): void => {
    const tx = store.write();
    // Some long ones, which are not kept, and some that are alone more than is put together first.
    const length = [5, 300, 1000, 3000, 17_000][next(5)]!;
    tx.put(keyOf(at), new Uint8Array(length).fill(next(256)), zeroId);
    tx.end();
  };
  for (let at = 0; at < 3000; at++) put(next(400));
  for (let turn = 0; turn < 60; turn++) {
    const request = makeRangeRequest({
      key: keyOf(next(50)),
      rangeEnd: keyOf(200 + next(200)),
      limit: [0, 100, 150][next(3)]!,
      revision: turn % 3 === 0 ? store.currentRevision - next(200) : 0,
    });
    const answered = new ByteWriter(64);
    store.ranges.write({ ...request }, answered);
    const first = new ByteWriter(64);
    new RangeWriter(store).write({ ...request }, first);
    assert.deepEqual(
      answered.buffer.subarray(answered.start, answered.at),
      first.buffer.subarray(first.start, first.at),
    );
    for (let at = next(30); at > 0; at--) put(next(400));
  }
});
