// Raft's unit of time, kept as Go's time.Ticker keeps it.
import type { Cancel, Clock } from "../../io/host/index.ts";

/**
 * Calls `tick` every `intervalMs`. One that comes late does not delay those after it, or an election
 * timeout would be longer by the lateness of each of its ticks; what is late by more than an interval
 * is not made up for, since a process that stood still has not waited for anybody.
 */
export class Ticker {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #tick: () => void;
  #cancel: Cancel = () => {};

  constructor(clock: Clock, intervalMs: number, tick: () => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#tick = tick;
  }

  start(): void {
    this.#schedule(this.#clock.nowMs(), this.#intervalMs);
  }

  stop(): void {
    this.#cancel();
  }

  #schedule(nowMs: number, inMs: number): void {
    this.#cancel = this.#clock.after(inMs, () => {
      const thenMs = this.#clock.nowMs();
      const lateMs = thenMs - nowMs - inMs;
      const isMadeUp = lateMs < this.#intervalMs;
      this.#schedule(thenMs, this.#intervalMs - (isMadeUp ? Math.max(lateMs, 0) : 0));
      this.#tick();
    });
  }
}
