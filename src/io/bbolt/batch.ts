import { assert } from "../../base/index.ts";
import { Operations } from "./tree/operations.ts";

/** What a batch does to one bucket of the root. */
export interface BucketChanges {
  readonly name: string;
  /** The bucket is made when it is not there. */
  isCreated: boolean;
  /** What the bucket held before this batch is dropped. */
  isDropped: boolean;
  operations: Operations;
}

/**
 * Changes that become visible together. Bucket names are latin1 text, a character a byte. Writing
 * to a bucket that neither exists nor is made in the same batch is a mistake of the caller, found
 * when the batch is committed.
 */
export class Batch {
  readonly #buckets = new Map<string, BucketChanges>();
  #operationCount = 0;

  /** Puts and deletes so far, repeated ones included. */
  get operationCount(): number {
    return this.#operationCount;
  }
  get isEmpty(): boolean {
    return this.#buckets.size === 0;
  }
  /** Bytes of keys and values it holds. */
  get bytes(): number {
    let bytes = 0;
    for (const { operations } of this.#buckets.values()) bytes += operations.bytes;
    return bytes;
  }

  createBucket(name: string): void {
    this.changesOf(name).isCreated = true;
    this.#operationCount++;
  }

  /** Drops the bucket with all it holds; content when there is none. */
  deleteBucket(name: string): void {
    const changes = this.changesOf(name);
    changes.isDropped = true;
    changes.isCreated = false;
    changes.operations = new Operations();
    this.#operationCount++;
  }

  put(bucket: string, key: Uint8Array, value: Uint8Array): void {
    this.changesOf(bucket).operations.put(key, value);
    this.#operationCount++;
  }

  /** Puts bytes[start, end) as the value. */
  putSlice(bucket: string, key: Uint8Array, bytes: Uint8Array, start: number, end: number): void {
    this.changesOf(bucket).operations.putSlice(key, bytes, start, end);
    this.#operationCount++;
  }

  delete(bucket: string, key: Uint8Array): void {
    this.changesOf(bucket).operations.delete(key);
    this.#operationCount++;
  }

  /** The changes of one bucket, made when there are none: for who writes many to one. */
  changesOf(name: string): BucketChanges {
    let changes = this.#buckets.get(name);
    if (changes === undefined) {
      assert(name.length > 0, "a bucket has a name");
      changes = { name, isCreated: false, isDropped: false, operations: new Operations() };
      this.#buckets.set(name, changes);
    }
    return changes;
  }

  /** The changes of one bucket, if there are any. */
  find(name: string): BucketChanges | undefined {
    return this.#buckets.get(name);
  }

  /** In byte order of the names. */
  inOrder(): BucketChanges[] {
    return [...this.#buckets.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }
}
