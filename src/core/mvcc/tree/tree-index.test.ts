import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromLatin1, type RandomSource, seededRandom } from "../../../base/index.ts";
import { KeyState, TreeIndex } from "./index.ts";

const before = new KeyState();
const after = new KeyState();

interface Known {
  readonly main: number;
  readonly sub: number;
  readonly live: boolean;
  readonly createRevision: number;
  readonly version: number;
}

/** The index beside a map from key to everything that ever happened to it. */
class Pair {
  readonly index = new TreeIndex();
  readonly history = new Map<string, Known[]>();
  main = 1;

  put(key: string): void {
    this.main++;
    const past = this.history.get(key) ?? [];
    const last = past.at(-1);
    const live = last?.live === true;
    past.push({
      main: this.main,
      sub: 0,
      live: true,
      createRevision: live ? last.createRevision : this.main,
      version: live ? last.version + 1 : 1,
    });
    this.history.set(key, past);
    this.index.put(bytesFromLatin1(key), { main: this.main, sub: 0, leased: false }, before, after);
    assert.equal(before.live, live);
    assert.equal(before.main, last?.main ?? 0);
    assert.equal(after.version, past.at(-1)!.version);
    assert.equal(after.createRevision, past.at(-1)!.createRevision);
  }

  delete(key: string): void {
    const past = this.history.get(key);
    const last = past?.at(-1);
    if (past === undefined || last?.live !== true) return;
    this.main++;
    past.push({ ...last, main: this.main, live: false, version: last.version + 1 });
    this.index.tombstone(bytesFromLatin1(key), this.main, 0, before);
  }

  /** Forgets deleted keys, as compaction at the current revision + 1 would. */
  forgetDeleted(): void {
    const { tombstones, superseded, keys } = this.index;
    while (superseded.size > 0) {
      keys.releaseNode(superseded.refAt(0));
      superseded.dropHead();
    }
    while (tombstones.size > 0) {
      const [main, entry] = [tombstones.mainAt(0), tombstones.refAt(0)];
      tombstones.dropHead();
      this.index.forget(entry, main, 0);
    }
    for (const [key, past] of this.history) {
      if (past.at(-1)!.live) past.splice(0, past.length - 1);
      else this.history.delete(key);
    }
  }

  at(key: string, revision: number): Known | undefined {
    const known = this.history.get(key)?.findLast((item) => item.main <= revision);
    return known?.live === true ? known : undefined;
  }

  keysBetween(from: string, to: string | undefined, revision: number): string[] {
    return [...this.history.keys()]
      .filter((key) => key >= from && (to === undefined || key < to))
      .filter((key) => this.at(key, revision) !== undefined)
      .sort();
  }

  check(from: string, to: string | undefined, revision: number): void {
    const expected = this.keysBetween(from, to, revision);
    const end = to === undefined ? undefined : bytesFromLatin1(to);
    const counted = this.index.count(bytesFromLatin1(from), end, revision, this.main);
    assert.equal(counted, expected.length, `count of [${from}, ${to}) at ${revision}`);
    const cursor = this.index.cursor();
    const state = new KeyState();
    cursor.start(bytesFromLatin1(from), end);
    const found: string[] = [];
    for (let entry = cursor.next(); entry !== 0; entry = cursor.next()) {
      if (!this.index.keys.getAt(entry, revision, state)) continue;
      const key = String.fromCharCode(...this.index.keys.key(entry));
      const { main, sub, live, createRevision, version } = state;
      assert.deepEqual({ main, sub, live, createRevision, version }, this.at(key, revision));
      found.push(key);
    }
    assert.deepEqual(found, expected);
  }
}

function randomKey(random: RandomSource, alphabet: string, lengthMax: number): string {
  let key = "";
  for (let left = 1 + random.below(lengthMax); left > 0; left--) {
    key += alphabet[random.below(alphabet.length)]!;
  }
  return key;
}

