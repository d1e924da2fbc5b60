import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../base/index.ts";
import { childFor, leafHasKeyAt, leafLowerBound } from "./inode.ts";
import { Page, pageFlag, pageProblem } from "./page.ts";
import { fuzz, nearlyPage } from "./page.fuzz.ts";

function leafOf(keys: readonly string[]): Page {
  const page = Page.ofLength(1024);
  page.writeHeader(7, pageFlag.leaf, keys.length, 0);
  let position = 16 * keys.length;
  for (const [at, key] of keys.entries()) {
    page.words.set([0, position, key.length, 1], 4 + 4 * at);
    page.bytes.write(`${key}v`, 16 + 16 * at + position);
    position += key.length + 1 - 16;
  }
  return page;
}

test("a key is found where it is, or where it would be", () => {
  const page = leafOf(["b", "bb", "d"]);
  assert.equal(pageProblem(page, 7), undefined);
  const places = ["a", "b", "ba", "bb", "c", "d", "e"].map((key) => {
    const at = leafLowerBound(page, Buffer.from(key));
    return `${at}${leafHasKeyAt(page, at, Buffer.from(key)) ? "!" : ""}`;
  });
  assert.deepEqual(places, ["0", "0!", "1", "1!", "2", "2!", "3"]);
});

test("a branch leads to the last child whose key is not above, or to the first", () => {
  const page = Page.ofLength(256);
  page.writeHeader(9, pageFlag.branch, 3, 0);
  for (const [at, key] of ["b", "d", "f"].entries()) {
    page.words.set([16 * (3 - at) + at, 1, 20 + at, 0], 4 + 4 * at);
    page.bytes.write(key, 16 + 48 + at);
  }
  assert.equal(pageProblem(page, 9), undefined);
  const children = ["a", "b", "c", "d", "e", "f", "g"].map((key) =>
    page.child(childFor(page, Buffer.from(key))),
  );
  assert.deepEqual(children, [20, 20, 20, 21, 21, 22, 22]);
});

test("a page accepted by the check gives no element outside its memory", () => {
  const seed = 3;
  const random = seededRandom(seed);
  for (let round = 0; round < 20_000; round++) {
    const bytes = nearlyPage(random);
    try {
      fuzz(bytes);
    } catch (error) {
      throw new Error(`seed ${seed} round ${round}: ${bytes.toString("hex")}`, { cause: error });
    }
  }
});

test("a page is refused under another id, with two types, or with none", () => {
  const page = leafOf(["a"]);
  assert.match(pageProblem(page, 8)!, /says it is page 7/);
  for (const flags of [0, 3, 4, 16, 8]) {
    page.writeHeader(7, flags, 1, 0);
    assert.match(pageProblem(page, 7)!, /unexpected page type/);
  }
});
