import { assert } from "../../base/index.ts";
import { Batch } from "./batch.ts";
import type { CommitOptions } from "./commit.ts";
import type { Database } from "./database.ts";
import type { Meta } from "./format/meta.ts";
import { FileImage } from "./image.ts";
import type { Pager } from "./pages/pager.ts";
import { deleted } from "./tree/operations.ts";
import { View } from "./view.ts";

/**
 * A view that stays as it is while commits go on: the pages it can see are not written over until
 * it is closed. Long-lived ones make the file grow.
 */
export class ReadTransaction extends View {
  readonly #pager: Pager;
  readonly #isSeen: (id: number) => boolean;
  readonly #end: () => void;
  #isOpen = true;

  constructor(pager: Pager, meta: Meta, isSeen: (id: number) => boolean, end: () => void) {
    super(pager, meta);
    this.#pager = pager;
    this.#isSeen = isSeen;
    this.#end = end;
  }

  /** A consistent copy of the file, to be read while this is open. */
  image(): FileImage {
    assert(this.#isOpen, "an image is read from an open transaction");
    return new FileImage(this.#pager, this.meta, this.#isSeen);
  }

  /** Closing twice is harmless. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#end();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Changes made and committed by one caller at once, for tools: it sees what it has written. */
export class WriteTransaction {
  readonly #database: Database;
  readonly #batch = new Batch();

  constructor(database: Database) {
    this.#database = database;
  }

  createBucket(name: string): void {
    this.#batch.createBucket(name);
  }
  deleteBucket(name: string): void {
    this.#batch.deleteBucket(name);
  }
  put(bucket: string, key: Uint8Array, value: Uint8Array): void {
    this.#batch.put(bucket, key, value);
  }
  delete(bucket: string, key: Uint8Array): void {
    this.#batch.delete(bucket, key);
  }

  /** The value as this transaction sees it, borrowed. */
  get(bucketName: string, key: Uint8Array): Buffer | undefined {
    const changes = this.#batch.find(bucketName);
    const at = changes?.operations.find(key) ?? -1;
    if (changes !== undefined && at >= 0) {
      const isDeleted = changes.operations.valueLength(at) === deleted;
      return isDeleted ? undefined : changes.operations.value(at);
    }
    if (changes?.isDropped === true) return undefined;
    const { view } = this.#database;
    const bucket = view.bucket(bucketName);
    return bucket === undefined ? undefined : view.get(bucket, key);
  }

  /** Makes it durable before returning. Throws DiskError; nothing has changed then. */
  commit(options: CommitOptions = {}): void {
    this.#database.commitNow(this.#batch, options);
  }
}
