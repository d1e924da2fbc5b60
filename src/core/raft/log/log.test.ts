import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { emptyBytes, InvariantError, seededRandom } from "../../../base/index.ts";
import { emptyConfState, type Entry, EntryType, type Snapshot, sizeEntry } from "../messages.ts";
import { EntryRun } from "./entry-run.ts";
import { noLimit } from "./entry-size.ts";
import { RaftLog } from "./log.ts";
import { MemoryStorage } from "./memory-storage.ts";
import { storageRefusals } from "./storage.ts";
import { Unstable } from "./unstable.ts";

const entry = (index: number, term: number, size = 0): Entry => ({
  term,
  index,
  type: EntryType.EntryNormal,
  data: new Uint8Array(size),
});
const entries = (from: number, terms: readonly number[]): Entry[] =>
  terms.map((term, at) => entry(from + at, term));
const snapshotAt = (index: number, term: number): Snapshot => ({
  data: emptyBytes,
  metadata: { confState: emptyConfState(), index, term },
});
const termsOf = (list: readonly Entry[] | undefined): number[] | undefined =>
  list?.map(({ term }) => term);

test("a run of entries behaves as a plain array does, whatever is appended, cut and released", (t) => {
  const seed = randomInt(2 ** 32);
  t.diagnostic(`seed ${seed}`);
  const random = seededRandom(seed);
  for (let round = 0; round < 200; round++) {
    const run = new EntryRun(7);
    let model: Entry[] = [];
    let first = 7;
    for (let step = 0; step < 60; step++) {
      const inside = first + random.below(model.length + 1);
      switch (random.below(4)) {
        case 0:
        case 1: {
          const more = entries(first + model.length, Array(random.below(9)).fill(step));
          run.append(more);
          model = [...model, ...more];
          break;
        }
        case 2:
          run.truncate(inside);
          model = model.slice(0, inside - first);
          break;
        default:
          run.release(inside);
          model = model.slice(inside - first);
          first = inside;
      }
      assert.equal(run.first, first, `seed ${seed}`);
      assert.equal(run.next, first + model.length, `seed ${seed}`);
      assert.deepEqual(run.slice(first, run.next, noLimit), model, `seed ${seed}`);
    }
  }
});

test("a long run is released piece by piece without keeping what is gone", () => {
  const run = new EntryRun(1);
  for (let index = 1; index <= 100_000; index++) {
    run.append([entry(index, 1)]);
    if (index % 10 === 0) run.release(index - 4);
  }
  assert.equal(run.next - run.first, 5);
});

test("a size limit cuts before the first entry that would pass it, and never takes nothing", () => {
  const storage = new MemoryStorage();
  storage.append([entry(1, 1, 10), entry(2, 1, 10), entry(3, 1, 10)]);
  const one = sizeEntry(entry(1, 1, 10));
  assert.equal(storage.entries(1, 4, 0)!.length, 1);
  assert.equal(storage.entries(1, 4, 2 * one - 1)!.length, 1);
  assert.equal(storage.entries(1, 4, 2 * one)!.length, 2);
  assert.equal(storage.entries(1, 4, noLimit)!.length, 3);
});

test("a limit counts stable and unstable entries together", () => {
  const storage = new MemoryStorage();
  storage.append([entry(1, 1, 10), entry(2, 1, 10)]);
  const log = new RaftLog(storage, noLimit);
  log.append([entry(3, 1, 10), entry(4, 1, 10)]);
  const one = sizeEntry(entry(1, 1, 10));
  for (let count = 1; count <= 4; count++) {
    assert.equal(log.slice(1, 5, count * one)!.length, count);
    assert.equal(log.slice(1, 5, count * one + one - 1)!.length, count);
  }
});

test("what a disk wrote counts only while the entry that stands there is the one written", () => {
  const unstable = new Unstable(5);
  unstable.truncateAndAppend(entries(5, [1, 1]), 0);
  unstable.acceptInProgress();
  unstable.truncateAndAppend(entries(5, [2, 2]), 0);
  unstable.stableTo(6, 1);
  assert.equal(unstable.offset, 5);
  assert.deepEqual(termsOf(unstable.nextEntries()), [2, 2]);
  unstable.stableTo(6, 2);
  assert.ok(unstable.isEmpty);
  assert.equal(unstable.offset, 7);
});

test("entries that replace others being written are handed out again, those before them not", () => {
  const unstable = new Unstable(5);
  unstable.truncateAndAppend(entries(5, [1, 1, 1]), 0);
  unstable.acceptInProgress();
  assert.ok(!unstable.hasNextEntries);
  unstable.truncateAndAppend(entries(6, [2]), 0);
  assert.deepEqual(unstable.nextEntries(), entries(6, [2]));
});

