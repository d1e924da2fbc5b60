import assert from "node:assert/strict";
import { test } from "node:test";
import { type RandomSource, seededRandom } from "../../src/base/index.ts";
import {
  Batch,
  CorruptFileError,
  Database,
  InvalidDatabaseError,
} from "../../src/io/bbolt/index.ts";
import { MemoryDisk, MemoryFile } from "./memory-disk.ts";
import { readModel } from "./model.ts";

const path = "db";

function soundFile(random: RandomSource): Uint8Array {
  const disk = new MemoryDisk();
  const database = Database.open({ disk, path, pageBytes: 1024 });
  for (let round = 0; round < 4; round++) {
    const batch = new Batch();
    for (const name of ["alarm", "key", "meta"]) batch.createBucket(name);
    for (let key = 0; key < 400; key++) {
      const value = Buffer.alloc(random.below(key % 50 === 0 ? 4000 : 90), key);
      batch.put("key", Buffer.from(`${random.below(100_000)}`), value);
    }
    batch.put("meta", Buffer.from("term"), Buffer.alloc(8));
    database.commitNow(batch);
  }
  const { size } = database;
  database.close();
  const bytes = new Uint8Array(size);
  disk.files.get(path)!.read(bytes, 0, size, 0);
  return bytes;
}

/** One fault of a disk, as a flipped bit, a zeroed sector, a page from another place. */
function damage(random: RandomSource, bytes: Uint8Array): void {
  const kind = random.below(4);
  const at = random.below(bytes.length);
  const page = at - (at % 1024);
  if (kind === 0) bytes[at]! ^= 1 << random.below(8);
  else if (kind === 1) bytes.fill(0, page, page + 512);
  else if (kind === 2)
    bytes.copyWithin(page, random.below(bytes.length / 1024) * 1024, bytes.length);
  else for (let byte = 0; byte < 16; byte++) bytes[page + random.below(40)] = random.below(256);
}

/** Everything a caller may do with a file; the errors it may meet are the two kinds. */
function useAll(bytes: Uint8Array): "sound" | "found" | "unseen" {
  const disk = new MemoryDisk();
  disk.files.set(path, MemoryFile.of(bytes));
  let result: "sound" | "found" | "unseen" = "unseen";
  const attempt = (use: () => void): void => {
    try {
      use();
    } catch (error) {
      if (!(error instanceof CorruptFileError || error instanceof InvalidDatabaseError))
        throw error;
      result = "found";
      assert.match(error.message, /^db: /);
    }
  };
  attempt(() => {
    const database = Database.open({ disk, path });
    attempt(() => {
      if (database.check().length > 0) result = "found";
    });
    attempt(() => readModel(database.view));
    attempt(() => {
      const batch = new Batch();
      batch.createBucket("key");
      for (let key = 0; key < 300; key++) batch.delete("key", Buffer.from(`${key * 331}`));
      database.commitNow(batch);
    });
    database.close();
  });
  return result;
}

test("a damaged file gives data or an error with the place, and never anything else", () => {
  const seed = Number(process.env["SEED"] ?? 5);
  const random = seededRandom(seed);
  const sound = soundFile(random);
  assert.equal(useAll(sound), "unseen");
  const counts = { sound: 0, found: 0, unseen: 0 };
  for (let round = 0; round < Number(process.env["ROUNDS"] ?? 400); round++) {
    const bytes = Uint8Array.from(sound);
    damage(random, bytes);
    try {
      counts[useAll(bytes)]++;
    } catch (error) {
      throw new Error(`seed ${seed} round ${round}`, { cause: error });
    }
  }
  console.log(counts);
});

test("the error of a damaged page names the file and the offset of the page", () => {
  const bytes = soundFile(seededRandom(9));
  const disk = new MemoryDisk();
  const file = MemoryFile.of(bytes);
  disk.files.set(path, file);
  const clean = Database.open({ disk, path });
  const { root } = clean.view.bucket("key")!;
  clean.close();
  file.bytes[root * 1024]! ^= 0x40;
  const database = Database.open({ disk, path });
  assert.throws(
    () => database.view.get(database.view.bucket("key")!, Buffer.from("1")),
    (error) =>
      error instanceof CorruptFileError && error.file === path && error.offset === root * 1024,
  );
});
