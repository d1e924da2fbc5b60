// How late the event loop is: a timer asks to be called every few milliseconds and notes how much later
// it was. What runs too long in one piece shows here, and so does a machine that has no time for us.
import { Histogram } from "../../base/index.ts";
import type { Cancel, Clock } from "./clock.ts";
import type { Log } from "./log.ts";

const everyMs = 20;
/** A thread that did next to nothing for a second is asked less: the asking was most of what it did. */
const atRestEveryMs = 100;
const atRestShare = 0.05;
const looksToRest = 50;
/** A heartbeat is due every 100 ms by default: a stall of this length is worth a line. */
const warnFromMs = 150;
/** Lines, at most one in so long. */
const warnEveryMs = 10_000;
/** Of the histogram of delays. */
export const stallBoundsSeconds: readonly number[] = [
  0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5,
];

export class StallMonitor {
  /** Seconds the loop was late, each time it was asked. */
  readonly delays = new Histogram(stallBoundsSeconds);
  /** Seconds of processor time the thread had between two looks: a piece of work is no longer than that. */
  readonly busy = new Histogram(stallBoundsSeconds);
  /** The longest stall since the start, in milliseconds. */
  longestMs = 0;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #threadCpuMs: () => number;
  #spentMs = 0;
  /** Looks in a row that found the thread at rest. */
  #restLooks = 0;
  #cancel: Cancel = () => {};
  #dueMs = 0;
  #warnedMs = -Infinity;

  /** `threadCpuMs` is what the thread has used of a processor so far. */
  constructor(clock: Clock, log: Log, threadCpuMs: () => number = () => 0) {
    this.#clock = clock;
    this.#log = log;
    this.#threadCpuMs = threadCpuMs;
  }

  start(): void {
    this.#spentMs = this.#threadCpuMs();
    this.#look();
  }

  #look(): void {
    const waitMs = this.#restLooks < looksToRest ? everyMs : atRestEveryMs;
    this.#dueMs = this.#clock.nowMs() + waitMs;
    this.#cancel = this.#clock.after(waitMs, () => {
      const nowMs = this.#clock.nowMs();
      const spentMs = this.#note(Math.max(0, nowMs - this.#dueMs), nowMs);
      this.#restLooks = spentMs < waitMs * atRestShare ? this.#restLooks + 1 : 0;
      this.#look();
    });
  }

  stop(): void {
    this.#cancel();
  }

  /** Returns what the thread has spent since the last look. */
  #note(lateMs: number, nowMs: number): number {
    this.delays.observe(lateMs / 1000);
    const allMs = this.#threadCpuMs();
    const spentMs = Math.max(0, allMs - this.#spentMs);
    this.busy.observe(spentMs / 1000);
    this.#spentMs = allMs;
    if (lateMs > this.longestMs) this.longestMs = lateMs;
    if (lateMs >= warnFromMs && nowMs - this.#warnedMs >= warnEveryMs) {
      this.#warnedMs = nowMs;
      this.#log.warn("the event loop stood still", { took: `${Math.round(lateMs)}ms` });
    }
    return spentMs;
  }
}
