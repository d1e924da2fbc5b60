import assert from "node:assert/strict";
import { test } from "node:test";
import { type RandomSource, seededRandom } from "../../src/base/index.ts";
import { Batch, Database } from "../../src/io/bbolt/index.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { type Model, modelOf, readModel } from "./model.ts";

const path = "db";
const bucketNames = ["alarm", "key", "lease", "meta"];

/** Random changes to a batch and to the model alike. */
function change(random: RandomSource, batch: Batch, model: Model, operations: number): void {
  const keyRange = 1 + random.below(random.below(4) === 0 ? 40 : 4000);
  for (let operation = 0; operation < operations; operation++) {
    const name = bucketNames[random.below(bucketNames.length)]!;
    let bucket = model.get(name);
    if (random.below(200) === 0 && bucket !== undefined) {
      batch.deleteBucket(name);
      model.delete(name);
      continue;
    }
    if (bucket === undefined) {
      batch.createBucket(name);
      bucket = new Map();
      model.set(name, bucket);
    }
    const key = keyOf(random, keyRange);
    if (random.below(10) < 4) {
      batch.delete(name, key);
      bucket.delete(key.toString("latin1"));
    } else {
      const value = valueOf(random);
      batch.put(name, key, value);
      bucket.set(key.toString("latin1"), value.toString("latin1"));
    }
  }
}

function keyOf(random: RandomSource, range: number): Buffer {
  const number = random.below(range);
  const key = Buffer.alloc(1 + (number % 23) + (number % 97 === 0 ? 900 : 0), number % 7);
  key.write(number.toString(36), 0);
  return key;
}

function valueOf(random: RandomSource): Buffer {
  const kind = random.below(100);
  const length =
    kind < 70 ? random.below(60) : kind < 98 ? random.below(1500) : random.below(120_000);
  return Buffer.alloc(length, random.below(256));
}

function runHistory(seed: number, pageBytes: number): void {
  const random = seededRandom(seed);
  const disk = new MemoryDisk();
  let database = Database.open({ disk, path, pageBytes, cacheBytesMax: 64 * pageBytes });
  const model: Model = new Map();
  const pinned: { reader: ReturnType<Database["beginRead"]>; expected: Model }[] = [];
  for (let round = 0; round < 30; round++) {
    const batch = new Batch();
    change(random, batch, model, random.below(random.below(3) === 0 ? 2000 : 30));
    const fill = 0.3 + random.below(8) / 10;
    database.commitNow(batch, {
      fillOf: () => Math.min(1, fill),
      mayShrink: random.below(4) === 0,
    });
    assert.deepEqual(database.check(), [], `seed ${seed} round ${round}`);
    assert.deepEqual(readModel(database.view), model, `seed ${seed} round ${round}`);
    if (random.below(3) === 0) {
      pinned.push({ reader: database.beginRead(), expected: modelOf(model) });
    }
    if (pinned.length > 0 && random.below(3) === 0) {
      const [one] = pinned.splice(random.below(pinned.length), 1);
      assert.deepEqual(readModel(one!.reader), one!.expected, `seed ${seed} round ${round}`);
      one!.reader.close();
      database.truncateUnused();
    }
    if (random.below(8) === 0 && pinned.length === 0) {
      database.close();
      database = Database.open({ disk, path, cacheBytesMax: 64 * pageBytes });
    }
  }
  for (const { reader, expected } of pinned) assert.deepEqual(readModel(reader), expected);
}

test("after any history the file is sound and holds what a map would", () => {
  const base = Number(process.env["SEED"] ?? 1);
  for (let seed = base; seed < base + Number(process.env["SEEDS"] ?? 12); seed++) {
    runHistory(seed, [1024, 4096, 16384][seed % 3]!);
  }
});
