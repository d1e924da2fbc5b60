// What the database file costs: point reads, the scan at start, commits and their longest step.
// Run: node bench/bbolt.ts [keys] [value bytes]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, hrtime } from "node:process";
import { seededRandom } from "../src/base/index.ts";
import { Batch, Database } from "../src/io/bbolt/index.ts";
import { nodeDisk } from "../src/io/host/node/index.ts";

const keys = Number(argv[2] ?? 1_000_000);
const valueBytes = Number(argv[3] ?? 256);
const batchOperations = 10_000;
const stepPages = 64;
const microseconds = (): number => Number(hrtime.bigint()) / 1000;

function row(question: string, figure: number, unit: string): void {
  console.log(
    `${question.padEnd(58)} ${figure.toFixed(figure < 100 ? 2 : 0).padStart(10)} ${unit}`,
  );
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
  const percentile = (share: number): number =>
    steps[Math.floor((steps.length - 1) * share)]! / 1000;
  row(`${kind}: commit, main thread`, working / operations, "µs/operation");
  row(`${kind}: commit, main thread`, working / commits / 1000, "ms/commit");
  row(`${kind}: commit until durable`, figures.whole / commits / 1000, "ms/commit");
  row(`${kind}: step of ${stepPages} pages, median`, percentile(0.5), "ms");
  row(`${kind}: step of ${stepPages} pages, p99`, percentile(0.99), "ms");
  row(`${kind}: step of ${stepPages} pages, longest`, percentile(1), "ms");
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
  read();
  row(`point read, ${what}`, (microseconds() - before) / reads, "µs");
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
    console.log(problems.length === 0 ? "sound" : problems.join("\n"));
    database.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
