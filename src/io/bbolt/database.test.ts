import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryDisk } from "../../../test/bbolt/memory-disk.ts";
import { DiskError } from "../host/index.ts";
import { Batch } from "./batch.ts";
import { Database } from "./database.ts";
import { CorruptFileError, InvalidDatabaseError } from "./errors.ts";

const path = "db";
const key = (number: number): Buffer => Buffer.from(`key-${`${number}`.padStart(6, "0")}`);

function filled(disk: MemoryDisk, keys: number): Database {
  const database = Database.open({ disk, path, cacheBytesMax: 0 });
  const batch = new Batch();
  batch.createBucket("key");
  for (let number = 0; number < keys; number++)
    batch.put("key", key(number), Buffer.alloc(100, 97));
  database.commitNow(batch);
  return database;
}

function finish(disk: MemoryDisk, database: Database, isDone: () => boolean): void {
  while (!isDone()) while (database.step(4) || disk.settle());
}

test("a new file has bbolt's four pages", () => {
  const disk = new MemoryDisk();
  Database.open({ disk, path }).close();
  assert.equal(disk.files.get(path)!.size, 4 * 4096);
  assert.deepEqual(disk.readdir(), [path]);
  const { meta } = Database.open({ disk, path });
  const expected = { pageBytes: 4096, root: 3, sequence: 0, freelist: 2, highWater: 4, txid: 1 };
  assert.deepEqual(meta, expected);
});

test("readers go on during a commit and see the old state until it is durable", () => {
  const disk = new MemoryDisk();
  const database = filled(disk, 3000);
  const batch = new Batch();
  for (let number = 0; number < 3000; number += 2)
    batch.put("key", key(number), Buffer.from("new"));
  let done = false;
  database.startCommit(batch, {}, (error) => {
    assert.equal(error, undefined);
    done = true;
  });
  let steps = 0;
  const read = (): string => {
    const { view } = database;
    return view.get(view.bucket("key")!, key(2 * (steps % 1500)))!.toString();
  };
  while (!done) {
    assert.equal(read(), "a".repeat(100));
    steps++;
    if (!database.step(4)) disk.settle();
  }
  assert.ok(steps > 20);
  assert.equal(read(), "new");
  assert.deepEqual(database.check(), []);
});

test("a cursor goes either way and finds the place of a key that is not there", () => {
  const database = filled(new MemoryDisk(), 2000);
  const cursor = database.view.cursor(database.view.bucket("key")!);
  assert.ok(cursor.seek(Buffer.from("key-000999x")));
  assert.equal(cursor.key.toString(), "key-001000");
  assert.ok(cursor.previous());
  assert.equal(cursor.key.toString(), "key-000999");
  assert.ok(cursor.last());
  assert.equal(cursor.key.toString(), "key-001999");
  assert.equal(cursor.next(), false);
  assert.equal(cursor.isOnElement, false);
  assert.equal(cursor.seek(Buffer.from("l")), false);
  let count = 0;
  for (let more = cursor.last(); more; more = cursor.previous()) count++;
  assert.equal(count, 2000);
});

test("long pages that a walk meets are kept: the next walk reads nothing", () => {
  const disk = new MemoryDisk();
  let database = Database.open({ disk, path });
  const batch = new Batch();
  batch.createBucket("key");
  for (let number = 0; number < 60; number++)
    batch.put("key", key(number), Buffer.alloc(50_000, number));
  database.commitNow(batch);
  database.close();
  database = Database.open({ disk, path });
  const file = disk.files.get(path)!;
  let reads = 0;
  const read = file.read.bind(file);
  file.read = (...args) => {
    reads++;
    return read(...args);
  };
  const walk = (): number => {
    const { view } = database;
    const cursor = view.cursor(view.bucket("key")!);
    let bytes = 0;
    for (let more = cursor.first(); more; more = cursor.next()) {
      assert.equal(cursor.value[0], cursor.value.at(-1));
      bytes += cursor.value.length;
    }
    return bytes;
  };
  assert.equal(walk(), 3_000_000);
  assert.ok(reads > 0);
  reads = 0;
  assert.equal(walk(), 3_000_000);
  assert.equal(reads, 0);
});

