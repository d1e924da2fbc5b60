import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromLatin1, zeroId } from "../../../base/index.ts";
import { type KeyValueHash, MemoryBackend, Store } from "../index.ts";
import { rangeEndOf } from "../key.ts";

const text = bytesFromLatin1;

function put(store: Store, key: string, value: string, lease = zeroId): void {
  const tx = store.write();
  tx.put(text(key), text(value), lease);
  tx.end();
}

function remove(store: Store, key: string, end = ""): void {
  const tx = store.write();
  tx.deleteRange(text(key), rangeEndOf(text(end)));
  tx.end();
}

function hashOf(store: Store, revision: number): KeyValueHash {
  const job = store.hashByRevision(revision);
  for (;;) {
    const result = job.step(3);
    if (result !== undefined) return result;
  }
}

function compact(store: Store, revision: number): void {
  store.compact(revision);
  while (!store.compactStep(7)) continue;
}

// The literals were read from etcd 3.7.3 with `etcdctl endpoint hashkv` after the same commands.
test("HashKV is etcd's through puts, deletes, a transaction and compactions", () => {
  const store = new Store(new MemoryBackend());
  const expect = (at: number, hash: number, compactRevision: number, revision: number): void => {
    assert.deepEqual(hashOf(store, at), { hash, compactRevision, revision });
  };
  put(store, "a", "1");
  put(store, "b", "2");
  put(store, "a", "3");
  remove(store, "b");
  put(store, "c/1", "x");
  put(store, "c/2", "y");
  put(store, "a", "4");
  expect(0, 3742110987, -1, 8);
  expect(5, 1125682900, -1, 5);
  expect(2, 2587454935, -1, 2);
  compact(store, 5);
  expect(0, 1467619540, 5, 8);
  expect(5, 1125682900, -1, 5);
  expect(7, 3479590766, 5, 7);
  put(store, "b", "back");
  remove(store, "a");
  expect(0, 1268751648, 5, 10);
  put(store, "z", "1");
  expect(11, 3017732171, 5, 11);
  const tx = store.write();
  tx.put(text("t1"), text("u"), 0x2040a204006ba10cn);
  tx.put(text("t2"), text("v"), zeroId);
  tx.deleteRange(text("c/"), text("c0"));
  tx.end();
  expect(12, 1501421339, 5, 12);
  remove(store, "z");
  expect(13, 4274461695, 5, 13);
  compact(store, 13);
  expect(0, 2198564082, 13, 13);
  expect(13, 4274461695, 5, 13);
  put(store, "y", "1");
  expect(0, 346829290, 13, 14);
  compact(store, 14);
  expect(14, 346829290, 13, 14);
  expect(0, 346829290, 14, 14);
  remove(store, "\x00", "\x00");
  expect(15, 2786505756, 14, 15);
  compact(store, 15);
  expect(15, 2001898910, 14, 15);
  expect(0, 1084519789, 15, 15);
  put(store, "q", "1");
  expect(0, 1898595281, 15, 16);
});

const names = ["alice", "bob", "celine", "dominik", "eve", "frederica", "gorge"];
const cycle = 71;

function nameOf(number: number): string {
  if (number % cycle !== 30) return names[number % names.length]!;
  return number % (cycle * 2) === 30 ? "zenek" : "xavery";
}

// The table etcd's own TestHashByRevValue guards: hash, compacted revision, revision.
const guarded = [
  [4082599214, -1, 35],
  [2279933401, 35, 106],
  [3284231217, 106, 177],
  [126286495, 177, 248],
  [900108730, 248, 319],
  [2475485232, 319, 390],
  [1226296507, 390, 461],
  [2503661030, 461, 532],
  [4155130747, 532, 603],
  [106915399, 603, 674],
  [406914006, 674, 745],
  [1882211381, 745, 816],
  [806177088, 816, 887],
  [664311366, 887, 958],
  [1496914449, 958, 1029],
  [2434525091, 1029, 1100],
  [3988652253, 1100, 1171],
  [1122462288, 1171, 1242],
  [724436716, 1242, 1883],
] as const;

test("HashKV between compactions has the values etcd guards, deleted already or not", () => {
  for (const deletes of [true, false]) {
    const store = new Store(new MemoryBackend());
    for (const [row, [hash, compactRevision, revision]] of guarded.entries()) {
      const start = row * cycle;
      const count = row === guarded.length - 1 ? 1210 : cycle;
      for (let number = start; number <= start + count; number++) {
        put(store, nameOf(number), String(number));
      }
      assert.deepEqual(hashOf(store, revision), { hash, compactRevision, revision });
      store.compact(revision);
      if (deletes) while (!store.compactStep(1000)) continue;
    }
  }
});

test("a compaction under way waits for a hash, and a cancelled hash lets it go on", () => {
  const store = new Store(new MemoryBackend());
  for (let number = 0; number < 100; number++) put(store, "k", String(number));
  const expected = hashOf(store, 50);
  const [first, second] = [store.hashByRevision(50), store.hashByRevision(50)];
  assert.equal(first.step(5), undefined);
  store.compact(90);
  assert.equal(store.compactStep(1000), false);
  assert.deepEqual(first.step(1000), expected);
  assert.equal(store.compactStep(1000), false);
  second.cancel();
  assert.equal(store.compactStep(1000), true);
});

// The literals are etcd 3.7.3's own, before and after `compact --physical 4`: it leaves out what the
// index does not keep only where the index keeps something.
test("where nothing lives the hash changes with the compaction, as etcd's does", () => {
  const store = new Store(new MemoryBackend());
  put(store, "a", "1");
  put(store, "a", "2");
  compact(store, 3);
  remove(store, "a");
  assert.deepEqual(hashOf(store, 4), { hash: 573317793, compactRevision: 3, revision: 4 });
  compact(store, 4);
  assert.deepEqual(hashOf(store, 4), { hash: 1922329996, compactRevision: 3, revision: 4 });
});
