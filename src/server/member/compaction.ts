// Deleting compacted revisions in slices, and compacting by itself (--auto-compaction-*; etcd's
// api/v3compactor).
import { assert, exponentialBounds, formatDuration, Histogram } from "../../base/index.ts";
import type { Store } from "../../core/mvcc/index.ts";
import type { Cancel, Clock, Failpoint, Log } from "../../io/host/index.ts";
import { type DatabaseSize, sizeFields } from "./database-size.ts";

/** About microseconds of deleting between two pauses, for each record of the batch. */
const recordBudget = 2;
const batchLimitDefault = 1000;

export interface CompactionOptions {
  readonly sleepMs: number;
  /** etcd's `--compaction-batch-limit`: records looked at between two pauses. */
  readonly batchLimit?: number | undefined;
  readonly backend?: DatabaseSize;
  readonly failpoint?: Failpoint | undefined;
}

/** Deletes what compactions left over, a slice at a time, and tells those who wait for it. */
export class CompactionRunner {
  #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #waiting: (() => void)[] = [];
  readonly #options: CompactionOptions;
  #running = false;
  #stopped = false;
  #startedMs = 0;
  #recordsBefore = 0;
  /** Milliseconds of one slice, and from the start to the end of a compaction. */
  readonly pauses = new Histogram(exponentialBounds(1, 2, 13));
  readonly totals = new Histogram(exponentialBounds(100, 2, 14));
  /** Unix time of the last one. */
  lastSeconds = 0;

  constructor(store: Store, clock: Clock, log: Log, options: CompactionOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#options = options;
  }

  /** Goes on until nothing is left to delete. */
  run(): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    this.#startedMs = this.#clock.nowMs();
    this.#recordsBefore = this.#store.compactedRecords;
    this.#log.info("compact tree index", { revision: this.#store.compactedRevision });
    // The applied entry has scheduled it: the mark is in the batch that the next commit writes.
    this.#options.failpoint?.("compactBeforeCommitScheduledCompact");
    this.#options.failpoint?.("compactAfterCommitScheduledCompact");
    this.#slice();
  }

  /** Calls back when every compaction accepted so far has deleted what it could. */
  whenDone(done: () => void): void {
    if (this.#store.pendingCompactions === 0) return done();
    this.#waiting.push(done);
    this.run();
  }

  /** A snapshot brought another store, and perhaps a compaction begun elsewhere. */
  storeReplaced(store: Store): void {
    this.#store = store;
    if (store.pendingCompactions > 0 || this.#waiting.length > 0) this.run();
  }

  /** Leaves the rest to the next start: the backend is about to close. Nobody who waits is told. */
  stop(): void {
    this.#stopped = true;
    this.#waiting.length = 0;
  }

  #slice(): void {
    if (this.#stopped) return;
    const { failpoint } = this.#options;
    failpoint?.("compactBeforeCommitBatch");
    const { batchLimit = batchLimitDefault } = this.#options;
    const fromMs = this.#clock.nowMs();
    const isDone = this.#store.compactStep(recordBudget * batchLimit);
    this.pauses.observe(this.#clock.nowMs() - fromMs);
    failpoint?.("compactAfterCommitBatch");
    if (!isDone) {
      this.#clock.after(this.#options.sleepMs, () => this.#slice());
      return;
    }
    this.#running = false;
    failpoint?.("compactBeforeSetFinishedCompact");
    failpoint?.("compactAfterSetFinishedCompact");
    const tookMs = this.#clock.nowMs() - this.#startedMs;
    this.totals.observe(tookMs);
    this.lastSeconds = Math.trunc(this.#clock.wallMs() / 1000);
    this.#logFinished(tookMs);
    for (const done of this.#waiting.splice(0)) done();
  }

  #logFinished(tookMs: number): void {
    const revision = this.#store.compactedRevision;
    const made = this.#store.compactionHashes().find((hash) => hash.revision === revision);
    const { backend } = this.#options;
    this.#log.info("finished scheduled compaction", {
      "compact-revision": revision,
      took: formatDuration(tookMs),
      "number-of-keys-compacted": this.#store.compactedRecords - this.#recordsBefore,
      ...(made && { hash: made.hash }),
      ...(backend && sizeFields(backend)),
    });
    if (made === undefined) return;
    const { hash, compactRevision } = made;
    this.#log.info("storing new hash", { hash, revision, "compact-revision": compactRevision });
  }
}

export interface AutoCompactionOptions {
  readonly mode: "periodic" | "revision";
  /** Milliseconds in periodic mode, revisions in revision mode; 0 is off. */
  readonly retention: number;
  readonly currentRevision: () => number;
  readonly isLeader: () => boolean;
  /** Calls back with an error's text, or undefined. */
  readonly compact: (revision: number, done: (error: string | undefined) => void) => void;
}

const revisionModeIntervalMs = 5 * 60_000;
const hourMs = 3_600_000;
const samplesPerInterval = 10;

/** Compacts to the revision of one retention ago, or to so many revisions ago. Leaders only. */
export function startAutoCompaction(
  clock: Clock,
  log: Log,
  options: AutoCompactionOptions,
): Cancel {
  if (options.retention <= 0) return () => {};
  const periodic = options.mode === "periodic";
  const intervalMs = periodic ? Math.min(options.retention, hourMs) : revisionModeIntervalMs;
  const stepMs = periodic ? intervalMs / samplesPerInterval : intervalMs;
  // Revisions seen, one a step from the start on, newest last; as many as cover the retention.
  const keep = periodic ? Math.ceil(options.retention / stepMs) : 0;
  const seen = [options.currentRevision()];
  let last = 0;
  let isAsking = false;
  // Revision mode looks at every step; periodic mode first after one whole retention.
  let dueMs = periodic ? clock.nowMs() + options.retention : 0;
  let cancel: Cancel = () => {};
  const step = (): void => {
    cancel = clock.after(stepMs, step);
    seen.push(options.currentRevision());
    if (seen.length > keep + 1) seen.shift();
    if (clock.nowMs() < dueMs || isAsking || !options.isLeader()) return;
    const target = periodic ? seen[0]! : options.currentRevision() - options.retention;
    if (target <= 0 || target === last) return;
    log.info(`starting auto ${options.mode} compaction`, { revision: target });
    isAsking = true;
    options.compact(target, (error) => {
      isAsking = false;
      if (error !== undefined && !error.includes("compacted")) {
        log.warn(`failed auto ${options.mode} compaction`, { revision: target, error });
        return;
      }
      last = target;
      if (periodic) dueMs = clock.nowMs() + intervalMs;
      log.info(`completed auto ${options.mode} compaction`, { revision: target });
    });
  };
  assert(stepMs > 0, "auto compaction steps in time");
  cancel = clock.after(stepMs, step);
  return () => cancel();
}
