import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryDisk } from "../../../test/bbolt/memory-disk.ts";
import { bytesFromLatin1, type RandomSource, seededRandom } from "../../base/index.ts";
import { type Backend, type BucketName, MemoryBackend, RecordRun } from "../../core/mvcc/index.ts";
import { Database } from "../bbolt/index.ts";
import { DiskError } from "../host/index.ts";
import { FileBackend } from "./backend.ts";
import { bucketNames } from "./schema.ts";

const path = "db";
const noBytes = new Uint8Array(0);

function open(disk: MemoryDisk, wake = (): void => {}): FileBackend {
  return FileBackend.open({
    disk,
    path,
    cacheBytesMax: 0,
    stepPages: 2,
    wake,
    onFailure: (error) => {
      throw error;
    },
  });
}

/** Works until nothing is left to do. */
function settle(disk: MemoryDisk, backend: FileBackend, nowMs: number): void {
  while (backend.maybeCommit(nowMs) || disk.settle());
}

function commitNow(disk: MemoryDisk, backend: FileBackend, nowMs = 0): void {
  let isDone = false;
  backend.commit((error) => {
    assert.equal(error, undefined);
    isDone = true;
  });
  while (!isDone) settle(disk, backend, nowMs);
}

function rowsOf(backend: Backend, bucket: BucketName): string[] {
  const rows: string[] = [];
  backend.visit(bucket, noBytes, undefined, (key, value) => {
    rows.push(`${Buffer.from(key).toString("hex")}=${Buffer.from(value).toString("hex")}`);
    return true;
  });
  return rows;
}

function recordsOf(backend: Backend, main: number, sub: number): string[] {
  const cursor = backend.records.cursor();
  const rows: string[] = [];
  for (let more = cursor.seekFrom(main, sub); more; more = cursor.next()) {
    const value = Buffer.from(cursor.buffer.subarray(cursor.start, cursor.end)).toString("hex");
    rows.push(`${cursor.main}_${cursor.sub}${cursor.tombstone ? "t" : ""}=${value}`);
  }
  return rows;
}

/** As `recordsOf` without the tombstones' marks, taken run by run. */
function runsOf(backend: Backend, main: number, sub: number): string[] {
  const cursor = backend.records.borrowingCursor();
  const run = new RecordRun();
  const rows: string[] = [];
  for (let more = cursor.seekFrom(main, sub); more; more = cursor.next()) {
    cursor.takeRun(run);
    for (let at = 0; at < run.count; at++) {
      const value = Buffer.from(run.buffer.subarray(run.starts[at], run.ends[at])).toString("hex");
      rows.push(`${run.mains[at]}_${run.subs[at]}=${value}`);
    }
    assert.deepEqual(
      [cursor.main, cursor.sub],
      [run.mains[run.count - 1], run.subs[run.count - 1]],
    );
  }
  return rows;
}

interface Written {
  readonly main: number;
  readonly sub: number;
  readonly tombstone: boolean;
}

function writeSome(
  random: RandomSource,
  main: number,
  both: readonly Backend[],
  written: Written[],
): void {
  for (let sub = 0; sub < 1 + random.below(4); sub++) {
    const tombstone = random.below(5) === 0;
    const length = random.below(20) === 0 ? random.below(20_000) : random.below(300);
    const value = Buffer.alloc(length, main);
    for (const one of both) one.records.append(main, sub, tombstone, value, 0, value.length);
    written.push({ main, sub, tombstone });
  }
  for (let removal = random.below(4); removal > 0 && written.length > 0; removal--) {
    const [gone] = written.splice(random.below(written.length), 1);
    for (const one of both) one.records.remove(gone!.main, gone!.sub, gone!.tombstone);
  }
  const name = bucketNames[random.below(5)]!;
  const key = bytesFromLatin1(`${random.below(30)}`);
  for (const one of both) {
    if (main % 4 === 0) one.delete(name, key);
    else one.put(name, key, bytesFromLatin1(`v${main}`));
  }
}

