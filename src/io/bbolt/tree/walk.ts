// Walking all pages of a tree in key order, in steps.
import { type Bucket, decodeBucket } from "../format/bucket.ts";
import { childFor } from "../format/inode.ts";
import { bucketElement, type Page } from "../format/page.ts";
import type { Pager } from "../pages/pager.ts";
import { RunReader } from "../pages/run-reader.ts";
import type { Work } from "./tree.ts";

/** No sound tree is higher: each height multiplies the pages by two at least. */
export const heightMax = 48;

export interface WalkOptions {
  /** Pages that hold only keys below this one are passed over. */
  readonly from?: Uint8Array | undefined;
  /** More pages than this in one tree means that it leads back into itself. */
  readonly pagesMax: number;
}

/**
 * Calls `visit` with each branch and leaf page below `root`, a branch before its children; the page
 * is borrowed during the call. `visit` returns false to end the walk. Yields when the work is used
 * up. Throws CorruptFileError.
 */
export function* walkTree(
  pager: Pager,
  root: number,
  options: WalkOptions,
  work: Work,
  visit: (page: Page) => boolean,
): Generator<void, void> {
  const reader = new RunReader(pager);
  const rows: { ids: number[]; at: number }[] = [{ ids: [root], at: 0 }];
  let leafDepth = -1;
  let pages = 0;
  let isLeftEdge = options.from !== undefined;
  for (let row = rows.at(-1); row !== undefined; row = rows.at(-1)) {
    if (row.at === row.ids.length) {
      rows.pop();
      continue;
    }
    const id = row.ids[row.at]!;
    // Branches are few and wanted again; leaves are many and read once.
    const page = rows.length === leafDepth ? reader.read(row.ids, row.at) : pager.page(id);
    row.at++;
    pages += page.overflow + 1;
    if (pages > options.pagesMax || rows.length > heightMax) {
      throw pager.corrupt(id, `page ${id}: a tree that leads back into itself`);
    }
    if (!visit(page)) return;
    if (page.isLeaf) {
      leafDepth = rows.length;
      isLeftEdge = false;
    } else {
      rows.push({ ids: childrenOf(page), at: isLeftEdge ? childFor(page, options.from!) : 0 });
    }
    work.left -= page.overflow + 1;
    if (work.left <= 0) yield;
  }
}

export function childrenOf(page: Page): number[] {
  const ids: number[] = [];
  for (let at = 0; at < page.count; at++) ids.push(page.child(at));
  return ids;
}

/** Walks the tree at `root` and the trees of all buckets in it, and of those in them. */
export function* walkBuckets(
  pager: Pager,
  root: number,
  pagesMax: number,
  work: Work,
  visit: (page: Page) => void,
): Generator<void, void> {
  const roots = [root];
  for (let next = roots.pop(); next !== undefined; next = roots.pop()) {
    yield* walkTree(pager, next, { pagesMax }, work, (page) => {
      visit(page);
      if (page.isLeaf) {
        for (let at = 0; at < page.count; at++) {
          if (page.leafFlags(at) === bucketElement) {
            const below = bucketAt(pager, page, at).root;
            if (below !== 0) roots.push(below);
          }
        }
      }
      return true;
    });
  }
}

/** The bucket that an element of a leaf is. Throws CorruptFileError. */
export function bucketAt(pager: Pager, page: Page, at: number): Bucket {
  const bucket = decodeBucket(page.value(at));
  if (typeof bucket !== "string") return bucket;
  throw pager.corrupt(page.id, `page ${page.id}: element ${at}: ${bucket}`);
}
