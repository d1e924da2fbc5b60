import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../base/index.ts";
import { Freelist } from "./freelist.ts";

test("a freed page is given out again only when no reader can see it", () => {
  const freelist = new Freelist(10);
  freelist.addFree(20, 1);
  freelist.begin([]);
  assert.equal(freelist.allocate(1, 11), 20);
  freelist.begin([]);
  freelist.free(20, 1, 12);
  // A reader of transaction 11 sees page 20, which 12 freed.
  freelist.begin([11]);
  assert.equal(freelist.allocate(1, 13), -1);
  // One of 12, or of 10, does not: the page was made by 11 and gone with 12.
  freelist.readerEnded();
  freelist.begin([10, 12]);
  assert.equal(freelist.allocate(1, 14), 20);
});

test("a transaction that is rolled back leaves the list as it was", () => {
  const freelist = new Freelist(1);
  freelist.addFree(5, 10);
  freelist.begin([]);
  freelist.allocate(3, 2);
  freelist.allocate(1, 2);
  freelist.free(40, 2, 2);
  freelist.rollBack(2);
  assert.equal(freelist.freeCount, 10);
  assert.equal(freelist.pendingCount, 0);
  const seen: number[] = [];
  freelist.forEach((id) => seen.push(id));
  assert.deepEqual(seen, [5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
});

test("no page is given out twice, and runs are whole", () => {
  const seed = 21;
  const random = seededRandom(seed);
  const freelist = new Freelist(0);
  const owner = new Map<number, number>();
  freelist.addFree(2, 4000);
  for (let txid = 1; txid < 200; txid++) {
    freelist.begin([]);
    if (random.below(4) === 0) freelist.preferLowest();
    for (let request = 0; request < 40; request++) {
      const pages = random.below(5) === 0 ? 1 + random.below(80) : 1;
      const id = freelist.allocate(pages, txid);
      for (let page = id; id >= 0 && page < id + pages; page++) {
        assert.ok(!owner.has(page), `seed ${seed}: page ${page} twice`);
        owner.set(page, txid);
      }
    }
    for (const page of owner.keys()) {
      if (random.below(3) !== 0 || owner.get(page) === txid) continue;
      owner.delete(page);
      freelist.free(page, 1, txid);
    }
    assert.equal(freelist.freeCount + freelist.pendingCount + owner.size, 4000);
  }
});

test("the lowest free pages come first when pages are moved down, and the top can be given up", () => {
  const freelist = new Freelist(0);
  freelist.addFree(100, 64);
  freelist.addFree(7, 1);
  freelist.addFree(3, 1);
  freelist.begin([]);
  freelist.preferLowest();
  assert.deepEqual(
    [freelist.allocate(1, 1), freelist.allocate(1, 1), freelist.allocate(1, 1)],
    [3, 7, 100],
  );
  assert.equal(freelist.trimBelow(164, 4), 101);
  assert.equal(freelist.freeCount, 0);
});
