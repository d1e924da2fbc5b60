import { compareBytes, latin1FromBytes, ownBytes } from "../../../base/index.ts";
import type { Backend, BucketName } from "../backend.ts";
import {
  isRevisionKey,
  mainOfKey,
  revisionKey,
  subOfKey,
  tombstoneKeyLength,
} from "../record/revision-key.ts";
import { RecordSlabs } from "./record-slabs.ts";

interface Row {
  readonly key: Uint8Array;
  value: Uint8Array;
}

/** A small bucket: rows by key, sorted when somebody walks them. */
class MemoryBucket {
  readonly #rows = new Map<string, Row>();
  #sorted: Row[] | undefined;

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#rows.get(latin1FromBytes(key))?.value;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    const text = latin1FromBytes(key);
    const row = this.#rows.get(text);
    if (row !== undefined) {
      row.value = ownBytes(value);
      return;
    }
    this.#rows.set(text, { key: ownBytes(key), value: ownBytes(value) });
    this.#sorted = undefined;
  }

  delete(key: Uint8Array): void {
    if (this.#rows.delete(latin1FromBytes(key))) this.#sorted = undefined;
  }

  rows(): readonly Row[] {
    this.#sorted ??= [...this.#rows.values()].sort((a, b) => compareBytes(a.key, b.key));
    return this.#sorted;
  }
}

/** A backend that keeps everything in memory and forgets it with the process. */
export class MemoryBackend implements Backend {
  readonly records = new RecordSlabs();
  readonly #buckets = new Map<BucketName, MemoryBucket>();

  get(bucket: BucketName, key: Uint8Array): Uint8Array | undefined {
    if (bucket === "key") return this.#record(key);
    return this.#buckets.get(bucket)?.get(key);
  }

  put(bucket: BucketName, key: Uint8Array, value: Uint8Array): void {
    if (bucket === "key") {
      const tombstone = key.length === tombstoneKeyLength;
      this.records.append(mainOfKey(key), subOfKey(key), tombstone, value, 0, value.length);
      return;
    }
    let rows = this.#buckets.get(bucket);
    if (rows === undefined) this.#buckets.set(bucket, (rows = new MemoryBucket()));
    rows.put(key, value);
  }

  delete(bucket: BucketName, key: Uint8Array): void {
    if (bucket !== "key") this.#buckets.get(bucket)?.delete(key);
    else this.records.remove(mainOfKey(key), subOfKey(key), key.length === tombstoneKeyLength);
  }

  visit(
    bucket: BucketName,
    from: Uint8Array,
    to: Uint8Array | undefined,
    visit: (key: Uint8Array, value: Uint8Array) => boolean,
  ): void {
    if (bucket === "key") {
      this.#visitRecords(from, to, visit);
      return;
    }
    for (const { key, value } of this.#buckets.get(bucket)?.rows() ?? []) {
      if (compareBytes(key, from) < 0) continue;
      if (to !== undefined && compareBytes(key, to) >= 0) return;
      if (!visit(key, value)) return;
    }
  }

  #record(key: Uint8Array): Uint8Array | undefined {
    const cursor = this.records.cursor();
    if (!isRevisionKey(key) || !cursor.seek(mainOfKey(key), subOfKey(key))) return undefined;
    if (cursor.tombstone !== (key.length === tombstoneKeyLength)) return undefined;
    return cursor.buffer.subarray(cursor.start, cursor.end);
  }

  #visitRecords(
    from: Uint8Array,
    to: Uint8Array | undefined,
    visit: (key: Uint8Array, value: Uint8Array) => boolean,
  ): void {
    const cursor = this.records.cursor();
    const [main, sub] = from.length >= 17 ? [mainOfKey(from), subOfKey(from)] : [0, 0];
    for (let more = cursor.seekFrom(main, sub); more; more = cursor.next()) {
      const key = revisionKey(cursor.main, cursor.sub, cursor.tombstone);
      if (compareBytes(key, from) < 0) continue;
      if (to !== undefined && compareBytes(key, to) >= 0) return;
      if (!visit(key, cursor.buffer.subarray(cursor.start, cursor.end))) return;
    }
  }
}