function run(seed: number, steps: number, makeKey: (random: RandomSource) => string): void {
  const random = seededRandom(seed);
  const pair = new Pair();
  let forgotten = 1;
  for (let step = 0; step < steps; step++) {
    const key = makeKey(random);
    if (random.below(3) === 0) pair.delete(key);
    else pair.put(key);
    if (step % (steps >> 3) === steps >> 4) {
      for (let round = 0; round < 8; round++) {
        const revision = forgotten + random.below(pair.main - forgotten + 1);
        const to = random.below(3) === 0 ? undefined : makeKey(random);
        pair.check(random.below(4) === 0 ? "" : makeKey(random), to, revision);
        pair.check(makeKey(random), to, pair.main);
      }
    }
    if (random.below(steps) < 4) {
      pair.forgetDeleted();
      forgotten = pair.main;
    }
  }
  for (const [key, past] of pair.history) if (past.at(-1)!.live) pair.delete(key);
  assert.equal(pair.index.liveCount, 0);
  pair.forgetDeleted();
  assert.equal(pair.index.size, 0);
  // All that is left are the separators of a tree that has no more than one leaf.
  assert.equal(pair.index.memoryBytes, 0, `seed ${seed}`);
}

test("the index agrees with a list of everything that happened, whatever the keys look like", () => {
  for (const seed of [1, 2]) {
    run(seed, 3000, (random) => randomKey(random, "ab", 12));
    run(seed, 3000, (random) => randomKey(random, "a\x00\xff", 5));
    run(
      seed,
      3000,
      (random) => `/registry/pods/${"x".repeat(random.below(3) * 40)}${random.below(900)}`,
    );
    run(seed, 3000, (random) => String(random.below(3000)).padStart(8, "0"));
  }
});

test("ascending and descending keys make a tree that counts right", () => {
  for (const name of [(n: number) => n, (n: number) => 20_000 - n]) {
    const pair = new Pair();
    for (let number = 0; number < 20_000; number++) pair.put(String(name(number)).padStart(6, "0"));
    pair.check("", undefined, pair.main);
    pair.check("010000", "010100", pair.main);
    assert.equal(
      pair.index.count(bytesFromLatin1("005"), undefined, pair.main, pair.main) > 0,
      true,
    );
    assert.equal(pair.index.liveCount, 20_000);
  }
});

test("a version beyond 32 bits is kept", () => {
  const index = new TreeIndex();
  const key = bytesFromLatin1("k");
  index.restorePut(key, { main: 2, sub: 0, leased: false }, 2, 0xffff_fffe);
  for (let main = 3; main < 8; main++)
    index.put(key, { main, sub: 0, leased: false }, before, after);
  assert.equal(after.version, 0xffff_fffe + 5);
  const state = new KeyState();
  for (let main = 2; main < 8; main++) {
    assert.ok(index.get(key, main, state));
    assert.equal(state.version, 0xffff_fffe + main - 2);
  }
});

test("keys larger than a chunk of the arena are kept and given back", () => {
  const index = new TreeIndex();
  const sizes = [5_000, 300_000, 1_200_000, 3_000_000];
  const keys = sizes.map((size, at) => new Uint8Array(size).fill(at + 1));
  for (let round = 0; round < 3; round++) {
    for (const [at, key] of keys.entries()) {
      index.put(key, { main: 2 + round * 10 + at, sub: 0, leased: false }, before, after);
    }
    for (const [at, key] of keys.entries()) {
      const state = new KeyState();
      assert.ok(index.get(key, Infinity, state));
      assert.equal(state.main, 2 + round * 10 + at);
      assert.deepEqual(index.keys.key(state.entry), key);
      index.tombstone(key, 6 + round * 10 + at, 0, before);
    }
    while (index.superseded.size > 0) {
      index.keys.releaseNode(index.superseded.refAt(0));
      index.superseded.dropHead();
    }
    while (index.tombstones.size > 0) {
      const [main, entry] = [index.tombstones.mainAt(0), index.tombstones.refAt(0)];
      index.tombstones.dropHead();
      index.forget(entry, main, 0);
    }
  }
  assert.equal(index.memoryBytes, 0);
});
