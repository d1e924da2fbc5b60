import { unreachable } from "../../base/index.ts";
import {
  CorruptFileError,
  type Database,
  type MovePlan,
  type MovePosition,
  type Operations,
  type Work,
} from "../bbolt/index.ts";

/** Pages moved in one commit, at least and at most: 4 MiB are built in some milliseconds. */
const movedPagesMin = 128;
const movedPagesMax = 1024;
/** Pages looked at in one plan, so that its pinned state does not grow old. */
const readPagesMax = 8192;
const passesMax = 4;
/** Commits after a pass in which freed pages become free and the high-water mark falls. */
const settlingCommits = 3;
/** What one step gives back of the file's end: 16 MiB at once took 7 ms on ext4. */
const truncatedBytesMax = 2 * 1024 * 1024;

type Step = "commit" | "again" | "wait" | "over";

export type Defragmented = (error: Error | undefined) => void;

/**
 * Makes the file shorter while reads and writes go on: pages that are sparse or lie high are
 * rewritten into low free ones, some with each commit, until the end of the file is free and can be
 * cut off. Each commit is like any other, so a crash at any moment leaves a sound file and everything
 * moved so far stays moved. (etcd copies the whole file while everything waits, backend.go `defrag`.)
 */
export class Defragmentation {
  readonly #database: Database;
  readonly #done: Defragmented;
  readonly #wake: (() => void) | undefined;
  readonly #work: Work = { left: 0 };
  #phase: "moving" | "settling" | "cutting" | "over" = "moving";
  #planning: Generator<void, MovePlan> | undefined;
  #plan: MovePlan | undefined;
  #position: MovePosition | undefined;
  #pass = 1;
  #cutoff = 0;
  #highWaterBefore = Number.POSITIVE_INFINITY;
  #settled = 0;

  /** With `wake`, called when a step that said `wait` may be followed, the file is cut off the thread. */
  constructor(database: Database, done: Defragmented, wake?: () => void) {
    this.#database = database;
    this.#done = done;
    this.#wake = wake;
  }

  get isOver(): boolean {
    return this.#phase === "over";
  }

  /** The keys whose leaves the next commit is to rewrite. */
  get touch(): ReadonlyMap<string, Operations> | undefined {
    return this.#plan?.touch;
  }

  /**
   * To be called while no commit runs. Does about `pages` pages of work; says whether it wants a
   * commit now, to be called again, to be called after `wake`, or nothing more.
   */
  step(pages: number): Step {
    try {
      return this.#step(pages);
    } catch (error) {
      if (!(error instanceof CorruptFileError)) throw error;
      this.fail(error);
      return "over";
    }
  }

  /** Ends it early; what was moved stays moved. */
  fail(error: Error): void {
    if (this.#phase === "over") return;
    this.#phase = "over";
    this.#planning?.return(noPlan);
    this.#done(error);
  }

  /** A commit has ended, and moved what was planned. */
  committed(): void {
    if (this.#phase === "settling") this.#settled++;
    if (this.#plan === undefined) return;
    this.#position = this.#plan.next;
    this.#plan = undefined;
    if (this.#position === undefined) this.#phase = "settling";
  }

  #step(pages: number): Step {
    switch (this.#phase) {
      case "moving":
        return this.#move(pages);
      case "settling":
        if (this.#settled < settlingCommits) return "commit";
        this.#phase = "cutting";
        return "again";
      case "cutting":
        return this.#cut();
      case "over":
        return "over";
      default:
        return unreachable(this.#phase);
    }
  }

  #cut(): Step {
    const wake = this.#wake;
    if (wake === undefined) {
      return this.#database.truncateUnused(truncatedBytesMax) ? "again" : this.#endPass();
    }
    const isCutting = this.#database.cutUnused(truncatedBytesMax, (error) => {
      if (error !== undefined) this.fail(error);
      wake();
    });
    return isCutting ? "wait" : this.#endPass();
  }

  #move(pages: number): "commit" | "again" {
    if (!this.#database.listFreePages(pages)) return "again";
    this.#work.left = pages;
    this.#planning ??= this.#nextPlan();
    const step = this.#planning.next();
    if (step.done !== true) return "again";
    this.#planning = undefined;
    if (step.value.touch.size > 0) {
      this.#plan = step.value;
      return "commit";
    }
    this.#position = step.value.next;
    if (this.#position === undefined) this.#phase = "settling";
    return "again";
  }

  #nextPlan(): Generator<void, MovePlan> {
    const database = this.#database;
    if (this.#position === undefined) {
      const used = usedPages(database);
      this.#cutoff = used + slackFor(used);
    }
    const moved = Math.max(movedPagesMin, Math.min(movedPagesMax, database.freePages));
    const { meta } = database;
    const options = {
      cutoff: this.#cutoff,
      from: this.#position,
      // A small file is moved in small pieces, for what is being moved lies in the file twice.
      movedPagesMax: Math.min(moved, Math.ceil(meta.highWater / 8)),
      readPagesMax,
    };
    return database.planMoves(options, this.#work);
  }

  #endPass(): "again" | "over" {
    const { highWater } = this.#database.meta;
    const used = usedPages(this.#database);
    const isShort = highWater <= used + 2 * slackFor(used);
    const isStuck = highWater >= this.#highWaterBefore && this.#pass > 1;
    if (isShort || isStuck || this.#pass === passesMax) {
      this.#phase = "over";
      this.#done(undefined);
      return "over";
    }
    this.#pass++;
    this.#highWaterBefore = highWater;
    this.#settled = 0;
    this.#position = undefined;
    this.#phase = "moving";
    return "again";
  }
}

const noPlan: MovePlan = { touch: new Map(), pages: 0, next: undefined };

function usedPages(database: Database): number {
  return database.meta.highWater - database.freePages - database.pendingPages;
}

/**
 * Free pages left among the used ones, so that the next commits need not grow the file. A handful in
 * a file of some pages would be most of it, and a quota of 13 pages has room for a put afterwards.
 */
const slackFor = (used: number): number =>
  Math.min(8 + Math.floor(used / 64), 1 + Math.floor(used / 8));

/** Runs a whole defragmentation at once, for tools; `commit` commits with what it is given. */
export function defragmentNow(
  database: Database,
  commit: (touch: ReadonlyMap<string, Operations> | undefined) => void,
): void {
  let failure: Error | undefined;
  const run = new Defragmentation(database, (error) => (failure = error));
  for (;;) {
    const wanted = run.step(Number.POSITIVE_INFINITY);
    if (wanted === "over") break;
    if (wanted !== "commit") continue;
    commit(run.touch);
    run.committed();
  }
  if (failure !== undefined) throw failure;
}
