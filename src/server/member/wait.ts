// Callers that wait for their log entry to be applied here.

/** One caller; it rides on the log entry as raft's `tag`, and comes back with it when committed. */
export interface Waiting<Outcome> {
  readonly suffix: number;
  readonly sinceMs: number;
  /** Undefined once the caller has been told. */
  settle: ((outcome: Outcome) => void) | undefined;
}

/**
 * Open requests, oldest first; all wait equally long at most. An entry that was proposed here brings
 * its caller with it, so that nothing is looked up; one that went to the leader and came back by the
 * log is found by its id, near the front, since entries are applied about in the order proposed.
 */
export class Wait<Outcome> {
  #queue: Waiting<Outcome>[] = [];
  #head = 0;
  #open = 0;

  get size(): number {
    return this.#open;
  }

  open(suffix: number, nowMs: number, settle: (outcome: Outcome) => void): Waiting<Outcome> {
    const waiting: Waiting<Outcome> = { suffix, sinceMs: nowMs, settle };
    this.#queue.push(waiting);
    this.#open++;
    return waiting;
  }

  /** Tells the caller, if it still waits. */
  settle(waiting: Waiting<Outcome>, outcome: Outcome): void {
    const { settle } = waiting;
    if (settle === undefined) return;
    waiting.settle = undefined;
    this.#open--;
    this.#forgetTold();
    settle(outcome);
  }

  /** Tells the caller of this id, if one still waits. */
  settleSuffix(suffix: number, outcome: Outcome): void {
    for (let at = this.#head; at < this.#queue.length; at++) {
      const waiting = this.#queue[at]!;
      if (waiting.suffix === suffix) return this.settle(waiting, outcome);
    }
  }

  /** Tells every caller that has waited since `limitMs` or longer. O(those). */
  expire(limitMs: number, outcome: () => Outcome): void {
    for (;;) {
      this.#forgetTold();
      const oldest = this.#queue[this.#head];
      if (oldest === undefined || oldest.sinceMs > limitMs) return;
      this.settle(oldest, outcome());
    }
  }

  settleAll(outcome: Outcome): void {
    const all = this.#queue.slice(this.#head);
    for (const waiting of all) this.settle(waiting, outcome);
  }

  /** Those at the front that were told; the rest moves down only when half of it is gone. */
  #forgetTold(): void {
    const queue = this.#queue;
    while (this.#head < queue.length && queue[this.#head]!.settle === undefined) this.#head++;
    if (this.#head > 1024 && this.#head * 2 > queue.length) {
      this.#queue = queue.slice(this.#head);
      this.#head = 0;
    }
  }
}
