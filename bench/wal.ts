// How long does a durable append take, and why do we do it the way we do it? One write and one sync
// a round, every way in turn, so that what else the machine does meets all of them alike.
//   node bench/wal.ts [rounds] [bytes]      the numbers of docs/adr/0007-fsync-and-preallocation.md
import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  rmSync,
  write,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { threadCpuUsage } from "node:process";
import { Worker } from "node:worker_threads";
import { seededRandom } from "../src/base/index.ts";
import { nodeClock, nodeDisk } from "../src/io/host/node/index.ts";
import { createWal, openWal, type Wal, type WalOptions } from "../src/io/wal/index.ts";
import { RecordEncoder } from "../src/io/wal/record-encoder.ts";

const rounds = Number(process.argv[2] ?? 400);
const bytes = Number(process.argv[3] ?? 368);
const folder = mkdtempSync(join(tmpdir(), "quorate-bench-wal-"));
const shared = new Uint8Array(new SharedArrayBuffer(bytes)).fill(7);
const record = Buffer.from(shared.buffer);

type Append = (position: number) => Promise<void> | void;

/** A file of 64,000,000 bytes whose first 4 MiB are written in pieces of `zeroPiece`, if any. */
function segment(name: string, zeroPiece: number, flags: number = constants.O_RDWR): number {
  const path = join(folder, name.replaceAll(/\W/g, "-"));
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT);
  ftruncateSync(descriptor, 64_000_000);
  const zeros = Buffer.alloc(zeroPiece);
  for (let at = 0; zeroPiece > 0 && at < 4 << 20; at += zeroPiece) {
    writeSync(descriptor, zeros, 0, zeroPiece, at);
  }
  fsyncSync(descriptor);
  closeSync(descriptor);
  return openSync(path, flags);
}

const dataSync = constants.O_RDWR | constants.O_DSYNC;
const pieces = { sparse: 0, "zeros 4 KiB": 4096, "zeros 64 KiB": 65_536, "zeros 1 MiB": 1 << 20 };

function waysOfOneThread(): Map<string, Append> {
  const ways = new Map<string, Append>();
  for (const [kind, piece] of Object.entries(pieces)) {
    const inline = segment(`inline ${kind}`, piece);
    ways.set(`fdatasync here, ${kind}`, (position) => {
      writeSync(inline, record, 0, bytes, position);
      fdatasyncSync(inline);
    });
    const pool = segment(`pool ${kind}`, piece);
    ways.set(`fdatasync in the pool, ${kind}`, (position) => {
      writeSync(pool, record, 0, bytes, position);
      return new Promise((resolve) => fdatasync(pool, () => resolve()));
    });
  }
  const inline = segment("O_DSYNC inline", 65_536, dataSync);
  ways.set("O_DSYNC here, zeros 64 KiB", (position) => {
    writeSync(inline, record, 0, bytes, position);
  });
  const pool = segment("O_DSYNC pool", 65_536, dataSync);
  ways.set(
    "O_DSYNC in the pool, zeros 64 KiB",
    (position) =>
      new Promise((resolve) => write(pool, record, 0, bytes, position, () => resolve())),
  );
  return ways;
}

/** A thread of its own that sleeps on a shared word and answers by waking or by a message. */
async function workerWay(answer: "wake" | "message"): Promise<[Append, () => Promise<number>]> {
  const words = new Int32Array(new SharedArrayBuffer(12));
  words[2] = segment(`worker ${answer}`, 65_536);
  const program = `
    const { workerData: words, parentPort } = require("node:worker_threads");
    const { fdatasyncSync } = require("node:fs");
    for (let seen = 0; ; ) {
      Atomics.wait(words, 0, seen);
      seen = Atomics.load(words, 0);
      fdatasyncSync(words[2]);
      Atomics.store(words, 1, seen);
      ${answer === "wake" ? "Atomics.notify(words, 1)" : "parentPort.postMessage(0)"};
    }`;
  const worker = new Worker(program, { eval: true, workerData: words });
  await new Promise((resolve) => worker.once("online", resolve));
  const descriptor = words[2];
  const append: Append = async (position) => {
    writeSync(descriptor, record, 0, bytes, position);
    const before = Atomics.load(words, 1);
    const told = answer === "message" && new Promise((resolve) => worker.once("message", resolve));
    Atomics.add(words, 0, 1);
    Atomics.notify(words, 0);
    await (told || Atomics.waitAsync(words, 1, before).value);
  };
  return [append, () => worker.terminate()];
}

