// Keeps a checkpoint of the index beside the database, so that the next start need not read every record:
// made at a stop, and while little is going on. It costs a start nothing when it is missing or old.
import { CheckpointJob } from "../../core/mvcc/index.ts";
import type { Cancel } from "../../io/host/index.ts";
import type { CheckpointWriter } from "./backend-host.ts";
import type { Server } from "./server.ts";

/** A smaller index is read from its records at once. */
const keysMin = 20_000;
/** A checkpoint that is behind by less is as good as a new one. */
const revisionsBehindMax = 1000;
const intervalMs = 5000;
/** While writes never pause, one is made so often. */
const busyIntervalMs = 300_000;
/** Keys written between two rounds of the event loop: some tenths of a millisecond. */
const keysPerStep = 500;
/** Between two writes when nothing else is to be done. */
const keysPerStepAtStop = 10_000;

type Place = Pick<Server, "store" | "backend" | "clock" | "log">;

interface Running {
  readonly job: CheckpointJob;
  readonly writer: CheckpointWriter;
  readonly store: Place["store"];
}

export class Checkpoints {
  readonly #place: Place;
  #cancel: Cancel = () => {};
  #running: Running | undefined;
  #lastRevision: number;
  #lastCompacted: number;
  #lastMs: number;
  #seenRevision = 0;

  constructor(place: Place) {
    this.#place = place;
    this.#lastRevision = place.store.checkpointRevision;
    this.#lastCompacted = place.store.compactedRevision;
    this.#lastMs = place.clock.nowMs();
    if (this.#lastRevision === 0) return;
    place.log.debug("the index begins at a checkpoint", { revision: this.#lastRevision });
  }

  start(): void {
    this.#cancel = this.#place.clock.after(intervalMs, () => {
      this.start();
      this.#consider();
    });
  }

  /** Makes one more at once, if it is worth it: the member is about to end. */
  stop(): void {
    this.#cancel();
    this.#abandon();
    if (!this.#isWanted()) return;
    const running = this.#begin();
    if (running === undefined) return;
    while (!this.#step(running, keysPerStepAtStop));
  }

  #isWanted(): boolean {
    const { store, backend } = this.#place;
    if (backend.checkpoints === undefined || store.index.size < keysMin) return false;
    return (
      this.#lastRevision === 0 ||
      store.currentRevision - this.#lastRevision > revisionsBehindMax ||
      store.compactedRevision !== this.#lastCompacted
    );
  }

  /** A copy of everything is made while nobody writes, or when it was not for long. */
  #consider(): void {
    const { store, clock } = this.#place;
    const isQuiet = store.currentRevision === this.#seenRevision;
    this.#seenRevision = store.currentRevision;
    if (this.#running !== undefined || !this.#isWanted()) return;
    if (!isQuiet && clock.nowMs() - this.#lastMs < busyIntervalMs) return;
    const running = this.#begin();
    if (running === undefined) return;
    this.#running = running;
    const step = (): void => {
      if (this.#running !== running) return;
      if (store !== this.#place.store) return this.#abandon();
      if (!this.#step(running, keysPerStep)) return clock.later(step);
      this.#running = undefined;
    };
    clock.later(step);
  }

  #begin(): Running | undefined {
    const { store, backend } = this.#place;
    const job = CheckpointJob.begin(store);
    if (job === undefined) return undefined;
    const writer = backend.checkpoints!.begin();
    if (writer !== undefined) return { job, writer, store };
    job.cancel();
    return undefined;
  }

  /** True when it is over. */
  #step({ job, writer }: Running, keys: number): boolean {
    const state = job.step(keys);
    for (const block of job.takeBlocks()) writer.append(block);
    if (state === "again") return false;
    if (state === "failed") writer.abandon();
    else if (writer.finish(job.revision, job.compacted)) {
      this.#place.log.debug("saved a checkpoint of the index", { revision: job.revision });
    }
    this.#lastRevision = job.revision;
    this.#lastCompacted = job.compacted;
    this.#lastMs = this.#place.clock.nowMs();
    return true;
  }

  #abandon(): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    running.job.cancel();
    running.writer.abandon();
  }
}
