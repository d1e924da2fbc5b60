import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromLatin1, concatBytes, equalBytes, ownBytes, zeroId } from "../../../base/index.ts";
import { makeRangeRequest, type RangeRequest, SortOrder, SortTarget } from "../../proto/index.ts";
import {
  ByteWriter,
  MemoryBackend,
  type PiecedWriter,
  SlicedRange,
  type SlicedSort,
  Store,
} from "../index.ts";

const text = bytesFromLatin1;
const keyOf = (at: number): Uint8Array => text(`k/${String(at).padStart(6, "0")}`);

function put(store: Store, at: number, value: string): void {
  const tx = store.write();
  tx.put(keyOf(at), text(value), zeroId);
  tx.end();
}

/** A store of so many keys; every third was written twice and every seventh deleted. */
function filled(keys: number, value = "v"): Store {
  const store = new Store(new MemoryBackend());
  for (let at = 0; at < keys; at++) {
    put(store, at, value);
    if (at % 3 === 0) put(store, at, `${value}again`);
    if (at % 7 !== 0) continue;
    const tx = store.write();
    tx.deleteRange(keyOf(at), "single");
    tx.end();
  }
  return store;
}

const all = (more: Partial<RangeRequest> = {}): RangeRequest =>
  makeRangeRequest({ key: text("k/"), rangeEnd: text("k0"), ...more });

const bytesOf = ({ pieces }: PiecedWriter): Uint8Array =>
  concatBytes(pieces.map(({ buffer, start, at }) => buffer.subarray(start, at)));

function atOnce(store: Store, request: RangeRequest): Uint8Array {
  const writer = new ByteWriter(16);
  store.ranges.write(request, writer);
  return ownBytes(writer.buffer.subarray(writer.start, writer.at));
}

/** All orders but that by key, with limits and filters, of which some cut through ties. */
function inEveryOrder(): RangeRequest[] {
  const { KEY, VERSION, CREATE, MOD, VALUE } = SortTarget;
  const requests: RangeRequest[] = [];
  for (const sortTarget of [KEY, VERSION, CREATE, MOD, VALUE]) {
    for (const sortOrder of [SortOrder.NONE, SortOrder.ASCEND, SortOrder.DESCEND]) {
      if (sortTarget === KEY && sortOrder !== SortOrder.DESCEND) continue;
      const order = { sortTarget, sortOrder };
      requests.push(
        all(order),
        all({ ...order, limit: 5000 }),
        all({ ...order, limit: 3, maxModRevision: 9000 }),
        all({ ...order, keysOnly: true, revision: 10_000 }),
      );
    }
  }
  return requests;
}

/** Reads to the end, doing something between the steps; returns the answer and the steps it took. */
function inSteps(
  sliced: SlicedRange | SlicedSort,
  between: () => void,
): { answer: Uint8Array; steps: number } {
  let steps = 1;
  for (; !sliced.step(); steps++) between();
  return { answer: bytesOf(sliced.body), steps };
}

test("a range read in steps is answered as one read at once, whatever is asked of it", () => {
  const store = filled(9500);
  for (const request of [
    all(),
    all({ limit: 8200 }),
    all({ limit: 1_000_000 }),
    all({ revision: 9000 }),
    all({ keysOnly: true }),
    all({ sortOrder: SortOrder.ASCEND }),
    all({ minModRevision: 5000, maxModRevision: 12_000 }),
    makeRangeRequest({ key: text("k/001"), rangeEnd: Uint8Array.of(0) }),
    ...inEveryOrder(),
  ]) {
    const expected = atOnce(store, request);
    const sliced = SlicedRange.of(store, request);
    assert.ok(sliced !== undefined);
    assert.ok(equalBytes(inSteps(sliced, () => {}).answer, expected));
  }
});

test("writes and a compaction between the steps change nothing in the answer", () => {
  const store = filled(21_000);
  const revision = store.currentRevision;
  const expected = atOnce(store, all());
  const sliced = SlicedRange.of(store, all())!;
  let next = 21_000;
  const { answer, steps } = inSteps(sliced, () => {
    for (const at of [1, 15_000, 20_999, next++]) put(store, at, "late");
    if (next === 21_001) store.compact(store.currentRevision);
    store.compactStep(1_000_000);
  });
  assert.ok(steps >= 2, `${steps} steps`);
  assert.ok(equalBytes(answer, expected));
  assert.equal(sliced.headerRevision, revision);
  assert.ok(store.compactStep(1_000_000), "the compaction goes on when the range is read");
});

test("an answer is held in pieces of about a megabyte: no memory of it grows or is copied as one", () => {
  const store = filled(9000, "x".repeat(2000));
  for (const request of [all(), all({ sortTarget: SortTarget.VERSION })]) {
    const sliced = SlicedRange.of(store, request)!;
    while (!sliced.step()) continue;
    const { pieces, length } = sliced.body;
    assert.ok(length > 15_000_000, `${length} bytes`);
    assert.equal(
      pieces.reduce((sum, piece) => sum + piece.length, 0),
      length,
    );
    for (const { buffer } of pieces) assert.ok(buffer.length < 2_500_000, `${buffer.length} bytes`);
    assert.deepEqual(sliced.counts, [store.ranges.count(request.key, request.rangeEnd, 40_000)]);
    sliced.body.release();
  }
});

test("a step reads about two megabytes, however large the values are", () => {
  const store = filled(1500, "x".repeat(20_000));
  const sliced = SlicedRange.of(store, all())!;
  let before = 0;
  while (!sliced.step()) {
    const bytes = sliced.body.length - before;
    assert.ok(bytes < 8_000_000, `${bytes} in one step`);
    before = sliced.body.length;
  }
});

test("a sorted range read in steps sees no write and no compaction that comes between", () => {
  const store = filled(21_000);
  for (const sortTarget of [SortTarget.VALUE, SortTarget.MOD]) {
    const request = all({ sortTarget, sortOrder: SortOrder.DESCEND });
    const expected = atOnce(store, request);
    const sliced = SlicedRange.of(store, request)!;
    let next = 30_000;
    const { answer, steps } = inSteps(sliced, () => {
      for (const at of [1, 7, 15_000, 20_999, next++]) put(store, at, "late");
      if (next === 30_002) store.compact(store.currentRevision);
      store.compactStep(1_000_000);
    });
    assert.ok(steps >= 8, `${steps} steps`);
    assert.ok(equalBytes(answer, expected));
  }
});

test("small ranges, single keys and counts are not sliced", () => {
  const store = filled(2000);
  for (const request of [
    all({ limit: 500 }),
    all({ countOnly: true }),
    all({ sortTarget: SortTarget.MOD, limit: 500 }),
    makeRangeRequest({ key: keyOf(1) }),
    makeRangeRequest({ key: keyOf(0), rangeEnd: keyOf(400) }),
  ]) {
    assert.equal(SlicedRange.of(store, request), undefined);
  }
});

test("a range given up lets compaction go on", () => {
  const store = filled(2000);
  const sliced = SlicedRange.of(store, all())!;
  store.compact(store.currentRevision);
  assert.equal(store.compactStep(1_000_000), false);
  sliced.cancel();
  sliced.cancel();
  assert.ok(store.compactStep(1_000_000));
});
