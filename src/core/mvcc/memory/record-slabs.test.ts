import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../base/index.ts";
import { RecordSlabs } from "./record-slabs.ts";

interface Kept {
  readonly main: number;
  readonly sub: number;
  readonly tombstone: boolean;
  readonly bytes: Uint8Array;
}

/** A bucket beside a plain list of what it should hold. */
class Pair {
  readonly bucket = new RecordSlabs();
  kept: Kept[] = [];

  append(record: Kept): void {
    const { main, sub, tombstone, bytes } = record;
    const around = new Uint8Array(bytes.length + 7);
    around.set(bytes, 3);
    this.bucket.append(main, sub, tombstone, around, 3, 3 + bytes.length);
    this.kept.push(record);
  }

  remove(index: number): void {
    const [record] = this.kept.splice(index, 1);
    this.bucket.remove(record!.main, record!.sub, record!.tombstone);
  }

  check(pick: (limit: number) => number): void {
    const cursor = this.bucket.cursor();
    assert.equal(this.bucket.count, this.kept.length);
    let at = 0;
    for (let more = cursor.seekFrom(0, 0); more; more = cursor.next()) {
      assert.deepEqual(current(cursor), this.kept[at++]);
    }
    assert.equal(at, this.kept.length);
    for (let round = 0; round < 50 && this.kept.length > 0; round++) {
      const record = this.kept[pick(this.kept.length)]!;
      assert.ok(cursor.seek(record.main, record.sub));
      assert.deepEqual(current(cursor), record);
      const [main, sub] = [record.main + pick(3), pick(3)];
      const next = this.kept.find(
        (item) => item.main > main || (item.main === main && item.sub >= sub),
      );
      assert.equal(cursor.seekFrom(main, sub), next !== undefined);
      if (next !== undefined) assert.deepEqual(current(cursor), next);
      assert.equal(cursor.seek(main, sub), next?.main === main && next.sub === sub);
    }
  }
}

const current = (cursor: ReturnType<RecordSlabs["cursor"]>): Kept => ({
  main: cursor.main,
  sub: cursor.sub,
  tombstone: cursor.tombstone,
  bytes: cursor.buffer.slice(cursor.start, cursor.end),
});

test("records are found by revision and walked in order while others come and go", () => {
  for (const seed of [1, 2, 3]) {
    const random = seededRandom(seed);
    const pair = new Pair();
    let main = 1;
    for (let step = 0; step < 6000; step++) {
      main += random.below(20) === 0 ? 1 + random.below(1000) : 1;
      const subs = random.below(10) === 0 ? random.below(30) : 1;
      for (let sub = 0; sub < subs; sub++) {
        const length = random.below(200) === 0 ? random.below(600_000) : random.below(2000);
        const bytes = new Uint8Array(length).fill(main & 0xff);
        pair.append({ main, sub, tombstone: random.below(5) === 0, bytes });
      }
      while (pair.kept.length > 400) pair.remove(random.below(pair.kept.length));
      if (step % 1000 === 999) pair.check((limit) => random.below(limit));
    }
    const kept = pair.kept.reduce((total, { bytes }) => total + bytes.length, 0);
    assert.ok(pair.bucket.capacityBytes < 2 * kept + (4 << 20), `seed ${seed}: garbage goes`);
    while (pair.kept.length > 0) pair.remove(pair.kept.length - 1);
    assert.equal(pair.bucket.capacityBytes, 0);
  }
});

test("main revisions far apart do not share a slab beyond what 32 bits count", () => {
  const pair = new Pair();
  for (let step = 0; step < 40; step++) {
    const main = step * 3_000_000_000 + 1;
    pair.append({ main, sub: 0, tombstone: false, bytes: Uint8Array.of(step) });
  }
  pair.check((limit) => limit >> 1);
  for (let round = 0; round < 30; round++) pair.remove(round % 7);
  pair.check((limit) => limit >> 1);
});

test("removing what is not there changes nothing", () => {
  const pair = new Pair();
  pair.bucket.remove(5, 0, false);
  pair.append({ main: 5, sub: 0, tombstone: false, bytes: Uint8Array.of(1) });
  pair.bucket.remove(5, 0, true);
  pair.bucket.remove(5, 1, false);
  pair.bucket.remove(4, 0, false);
  pair.check(() => 0);
});
