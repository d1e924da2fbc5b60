// Holding the member up while the process goes on, for the failpoints of its turn: in etcd one of them
// stops the goroutine of raft or of the applier, while probes and serializable reads are still answered.
import type { Cancel, Clock } from "../../io/host/index.ts";

/** A clock whose callbacks wait while it is held. */
export class MemberHold implements Clock {
  readonly #clock: Clock;
  #untilMs = Number.NEGATIVE_INFINITY;
  #waiting: (() => void)[] = [];
  #isTimed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The clock below, which nothing holds up. */
  get free(): Clock {
    return this.#clock;
  }

  get isHeld(): boolean {
    return this.#clock.nowMs() < this.#untilMs;
  }

  /** From now on nothing is called back for so long. */
  hold(ms: number): void {
    this.#untilMs = Math.max(this.#untilMs, this.#clock.nowMs() + ms);
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  wallMs(): number {
    return this.#clock.wallMs();
  }

  after(ms: number, fn: () => void): Cancel {
    let isCancelled = false;
    const cancel = this.#clock.after(ms, () => this.#run(() => isCancelled || fn()));
    return () => {
      isCancelled = true;
      cancel();
    };
  }

  soon(fn: () => void): void {
    this.#clock.soon(() => this.#run(fn));
  }

  later(fn: () => void): void {
    this.#clock.later(() => this.#run(fn));
  }

  #run(fn: () => void): void {
    if (!this.isHeld) return fn();
    this.#waiting.push(fn);
    if (!this.#isTimed) this.#release();
  }

  #release(): void {
    this.#isTimed = true;
    this.#clock.after(this.#untilMs - this.#clock.nowMs(), () => {
      if (this.isHeld) return this.#release();
      this.#isTimed = false;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const fn of waiting) this.#run(fn);
    });
  }
}
