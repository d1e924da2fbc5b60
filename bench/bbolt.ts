// npm run bench:bbolt -- [keys] [value bytes]: what the database file costs. Point reads, the scan at
// start, commits and their longest step; then the backend on it: seeks, the index rebuilt at start, a
// defragmentation under load. Writes bench/results/<date>-bbolt.md. Times are the clock's: on a busy
// machine the medians say what the code does, the rest who else ran.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, cpuUsage, hrtime } from "node:process";
import { bytesFromLatin1, seededRandom, zeroId } from "../src/base/index.ts";
import { sizeKeyValue, Store, writeKeyValue } from "../src/core/mvcc/index.ts";
import { FileBackend } from "../src/io/backend/index.ts";
import { Batch, Database } from "../src/io/bbolt/index.ts";
import { nodeDisk } from "../src/io/host/node/index.ts";
import { machineText, minuteNow, writeResults } from "./results.ts";

const keys = Number(argv[2] ?? 1_000_000);
const valueBytes = Number(argv[3] ?? 256);
const batchOperations = 10_000;
const stepPages = 64;
const microseconds = (): number => Number(hrtime.bigint()) / 1000;

/** Of this process, user and system: what the clock says on a machine with nobody else on it. */
const cpuMicroseconds = (): number => cpuUsage().user + cpuUsage().system;

const lines: string[] = [];
function row(question: string, figure: number, unit: string): void {
  const text = figure.toFixed(figure < 100 ? 2 : 0);
  console.log(`${question.padEnd(58)} ${text.padStart(10)} ${unit}`);
  lines.push(`| ${question} | ${text} ${unit} |`);
}

function sound(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join("\n"));
  console.log("sound");
}

const key = Buffer.alloc(17);
key[8] = 0x5f;
function keyOf(revision: number): Buffer {
  key.writeUInt32BE(revision, 4);
  return key;
}

interface CommitFigures {
  /** Microseconds of each step, and of all commits until durable. */
  readonly steps: number[];
  whole: number;
}

const noFigures = (): CommitFigures => ({ steps: [], whole: 0 });

function commitSteps(database: Database, batch: Batch, figures: CommitFigures): Promise<void> {
  return new Promise((resolve, reject) => {
    const start = microseconds();
    const options = { fillOf: (name: string) => (name === "key" ? 1 : 0.5) };
    database.startCommit(batch, options, (error) => {
      figures.whole += microseconds() - start;
      if (error) reject(error);
      else resolve();
    });
    const turn = (): void => {
      const before = microseconds();
      const more = database.step(stepPages);
      figures.steps.push(microseconds() - before);
      if (more) setImmediate(turn);
    };
    turn();
  });
}

async function fill(database: Database): Promise<void> {
  const figures = noFigures();
  const value = Buffer.alloc(valueBytes, 120);
  let putting = 0;
  for (let revision = 0; revision < keys;) {
    const before = microseconds();
    const batch = new Batch();
    batch.createBucket("key");
    for (let put = 0; put < batchOperations && revision < keys; put++, revision++) {
      batch.put("key", keyOf(revision), value);
    }
    putting += microseconds() - before;
    await commitSteps(database, batch, figures);
  }
  row("put into the batch", putting / keys, "µs/put");
  report("append", figures, Math.ceil(keys / batchOperations));
}

function report(kind: string, figures: CommitFigures, commits: number): void {
  const operations = commits * batchOperations;
  const steps = figures.steps.toSorted((a, b) => a - b);
  const working = steps.reduce((sum, step) => sum + step, 0);
  row(`${kind}: commit, main thread`, working / operations, "µs/operation");
  row(`${kind}: commit, main thread`, working / commits / 1000, "ms/commit");
  row(`${kind}: commit until durable`, figures.whole / commits / 1000, "ms/commit");
  reportSteps(`${kind}: step of ${stepPages} pages`, figures.steps);
}

function reportSteps(what: string, steps: readonly number[]): void {
  const sorted = steps.toSorted((a, b) => a - b);
  const share = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)]! / 1000;
  row(`${what}, median`, share(0.5), "ms");
  row(`${what}, p99`, share(0.99), "ms");
  row(`${what}, longest`, share(1), "ms");
}

function pointReads(database: Database, what: string, spread: number): void {
  const { view } = database;
  const bucket = view.bucket("key")!;
  const random = seededRandom(4);
  const reads = 200_000;
  let bytes = 0;
  const read = (): void => {
    for (let at = 0; at < reads; at++)
      bytes += view.get(bucket, keyOf(random.below(spread)))!.length;
  };
  read();
  const before = microseconds();
  const cpuBefore = cpuMicroseconds();
  read();
  row(`point read, ${what}`, (microseconds() - before) / reads, "µs");
  row(`point read, ${what}, processor`, (cpuMicroseconds() - cpuBefore) / reads, "µs");
}

function scan(database: Database): void {
  const { view } = database;
  const bucket = view.bucket("key")!;
  let sum = 0;
  for (const round of ["first", "second"]) {
    const before = microseconds();
    view.scan(bucket, {}, (bytes, keyStart, valueStart, valueEnd) => {
      sum += bytes[keyStart + 7]! + valueEnd - valueStart;
    });
    row(`scan of all keys, ${round}`, keys / (microseconds() - before), "million keys/s");
  }
}

async function scattered(database: Database): Promise<void> {
  const figures = noFigures();
  const random = seededRandom(8);
  const commits = 10;
  for (let commit = 0; commit < commits; commit++) {
    const batch = new Batch();
    for (let at = 0; at < batchOperations; at++) batch.delete("key", keyOf(random.below(keys)));
    await commitSteps(database, batch, figures);
  }
  report("scattered deletes", figures, commits);
}

