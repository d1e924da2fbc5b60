import { bytesFromLatin1, crc32c } from "../../../base/index.ts";
import type { Backend, RecordCursor } from "../backend.ts";
import { neverCompacted } from "../revision.ts";
import { tombstoneKeyLength, writeRevisionKey } from "../record/revision-key.ts";
import type { TreeIndex } from "../tree/index.ts";

/** A hash of the key space and the revisions it is about. */
export interface KeyValueHash {
  readonly hash: number;
  /** The compacted revision the hash was made with; -1 when there was none. */
  readonly compactRevision: number;
  readonly revision: number;
}

const bucketName = bytesFromLatin1("key");
const bytesPerUnit = 1024;

/**
 * HashKV: CRC-32C over all records up to a revision, made so that members agree although one may
 * have deleted what another has only marked as compacted (storage/mvcc/hash.go). Sliced: the caller
 * steps it and must not let compaction delete anything meanwhile.
 *
 * etcd leaves out a record at or below the compacted revision when its index would not keep it.
 * What it would not keep is what waits in the index's garbage queues, so no key is looked up here.
 */
export class RevisionHash {
  readonly #cursor: RecordCursor;
  readonly #index: TreeIndex;
  readonly #compactRevision: number;
  readonly #revision: number;
  /** Without a kept revision etcd leaves out nothing but tombstones. */
  readonly #keepsNothing: boolean;
  readonly #skipped = new Set<number | string>();
  #collected = 0;
  #collecting = true;
  #crc = crc32c(0, bucketName);
  #main = 0;
  #sub = 0;
  readonly #key = new Uint8Array(tombstoneKeyLength);

  constructor(
    backend: Backend,
    index: TreeIndex,
    about: { compactRevision: number; revision: number; keepsNothing: boolean },
  ) {
    // Between its steps nothing is kept of what it points at.
    this.#cursor = backend.records.borrowingCursor();
    this.#index = index;
    this.#compactRevision = about.compactRevision;
    this.#revision = about.revision;
    this.#keepsNothing = about.keepsNothing;
  }

  /** Works on; `budget` is about a microsecond a unit. Returns what is left of it: more than 0 when done. */
  step(budget: number): number {
    let left = budget;
    if (this.#collecting) left = this.#collect(left);
    return left > 0 ? this.#hash(left) : 0;
  }

  result(): KeyValueHash {
    return {
      hash: this.#crc,
      compactRevision: this.#compactRevision,
      revision: this.#revision,
    };
  }

  /** Gathers the superseded records that etcd's index would not keep. */
  #collect(budget: number): number {
    const { superseded, keys } = this.#index;
    let left = budget;
    // With nothing kept etcd leaves nothing out; what waits to be deleted counts as deleted.
    const upTo = this.#keepsNothing ? this.#compactRevision : this.#revision;
    const needed = this.#compactRevision !== neverCompacted;
    while (needed && left > 0 && this.#collected < superseded.size) {
      if (superseded.mainAt(this.#collected) > upTo) break;
      const node = superseded.refAt(this.#collected++);
      const main = keys.main(node);
      if (main <= this.#compactRevision) this.#skipped.add(nameOf(main, keys.sub(node)));
      left--;
    }
    if (left > 0) this.#collecting = false;
    return left;
  }

  #hash(budget: number): number {
    const cursor = this.#cursor;
    let left = budget;
    let more = cursor.seekFrom(this.#main, this.#sub);
    for (; more && left > 0; more = cursor.next()) {
      const { main, sub } = cursor;
      if (main > this.#revision) return left;
      this.#main = main;
      this.#sub = sub + 1;
      left -= 1 + (cursor.end - cursor.start) / bytesPerUnit;
      if (this.#isSkipped(main, sub, cursor.tombstone)) continue;
      const keyEnd = writeRevisionKey(main, sub, cursor.tombstone, this.#key, 0);
      this.#crc = crc32c(this.#crc, this.#key, 0, keyEnd);
      this.#crc = crc32c(this.#crc, cursor.buffer, cursor.start, cursor.end);
    }
    // A budget used up by the very last record is asked for once more.
    return more ? 0 : Math.max(left, Number.MIN_VALUE);
  }

  #isSkipped(main: number, sub: number, tombstone: boolean): boolean {
    if (main > this.#compactRevision) return false;
    return tombstone || this.#skipped.has(nameOf(main, sub));
  }
}

/** A revision as one number where a double has room for it. */
function nameOf(main: number, sub: number): number | string {
  const inDouble = main < 0x8000_0000 && sub < 0x20_0000;
  return inDouble ? main * 0x20_0000 + sub : `${main}_${sub}`;
}

const hashesKept = 10;

/** The hashes compactions left behind, newest ten by revision, in memory only. */
export class HashStorage {
  readonly #hashes: KeyValueHash[] = [];

  store(hash: KeyValueHash): void {
    this.#hashes.push(hash);
    this.#hashes.sort((a, b) => a.revision - b.revision);
    if (this.#hashes.length > hashesKept) this.#hashes.shift();
  }

  get(revision: number): KeyValueHash | undefined {
    return this.#hashes.find((hash) => hash.revision === revision);
  }

  all(): readonly KeyValueHash[] {
    return [...this.#hashes];
  }
}
