import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryDisk } from "../../../test/bbolt/memory-disk.ts";
import { seededRandom } from "../../base/index.ts";
import { Database } from "../bbolt/index.ts";
import { FileBackend } from "./backend.ts";

const path = "db";

function open(disk: MemoryDisk): FileBackend {
  const onFailure = (error: Error): void => {
    throw error;
  };
  return FileBackend.open({ disk, path, onFailure, stepPages: 8 });
}

function work(disk: MemoryDisk, backend: FileBackend, isDone: () => boolean, nowMs = 0): void {
  while (!isDone()) {
    backend.maybeCommit(nowMs);
    disk.settle();
  }
}

function commit(disk: MemoryDisk, backend: FileBackend): void {
  let isDone = false;
  backend.commit(() => (isDone = true));
  work(disk, backend, () => isDone);
}

const value = (main: number): Buffer => Buffer.alloc(100 + (main % 400), main);

/** Revisions written, most of them compacted away again. */
function aged(disk: MemoryDisk, keptShare: number): { backend: FileBackend; kept: number[] } {
  const random = seededRandom(3);
  const backend = open(disk);
  for (let main = 2; main < 20_000; main++) {
    backend.records.append(main, 0, false, value(main), 0, value(main).length);
    if (main % 1000 === 0) commit(disk, backend);
  }
  const kept: number[] = [];
  for (let main = 2; main < 20_000; main++) {
    if (random.below(1000) < keptShare * 1000) kept.push(main);
    else backend.records.remove(main, 0, false);
    if (main % 1000 === 0) commit(disk, backend);
  }
  commit(disk, backend);
  return { backend, kept };
}

function recordsOf(backend: FileBackend): number[] {
  const cursor = backend.records.cursor();
  const found: number[] = [];
  for (let more = cursor.seekFrom(0, 0); more; more = cursor.next()) {
    found.push(cursor.main);
    const stored = Buffer.from(cursor.buffer.subarray(cursor.start, cursor.end));
    assert.equal(stored.compare(value(cursor.main)), 0);
  }
  return found;
}

for (const keptShare of [0.02, 0.3, 0.7, 1]) {
  test(`defragmenting a file of which ${keptShare * 100} % is alive leaves little else`, () => {
    const disk = new MemoryDisk();
    const { backend, kept } = aged(disk, keptShare);
    const before = backend.sizeBytes();
    let isDone = false;
    backend.defragment((error) => {
      assert.equal(error, undefined);
      isDone = true;
    });
    work(disk, backend, () => isDone);
    assert.deepEqual(recordsOf(backend), kept);
    assert.deepEqual(backend.check(), []);
    let live = 0;
    for (const main of kept) live += value(main).length + 33;
    const most = live * 1.15 + 60 * 4096;
    assert.ok(backend.sizeBytes() <= most, `${before} to ${backend.sizeBytes()}, most ${most}`);
    assert.ok(disk.files.get(path)!.size <= most);
    backend.close();
    assert.deepEqual(Database.open({ disk, path }).check(), []);
  });
}

for (const written of [2, 5, 9]) {
  test(`a file of some pages becomes as short as etcd makes it, ${written} values after a commit`, () => {
    const disk = new MemoryDisk();
    const backend = open(disk);
    commit(disk, backend);
    for (let main = 2; main < 12; main++) {
      backend.records.append(main, 0, false, Buffer.alloc(4100, main), 0, 4100);
      if (main % written === 0) commit(disk, backend);
    }
    for (let main = 2; main < 11; main++) backend.records.remove(main, 0, false);
    commit(disk, backend);
    let isDone = false;
    backend.defragment(() => (isDone = true));
    work(disk, backend, () => isDone);
    // Two metas, the root, a leaf of two pages; and what the last move has left behind.
    assert.ok(backend.sizeBytes() <= 8 * 4096, `${backend.sizeBytes() / 4096} pages`);
    assert.deepEqual(backend.check(), []);
    backend.close();
  });
}

test("reads and writes go on during a defragmentation, and a crash at any moment loses nothing", () => {
  const disk = new MemoryDisk();
  const { backend, kept } = aged(disk, 0.25);
  let isDone = false;
  backend.defragment(() => (isDone = true));
  let main = 20_000;
  let turns = 0;
  const committed = (): number[] => {
    const crashed = new MemoryDisk();
    crashed.files.set(path, disk.files.get(path)!.clone());
    const database = Database.open({ disk: crashed, path });
    assert.deepEqual(database.check(), []);
    const found: number[] = [];
    database.view.scan(database.view.bucket("key")!, {}, (bytes, keyStart) => {
      found.push(bytes.readUInt32BE(keyStart + 4));
    });
    return found;
  };
  while (!isDone) {
    if (turns % 10 === 0) {
      backend.records.append(main, 0, false, value(main), 0, value(main).length);
      kept.push(main++);
    }
    backend.maybeCommit(turns * 5);
    disk.settle();
    const cursor = backend.records.cursor();
    assert.ok(cursor.seek(kept[(turns * 7919) % kept.length]!, 0));
    if (turns++ % 40 === 0) {
      const found = committed();
      assert.deepEqual(found, kept.slice(0, found.length));
      assert.ok(kept.length - found.length < 20);
    }
  }
  assert.ok(turns > 50, `${turns} turns`);
  assert.deepEqual(recordsOf(backend), kept);
  assert.deepEqual(backend.check(), []);
});

test("a defragmentation beside a pinned snapshot ends, and the snapshot stays whole", () => {
  const disk = new MemoryDisk();
  const { backend, kept } = aged(disk, 0.3);
  let image: Uint8Array | undefined;
  backend.snapshot((snapshot) => {
    if (snapshot instanceof Error) throw snapshot;
    let isDone = false;
    backend.defragment(() => (isDone = true));
    queueMicrotask(() => {
      work(disk, backend, () => isDone);
      image = new Uint8Array(snapshot.size);
      snapshot.read(image);
      snapshot.close();
    });
  });
  work(disk, backend, () => backend.isDefragmenting);
  return Promise.resolve().then(() => {
    const copy = new MemoryDisk();
    copy.open(path, { create: true }).write(image!, 0);
    const found = open(copy);
    assert.deepEqual(found.check(), []);
    assert.deepEqual(recordsOf(found), kept);
    assert.deepEqual(recordsOf(backend), kept);
    assert.deepEqual(backend.check(), []);
  });
});

test("who asks for a second defragmentation is told when the first one ends", () => {
  const disk = new MemoryDisk();
  const { backend } = aged(disk, 0.5);
  const told: string[] = [];
  backend.defragment(() => told.push("first"));
  backend.maybeCommit(0);
  backend.defragment(() => told.push("second"));
  work(disk, backend, () => told.length > 0);
  assert.deepEqual(told, ["first", "second"]);
});
