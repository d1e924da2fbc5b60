import { assert } from "../../base/index.ts";
import type { Batch, BucketChanges } from "./batch.ts";
import { type Bucket, encodeBucketHeader } from "./format/bucket.ts";
import { encodeMeta, encodeStamp, type Meta, noFreelist } from "./format/meta.ts";
import { bucketElement, headerBytes, Page, pageFlag } from "./format/page.ts";
import type { Freelist } from "./pages/freelist.ts";
import type { PageSums } from "./pages/page-sums.ts";
import type { Pager } from "./pages/pager.ts";
import { Operations } from "./tree/operations.ts";
import { type NewRoot, TreeUpdate, type Work } from "./tree/tree.ts";
import { walkBuckets } from "./tree/walk.ts";
import { runToEnd, type View } from "./view.ts";

export interface CommitOptions {
  /** How full the pages of a bucket are made, by its name; half without it, as bbolt does. */
  readonly fillOf?: ((bucket: string) => number) | undefined;
  /** Keys, by bucket, whose pages are rewritten into the lowest free ones. */
  readonly touch?: ReadonlyMap<string, Operations> | undefined;
  /** Lets the high-water mark fall when the pages below it are free. */
  readonly mayShrink?: boolean | undefined;
}

/** What a commit needs to know of the database. */
export interface CommitBase {
  readonly pager: Pager;
  readonly freelist: Freelist;
  /** The last committed state. */
  readonly view: View;
  /** Transaction ids that readers hold. */
  readonly readers: readonly number[];
  readonly sums: PageSums | undefined;
}

/**
 * One transaction on its way to the disk: pages are built in steps, then synced, then the meta page
 * is written and synced. Until the last moment the file shows the old state, and an error while
 * pages are built leaves it so; an error of a sync leaves it unknown what the disk holds.
 */
export class Commit {
  readonly #base: CommitBase;
  readonly #batch: Batch;
  readonly #options: CommitOptions;
  readonly #work: Work = { left: 0 };
  readonly #steps: Generator<void, void>;
  readonly #txid: number;
  #update: TreeUpdate | undefined;
  #highWater: number;
  #trimmedTo: number;
  #root: number;
  #hasBegun = false;

  constructor(base: CommitBase, batch: Batch, options: CommitOptions) {
    this.#base = base;
    this.#batch = batch;
    this.#options = options;
    const { meta } = base.view;
    this.#txid = meta.txid + 1;
    this.#highWater = meta.highWater;
    this.#trimmedTo = meta.highWater;
    this.#root = meta.root;
    this.#steps = this.#build();
  }

  /** The state this commit makes. Final once `build` has returned true. */
  get meta(): Meta {
    const { pageBytes, sequence } = this.#base.view.meta;
    return {
      pageBytes,
      root: this.#root,
      sequence,
      freelist: noFreelist,
      highWater: this.#highWater,
      txid: this.#txid,
    };
  }

  /** Builds and writes pages, about `pages` of them; true when all are written. Throws DiskError. */
  build(pages: number): boolean {
    this.#work.left = pages;
    return this.#steps.next().done === true;
  }

