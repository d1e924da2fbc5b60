import assert from "node:assert/strict";
import { env } from "node:process";
import { test } from "node:test";
import { bytesFromLatin1, type Id64, type RandomSource, seededRandom } from "../../base/index.ts";
import { CheckpointJob, type IndexCheckpoint, MemoryBackend, Store } from "./index.ts";
import { KeyState } from "./tree/index.ts";

/** Everything the index says: keys, their kept revisions, and what compaction will remove. */
function dumpOf({ index, compactedRevision, currentRevision, keyCount }: Store): string[] {
  const { keys, superseded, tombstones } = index;
  const state = new KeyState();
  const lines = [`${currentRevision} ${compactedRevision} ${keyCount} ${index.size}`];
  const cursor = index.cursor();
  cursor.start(new Uint8Array(0), undefined);
  for (let entry = cursor.next(); entry !== 0; entry = cursor.next()) {
    const revisions: string[] = [];
    for (let ref = entry; ref !== 0;) {
      keys.get(ref, state);
      const { main, sub, createRevision, version, live, leased } = state;
      // Of a deleted key compaction keeps the record alone, and of it only the revision counts.
      const rest = live ? `${createRevision} v${version} ${leased}` : "dead";
      revisions.push(`${main}.${sub} ${rest}`);
      ref = main > compactedRevision ? keys.older(ref) : 0;
    }
    lines.push(`${String.fromCharCode(...keys.key(entry))}: ${revisions.join(", ")}`);
  }
  for (const queue of [superseded, tombstones]) {
    const mains: number[] = [];
    for (let at = 0; at < queue.size; at++) mains.push(queue.mainAt(at));
    lines.push(mains.join(" "));
  }
  return lines;
}

class Load {
  readonly #random: RandomSource;
  readonly #keys: number;

  constructor(random: RandomSource, keys: number) {
    this.#random = random;
    this.#keys = keys;
  }

  /** Does the same to all stores. */
  step(stores: readonly Store[]): void {
    const random = this.#random;
    const kind = random.below(100);
    const keys = Array.from({ length: 1 + random.below(3) }, () => this.#key());
    if (kind === 0) return this.#compact(stores);
    const lease = (random.below(4) === 0 ? 7n : 0n) as Id64;
    for (const store of stores) {
      const tx = store.write();
      for (const key of new Set(keys)) {
        if (kind < 20) tx.deleteRange(bytesFromLatin1(key), "single");
        else tx.put(bytesFromLatin1(key), bytesFromLatin1("value"), lease);
      }
      tx.end();
    }
  }

  #key(): string {
    const random = this.#random;
    const number = random.below(this.#keys);
    const long = number % 97 === 0 ? "x".repeat(5000) : "";
    return `${"prefix".repeat(number % 3)}/${number.toString(7)}${long}`;
  }

  #compact(stores: readonly Store[]): void {
    const [{ currentRevision, compactedRevision }] = stores as [Store];
    const revision =
      compactedRevision + this.#random.below(currentRevision - compactedRevision + 1);
    if (revision <= Math.max(compactedRevision, 0)) return;
    for (const store of stores) {
      store.compact(revision);
      while (!store.compactStep(1000));
    }
  }
}

/** Makes a checkpoint while the load goes on. */
function checkpointOf(store: Store, load: () => void): IndexCheckpoint {
  const job = CheckpointJob.begin(store);
  assert.ok(job !== undefined);
  const blocks: Uint8Array[] = [];
  for (;;) {
    const state = job.step(50);
    blocks.push(...job.takeBlocks());
    if (state === "done") break;
    assert.equal(state, "again");
    load();
  }
  return { revision: job.revision, compacted: job.compacted, blocks };
}

for (const keys of [1, 40, 700, 4000]) {
  test(`a store restored from a checkpoint is the one restored from the records, of ${keys} keys`, () => {
    const seed = Number(env["SEED"] ?? 11) + keys;
    const random = seededRandom(seed);
    try {
      const backends = [new MemoryBackend(), new MemoryBackend()] as const;
      let stores = backends.map((backend) => new Store(backend));
      const load = new Load(random, keys);
      for (let round = 0; round < 3; round++) {
        for (let step = 0; step < Math.min(700, 30 * keys); step++) load.step(stores);
        const puts = (): void => {
          for (const store of stores) {
            const tx = store.write();
            tx.put(bytesFromLatin1(`new${store.currentRevision}`), new Uint8Array(3), 0n as Id64);
            tx.end();
          }
        };
        puts();
        const checkpoint = checkpointOf(stores[0]!, puts);
        for (let step = 0; step < random.below(100); step++) puts();
        stores = [new Store(backends[0], checkpoint), new Store(backends[1])];
        assert.equal(stores[0]!.checkpointRevision, checkpoint.revision);
        assert.deepEqual(dumpOf(stores[0]!), dumpOf(stores[1]!));
      }
      for (let step = 0; step < Math.min(500, 30 * keys); step++) load.step(stores);
      assert.deepEqual(dumpOf(stores[0]!), dumpOf(stores[1]!));
      const [one, other] = stores.map((store) => store.hashByRevision(0).step(Infinity));
      assert.deepEqual(one, other);
    } catch (error) {
      throw new Error(`SEED=${seed - keys}`, { cause: error });
    }
  });
}

test("a checkpoint is not believed after a compaction, or without its newest record", () => {
  const backend = new MemoryBackend();
  const store = new Store(backend);
  const put = (key: string): void => {
    const tx = store.write();
    tx.put(bytesFromLatin1(key), new Uint8Array(1), 0n as Id64);
    tx.end();
  };
  for (let key = 0; key < 10; key++) put(`${key % 3}`);
  const checkpoint = checkpointOf(store, () => {});
  assert.equal(new Store(backend, checkpoint).checkpointRevision, 11);
  store.compact(5);
  assert.equal(CheckpointJob.begin(store), undefined);
  while (!store.compactStep(100));
  const again = new Store(backend, checkpoint);
  assert.equal(again.checkpointRevision, 0);
  assert.deepEqual(dumpOf(again), dumpOf(new Store(backend)));
  const late = checkpointOf(store, () => {});
  backend.records.remove(11, 0, false);
  assert.equal(new Store(backend, late).checkpointRevision, 0);
});
