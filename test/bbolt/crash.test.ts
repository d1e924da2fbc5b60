// Every state a power cut can leave during commits: a prefix of what was done, with any part of
// what was not yet synced. Each must open, be sound, and hold the state before or after.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type RandomSource, seededRandom } from "../../src/base/index.ts";
import { Batch, Database, Operations } from "../../src/io/bbolt/index.ts";
import { type Effect, MemoryDisk, type MemoryFile } from "./memory-disk.ts";
import { type Model, modelOf, readModel } from "./model.ts";

const path = "db";
const pageBytes = 1024;
const sectorBytes = 512;

interface Epoch {
  /** What the file surely holds when the epoch begins. */
  readonly base: MemoryFile;
  /** Writes and truncations that no sync has covered yet. */
  readonly loose: Effect[];
  readonly allowed: readonly Model[];
}

/** Cuts writes into sectors, as a disk may write some of them only. */
function sectors(effects: readonly Effect[]): Effect[] {
  return effects.flatMap((effect): Effect[] => {
    if (effect.kind !== "write") return [effect];
    const pieces: Effect[] = [];
    for (let at = 0; at < effect.bytes.length; at += sectorBytes) {
      const bytes = effect.bytes.subarray(at, at + sectorBytes);
      pieces.push({ kind: "write", position: effect.position + at, bytes });
    }
    return pieces;
  });
}

/** All subsets when they are few, else a sample that holds the extremes. */
function* subsets(random: RandomSource, items: number, most: number): Generator<Uint8Array> {
  const all = 2 ** items;
  if (all <= most) {
    for (let mask = 0; mask < all; mask++) {
      yield Uint8Array.from({ length: items }, (_, at) => Math.floor(mask / 2 ** at) & 1);
    }
    return;
  }
  for (let prefix = 0; prefix <= items; prefix++) {
    yield Uint8Array.from({ length: items }, (_, at) => (at < prefix ? 1 : 0));
    yield Uint8Array.from({ length: items }, (_, at) => (at === prefix ? 0 : 1));
  }
  for (let sample = 0; sample < most; sample++) {
    yield Uint8Array.from({ length: items }, () => random.below(2));
  }
}

function checkState(file: MemoryFile, epoch: Epoch, what: string): void {
  const disk = new MemoryDisk();
  disk.files.set(path, file);
  const database = Database.open({ disk, path, cacheBytesMax: 0 });
  assert.deepEqual(database.check(), [], what);
  const found = readModel(database.view);
  const isAllowed = epoch.allowed.some((model) => {
    try {
      assert.deepEqual(found, model);
      return true;
    } catch {
      return false;
    }
  });
  assert.ok(isAllowed, `${what}: neither the old nor the new state`);
  // What was left over must not stand in the way of the next commit.
  const batch = new Batch();
  batch.createBucket("after");
  batch.put("after", Buffer.from("crash"), Buffer.alloc(3000));
  database.commitNow(batch);
  assert.deepEqual(database.check(), [], `${what}: after one more commit`);
  database.close();
}

function enumerate(random: RandomSource, epoch: Epoch, what: string): number {
  const pieces = sectors(epoch.loose);
  let states = 0;
  for (const chosen of subsets(random, pieces.length, 64)) {
    const file = epoch.base.clone();
    for (const [at, piece] of pieces.entries()) if (chosen[at] === 1) file.apply(piece);
    checkState(file, epoch, `${what} subset ${chosen.join("")}`);
    states++;
  }
  for (const [at, piece] of pieces.slice(0, 8).entries()) {
    if (piece.kind !== "write") continue;
    const file = epoch.base.clone();
    for (const whole of pieces.slice(0, at)) file.apply(whole);
    // Not every disk writes a sector whole.
    const cut = 1 + random.below(80);
    file.apply({ kind: "write", position: piece.position, bytes: piece.bytes.subarray(0, cut) });
    checkState(file, epoch, `${what} sector ${at} torn at ${cut}`);
    states++;
  }
  return states;
}

/** Splits what one commit did at its syncs and enumerates each part. */
function crashDuring(
  random: RandomSource,
  base: MemoryFile,
  effects: readonly Effect[],
  models: { readonly before: Model; readonly after: Model },
  what: string,
): number {
  let states = 0;
  const durable = base.clone();
  let loose: Effect[] = [];
  const allowed = [models.before, models.after];
  for (const effect of effects) {
    if (effect.kind !== "sync") {
      loose.push(effect);
      continue;
    }
    states += enumerate(random, { base: durable, loose, allowed }, what);
    for (const done of loose) durable.apply(done);
    loose = [];
  }
  return states + enumerate(random, { base: durable, loose, allowed: [models.after] }, what);
}

function nextBatch(random: RandomSource, model: Model): Batch {
  const batch = new Batch();
  for (let operation = 0; operation < 1 + random.below(12); operation++) {
    const name = ["key", "meta"][random.below(2)]!;
    if (!model.has(name)) {
      batch.createBucket(name);
      model.set(name, new Map());
    }
    const key = `${random.below(60)}`;
    if (random.below(3) === 0) {
      batch.delete(name, Buffer.from(key));
      model.get(name)!.delete(key);
    } else {
      const value = Buffer.alloc(
        random.below(random.below(5) === 0 ? 3000 : 200),
        65 + random.below(20),
      );
      batch.put(name, Buffer.from(key), value);
      model.get(name)!.set(key, value.toString("latin1"));
    }
  }
  return batch;
}

function touchAll(model: Model): Map<string, Operations> {
  const touch = new Operations();
  for (const key of model.get("key")?.keys() ?? []) touch.delete(Buffer.from(key));
  return new Map([["key", touch]]);
}

function commitInSteps(disk: MemoryDisk, database: Database, batch: Batch, options: object): void {
  let outcome: Error | "running" | undefined = "running";
  database.startCommit(batch, options, (error) => (outcome = error));
  while (outcome === "running") while (database.step(1) || disk.settle());
  assert.equal(outcome, undefined);
}

function runCrashes(seed: number, commits: number): number {
  const random = seededRandom(seed);
  const disk = new MemoryDisk();
  const database = Database.open({ disk, path, pageBytes, cacheBytesMax: 0 });
  const file = disk.files.get(path)!;
  const model: Model = new Map();
  let states = 0;
  for (let commit = 0; commit < commits; commit++) {
    const before = modelOf(model);
    const base = file.clone();
    file.effects = [];
    const batch = nextBatch(random, model);
    const isMoving = random.below(3) === 0 && before.has("key");
    const options = isMoving ? { touch: touchAll(before), mayShrink: true } : {};
    commitInSteps(disk, database, batch, options);
    const effects = file.effects;
    file.effects = undefined;
    const what = `seed ${seed} commit ${commit}`;
    states += crashDuring(random, base, effects, { before, after: model }, what);
    if (isMoving) {
      const shortened = file.clone();
      file.effects = [];
      database.truncateUnused();
      const epoch = { base: shortened, loose: file.effects, allowed: [modelOf(model)] };
      states += enumerate(random, epoch, `${what} truncation`);
      file.effects = undefined;
    }
  }
  database.close();
  return states;
}

test("a power cut at any moment of a commit leaves the old state or the new one", () => {
  const base = Number(process.env["SEED"] ?? 1);
  let states = 0;
  for (let seed = base; seed < base + Number(process.env["SEEDS"] ?? 3); seed++) {
    states += runCrashes(seed, 12);
  }
  console.log(`${states} crash states`);
  assert.ok(states > 1000);
});
