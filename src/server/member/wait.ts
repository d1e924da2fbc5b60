// Callers that wait for their log entry to be applied here.

/** One caller; it rides on the log entry as raft's `tag`, and comes back with it when committed. */
export interface Waiting<Outcome> {
  readonly suffix: number;
  readonly sinceMs: number;
  /** Undefined once the caller has been told. */
  settle: ((outcome: Outcome) => void) | undefined;
}

/** Whether the caller that rides on an entry still waits. */
export const isAwaited = (tag: unknown): boolean => (tag as Waiting<unknown>).settle !== undefined;

/**
 * Open requests, oldest first; all wait equally long at most. An entry that was proposed here brings
 * its caller with it, so that nothing is looked up; one that went to the leader and came back by the
 * log is searched for by its id.
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

  /** Tells the caller of this id, if one still waits. Ids ascend, as they were given out. */
  settleSuffix(suffix: number, outcome: Outcome): void {
    const queue = this.#queue;
    let low = this.#head;
    let high = queue.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (queue[middle]!.suffix < suffix) low = middle + 1;
      else high = middle;
    }
    const waiting = queue[low];
    if (waiting?.suffix === suffix) this.settle(waiting, outcome);
  }

  /** Tells every caller that has waited since `limitMs` or longer, and how many. O(those). */
  expire(limitMs: number, outcome: (sinceMs: number) => Outcome): number {
    for (let told = 0; ; told++) {
      this.#forgetTold();
      const oldest = this.#queue[this.#head];
      if (oldest === undefined || oldest.sinceMs > limitMs) return told;
      this.settle(oldest, outcome(oldest.sinceMs));
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