test("an append from before what is stable makes it unstable again", () => {
  const storage = new MemoryStorage();
  storage.append(entries(1, [1, 1, 1]));
  const log = new RaftLog(storage, noLimit);
  log.append(entries(2, [2]));
  assert.equal(log.lastIndex(), 2);
  assert.equal(log.lastTerm(), 2);
  assert.equal(log.unstable.offset, 2);
});

test("a snapshot stands for the log before it, and its term can still be asked for", () => {
  const storage = new MemoryStorage();
  storage.append(entries(1, [1, 1]));
  const log = new RaftLog(storage, noLimit);
  log.restore(snapshotAt(10, 3));
  assert.equal(log.firstIndex(), 11);
  assert.equal(log.lastIndex(), 10);
  assert.equal(log.term(10), 3);
  assert.equal(log.term(2), undefined);
  assert.equal(log.committed, 10);
});

test("an old append does not cut off newer entries", () => {
  const log = new RaftLog(new MemoryStorage(), noLimit);
  log.append(entries(1, [1, 1, 1]));
  assert.equal(log.maybeAppend(0, 0, entries(1, [1])), 1);
  assert.equal(log.lastIndex(), 3);
});

test("a conflict cuts from the first entry that differs, and none is cut that is committed", () => {
  const log = new RaftLog(new MemoryStorage(), noLimit);
  log.append(entries(1, [1, 1, 1]));
  assert.equal(log.maybeAppend(1, 1, entries(2, [1, 2])), 3);
  assert.deepEqual(termsOf(log.slice(1, 4, noLimit)), [1, 1, 2]);
  log.commitTo(3);
  assert.throws(() => log.maybeAppend(1, 1, entries(2, [3])), InvariantError);
});

test("the search for agreement skips a whole term of the other log at once", () => {
  const log = new RaftLog(new MemoryStorage(), noLimit);
  log.append(entries(1, [1, 3, 3, 4, 4, 5, 5, 5, 6]));
  assert.deepEqual(log.findConflictByTerm(9, 3), { index: 3, term: 3 });
  assert.deepEqual(log.findConflictByTerm(9, 2), { index: 1, term: 1 });
  assert.deepEqual(log.findConflictByTerm(5, 9), { index: 5, term: 4 });
  assert.deepEqual(log.findConflictByTerm(20, 9), { index: 20, term: 0 });
});

test("committed entries are handed out until the bytes being applied reach the limit", () => {
  const size = sizeEntry(entry(1, 1, 10));
  const log = new RaftLog(new MemoryStorage(), 2 * size);
  log.append([1, 2, 3, 4, 5].map((index) => entry(index, 1, 10)));
  log.commitTo(5);
  const options = { allowUnstable: true };
  assert.equal(log.nextCommitted(options).length, 2);
  log.acceptApplying(2, 2 * size, options);
  assert.deepEqual(log.nextCommitted(options), []);
  log.appliedTo(1, size);
  assert.equal(log.nextCommitted(options).length, 1);
});

test("entries that only memory has are not applied where the disk is written on the side", () => {
  const log = new RaftLog(new MemoryStorage(), noLimit);
  log.append(entries(1, [1, 1]));
  log.commitTo(2);
  assert.ok(log.hasNextCommitted({ allowUnstable: true }));
  assert.ok(!log.hasNextCommitted({ allowUnstable: false }));
});

test("memory storage replaces, compacts and refuses as etcd's does", () => {
  const storage = new MemoryStorage();
  storage.append(entries(1, [1, 1, 2, 2]));
  storage.append(entries(3, [3]));
  assert.equal(storage.lastIndex(), 3);
  assert.equal(storage.compact(2), undefined);
  assert.equal(storage.compact(2), storageRefusals.compacted);
  assert.equal(storage.firstIndex(), 3);
  assert.equal(storage.term(2), 1);
  assert.equal(storage.term(1), undefined);
  assert.equal(storage.entries(2, 4, noLimit), undefined);
  // Entries before the first are skipped: a leader may send them again.
  storage.append(entries(1, [1, 1, 3, 3]));
  assert.deepEqual(termsOf(storage.entries(3, 5, noLimit)), [3, 3]);
  assert.ok(typeof storage.createSnapshot(4, undefined, emptyBytes) !== "string");
  assert.equal(storage.createSnapshot(4, undefined, emptyBytes), storageRefusals.snapshotOutOfDate);
  assert.equal(storage.applySnapshot(snapshotAt(4, 3)), storageRefusals.snapshotOutOfDate);
  assert.equal(storage.applySnapshot(snapshotAt(9, 4)), undefined);
  assert.deepEqual([storage.firstIndex(), storage.lastIndex(), storage.term(9)], [10, 9, 4]);
  assert.throws(() => storage.append(entries(12, [4])), InvariantError);
});
