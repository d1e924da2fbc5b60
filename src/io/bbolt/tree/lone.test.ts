import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryDisk } from "../../../../test/bbolt/memory-disk.ts";
import { Batch } from "../batch.ts";
import type { CommitOptions } from "../commit.ts";
import { Database } from "../database.ts";
import { Operations } from "./operations.ts";

const path = "db";
const MiB = 1024 * 1024;
const key = (number: number): Buffer => Buffer.from(`key-${`${number}`.padStart(6, "0")}`);

interface Traffic {
  readonly disk: MemoryDisk;
  readonly database: Database;
  read: number;
  written: number;
}

/** Nothing long stays in a cache of so few bytes: what is wanted of a page is read. */
function open(disk: MemoryDisk): Traffic {
  const sumsPath = "sums";
  const database = Database.open({ disk, path, sumsPath, cacheBytesMax: 0, isLocked: true });
  const traffic: Traffic = { disk, database, read: 0, written: 0 };
  const file = disk.files.get(path)!;
  const read = file.read.bind(file);
  file.read = (...args) => {
    const got = read(...args);
    traffic.read += got;
    return got;
  };
  file.refuse = (_position, length) => {
    traffic.written += length;
    return undefined;
  };
  return traffic;
}

function commit({ database }: Traffic, change: (batch: Batch) => void): void {
  const batch = new Batch();
  batch.createBucket("key");
  change(batch);
  database.commitNow(batch);
  assert.deepEqual(database.check(), []);
}

function lengths({ database }: Traffic): string {
  const found: string[] = [];
  database.view.scan(database.view.bucket("key")!, {}, (bytes, start, valueStart, valueEnd) => {
    const name = bytes.toString("latin1", start + 7, valueStart);
    const [first, last] = [bytes[valueStart], bytes[valueEnd - 1]];
    assert.equal(first, last);
    found.push(`${name}=${valueEnd - valueStart}`);
  });
  return found.join(" ");
}

/** Bytes read and written by a commit alone; checking the file reads all of it. */
function cost(traffic: Traffic, change: (batch: Batch) => void): number {
  const batch = new Batch();
  change(batch);
  traffic.read = 0;
  traffic.written = 0;
  traffic.database.commitNow(batch);
  const bytes = traffic.read + traffic.written;
  assert.deepEqual(traffic.database.check(), []);
  return bytes;
}

test("what is put around a record of megabytes, or deletes it, does not touch its pages", () => {
  const disk = new MemoryDisk();
  const traffic = open(disk);
  commit(traffic, (batch) => {
    for (const number of [300, 500]) batch.put("key", key(number), Buffer.alloc(3 * MiB, 1));
  });
  const few = 64 * 1024;
  assert.ok(cost(traffic, (batch) => batch.put("key", key(600), Buffer.alloc(9, 2))) < few);
  assert.ok(cost(traffic, (batch) => batch.put("key", key(100), Buffer.alloc(9, 2))) < few);
  assert.ok(cost(traffic, (batch) => batch.put("key", key(400), Buffer.alloc(9, 2))) < few);
  assert.equal(lengths(traffic), "100=9 300=3145728 400=9 500=3145728 600=9");
  const next = cost(traffic, (batch) => batch.put("key", key(700), Buffer.alloc(MiB, 3)));
  assert.ok(next < MiB + few, `${next} bytes for a record of 1 MiB`);
  assert.ok(cost(traffic, (batch) => batch.delete("key", key(300))) < few);
  assert.ok(cost(traffic, (batch) => batch.put("key", key(500), Buffer.alloc(8, 4))) < few);
  assert.equal(lengths(traffic), "100=9 400=9 500=8 600=9 700=1048576");
  traffic.database.close();
  assert.equal(lengths(open(disk)), "100=9 400=9 500=8 600=9 700=1048576");
});

/** Steps a commit takes, none of which writes more than some pages. */
function stepsOf(traffic: Traffic, batch: Batch, options: CommitOptions): number {
  let isDone = false;
  traffic.database.startCommit(batch, options, () => (isDone = true));
  let steps = 0;
  for (let more = true; more; steps++) {
    traffic.written = 0;
    more = traffic.database.step(64);
    // A step may end with the pieces gathered by the one before it.
    assert.ok(traffic.written <= 512 * 1024, `${traffic.written} bytes in one step`);
  }
  while (!isDone) if (!traffic.database.step(64)) traffic.disk.settle();
  assert.deepEqual(traffic.database.check(), []);
  return steps;
}

test("a record of megabytes is written, and moved, in steps of some pages each", () => {
  const traffic = open(new MemoryDisk());
  const batch = new Batch();
  batch.createBucket("key");
  for (const number of [1, 2]) batch.put("key", key(number), Buffer.alloc(4 * MiB, number));
  const steps = stepsOf(traffic, batch, {});
  assert.ok(steps >= 32, `${steps} steps`);
  const touched = new Operations();
  touched.delete(key(2));
  const moving = new Batch();
  moving.delete("key", key(1));
  const moves = stepsOf(traffic, moving, { touch: new Map([["key", touched]]) });
  assert.ok(moves >= 16, `${moves} steps`);
  assert.equal(lengths(traffic), "002=4194304");
});

test("long records that share a leaf are given leaves of their own when it is written again", () => {
  const traffic = open(new MemoryDisk());
  const sizes = [10, 70_000, 20, 30, 65_495, 65_496, 40, 5000, 90_000];
  commit(traffic, (batch) => {
    for (const [at, size] of sizes.entries()) batch.put("key", key(at), Buffer.alloc(size, at));
  });
  const written = lengths(traffic);
  for (let round = 0; round < 12; round++) {
    commit(traffic, (batch) => batch.put("key", key(100 + round), Buffer.alloc(30_000, 1)));
    commit(traffic, (batch) => batch.delete("key", key(100 + round)));
  }
  assert.equal(lengths(traffic), written);
});
