// The copy of the file that a snapshot is: no damaged page is handed on, and none is suspected wrongly.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type RandomSource, seededRandom } from "../../src/base/index.ts";
import {
  Batch,
  CorruptFileError,
  Database,
  type FileImage,
  InvalidDatabaseError,
} from "../../src/io/bbolt/index.ts";
import { MemoryDisk, MemoryFile } from "./memory-disk.ts";
import { type Model, readModel } from "./model.ts";

const path = "db";
const pageBytes = 1024;

const open = (disk: MemoryDisk): Database =>
  Database.open({ disk, path, sumsPath: "db.sum", pageBytes, cacheBytesMax: 0 });

function batchOf(random: RandomSource): Batch {
  const batch = new Batch();
  batch.createBucket("key");
  for (let key = 0; key < 60; key++) {
    const value = Buffer.alloc(random.below(key % 20 === 0 ? 4000 : 90), key);
    batch.put("key", Buffer.from(`${random.below(600)}`), value);
  }
  return batch;
}

function written(random: RandomSource): MemoryDisk {
  const disk = new MemoryDisk();
  const database = open(disk);
  for (let round = 0; round < 6; round++) database.commitNow(batchOf(random));
  database.close();
  return disk;
}

/** The rest of an image, in pieces of any size. */
function restOf(image: FileImage, random: RandomSource): Buffer {
  const pieces: Buffer[] = [];
  for (;;) {
    const piece = Buffer.alloc(1 + random.below(9000));
    const length = image.read(piece);
    if (length === 0) return Buffer.concat(pieces);
    pieces.push(piece.subarray(0, length));
  }
}

/** What a copy holds, read without sums, as whoever gets it would. */
function modelOfCopy(bytes: Buffer): Model {
  const disk = new MemoryDisk();
  disk.files.set(path, MemoryFile.of(bytes));
  const database = Database.open({ disk, path });
  assert.deepEqual(database.check(), []);
  return readModel(database.view);
}

test("of a thousand single faults in the file none gets into a copy: it is found or harmless", () => {
  const seed = Number(process.env["SEED"] ?? 21);
  const random = seededRandom(seed);
  const sound = written(random);
  const database = open(sound);
  const { size } = database;
  const expected = readModel(database.view);
  database.close();
  const counts = { found: 0, harmless: 0 };
  for (let round = 0; round < 1000; round++) {
    const disk = new MemoryDisk();
    for (const [name, file] of sound.files) disk.files.set(name, file.clone());
    const { bytes } = disk.files.get(path)!;
    // A damaged meta page leaves the state before, which the log brings up to date again.
    const anywhere = (): number => 2 * pageBytes + random.below(size - 2 * pageBytes);
    const [from, to] = [anywhere() & ~511, anywhere() & ~511];
    if (round % 3 > 0) bytes[anywhere()]! ^= 1 << random.below(8);
    else bytes.copyWithin(to, from, from + 512);
    try {
      using reader = open(disk).beginRead();
      const copy = restOf(reader.image(), random);
      assert.deepEqual(modelOfCopy(copy), expected, `seed ${seed}, round ${round}`);
      counts.harmless++;
    } catch (error) {
      const isRefusal = error instanceof CorruptFileError || error instanceof InvalidDatabaseError;
      if (!isRefusal) throw error;
      counts.found++;
    }
  }
  console.log(counts);
});

test("a copy read while commits run, fail and shorten the file is whole, and no page is suspected", () => {
  const seed = Number(process.env["SEED"] ?? 22);
  const random = seededRandom(seed);
  for (let round = 0; round < 60; round++) {
    const disk = written(random);
    const database = open(disk);
    const reader = database.beginRead();
    const expected = readModel(reader);
    const image = reader.image();
    const pieces: Buffer[] = [];
    let isRunning = false;
    while (image.remaining > 0) {
      const piece = Buffer.alloc(pageBytes * (1 + random.below(20)));
      pieces.push(piece.subarray(0, image.read(piece)));
      if (!isRunning) {
        isRunning = true;
        const options = { mayShrink: random.below(2) === 0 };
        database.startCommit(batchOf(random), options, () => (isRunning = false));
      }
      for (let steps = random.below(4); steps > 0; steps--) database.step(4);
      if (random.below(2) === 0) disk.settle();
    }
    assert.deepEqual(modelOfCopy(Buffer.concat(pieces)), expected, `seed ${seed}, round ${round}`);
    reader.close();
  }
});
