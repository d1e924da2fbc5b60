// The sidecar of page checksums: what it finds, and that it never cries wolf.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type RandomSource, seededRandom } from "../../src/base/index.ts";
import {
  Batch,
  CorruptFileError,
  Database,
  InvalidDatabaseError,
} from "../../src/io/bbolt/index.ts";
import { MemoryDisk, type MemoryFile } from "./memory-disk.ts";
import { type Model, readModel } from "./model.ts";

const path = "db";
const sumsPath = "db.sum";
const pageBytes = 1024;
const sectorBytes = 512;

function open(disk: MemoryDisk): Database {
  return Database.open({ disk, path, sumsPath, pageBytes, cacheBytesMax: 0 });
}

function batchOf(random: RandomSource, keys: number): Batch {
  const batch = new Batch();
  batch.createBucket("key");
  for (let key = 0; key < keys; key++) {
    const value = Buffer.alloc(random.below(key % 50 === 0 ? 4000 : 90), key);
    batch.put("key", Buffer.from(`${random.below(100_000)}`), value);
  }
  return batch;
}

function written(random: RandomSource): MemoryDisk {
  const disk = new MemoryDisk();
  const database = open(disk);
  for (let round = 0; round < 4; round++) database.commitNow(batchOf(random, 300));
  database.close();
  return disk;
}

function copied(disk: MemoryDisk): MemoryDisk {
  const copy = new MemoryDisk();
  for (const [name, file] of disk.files) copy.files.set(name, file.clone());
  return copy;
}

/** What reading everything gives: the model, or the refusal. */
function readAll(disk: MemoryDisk): Model | Error {
  try {
    const database = open(disk);
    try {
      return readModel(database.view);
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof CorruptFileError || error instanceof InvalidDatabaseError) return error;
    throw error;
  }
}

function damage(random: RandomSource, bytes: Uint8Array, size: number): void {
  const kind = random.below(5);
  const at = random.below(size);
  const page = at - (at % pageBytes);
  const from = random.below(size / pageBytes) * pageBytes;
  if (kind <= 1) bytes[at]! ^= 1 << random.below(8);
  else if (kind === 2) bytes.fill(0, page, page + sectorBytes);
  else if (kind === 3) bytes.copyWithin(page, from, from + pageBytes);
  else bytes.copyWithin(page + sectorBytes, from + sectorBytes, from + pageBytes);
}

test("of a thousand single faults in the file none changes what is read: it is found or harmless", () => {
  const seed = Number(process.env["SEED"] ?? 11);
  const random = seededRandom(seed);
  const sound = written(random);
  const expected = readAll(sound);
  assert.ok(!(expected instanceof Error));
  let found = 0;
  for (let round = 0; round < 1000; round++) {
    const disk = copied(sound);
    const file = disk.files.get(path)!;
    // Beyond the pages of the tree lies only the room the file has grown by.
    damage(random, file.bytes, Math.min(file.size, file.bytes.length));
    // A damaged meta page leaves the state before, which the log brings up to date again.
    const isMeta = !Buffer.from(file.bytes.subarray(0, 2 * pageBytes)).equals(
      sound.files.get(path)!.bytes.subarray(0, 2 * pageBytes),
    );
    const read = readAll(disk);
    if (read instanceof Error) found++;
    else if (!isMeta) assert.deepEqual(read, expected, `seed ${seed}, round ${round}`);
  }
  assert.ok(found > 300, `${found} of 1000 found`);
});

test("a damaged, cut or missing sidecar is not believed, and no sound page is refused", () => {
  const seed = Number(process.env["SEED"] ?? 12);
  const random = seededRandom(seed);
  const sound = written(random);
  const expected = readAll(sound);
  for (let round = 0; round < 300; round++) {
    const disk = copied(sound);
    const file = disk.files.get(sumsPath)!;
    if (round === 0) disk.files.delete(sumsPath);
    else if (round % 3 === 0) file.apply({ kind: "truncate", size: random.below(file.size) });
    else file.bytes[random.below(file.size)]! ^= 1 << random.below(8);
    assert.deepEqual(readAll(disk), expected, `seed ${seed}, round ${round}`);
  }
});

