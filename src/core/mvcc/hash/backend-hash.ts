import { bytesFromLatin1, compareBytes, crc32c } from "../../../base/index.ts";
import type { Backend, BackendReader, BucketName } from "../backend.ts";
import { keyAfter, leastKey } from "../key.ts";
import { tombstoneKeyLength, writeRevisionKey } from "../record/revision-key.ts";

/** Keys that a hash leaves out, by bucket. */
export type HashIgnores = ReadonlyMap<BucketName, readonly Uint8Array[]>;

/** What Maintenance.Hash leaves out: members differ in it (schema.DefaultIgnores). */
export const memberHashIgnores: HashIgnores = new Map([
  ["meta", ["consistent_index", "term", "storageVersion"].map(bytesFromLatin1)],
]);

const buckets: readonly BucketName[] = [
  "alarm",
  "auth",
  "authRoles",
  "authUsers",
  "cluster",
  "key",
  "lease",
  "members",
  "members_removed",
  "meta",
];

/**
 * Hash: CRC-32C over every bucket's name, keys and values (backend.go Hash). Sliced; a result means
 * something only when nothing was written meanwhile, as in etcd.
 */
export class BackendHash {
  readonly #backend: Backend;
  readonly #ignores: HashIgnores;
  #crc = 0;
  #bucket = 0;
  #opened = false;
  #from: Uint8Array = leastKey;
  #main = 0;
  #sub = 0;

  constructor(backend: Backend, ignores: HashIgnores) {
    this.#backend = backend;
    this.#ignores = ignores;
  }

  /** Hashes about `budget` rows; the hash when it is complete. */
  step(budget: number): number | undefined {
    let left = budget;
    for (; this.#bucket < buckets.length; this.#bucket++) {
      const name = buckets[this.#bucket]!;
      if (!this.#opened) {
        this.#crc = crc32c(this.#crc, bytesFromLatin1(name));
        this.#opened = true;
        this.#from = leastKey;
      }
      left = name === "key" ? this.#hashRecords(left) : this.#hashRows(name, left);
      if (left <= 0) return undefined;
      this.#opened = false;
    }
    return this.#crc;
  }

  #hashRows(name: BucketName, budget: number): number {
    const ignored = this.#ignores.get(name) ?? [];
    const reader: BackendReader = this.#backend;
    let left = budget;
    reader.visit(name, this.#from, undefined, (key, value) => {
      this.#from = keyAfter(key);
      left--;
      if (!ignored.some((other) => compareBytes(other, key) === 0)) {
        this.#crc = crc32c(crc32c(this.#crc, key), value);
      }
      return left > 0;
    });
    return left;
  }

  #hashRecords(budget: number): number {
    const cursor = this.#backend.records.borrowingCursor();
    const key = new Uint8Array(tombstoneKeyLength);
    let left = budget;
    let more = cursor.seekFrom(this.#main, this.#sub);
    for (; more && left > 0; more = cursor.next()) {
      this.#main = cursor.main;
      this.#sub = cursor.sub + 1;
      left--;
      const keyEnd = writeRevisionKey(cursor.main, cursor.sub, cursor.tombstone, key, 0);
      this.#crc = crc32c(this.#crc, key, 0, keyEnd);
      this.#crc = crc32c(this.#crc, cursor.buffer, cursor.start, cursor.end);
    }
    return left;
  }
}
