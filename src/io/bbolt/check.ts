// The whole file against its invariants, as `bbolt check` has them (bbolt/tx_check.go): every page
// has one owner, keys ascend within pages and between them, what is not reached is free.
import { compareBytes, hexOf, ownBytes } from "../../base/index.ts";
import { CorruptFileError } from "./errors.ts";
import { type Meta, noFreelist } from "./format/meta.ts";
import { bucketElement, type Page } from "./format/page.ts";
import type { Freelist } from "./pages/freelist.ts";
import type { Pager } from "./pages/pager.ts";
import { RunReader } from "./pages/run-reader.ts";
import type { Work } from "./tree/tree.ts";
import { bucketAt, heightMax } from "./tree/walk.ts";

export interface CheckOptions {
  /** Problems after which it stops looking; 100 unless told. */
  readonly problemsMax?: number;
}

const owned = 1;
const free = 2;

/** One tree to look at: where it begins and which keys may be in it. */
interface Subtree {
  readonly ids: readonly number[];
  readonly bounds: readonly (Uint8Array | undefined)[];
  at: number;
}

/** Yields when the work is used up; returns the problems, each with the page it is in. */
export function* checkFile(
  pager: Pager,
  meta: Meta,
  freelist: Freelist | undefined,
  options: CheckOptions,
  work: Work,
): Generator<void, string[]> {
  const check = new Check(pager, meta, options.problemsMax ?? 100);
  check.markFree(freelist);
  yield* check.trees(work);
  if (freelist !== undefined) check.findLost();
  return check.problems;
}

class Check {
  readonly problems: string[] = [];
  readonly #pager: Pager;
  readonly #reader: RunReader;
  readonly #meta: Meta;
  readonly #problemsMax: number;
  readonly #state: Uint8Array;

  constructor(pager: Pager, meta: Meta, problemsMax: number) {
    this.#pager = pager;
    this.#reader = new RunReader(pager);
    this.#meta = meta;
    this.#problemsMax = problemsMax;
    this.#state = new Uint8Array(meta.highWater);
    this.#state.fill(owned, 0, 2);
  }

  get #isFull(): boolean {
    return this.problems.length >= this.#problemsMax;
  }

  #report(what: string): void {
    if (!this.#isFull) this.problems.push(what);
  }

  markFree(freelist: Freelist | undefined): void {
    freelist?.forEach((id) => {
      if (id >= this.#meta.highWater) this.#report(`page ${id}: free beyond the high-water mark`);
      else if (this.#state[id] !== 0) this.#report(`page ${id}: already freed`);
      else this.#state[id] = free;
    });
    if (this.#meta.freelist === noFreelist) return;
    const page = this.#pager.rawPage(this.#meta.freelist);
    this.#own(page.id, page.overflow);
  }

  findLost(): void {
    for (let id = 0; id < this.#state.length; id++) {
      if (this.#state[id] === 0) this.#report(`page ${id}: unreachable unfreed`);
    }
  }

  *trees(work: Work): Generator<void, void> {
    const roots = [this.#meta.root];
    for (let root = roots.pop(); root !== undefined; root = roots.pop()) {
      const rows: Subtree[] = [{ ids: [root], bounds: [undefined, undefined], at: 0 }];
      for (let row = rows.at(-1); row !== undefined && !this.#isFull; row = rows.at(-1)) {
        if (row.at === row.ids.length) rows.pop();
        else this.#visit(row, rows, roots);
        if (--work.left <= 0) yield;
      }
    }
  }

  #visit(row: Subtree, rows: Subtree[], roots: number[]): void {
    const at = row.at++;
    const id = row.ids[at]!;
    try {
      if (id >= this.#meta.highWater) {
        this.#report(`page ${id}: out of bounds: ${this.#meta.highWater}`);
        return;
      }
      const page = this.#reader.read(row.ids, at);
      if (!this.#own(id, page.overflow) || rows.length > heightMax) return;
      this.#checkOrder(page, id, row.bounds[at], row.bounds[at + 1]);
      if (page.isLeaf) this.#findBuckets(page, roots);
      else rows.push(below(page, row.bounds[at + 1]));
    } catch (error) {
      if (!(error instanceof CorruptFileError)) throw error;
      this.#report(error.message);
    }
  }

  #own(id: number, overflow: number): boolean {
    for (let page = id; page <= id + overflow; page++) {
      if (page >= this.#meta.highWater) {
        this.#report(`page ${page}: out of bounds: ${this.#meta.highWater}`);
        return false;
      }
      if (this.#state[page] === owned) {
        this.#report(`page ${page}: multiple references`);
        return false;
      }
      if (this.#state[page] === free) this.#report(`page ${page}: reachable freed`);
      this.#state[page] = owned;
    }
    return true;
  }

  #checkOrder(
    page: Page,
    id: number,
    lowest: Uint8Array | undefined,
    limit: Uint8Array | undefined,
  ): void {
    for (let at = 0; at < page.count; at++) {
      const key = page.key(at);
      if (at > 0 && compareBytes(page.key(at - 1), key) >= 0) {
        this.#report(`page ${id}: key ${at} ${hexOf(key)} is not above the one before it`);
      }
      if (at === 0 && lowest !== undefined && compareBytes(key, lowest) < 0) {
        this.#report(`page ${id}: key 0 ${hexOf(key)} is below that of its ancestor`);
      }
      if (limit !== undefined && compareBytes(key, limit) >= 0) {
        this.#report(`page ${id}: key ${at} ${hexOf(key)} is not below the next of its ancestor`);
      }
    }
  }

  #findBuckets(page: Page, roots: number[]): void {
    for (let at = 0; at < page.count; at++) {
      if (page.leafFlags(at) !== bucketElement) continue;
      const { root, inline } = bucketAt(this.#pager, page, at);
      if (inline === undefined) roots.push(root);
      else this.#checkInline(inline, page.id);
    }
  }

  /** bbolt gives a bucket pages of its own before it holds another. */
  #checkInline(inline: Page, id: number): void {
    this.#checkOrder(inline, id, undefined, undefined);
    for (let at = 0; at < inline.count; at++) {
      if (inline.leafFlags(at) !== bucketElement) continue;
      this.#report(`page ${id}: a bucket within an inline bucket`);
    }
  }
}

/** The children of a branch with the keys that bound them. */
function below(page: Page, limit: Uint8Array | undefined): Subtree {
  const ids: number[] = [];
  const bounds: (Uint8Array | undefined)[] = [];
  for (let at = 0; at < page.count; at++) {
    ids.push(page.child(at));
    bounds.push(ownBytes(page.key(at)));
  }
  bounds.push(limit);
  return { ids, bounds, at: 0 };
}
