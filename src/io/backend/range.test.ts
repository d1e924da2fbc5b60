// Large ranges read records in revision order, through few cached pages and uncommitted batches.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryDisk } from "../../../test/bbolt/memory-disk.ts";
import { bytesFromLatin1, seededRandom, zeroId } from "../../base/index.ts";
import { ByteWriter, Store } from "../../core/mvcc/index.ts";
import { makeRangeRequest } from "../../core/proto/index.ts";
import { FileBackend } from "./backend.ts";

function bodyOf(store: Store, key: string, rangeEnd: string, limit = 0): Buffer {
  const writer = new ByteWriter(16);
  const fields = { key: bytesFromLatin1(key), rangeEnd: bytesFromLatin1(rangeEnd), limit };
  store.ranges.write(makeRangeRequest(fields), writer, true);
  const body = Buffer.from(writer.buffer.subarray(writer.start, writer.at));
  writer.release();
  return body;
}

/** A store over a file with few cached pages; some of it committed, the last writes not. */
function filled(seed: number, largest: number): { store: Store; keys: string[] } {
  const disk = new MemoryDisk();
  const backend = FileBackend.open({
    disk,
    path: "db",
    cacheBytesMax: 0,
    stepPages: 2,
    wake: () => {},
    onFailure: (error) => {
      throw error;
    },
  });
  const store = new Store(backend);
  const random = seededRandom(seed);
  const keys = new Set<string>();
  for (let turn = 0; turn < 900; turn++) {
    const tx = store.write();
    const operations = random.below(4) === 0 ? 1 + random.below(40) : 1;
    for (let at = 0; at < operations; at++) {
      const key = `k${random.below(3000)}`;
      if (keys.has(key) && at > 0) continue;
      tx.put(bytesFromLatin1(key), new Uint8Array(random.below(largest)).fill(turn & 0xff), zeroId);
      keys.add(key);
    }
    tx.end();
    if (turn !== 600) continue;
    let isDone = false;
    backend.commit(() => (isDone = true));
    while (!isDone) {
      backend.maybeCommit(turn);
      disk.settle();
    }
  }
  return { store, keys: [...keys].sort() };
}

for (const [what, largest] of [
  ["small records", 300],
  ["more than is held at once", 6000],
] as const) {
  test(`a large range is what its keys give one by one: ${what}`, () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const { store, keys } = filled(seed, largest);
    const alike = (range: Buffer, of: readonly string[]): void => {
      // Compared as a whole: the difference of two large buffers takes minutes to write down.
      assert.ok(
        range.equals(Buffer.concat(of.map((key) => bodyOf(store, key, "")))),
        `seed ${seed}`,
      );
    };
    alike(bodyOf(store, "k", "l"), keys);
    alike(bodyOf(store, "k", "l", 1000), keys.slice(0, 1000));
    const sparse = keys.filter((key) => key.startsWith("k1"));
    alike(bodyOf(store, "k1", "k2"), sparse);
  });
}
