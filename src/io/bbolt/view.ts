import { bucketElement, type Page } from "./format/page.ts";
import type { Bucket } from "./format/bucket.ts";
import type { Meta } from "./format/meta.ts";
import type { Pager } from "./pages/pager.ts";
import { Cursor, leafFor, positionOf } from "./tree/cursor.ts";
import type { Work } from "./tree/tree.ts";
import { bucketAt, walkTree } from "./tree/walk.ts";
import { leafLowerBound } from "./format/inode.ts";

/**
 * Called with each element of a bucket that is not itself a bucket, in key order; the value follows
 * the key. The memory is borrowed during the call. Returning false ends the scan.
 */
export type ElementVisitor = (
  bytes: Buffer,
  keyStart: number,
  valueStart: number,
  valueEnd: number,
) => boolean | void;

export interface ScanOptions {
  /** The first key wanted. */
  readonly from?: Uint8Array | undefined;
}

/** The database as one meta page describes it. Valid while its pages are not written over. */
export class View {
  readonly meta: Meta;
  readonly #pager: Pager;
  readonly #root: Bucket;
  readonly #buckets = new Map<string, Bucket | undefined>();

  constructor(pager: Pager, meta: Meta) {
    this.#pager = pager;
    this.meta = meta;
    this.#root = { root: meta.root, sequence: meta.sequence, inline: undefined };
  }

  /** A bucket of the root by its name, or undefined. Throws CorruptFileError, as all reads do. */
  bucket(name: string): Bucket | undefined {
    if (this.#buckets.has(name)) return this.#buckets.get(name);
    const found = this.bucketIn(this.#root, name);
    this.#buckets.set(name, found);
    return found;
  }

  /** A bucket inside a bucket. */
  bucketIn(parent: Bucket, name: string): Bucket | undefined {
    const key = Buffer.from(name, "latin1");
    const leaf = leafFor(this.#pager, parent, key);
    const at = positionOf(leaf, key);
    if (at < 0 || leaf.leafFlags(at) !== bucketElement) return undefined;
    return bucketAt(this.#pager, leaf, at);
  }

  /** Names of the buckets of the root, in byte order. */
  bucketNames(): string[] {
    const names: string[] = [];
    const cursor = new Cursor(this.#pager, this.#root);
    for (let more = cursor.first(); more; more = cursor.next()) {
      if (cursor.isBucket) names.push(cursor.key.toString("latin1"));
    }
    return names;
  }

  cursor(bucket: Bucket): Cursor {
    return new Cursor(this.#pager, bucket);
  }

  /** The value of a key, borrowed until the next read; undefined when there is none. */
  get(bucket: Bucket, key: Uint8Array): Buffer | undefined {
    const leaf = leafFor(this.#pager, bucket, key);
    const at = positionOf(leaf, key);
    return at < 0 || leaf.leafFlags(at) === bucketElement ? undefined : leaf.value(at);
  }

  /** Visits all elements, reading ahead and past the cache; yields when the work is used up. */
  *scanSteps(
    bucket: Bucket,
    options: ScanOptions,
    work: Work,
    visit: ElementVisitor,
  ): Generator<void, void> {
    let { from } = options;
    const onPage = (page: Page): boolean => {
      if (!page.isLeaf) return true;
      const first = from === undefined ? 0 : leafLowerBound(page, from);
      // Only the leftmost leaf can hold smaller keys.
      from = undefined;
      return visitLeaf(page, first, visit);
    };
    if (bucket.inline !== undefined) {
      onPage(bucket.inline);
      return;
    }
    const pagesMax = this.meta.highWater;
    yield* walkTree(this.#pager, bucket.root, { from: options.from, pagesMax }, work, onPage);
  }

  scan(bucket: Bucket, options: ScanOptions, visit: ElementVisitor): void {
    runToEnd(this.scanSteps(bucket, options, { left: Number.POSITIVE_INFINITY }, visit));
  }
}

function visitLeaf(page: Page, first: number, visit: ElementVisitor): boolean {
  const { bytes, count } = page;
  for (let at = first; at < count; at++) {
    if (page.leafFlags(at) === bucketElement) continue;
    const keyStart = page.leafKeyStart(at);
    const valueStart = keyStart + page.leafKeyLength(at);
    if (visit(bytes, keyStart, valueStart, valueStart + page.leafValueLength(at)) === false) {
      return false;
    }
  }
  return true;
}

/** Runs a generator of steps without pause. */
export function runToEnd<Result>(steps: Generator<void, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
