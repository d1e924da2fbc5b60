import { assert } from "../../../base/index.ts";
import type { Backend } from "../backend.ts";
import {
  finishedCompaction,
  scheduledCompaction,
  setFinishedCompaction,
  setScheduledCompaction,
} from "./compact-marks.ts";
import { leastKey } from "../key.ts";
import { type HashStorage, RevisionHash } from "../hash/revision-hash.ts";
import type { TreeIndex } from "../tree/index.ts";

/** One accepted compaction. `done` turns true when its records are deleted. */
export interface Compaction {
  readonly revision: number;
  readonly done: boolean;
}

interface Job {
  readonly revision: number;
  readonly previous: number;
  readonly hashed: boolean;
  done: boolean;
}

/**
 * Deletes what compactions made garbage, in slices. The garbage was noted when it arose, so a slice
 * costs what it deletes. Jobs run in the order they were accepted (kvstore_compaction.go).
 *
 * Within a job superseded records go first and tombstones last: were a tombstone gone while the
 * record it deletes still stands, a crash between the two would bring the key back to life.
 */
export class Compactor {
  readonly #backend: Backend;
  readonly #index: TreeIndex;
  readonly #hashes: HashStorage;
  readonly #jobs: Job[] = [];
  #hash: RevisionHash | undefined;
  #pins = 0;
  #deleted = 0;

  constructor(backend: Backend, index: TreeIndex, hashes: HashStorage) {
    this.#backend = backend;
    this.#index = index;
    this.#hashes = hashes;
  }

  /** Records deleted since the start. */
  get deletedRecords(): number {
    return this.#deleted;
  }

  get pending(): number {
    return this.#jobs.length;
  }

  /** Notes in the backend that `revision` is compacted, and queues the deletion. */
  accept(revision: number, previous: number): Compaction {
    // Only a compaction that finds its predecessor finished hashes every record since that one.
    const hashed = scheduledCompaction(this.#backend) === finishedCompaction(this.#backend);
    setScheduledCompaction(this.#backend, revision);
    const job: Job = { revision, previous, hashed, done: false };
    this.#jobs.push(job);
    return job;
  }

  /** Keeps everything where it is until as many `unpin` have followed. */
  pin(): void {
    this.#pins++;
  }

  unpin(): void {
    assert(this.#pins > 0, "what is unpinned was pinned");
    this.#pins--;
  }

  /** Works on; `budget` is about a microsecond a unit. True when nothing is left to do. */
  step(budget: number): boolean {
    let left = budget;
    while (this.#jobs.length > 0 && this.#pins === 0) {
      left = this.#advance(this.#jobs[0]!, left);
      if (left <= 0) return false;
      this.#jobs.shift();
    }
    return this.#jobs.length === 0;
  }

  #advance(job: Job, budget: number): number {
    let left = budget;
    if (job.hashed) left = this.#hashRecords(job, left);
    if (left > 0) left = this.#deleteSuperseded(job.revision, left);
    if (left > 0) left = this.#deleteTombstones(job.revision, left);
    if (left <= 0) return 0;
    setFinishedCompaction(this.#backend, job.revision);
    if (this.#hash !== undefined) this.#hashes.store(this.#hash.result());
    this.#hash = undefined;
    job.done = true;
    return left;
  }

  #hashRecords(job: Job, budget: number): number {
    this.#hash ??= new RevisionHash(this.#backend, this.#index, {
      compactRevision: job.previous,
      revision: job.revision,
      keepsNothing: this.#keepsNothing(job.revision),
    });
    return this.#hash.step(budget);
  }

  /** Whether a compaction at `revision` keeps no revision at or below it. */
  #keepsNothing(revision: number): boolean {
    const { tombstones } = this.#index;
    let low = 0;
    let high = tombstones.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (tombstones.mainAt(middle) < revision) low = middle + 1;
      else high = middle;
    }
    const keepsTombstone = low < tombstones.size && tombstones.mainAt(low) === revision;
    return !keepsTombstone && this.#index.count(leastKey, undefined, revision, Infinity) === 0;
  }

  #deleteSuperseded(revision: number, budget: number): number {
    const { superseded, keys } = this.#index;
    let left = budget;
    while (left > 0 && superseded.headMain() <= revision) {
      const node = superseded.refAt(0);
      superseded.dropHead();
      // A superseded tombstone's record is the other queue's.
      if (!keys.isDead(node)) {
        this.#backend.records.remove(keys.main(node), keys.sub(node), false);
        this.#deleted++;
      }
      keys.releaseNode(node);
      left--;
    }
    return left;
  }

  #deleteTombstones(revision: number, budget: number): number {
    const { tombstones } = this.#index;
    let left = budget;
    while (left > 0 && tombstones.headMain() < revision) {
      const [main, sub, entry] = [tombstones.mainAt(0), tombstones.subAt(0), tombstones.refAt(0)];
      tombstones.dropHead();
      this.#backend.records.remove(main, sub, true);
      this.#deleted++;
      this.#index.forget(entry, main, sub);
      left--;
    }
    return left;
  }
}
