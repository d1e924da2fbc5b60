/** Of the server's clock what a pace needs. */
export interface RoundClock {
  nowMs(): number;
  /** Calls `fn` after input that waits has been handled. */
  later(fn: () => void): void;
}

/** What large reads may take of one round of the event loop: whoever is last takes longer. */
const roundMs = 3;

/**
 * Large reads take turns. Ten of megabytes that became readable together would else be read one
 * behind the other, and everything small, a watch's notification first, would wait for them all.
 * The rest waits, in order, for the rounds that follow; each is a call under way, of which
 * connections limit the number.
 */
export class ReadPace {
  readonly #clock: RoundClock;
  #spentMs = 0;
  #isDue = false;
  #waiting: (() => void)[] = [];
  readonly #round = (): void => this.#goOn();

  constructor(clock: RoundClock) {
    this.#clock = clock;
  }

  /** Does `read` now, or, when this round has read enough, in one to come. */
  run(read: () => void): void {
    if (this.#isDue) this.#waiting.push(read);
    else this.#do(read);
  }

  /** Does `read` in a round to come: it is part of what was begun. */
  later(read: () => void): void {
    this.#waiting.push(read);
    this.#askForRound();
  }

  #do(read: () => void): void {
    const startedMs = this.#clock.nowMs();
    read();
    // Summed over rounds: a round's end is not worth being told of for a few short reads.
    this.#spentMs += this.#clock.nowMs() - startedMs;
    if (this.#spentMs >= roundMs) this.#askForRound();
  }

  #askForRound(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#clock.later(this.#round);
  }

  #goOn(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#isDue = false;
    this.#spentMs = 0;
    let done = 0;
    // What a read puts off stands behind those that wait already.
    while (done < waiting.length && this.#spentMs < roundMs) this.#do(waiting[done++]!);
    if (done === waiting.length) return;
    this.#waiting = [...waiting.slice(done), ...this.#waiting];
    this.#askForRound();
  }
}