function walWay(syncing: "background" | "inline", zeroAheadBytes?: number): [Append, Wal] {
  const directory = join(folder, `wal-${syncing}-${zeroAheadBytes}`);
  const sparse = zeroAheadBytes === undefined ? {} : { zeroAheadBytes };
  const options: WalOptions = { disk: nodeDisk, clock: nodeClock, directory, syncing, ...sparse };
  const wal = createWal(options, new Uint8Array(20));
  const data = new Uint8Array(Math.max(0, bytes - 70));
  let index = 0;
  const append: Append = () =>
    new Promise((resolve, reject) => {
      const state = { term: 1, vote: 5n, commit: index };
      const entry = { term: 1, index: ++index, type: 0, data };
      wal.save(state, [entry], (error) => (error ? reject(error) : resolve()));
    });
  return [append, wal];
}

async function compareWays(): Promise<void> {
  const ways = waysOfOneThread();
  const workers: (() => Promise<number>)[] = [];
  for (const answer of ["wake", "message"] as const) {
    const [append, stop] = await workerWay(answer);
    ways.set(`a worker's fdatasync, by ${answer}, zeros 64 KiB`, append);
    workers.push(stop);
  }
  for (const syncing of ["inline", "background"] as const) {
    ways.set(`Wal.save, ${syncing}`, walWay(syncing)[0]);
  }
  ways.set("Wal.save, background, no zeros ahead", walWay("background", 0)[0]);
  const random = seededRandom(1);
  const names = [...ways.keys()];
  const times = new Map(names.map((name) => [name, new Float64Array(rounds)]));
  for (let round = 0; round < rounds; round++) {
    const order = names.map((name) => ({ name, at: random.bits32() }));
    for (const { name } of order.toSorted((a, b) => a.at - b.at)) {
      await new Promise((resolve) => setImmediate(resolve));
      const before = performance.now();
      await ways.get(name)!(round * bytes);
      times.get(name)![round] = (performance.now() - before) * 1000;
    }
  }
  console.log(`${bytes} bytes, ${rounds} rounds, microseconds`.padEnd(50), "p50  p90  p99");
  for (const [name, all] of times) {
    const sorted = all.toSorted();
    const at = (part: number): string => sorted[Math.floor(part * rounds)]!.toFixed(0).padStart(4);
    console.log(name.padEnd(50), at(0.5), at(0.9), at(0.99));
  }
  for (const stop of workers) await stop();
}

/** Processor time of this thread: what else runs on the machine does not count. */
const usedMs = (): number => {
  const { user, system } = threadCpuUsage();
  return (user + system) / 1000;
};

function encodeCost(): void {
  const data = new Uint8Array(300).fill(9);
  const encoder = new RecordEncoder(0);
  const count = 1_000_000;
  let best = Infinity;
  for (let round = 0; round < 3; round++) {
    const before = usedMs();
    for (let index = 1; index <= count; index++) {
      encoder.appendEntry({ term: 5, index, type: 0, data });
      if (encoder.length > 1 << 20) encoder.clear();
    }
    best = Math.min(best, usedMs() - before);
  }
  console.log(`encoding an entry of 300 bytes: ${((best * 1e6) / count).toFixed(0)} ns`);
}

async function wholeLog(): Promise<void> {
  const directory = join(folder, "whole");
  const options = { disk: nodeDisk, clock: nodeClock, directory };
  let before = performance.now();
  const wal = createWal(options, new Uint8Array(20));
  console.log(`making a log: ${(performance.now() - before).toFixed(1)} ms`);
  const data = new Uint8Array(300).fill(9);
  let index = 0;
  before = performance.now();
  while (wal.offset < 63_900_000) {
    const entries = Array.from({ length: 100 }, () => ({ term: 1, index: ++index, type: 0, data }));
    const state = { term: 1, vote: 5n, commit: index };
    await new Promise<void>((resolve, reject) => {
      wal.save(state, entries, (error) => (error ? reject(error) : resolve()));
    });
  }
  const perSecond = (index / (performance.now() - before)) * 1000;
  console.log(`saves of 100 entries of 300 bytes: ${perSecond.toFixed(0)} entries a second`);
  await new Promise((resolve) => wal.close(resolve));
  before = usedMs();
  const { content, wal: opened } = openWal(options, { index: 0, term: 0 });
  const took = (usedMs() - before).toFixed(0);
  console.log(`opening 64 MB with ${content.entries.length} entries: ${took} ms of processor`);
  await new Promise((resolve) => opened.close(resolve));
}

try {
  encodeCost();
  await wholeLog();
  await compareWays();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