test("sums of another state of the file are forgotten: one that commits without them leaves no stamp", () => {
  const random = seededRandom(13);
  const disk = written(random);
  const other = Database.open({ disk, path, cacheBytesMax: 0 });
  other.commitNow(batchOf(random, 200));
  const expected = readModel(other.view);
  other.close();
  const database = open(disk);
  assert.equal(database.hasTrustedSums, false);
  assert.deepEqual(readModel(database.view), expected);
  // What was read is known from the next commit on.
  database.commitNow(batchOf(random, 1));
  database.close();
  const again = open(disk);
  assert.equal(again.hasTrustedSums, true);
  again.close();
});

test("an older copy of the file that was put back is believed, and goes on", () => {
  const seed = Number(process.env["SEED"] ?? 15);
  const random = seededRandom(seed);
  for (let round = 0; round < 20; round++) {
    const disk = written(random);
    const older = disk.files.get(path)!.clone();
    const expected = readAll(disk);
    const database = open(disk);
    for (let commit = 0; commit <= round % 4; commit++) database.commitNow(batchOf(random, 200));
    database.close();
    disk.files.set(path, older);
    assert.deepEqual(readAll(disk), expected, `seed ${seed}, round ${round}`);
    const again = open(disk);
    again.commitNow(batchOf(random, 100));
    const model = readModel(again.view);
    again.close();
    assert.deepEqual(readAll(disk), model, `seed ${seed}, round ${round}`);
  }
});

test("a power cut at any moment of a commit leaves sums that fit the state found", () => {
  const seed = Number(process.env["SEED"] ?? 14);
  const random = seededRandom(seed);
  for (let round = 0; round < 150; round++) {
    const disk = written(random);
    const before = readAll(disk);
    const database = open(disk);
    const bases = new Map<string, MemoryFile>();
    for (const [name, file] of disk.files) {
      bases.set(name, file.clone());
      file.effects = [];
    }
    const model = commitInPart(disk, database, random);
    const crashed = new MemoryDisk();
    for (const [name, base] of bases) crashed.files.set(name, cut(random, disk, name, base));
    const found = readAll(crashed);
    if (found instanceof Error) assert.fail(`seed ${seed}, round ${round}: ${found.message}`);
    const isOld = JSON.stringify(found) === JSON.stringify(before);
    if (!isOld) assert.deepEqual(found, model, `seed ${seed}, round ${round}`);
  }
});

/** Takes some steps of a commit; returns the state it leads to. */
function commitInPart(disk: MemoryDisk, database: Database, random: RandomSource): Model {
  const batch = batchOf(random, 40);
  const whole = copied(disk);
  const other = open(whole);
  other.commitNow(batch);
  const model = readModel(other.view);
  other.close();
  let isDone = false;
  database.startCommit(batch, {}, () => {
    isDone = true;
  });
  while (database.step(8)) {}
  for (let left = random.below(5); left > 0 && !isDone; left--) disk.settle();
  return model;
}

/** What a disk may hold of a file: all that a sync covers, and some sectors of what follows. */
function cut(random: RandomSource, disk: MemoryDisk, name: string, base: MemoryFile): MemoryFile {
  const { effects = [] } = disk.files.get(name)!;
  // The last sync may not have ended: what it covers may be lost in part too.
  const synced = effects.findLastIndex(({ kind }) => kind === "sync");
  const isEnded = disk.files.get(name)!.waiting.length === 0;
  const sure = isEnded ? synced : -1;
  for (const [at, effect] of effects.entries()) {
    if (effect.kind === "sync") continue;
    if (at < sure || effect.kind === "truncate") base.apply(effect);
    else {
      for (let from = 0; from < effect.bytes.length; from += sectorBytes) {
        if (random.below(2) === 0) continue;
        const bytes = effect.bytes.subarray(from, from + sectorBytes);
        base.apply({ kind: "write", position: effect.position + from, bytes });
      }
    }
  }
  return base;
}