function compare(random: RandomSource, file: Backend, memory: Backend, written: Written[]): void {
  const place = written[random.below(written.length)];
  if (place !== undefined) {
    const { main, sub } = place;
    assert.deepEqual(
      recordsOf(file, main, sub).slice(0, 40),
      recordsOf(memory, main, sub).slice(0, 40),
    );
    const plain = recordsOf(memory, main, sub).map((row) => row.replace("t=", "="));
    for (const backend of [file, memory]) {
      assert.ok(runsOf(backend, main, sub).join() === plain.join(), "runs and steps agree");
      const cursor = backend.records.cursor();
      assert.ok(cursor.seek(main, sub));
      assert.equal(cursor.tombstone, place.tombstone);
      assert.equal(cursor.seek(main, sub + 9), false);
    }
  }
  const name = bucketNames[random.below(5)]!;
  assert.deepEqual(rowsOf(file, name), rowsOf(memory, name));
  const key = bytesFromLatin1(`${random.below(30)}`);
  assert.deepEqual(
    Buffer.from(file.get(name, key) ?? "none"),
    Buffer.from(memory.get(name, key) ?? "none"),
  );
}

test("whatever is written is read at once, before, during and after its commit", () => {
  const seed = Number(process.env["SEED"] ?? 31);
  const random = seededRandom(seed);
  const disk = new MemoryDisk();
  let file = open(disk);
  const memory = new MemoryBackend();
  const written: Written[] = [];
  let nowMs = 0;
  let main = 1;
  for (let round = 0; round < 600; round++) {
    try {
      writeSome(random, (main += 1 + random.below(3)), [file, memory], written);
      nowMs += random.below(40);
      if (random.below(3) > 0) file.maybeCommit(nowMs);
      if (random.below(4) === 0) disk.settle();
      compare(random, file, memory, written);
      if (round % 150 === 149) {
        commitNow(disk, file, nowMs);
        assert.deepEqual(file.check(), []);
        assert.deepEqual(recordsOf(file, 0, 0), recordsOf(memory, 0, 0));
        file.close();
        file = open(disk);
      }
    } catch (error) {
      throw new Error(`seed ${seed} round ${round}`, { cause: error });
    }
  }
});

test("the ten buckets are there from the first commit on", () => {
  const disk = new MemoryDisk();
  const backend = open(disk);
  commitNow(disk, backend);
  backend.close();
  assert.deepEqual(Database.open({ disk, path }).view.bucketNames(), bucketNames);
});

test("a commit begins after the interval, or at the limit of operations, not before", () => {
  const disk = new MemoryDisk();
  const backend = open(disk);
  settle(disk, backend, 1000);
  settle(disk, backend, 1100);
  assert.equal(backend.commits, 1);
  backend.put("meta", bytesFromLatin1("a"), noBytes);
  settle(disk, backend, 1150);
  assert.equal(backend.commits, 1);
  settle(disk, backend, 1200);
  assert.equal(backend.commits, 2);
  settle(disk, backend, 9000);
  assert.equal(backend.commits, 2, "nothing written, nothing committed");
  for (let at = 0; at < 10_000; at++) backend.put("lease", Buffer.from(`${at}`), noBytes);
  settle(disk, backend, 9001);
  assert.equal(backend.commits, 3);
});

test("the consistent index is in the same commit as what it describes, at every power cut", () => {
  const disk = new MemoryDisk();
  const backend = open(disk);
  let index = 0;
  const indexKey = bytesFromLatin1("consistent_index");
  backend.setBeforeCommit(() => backend.put("meta", indexKey, Buffer.from(`${index}`)));
  let nowMs = 0;
  const file = disk.files.get(path)!;
  let states = 0;
  for (let turn = 0; turn < 400; turn++) {
    index++;
    backend.put("lease", bytesFromLatin1("last"), Buffer.from(`${index}`));
    backend.records.append(index + 1, 0, false, Buffer.alloc(500), 0, 500);
    backend.maybeCommit((nowMs += 9));
    if (turn % 3 === 0) disk.settle();
    const after = new MemoryDisk();
    after.files.set(path, file.clone());
    const { view } = Database.open({ disk: after, path });
    const lease = view.bucket("lease");
    const stored = lease && view.get(view.bucket("meta")!, indexKey)?.toString();
    assert.equal(lease && view.get(lease, bytesFromLatin1("last"))?.toString(), stored);
    const records = view.bucket("key");
    let count = 0;
    if (records !== undefined) view.scan(records, {}, () => void count++);
    assert.equal(count, Number(stored ?? 0));
    states += stored === undefined ? 0 : 1;
  }
  assert.ok(states > 300);
});

