// Which leaves to rewrite so that a file can become shorter, in steps.
import { ownBytes } from "../../../base/index.ts";
import { isLong } from "../format/lone.ts";
import { headerBytes, type Page } from "../format/page.ts";
import type { Pager } from "../pages/pager.ts";
import type { View } from "../view.ts";
import { Operations } from "./operations.ts";
import { keysPerPageMin } from "./split.ts";
import type { Work } from "./tree.ts";
import { walkTree } from "./walk.ts";

/** Neighbouring leaves that are judged together: whether they would fit into fewer. */
const windowLeaves = 32;
/** They are rewritten when that saves more than this share of their pages. */
const savedShareMin = 0.1;

/** A place in the walk over all buckets. */
export interface MovePosition {
  readonly bucket: string;
  /** The first key not yet looked at. */
  readonly key: Uint8Array;
}

export interface MoveOptions {
  /** Pages from this one on are to be emptied. */
  readonly cutoff: number;
  /** Where to go on; the beginning without it. */
  readonly from: MovePosition | undefined;
  /** About how many pages to move at most, and to look at. */
  readonly movedPagesMax: number;
  readonly readPagesMax: number;
}

export interface MovePlan {
  /** Keys, by bucket, whose leaves are to be rewritten: for a commit's `touch`. */
  readonly touch: Map<string, Operations>;
  readonly pages: number;
  /** Where the next plan goes on; undefined at the end. */
  readonly next: MovePosition | undefined;
}

interface Leaf {
  readonly key: Uint8Array;
  readonly pages: number;
  readonly isWanted: boolean;
}

/** Plans a bounded number of moves. The view must stay valid until it returns. */
export function* planMoves(
  pager: Pager,
  view: View,
  options: MoveOptions,
  work: Work,
): Generator<void, MovePlan> {
  const planner = new MovePlanner(pager.pageBytes, options);
  const { from } = options;
  for (const name of view.bucketNames()) {
    if (from !== undefined && name < from.bucket) continue;
    const bucket = view.bucket(name)!;
    if (bucket.inline !== undefined) continue;
    const key = from !== undefined && name === from.bucket ? from.key : undefined;
    planner.enter(name);
    const walk = { from: key, pagesMax: view.meta.highWater };
    yield* walkTree(pager, bucket.root, walk, work, (page) => planner.look(page));
    planner.leave();
    if (planner.next !== undefined) break;
  }
  return planner.plan;
}

class MovePlanner {
  readonly #pageBytes: number;
  readonly #options: MoveOptions;
  readonly #touch = new Map<string, Operations>();
  #bucket = "";
  #window: Leaf[] = [];
  #windowPages = 0;
  /** What the window's elements would take when packed one after the other. */
  #packedPages = 0;
  #openBytes = 0;
  #openCount = 0;
  #branchIsWanted = false;
  #moved = 0;
  #looked = 0;
  next: MovePosition | undefined;

  constructor(pageBytes: number, options: MoveOptions) {
    this.#pageBytes = pageBytes;
    this.#options = options;
  }

  get plan(): MovePlan {
    return { touch: this.#touch, pages: this.#moved, next: this.next };
  }

  enter(bucket: string): void {
    this.#bucket = bucket;
  }

  leave(): void {
    this.#closeWindow();
  }

  /** Returns false when enough was planned. */
  look(page: Page): boolean {
    if (!page.isLeaf) {
      if (page.id >= this.#options.cutoff) this.#branchIsWanted = true;
      return true;
    }
    if (page.count === 0) return true;
    const { movedPagesMax, readPagesMax } = this.#options;
    const pages = page.overflow + 1;
    if (this.#window.length === windowLeaves) this.#closeWindow();
    if (this.#moved >= movedPagesMax || this.#looked >= readPagesMax) {
      this.#closeWindow();
      this.next = { bucket: this.#bucket, key: ownBytes(page.key(0)) };
      return false;
    }
    this.#looked += pages;
    this.#windowPages += pages;
    const isHigh = page.id + page.overflow >= this.#options.cutoff;
    // A branch moves when any leaf below it does.
    const isWanted = isHigh || this.#branchIsWanted;
    this.#branchIsWanted = false;
    this.#window.push({ key: ownBytes(page.key(0)), pages, isWanted });
    this.#pack(page);
    return true;
  }

  #pack(page: Page): void {
    for (let at = 0; at < page.count; at++) {
      const size = headerBytes + page.leafKeyLength(at) + page.leafValueLength(at);
      const isAlone = isLong(page.leafKeyLength(at), page.leafValueLength(at));
      if (isAlone) this.#closePage();
      const isFull = headerBytes + this.#openBytes + size > this.#pageBytes;
      if (isFull && this.#openCount >= keysPerPageMin) this.#closePage();
      this.#openBytes += size;
      this.#openCount++;
      if (isAlone) this.#closePage();
    }
  }

  #closePage(): void {
    if (this.#openCount === 0) return;
    this.#packedPages += Math.ceil((headerBytes + this.#openBytes) / this.#pageBytes);
    this.#openBytes = 0;
    this.#openCount = 0;
  }

  #closeWindow(): void {
    this.#closePage();
    const isSparse = this.#packedPages < this.#windowPages * (1 - savedShareMin);
    for (const leaf of this.#window) {
      if (!isSparse && !leaf.isWanted) continue;
      let touched = this.#touch.get(this.#bucket);
      if (touched === undefined) this.#touch.set(this.#bucket, (touched = new Operations()));
      touched.delete(leaf.key);
      this.#moved += leaf.pages;
    }
    this.#window = [];
    this.#windowPages = 0;
    this.#packedPages = 0;
  }
}
