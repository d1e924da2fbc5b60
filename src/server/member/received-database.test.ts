import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromLatin1, latin1FromBytes, zeroId } from "../../base/index.ts";
import { ByteWriter, MemoryBackend, Store } from "../../core/mvcc/index.ts";
import { makeRangeRequest } from "../../core/proto/index.ts";
import type { Clock } from "../../io/host/index.ts";
import { ReceivedDatabase } from "./received-database.ts";

const text = bytesFromLatin1;

/** Puts, puts over puts, some under leases, and deletions, compacted halfway. */
function filled(keys: number): MemoryBackend {
  const backend = new MemoryBackend();
  const store = new Store(backend);
  for (let at = 0; at < keys; at++) {
    const tx = store.write();
    tx.put(text(`k${at % 3000}`), text(`v${at}`), at % 5 === 0 ? BigInt(1 + (at % 11)) : zeroId);
    if (at % 7 === 0) tx.deleteRange(text(`k${(at * 31) % 3000}`), "single");
    tx.end();
  }
  store.compact(store.currentRevision >> 1);
  while (!store.compactStep(100_000));
  return backend;
}

function everything(store: Store): Uint8Array {
  const writer = new ByteWriter(1024);
  const all = { key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0) };
  store.ranges.write(makeRangeRequest(all), writer);
  const revision = store.compactedRevision + 10;
  store.ranges.write(makeRangeRequest({ ...all, revision }), writer);
  return writer.buffer.slice(writer.start, writer.at);
}

function leasesOf(store: Store): [key: string, lease: bigint][] {
  const leases: [string, bigint][] = [];
  store.visitLeases((key, lease) => leases.push([latin1FromBytes(key), lease]));
  return leases;
}

/** A clock that runs what is asked for later when it is told to. */
function manual(): { clock: Clock; run: () => number } {
  const later: (() => void)[] = [];
  const run = (): number => {
    let ran = 0;
    for (let fn = later.shift(); fn !== undefined; fn = later.shift(), ran++) fn();
    return ran;
  };
  return { clock: { later: (fn: () => void) => later.push(fn) } as unknown as Clock, run };
}

test("an index made in steps is that of a store which read it all at once", () => {
  const backend = filled(20_000);
  const { clock, run } = manual();
  let closed = 0;
  let isDone = false;
  const received = new ReceivedDatabase(clock, () => ({ backend, close: () => closed++ }));
  received.prepare(7, () => (isDone = true));
  assert.equal(isDone, false, "others get their turn");
  assert.ok(run() >= 1);
  assert.deepEqual([isDone, closed], [true, 1]);
  assert.equal(received.take(6), undefined, "of another snapshot");
  received.prepare(7, () => {});
  run();
  const inSteps = new Store(backend, received.take(7));
  assert.equal(received.take(7), undefined, "given once");
  const atOnce = new Store(backend);
  assert.equal(inSteps.currentRevision, atOnce.currentRevision);
  assert.equal(inSteps.compactedRevision, atOnce.compactedRevision);
  assert.deepEqual(everything(inSteps), everything(atOnce));
  const leases = leasesOf(atOnce);
  assert.ok(leases.length > 100, "some keys have leases, others had one once");
  assert.deepEqual(leasesOf(inSteps), leases);
  assert.deepEqual(leasesOf(inSteps), leases, "when asked again, too");
});

test("a database that cannot be opened or read is left to whoever puts it in place", () => {
  const { clock, run } = manual();
  const refuse = (): never => {
    throw new Error("no");
  };
  let done = 0;
  new ReceivedDatabase(clock, refuse).prepare(1, () => done++);
  new ReceivedDatabase(clock, undefined).prepare(1, () => done++);
  assert.equal(done, 2);
  const backend = filled(20_000);
  let closed = 0;
  const cursor = backend.records.cursor.bind(backend.records);
  backend.records.cursor = () => {
    const own = cursor();
    const next = own.next.bind(own);
    let left = 10_000;
    own.next = () => (left-- > 0 ? next() : refuse());
    return own;
  };
  const received = new ReceivedDatabase(clock, () => ({ backend, close: () => closed++ }));
  received.prepare(1, () => done++);
  run();
  assert.deepEqual([done, closed], [3, 1]);
  assert.equal(received.take(1), undefined);
});