test("a full disk keeps everything readable, and the commit succeeds when there is room again", () => {
  const disk = new MemoryDisk();
  const backend = open(disk);
  commitNow(disk, backend);
  const file = disk.files.get(path)!;
  file.refuse = () => "ENOSPC";
  backend.put("meta", bytesFromLatin1("k"), bytesFromLatin1("v"));
  let outcome: Error | undefined | "waiting" = "waiting";
  backend.commit((error) => (outcome = error));
  settle(disk, backend, 200);
  assert.equal(backend.fullError?.message, "write db: no space left on device");
  assert.deepEqual(Buffer.from(backend.get("meta", bytesFromLatin1("k"))!).toString(), "v");
  settle(disk, backend, 400);
  assert.equal(outcome, "waiting");
  file.refuse = undefined;
  settle(disk, backend, 1300);
  assert.equal(outcome, undefined);
  assert.equal(backend.fullError, undefined);
  assert.deepEqual(backend.check(), []);
});

test("a failed sync stops the member", () => {
  const disk = new MemoryDisk();
  let failure: Error | undefined;
  const onFailure = (error: Error): void => void (failure = error);
  const backend = FileBackend.open({ disk, path, onFailure });
  disk.files.get(path)!.syncError = new DiskError("sync", path, "EIO");
  let told: Error | undefined;
  backend.commit((error) => (told = error));
  settle(disk, backend, 0);
  assert.equal(failure?.message, "sync db: input/output error");
  assert.equal(told, failure);
  assert.equal(backend.maybeCommit(10_000), false);
});

test("a snapshot is the file as it was, whatever is written while it is read", () => {
  const disk = new MemoryDisk();
  const backend = open(disk);
  const value = Buffer.alloc(700, 1);
  for (let main = 2; main < 900; main++) backend.records.append(main, 0, false, value, 0, 700);
  let snapshot: Parameters<Parameters<FileBackend["snapshot"]>[0]>[0] | undefined;
  backend.snapshot((made) => (snapshot = made));
  while (snapshot === undefined) settle(disk, backend, 0);
  if (snapshot instanceof Error) throw snapshot;
  const copy = new MemoryDisk().open("copy", { create: true });
  const chunk = Buffer.alloc(32 * 1024);
  const restored = new MemoryDisk();
  const target = restored.open(path, { create: true });
  let main = 900;
  for (let at = 0; snapshot.remaining > 0;) {
    const length = snapshot.read(chunk);
    target.write(chunk.subarray(0, length), at);
    at += length;
    for (let put = 0; put < 40; put++) {
      backend.records.append(main, 0, false, value, 0, 700);
      backend.records.remove(main++ - 800, 0, false);
    }
    commitNow(disk, backend);
  }
  assert.equal(target.size(), snapshot.size);
  snapshot.close();
  copy.close();
  const found = open(restored);
  assert.deepEqual(found.check(), []);
  assert.equal(recordsOf(found, 0, 0).length, 898);
});

test("stopping commits what was written", () => {
  const disk = new MemoryDisk();
  const backend = open(disk);
  backend.put("cluster", bytesFromLatin1("clusterVersion"), bytesFromLatin1("3.7.0"));
  let isStopped = false;
  backend.stop(() => (isStopped = true));
  settle(disk, backend, 0);
  assert.ok(isStopped);
  const again = open(disk);
  const version = again.get("cluster", bytesFromLatin1("clusterVersion"));
  assert.equal(Buffer.from(version!).toString(), "3.7.0");
});
