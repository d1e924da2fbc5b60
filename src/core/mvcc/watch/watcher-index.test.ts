import assert from "node:assert/strict";
import { env } from "node:process";
import { test } from "node:test";
import { bytesFromLatin1, seededRandom } from "../../../base/index.ts";
import { IntervalTree } from "./interval-tree.ts";
import { keyText, openEnd, singleKey } from "./key-text.ts";
import { World } from "./test-fixture.ts";
import { Watcher, type WatcherGroup } from "./watcher.ts";
import { WatcherIndex } from "./watcher-index.ts";

const seed = Number(env["SEED"] ?? 20261122);

test("an interval tree finds exactly the intervals that hold a point, through inserts and deletes", () => {
  const random = seededRandom(seed);
  const tree = new IntervalTree<string>();
  const naive = new Map<string, [string, string]>();
  const text = (): string => "abcdefgh".charAt(random.below(8)) + "abcd".charAt(random.below(4));
  for (let round = 0; round < 4000; round++) {
    const [one, two] = [text(), random.below(8) === 0 ? openEnd : text()];
    if (one !== two) {
      const [start, end] = one < two ? [one, two] : [two, one];
      const name = `${start}-${end}`;
      assert.equal(tree.get(start, end), naive.has(name) ? name : undefined, `seed ${seed}`);
      if (naive.delete(name)) tree.delete(start, end);
      else {
        naive.set(name, [start, end]);
        tree.insert(start, end, name);
      }
    }
    assert.equal(tree.size, naive.size);
    const point = text();
    const found: string[] = [];
    tree.stab(point, found);
    const expected = [...naive].filter(([, [start, end]]) => start <= point && point < end);
    assert.deepEqual(found.toSorted(), expected.map(([name]) => name).toSorted(), `seed ${seed}`);
  }
});

test("keys become text that orders as bytes do, at any length", () => {
  const long = new Uint8Array(10_000).fill(0xfe);
  assert.equal(keyText(long).length, 10_000);
  assert.ok(keyText(long) < openEnd);
  assert.ok(keyText(new Uint8Array([1, 255])) < keyText(new Uint8Array([2])));
  assert.equal(keyText(bytesFromLatin1("")), "");
});

const watcherOn = (key: string, end: string): Watcher => {
  const stream = new World().open().stream;
  return new Watcher({ id: 0, stream, key, end, options: 0, nextRevision: 1 });
};
const found = (index: WatcherIndex, key: string): string[] => {
  const groups: WatcherGroup[] = [];
  index.match(bytesFromLatin1(key), groups);
  return groups.map((group) => `${group.key}-${group.end}×${group.size}`).toSorted();
};

test("watchers on a key, on a range and on all above are found by key, equal ranges together", () => {
  const index = new WatcherIndex();
  const watchers = [
    watcherOn("b", singleKey),
    watcherOn("b", singleKey),
    watcherOn("a", "c"),
    watcherOn("b", openEnd),
    watcherOn("\0", openEnd),
  ];
  for (const watcher of watchers) index.add(watcher);
  assert.equal(index.size, 5);
  assert.deepEqual(found(index, "b"), [`\0-${openEnd}×1`, "a-c×1", "b-×2", `b-${openEnd}×1`]);
  assert.deepEqual(found(index, "a"), [`\0-${openEnd}×1`, "a-c×1"]);
  assert.deepEqual(found(index, "c"), [`\0-${openEnd}×1`, `b-${openEnd}×1`]);
  index.remove(watchers[0]!);
  index.remove(watchers[2]!);
  assert.deepEqual(found(index, "b"), [`\0-${openEnd}×1`, "b-×1", `b-${openEnd}×1`]);
  assert.equal(index.take(2).length, 2);
  assert.equal(index.take(99).length, 1);
  assert.deepEqual(found(index, "b"), []);
  assert.equal(index.size, 0);
});
