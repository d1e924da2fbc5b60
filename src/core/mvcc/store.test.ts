import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromLatin1, zeroId } from "../../base/index.ts";
import { errors } from "../errors/index.ts";
import {
  finishedCompaction,
  KeyValueView,
  MemoryBackend,
  revisionKey,
  scheduledCompaction,
  Store,
} from "./index.ts";

const text = bytesFromLatin1;

function put(store: Store, key: string, value = "v"): void {
  const tx = store.write();
  tx.put(text(key), text(value), zeroId);
  tx.end();
}

function remove(store: Store, key: string): void {
  const tx = store.write();
  tx.deleteRange(text(key), "single");
  tx.end();
}

function keysIn(backend: MemoryBackend): string[] {
  const found: string[] = [];
  backend.visit("key", new Uint8Array(0), undefined, (key) => {
    found.push(`${key[7]}.${key[16]}${key.length === 18 ? "t" : ""}`);
    return true;
  });
  return found;
}

test("an empty store is at revision 1, never compacted, and its first change makes revision 2", () => {
  const store = new Store(new MemoryBackend());
  assert.deepEqual([store.currentRevision, store.compactedRevision], [1, -1]);
  const nothing = store.write();
  assert.equal(nothing.deleteRange(text("a"), undefined), 0);
  assert.equal(nothing.end().revision, 1);
  put(store, "a");
  assert.equal(store.currentRevision, 2);
});

test("a transaction's changes share a revision, take sub revisions in order, and are seen inside it", () => {
  const backend = new MemoryBackend();
  const store = new Store(backend);
  const tx = store.write();
  for (const key of ["b", "a"]) tx.put(text(key), text("v"), zeroId);
  assert.equal(store.readRevision, 2);
  assert.equal(store.currentRevision, 1);
  assert.equal(tx.deleteRange(text("a"), undefined), 2);
  const { events } = tx.end();
  assert.deepEqual(keysIn(backend), ["2.0", "2.1", "2.2t", "2.3t"]);
  assert.deepEqual(
    events.map((event) => String.fromCharCode(...event.key)),
    ["b", "a", "a", "b"],
  );
  assert.deepEqual([events[2]!.previousMain, events[2]!.previousSub], [2, 1]);
  assert.equal(store.keyCount, 0);
});

test("revisions at the edges of what is readable are refused with etcd's errors", () => {
  const store = new Store(new MemoryBackend());
  for (let round = 0; round < 5; round++) put(store, "k");
  const refused = (run: () => void, error: Error): void => {
    assert.throws(run, (thrown) => thrown === error);
  };
  refused(() => store.compact(7), errors.futureRev());
  refused(() => store.compact(-1), errors.compacted());
  store.compact(4);
  refused(() => store.compact(4), errors.compacted());
  refused(() => store.revisionToRead(3), errors.compacted());
  refused(() => store.revisionToRead(7), errors.futureRev());
  refused(() => store.revisionToRead(Infinity), errors.futureRev());
  assert.deepEqual(
    [4, 6, 0, -3].map((asked) => store.revisionToRead(asked)),
    [4, 6, 6, 6],
  );
  refused(() => store.hashByRevision(3), errors.compacted());
  refused(() => store.hashByRevision(7), errors.futureRev());
});

// etcd's worked example: put 2, put 3, delete 4, put 5, delete 6.
test("compaction keeps the newest record of each key, and a tombstone at its own revision only", () => {
  const kept: [number, string[]][] = [
    [3, ["3.0", "4.0t", "5.0", "6.0t"]],
    [4, ["4.0t", "5.0", "6.0t"]],
    [5, ["5.0", "6.0t"]],
    [6, ["6.0t"]],
    [7, ["7.0"]],
  ];
  for (const [revision, records] of kept) {
    const backend = new MemoryBackend();
    const store = new Store(backend);
    put(store, "k");
    put(store, "k");
    remove(store, "k");
    put(store, "k");
    remove(store, "k");
    if (revision === 7) put(store, "other");
    store.compact(revision);
    assert.ok(store.compactStep(Infinity));
    assert.deepEqual(keysIn(backend), records);
    assert.equal(finishedCompaction(backend), revision);
  }
});

test("wherever a compaction is cut off, the restarted store has the same keys and finishes it", () => {
  for (let steps = 0; steps < 25; steps++) {
    const backend = new MemoryBackend();
    const store = new Store(backend);
    for (const key of ["a", "b", "a", "c"]) put(store, key);
    for (const key of ["b", "a"]) remove(store, key);
    put(store, "a");
    put(store, "a");
    remove(store, "c");
    put(store, "d");
    remove(store, "d");
    store.compact(12);
    for (let step = 0; step < steps; step++) store.compactStep(1);
    const restarted = new Store(backend);
    assert.deepEqual([restarted.currentRevision, restarted.compactedRevision], [12, 12]);
    assert.equal(restarted.keyCount, 1, `after ${steps} steps`);
    const view = new KeyValueView();
    const record = restarted.recordAt(text("a"), 12)!;
    view.read(record, 0, record.length);
    assert.deepEqual([view.createRevision, view.modRevision, view.version], [8, 9, 2]);
    while (!restarted.compactStep(1)) continue;
    assert.deepEqual(keysIn(backend), ["9.0", "12.0t"]);
    assert.equal(finishedCompaction(backend), scheduledCompaction(backend));
  }
});

test("the revision does not go down when compaction took the last record", () => {
  const backend = new MemoryBackend();
  const store = new Store(backend);
  put(store, "k");
  remove(store, "k");
  put(store, "k");
  remove(store, "k");
  store.compact(5);
  store.compactStep(Infinity);
  backend.records.remove(5, 0, true);
  assert.equal(new Store(backend).currentRevision, 5);
});

test("a record without a key, as a restored backup has one, is indexed and disturbs nobody", () => {
  const backend = new MemoryBackend();
  backend.put("key", revisionKey(2, 0), text("\x0a\x01a\x10\x02\x18\x02\x20\x01"));
  backend.put("key", revisionKey(1_000_000, 0), new Uint8Array(0));
  const store = new Store(backend);
  assert.equal(store.currentRevision, 1_000_000);
  put(store, "b");
  assert.equal(store.ranges.count(text("\x00"), undefined, store.currentRevision), 2);
  assert.equal(store.recordAt(text("a"), 1_000_000)?.length, 9);
});

test("a compaction deletes no more in a step than it is given", () => {
  const backend = new MemoryBackend();
  const store = new Store(backend);
  for (let round = 0; round < 500; round++) put(store, "k", String(round));
  store.compact(501);
  let before = backend.records.count;
  while (!store.compactStep(10)) {
    assert.ok(before - backend.records.count <= 10);
    before = backend.records.count;
  }
  assert.equal(backend.records.count, 1);
  assert.equal(store.compactedRecords, 499);
});

test("memory of deleted and compacted keys is used again", () => {
  const store = new Store(new MemoryBackend());
  let first = 0;
  for (let round = 0; round < 4; round++) {
    for (let key = 0; key < 2000; key++) put(store, `${round}/key/${key}`);
    const tx = store.write();
    tx.deleteRange(text("\x00"), undefined);
    tx.end();
    put(store, "last");
    store.compact(store.currentRevision);
    while (!store.compactStep(100)) continue;
    if (round === 0) first = store.index.memoryBytes;
    assert.ok(store.index.memoryBytes <= first + 1000);
    assert.equal(store.index.size, 1);
  }
});