  buildAll(): void {
    this.#work.left = Number.POSITIVE_INFINITY;
    runToEnd(this.#steps);
  }

  /** Writes the sums of the pages beside the file; `PageSums.sync` makes them durable. */
  appendSums(): void {
    this.#base.sums?.append(this.#txid);
  }

  writeMeta(): void {
    const { pager, sums } = this.#base;
    const page = Buffer.allocUnsafe(pager.pageBytes);
    encodeMeta(page, this.meta);
    if (sums !== undefined) encodeStamp(page, this.#txid, sums.chain);
    pager.file.write(page, (this.#txid % 2) * pager.pageBytes);
  }

  /** Undoes what building did in memory. What it wrote lies in pages that are free again. */
  abandon(): void {
    this.#update?.abandon();
    this.#steps.return();
    const { freelist, pager, view } = this.#base;
    pager.writer.discard();
    if (!this.#hasBegun) return;
    freelist.rollBack(this.#txid);
    if (this.#trimmedTo < view.meta.highWater) {
      freelist.addFree(this.#trimmedTo, view.meta.highWater - this.#trimmedTo);
    }
  }

  *#build(): Generator<void, void> {
    const { freelist, pager, readers, view } = this.#base;
    const { touch, mayShrink } = this.#options;
    freelist.begin(readers);
    this.#hasBegun = true;
    if (mayShrink === true) {
      this.#highWater = freelist.trimBelow(this.#highWater, 4);
      this.#trimmedTo = this.#highWater;
    }
    if (touch !== undefined) freelist.preferLowest();
    if (view.meta.freelist !== noFreelist) this.#free(pager.rawPage(view.meta.freelist));
    const roots = new Operations();
    for (const changes of this.#changes()) yield* this.#rewriteBucket(changes, roots);
    yield* this.#rewriteRoot(roots);
    pager.writer.flush();
  }

  /** The buckets of the batch, and those whose pages are to move. */
  #changes(): BucketChanges[] {
    const changes = this.#batch.inOrder();
    for (const name of this.#options.touch?.keys() ?? []) {
      if (this.#batch.find(name) !== undefined) continue;
      changes.push({ name, isCreated: false, isDropped: false, operations: new Operations() });
    }
    return changes;
  }

  *#rewriteBucket(changes: BucketChanges, roots: Operations): Generator<void, void> {
    const { name, operations } = changes;
    let bucket = this.#base.view.bucket(name);
    if (bucket !== undefined && changes.isDropped) {
      yield* this.#freeTree(bucket);
      bucket = undefined;
    }
    const key = Buffer.from(name, "latin1");
    if (bucket === undefined && !changes.isCreated) {
      assert(operations.count === 0, `bucket ${name} exists before it is written to`);
      if (changes.isDropped) roots.delete(key);
      return;
    }
    const touch = this.#options.touch?.get(name);
    if (bucket !== undefined && operations.count === 0 && touch === undefined) return;
    const fill = this.#options.fillOf?.(name) ?? 0.5;
    const options = { fill, mayBeInline: true, flags: 0 };
    const root = yield* this.#rewrite(bucket ?? emptyBucket(), { operations, touch }, options);
    roots.put(key, bucketValue(root, bucket?.sequence ?? 0));
  }

  *#rewriteRoot(roots: Operations): Generator<void, void> {
    const options = { fill: 0.5, mayBeInline: false, flags: bucketElement };
    const bucket = { root: this.#root, sequence: 0, inline: undefined };
    const root = yield* this.#rewrite(bucket, { operations: roots }, options);
    assert("page" in root, "the root bucket has a page of its own");
    this.#root = root.page;
  }

  *#rewrite(
    bucket: Bucket,
    changes: { readonly operations: Operations; readonly touch?: Operations | undefined },
    options: { readonly fill: number; readonly mayBeInline: boolean; readonly flags: number },
  ): Generator<void, NewRoot> {
    const source = {
      allocate: (pages: number): number => this.#allocate(pages),
      free: (page: Page): void => this.#free(page),
    };
    this.#update = new TreeUpdate(this.#base.pager, source, changes, options, this.#work);
    const root = yield* this.#update.rewrite(bucket);
    this.#update = undefined;
    return root;
  }

  *#freeTree(bucket: Bucket): Generator<void, void> {
    if (bucket.inline !== undefined) return;
    const { pager, view } = this.#base;
    yield* walkBuckets(pager, bucket.root, view.meta.highWater, this.#work, (page) =>
      this.#free(page),
    );
  }

  #free(page: Page): void {
    this.#base.freelist.free(page.id, page.overflow + 1, this.#txid);
  }

  #allocate(pages: number): number {
    const { freelist, pager } = this.#base;
    const found = freelist.allocate(pages, this.#txid);
    if (found >= 0) return found;
    const id = this.#highWater;
    this.#highWater += pages;
    freelist.noteGivenOut(id, pages, this.#txid);
    pager.grow(this.#highWater);
    return id;
  }
}

/** A bucket that is being made: an inline leaf without elements. */
function emptyBucket(): Bucket {
  const inline = Page.ofLength(headerBytes);
  inline.id = 0;
  inline.writeHeader(0, pageFlag.leaf, 0, 0);
  return { root: 0, sequence: 0, inline };
}

/** A bucket as the root tree holds it. */
function bucketValue(root: NewRoot, sequence: number): Buffer {
  const inline = "inline" in root ? root.inline : undefined;
  const value = Buffer.alloc(headerBytes + (inline?.length ?? 0));
  encodeBucketHeader(value, 0, { root: "page" in root ? root.page : 0, sequence });
  if (inline !== undefined) inline.copy(value, headerBytes);
  return value;
}