function openBackend(path: string): FileBackend {
  const onFailure = (error: Error): void => {
    throw error;
  };
  return FileBackend.open({ disk: nodeDisk, path, onFailure });
}

/** Calls `maybeCommit` each turn, as a member does, until `done`; returns what each call took. */
function drive(
  backend: FileBackend,
  start: (done: () => void) => void,
  eachTurn: () => void = () => {},
): Promise<number[]> {
  return new Promise((resolve) => {
    const steps: number[] = [];
    let isDone = false;
    start(() => (isDone = true));
    const turn = (): void => {
      if (isDone) return resolve(steps);
      const before = microseconds();
      backend.maybeCommit(before / 1000);
      steps.push(microseconds() - before);
      eachTurn();
      setImmediate(turn);
    };
    turn();
  });
}

const fields = {
  key: bytesFromLatin1(""),
  createRevision: 0,
  modRevision: 0,
  version: 1,
  value: new Uint8Array(valueBytes),
  lease: zeroId,
};

function append(backend: FileBackend, revision: number): void {
  fields.key = bytesFromLatin1(`registry/pods/${revision * 7919}`);
  fields.createRevision = revision;
  fields.modRevision = revision;
  const record = new Uint8Array(sizeKeyValue(fields));
  writeKeyValue(fields, record, 0);
  backend.records.append(revision, 0, false, record, 0, record.length);
}

async function fillBackend(backend: FileBackend): Promise<void> {
  for (let revision = 2; revision < keys + 2;) {
    for (let put = 0; put < batchOperations && revision < keys + 2; put++)
      append(backend, revision++);
    await drive(backend, (done) => backend.commit(() => done()));
  }
}

function seeks(backend: FileBackend): void {
  const random = seededRandom(2);
  const cursor = backend.records.cursor();
  const count = 200_000;
  for (const spread of [1000, 100_000]) {
    const read = (): void => {
      for (let at = 0; at < count; at++) cursor.seek(2 + random.below(Math.min(spread, keys)), 0);
    };
    read();
    const before = microseconds();
    read();
    row(`seek of a record among ${spread}`, (microseconds() - before) / count, "µs");
  }
}

function restore(backend: FileBackend): void {
  let before = microseconds();
  let count = 0;
  const cursor = backend.records.cursor();
  for (let more = cursor.seekFrom(1, 0); more; more = cursor.next()) count++;
  row("records read in order", count / (microseconds() - before), "million/s");
  before = microseconds();
  const cpuBefore = cpuMicroseconds();
  const store = new Store(backend);
  row("index rebuilt", store.keyCount / (microseconds() - before), "million keys/s");
  const cpu = cpuMicroseconds() - cpuBefore;
  row("index rebuilt, a processor", store.keyCount / cpu, "million keys/s");
}

/** Two thirds of the records are compacted away, then the file is made shorter under load. */
async function defragment(backend: FileBackend): Promise<void> {
  const random = seededRandom(6);
  let removed = 0;
  for (let revision = 2; revision < keys + 2; revision++) {
    if (random.below(3) === 0) continue;
    backend.records.remove(revision, 0, false);
    if (++removed % batchOperations === 0)
      await drive(backend, (done) => backend.commit(() => done()));
  }
  await drive(backend, (done) => backend.commit(() => done()));
  row("file before the defragmentation", backend.sizeBytes() / 2 ** 20, "MiB");
  let revision = keys + 2;
  const before = microseconds();
  const load = (): void => append(backend, revision++);
  const steps = await drive(backend, (done) => backend.defragment(() => done()), load);
  row("defragmentation", (microseconds() - before) / 1e6, "s");
  row("file after the defragmentation", backend.sizeBytes() / 2 ** 20, "MiB");
  row("puts meanwhile", revision - keys - 2, "");
  reportSteps("defragmentation: call of maybeCommit", steps);
  sound(backend.check());
}

async function benchBackend(path: string): Promise<void> {
  let backend = openBackend(path);
  await fillBackend(backend);
  seeks(backend);
  await drive(backend, (done) => backend.stop(() => done()));
  backend = openBackend(path);
  restore(backend);
  await defragment(backend);
  backend.close();
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "quorate-bench-"));
  const path = join(folder, "db");
  try {
    let database = Database.open({ disk: nodeDisk, path });
    await fill(database);
    row("file", database.size / 2 ** 20, "MiB");
    scan(database);
    pointReads(database, "cached", Math.min(keys, 100_000));
    database.close();
    database = Database.open({ disk: nodeDisk, path, cacheBytesMax: 1024 * 1024 });
    pointReads(database, "not cached (1 MiB of cache)", keys);
    database.close();
    let before = microseconds();
    database = Database.open({ disk: nodeDisk, path });
    row("open", (microseconds() - before) / 1000, "ms");
    before = microseconds();
    database.listFreePages(Number.POSITIVE_INFINITY);
    row("listing the free pages, in one go", (microseconds() - before) / 1000, "ms");
    await scattered(database);
    before = microseconds();
    const problems = database.check();
    row("check of the whole file", (microseconds() - before) / 1000, "ms");
    sound(problems);
    database.close();
    await benchBackend(join(folder, "backend"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
const date = minuteNow();
const size = `${keys.toLocaleString("en")} records of ${valueBytes} B`;
const table = ["| what | figure |", "| --- | --- |", ...lines].join("\n");
writeResults(`${date}-bbolt`, `# bbolt bench, ${date}, ${size}\n\n${machineText()}\n\n${table}`);