test("a full disk fails the commit, changes nothing, and the batch can be committed later", () => {
  const disk = new MemoryDisk();
  const database = filled(disk, 500);
  const { sizeInUse } = database;
  const file = disk.files.get(path)!;
  const batch = new Batch();
  for (let number = 0; number < 2000; number++) batch.put("key", key(number), Buffer.alloc(900));
  file.refuse = (position) => (position > 2_000_000 ? "ENOSPC" : undefined);
  const outcomes: (string | undefined)[] = [];
  const done = (error: Error | undefined): void => void outcomes.push(error?.message);
  database.startCommit(batch, {}, done);
  finish(disk, database, () => outcomes.length === 1);
  assert.deepEqual(outcomes, ["write db: no space left on device"]);
  assert.equal(database.stage, "idle");
  assert.ok(database.sizeInUse <= sizeInUse, "only pages that nobody needed have become free");
  assert.deepEqual(database.check(), []);
  file.refuse = undefined;
  database.startCommit(batch, {}, done);
  finish(disk, database, () => outcomes.length === 2);
  assert.deepEqual(database.check(), []);
  const { view } = database;
  assert.equal(view.get(view.bucket("key")!, key(1999))!.length, 900);
});

test("after a failed sync nothing more is written", () => {
  const disk = new MemoryDisk();
  const database = filled(disk, 10);
  const batch = new Batch();
  batch.put("key", key(1), Buffer.from("x"));
  const file = disk.files.get(path)!;
  file.syncError = new DiskError("sync", path, "EIO");
  let outcome: Error | undefined;
  database.startCommit(batch, {}, (error) => (outcome = error));
  finish(disk, database, () => outcome !== undefined);
  assert.equal(outcome?.message, "sync db: input/output error");
  assert.equal(database.stage, "broken");
  assert.throws(() => database.startCommit(batch, {}, () => {}), /one commit runs at a time/);
});

test("the image of a pinned transaction is a sound file, whatever is committed meanwhile", () => {
  const disk = new MemoryDisk();
  const database = filled(disk, 4000);
  const reader = database.beginRead();
  const image = reader.image();
  const copy = new Uint8Array(image.size);
  const chunk = Buffer.alloc(10_000);
  for (let at = 0; image.remaining > 0;) {
    const length = image.read(chunk);
    copy.set(chunk.subarray(0, length), at);
    at += length;
    const batch = new Batch();
    for (let number = 0; number < 4000; number += 7)
      batch.put("key", key(number), Buffer.from("b"));
    database.commitNow(batch);
  }
  reader.close();
  const other = new MemoryDisk();
  const file = other.open(path, { create: true });
  file.write(copy, 0);
  const restored = Database.open({ disk: other, path });
  assert.deepEqual(restored.check(), []);
  assert.equal(restored.meta.txid, reader.meta.txid);
  let count = 0;
  restored.view.scan(restored.view.bucket("key")!, {}, (bytes, _keyStart, valueStart) => {
    assert.equal(bytes[valueStart], 97);
    count++;
  });
  assert.equal(count, 4000);
});

test("pages under a long reader are not used again, and are when it ends", () => {
  const disk = new MemoryDisk();
  const database = filled(disk, 2000);
  const rewrite = (): void => {
    const batch = new Batch();
    for (let number = 0; number < 2000; number++)
      batch.put("key", key(number), Buffer.alloc(100, 98));
    database.commitNow(batch);
  };
  rewrite();
  rewrite();
  const { size } = database;
  const reader = database.beginRead();
  for (let round = 0; round < 5; round++) rewrite();
  const withReader = database.size;
  assert.ok(withReader > size && withReader < 2 * size, `${size} then ${withReader}`);
  reader.close();
  for (let round = 0; round < 5; round++) rewrite();
  assert.equal(database.size, withReader);
});

test("a file without a valid meta page is refused with bbolt's words", () => {
  const disk = new MemoryDisk();
  Database.open({ disk, path }).close();
  const file = disk.files.get(path)!;
  file.bytes[4096 + 20] = 9;
  assert.equal(Database.open({ disk, path, isLocked: true }).meta.txid, 0);
  file.bytes[60]! ^= 1;
  assert.throws(
    () => Database.open({ disk, path }),
    new InvalidDatabaseError(path, "checksum error"),
  );
});

test("a file shorter than its meta says is refused", () => {
  const disk = new MemoryDisk();
  filled(disk, 5000).close();
  disk.open(path).truncate(40_000);
  assert.throws(() => Database.open({ disk, path }), CorruptFileError);
});

test("only one process writes a file", () => {
  const disk = new MemoryDisk();
  const database = Database.open({ disk, path });
  assert.throws(() => Database.open({ disk, path }), /flock db/);
  database.close();
  Database.open({ disk, path }).close();
});
