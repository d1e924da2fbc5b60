// How the list of free pages is first made when a file is opened.
import { decodeFreelist } from "./format/freelist-page.ts";
import { type Meta, noFreelist } from "./format/meta.ts";
import { Freelist } from "./pages/freelist.ts";
import type { Pager } from "./pages/pager.ts";
import type { Work } from "./tree/tree.ts";
import { walkBuckets } from "./tree/walk.ts";

/** From the page that holds it. Throws CorruptFileError. */
export function freelistFromFile(pager: Pager, meta: Meta): Freelist {
  const ids = decodeFreelist(pager.rawPage(meta.freelist), meta.highWater);
  if (typeof ids === "string") throw pager.corrupt(meta.freelist, ids);
  const freelist = new Freelist(meta.txid);
  for (const id of ids) freelist.addFree(id, 1);
  return freelist;
}

/** Without such a page: every page that the tree does not reach is free. */
export function* freelistFromTree(pager: Pager, meta: Meta, work: Work): Generator<void, Freelist> {
  const used = new Uint8Array(meta.highWater);
  used.fill(1, 0, 2);
  if (meta.freelist !== noFreelist) {
    const { id, overflow } = pager.rawPage(meta.freelist);
    used.fill(1, id, id + overflow + 1);
  }
  yield* walkBuckets(pager, meta.root, meta.highWater, work, (page) => {
    const end = page.id + page.overflow + 1;
    if (end > meta.highWater) {
      throw pager.corrupt(page.id, `page ${page.id}: beyond the high-water mark`);
    }
    for (let id = page.id; id < end; id++) {
      if (used[id] !== 0) throw pager.corrupt(page.id, `page ${id}: multiple references`);
      used[id] = 1;
    }
  });
  const freelist = new Freelist(meta.txid);
  for (let id = 2; id < meta.highWater;) {
    let end = id;
    while (end < meta.highWater && used[end] === 0) end++;
    if (end > id) freelist.addFree(id, end - id);
    id = end + 1;
  }
  return freelist;
}
