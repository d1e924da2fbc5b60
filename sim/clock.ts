// One process's clock: it may run fast or slow, its wall time may be anywhere, and while the process
// is paused it gets nothing; the monotonic time never goes back.
import type { RandomSource } from "../src/base/index.ts";
import type { Cancel, Clock } from "../src/io/host/index.ts";
import type { Loop, Process } from "./loop.ts";

const startWallMs = Date.UTC(2026, 0, 2, 3, 4, 5);
/** A callback of `later` comes within this, as the next round of an event loop does. */
const roundUs = 60;

export class SimClock implements Clock {
  readonly #loop: Loop;
  readonly #process: Process;
  readonly #random: RandomSource;
  #rate: number;
  #baseUs: number;
  #baseLocalMs = 0;
  #wallOffsetMs: number;

  constructor(
    loop: Loop,
    process: Process,
    random: RandomSource,
    options: { readonly rate: number; readonly wallOffsetMs: number },
  ) {
    this.#loop = loop;
    this.#process = process;
    this.#random = random;
    this.#rate = options.rate;
    this.#baseUs = loop.nowUs;
    this.#wallOffsetMs = options.wallOffsetMs;
  }

  /** From now on a second of the world is `rate` seconds here. */
  setRate(rate: number): void {
    this.#baseLocalMs = this.nowMs();
    this.#baseUs = this.#loop.nowUs;
    this.#rate = rate;
  }

  jumpWall(ms: number): void {
    this.#wallOffsetMs += ms;
  }

  nowMs(): number {
    return this.#baseLocalMs + ((this.#loop.nowUs - this.#baseUs) * this.#rate) / 1000;
  }

  wallMs(): number {
    return Math.floor(startWallMs + this.#wallOffsetMs + this.#loop.nowUs / 1000);
  }

  after(ms: number, fn: () => void): Cancel {
    let isOver = false;
    const run = (): void => {
      if (isOver) return;
      isOver = true;
      fn();
    };
    this.#loop.after((ms * 1000) / this.#rate, this.#process, "timer", run);
    return () => {
      isOver = true;
    };
  }

  soon(fn: () => void): void {
    this.#process.soon.push(fn);
  }

  later(fn: () => void): void {
    this.#loop.after(this.#random.below(roundUs), this.#process, "round", fn);
  }
}
