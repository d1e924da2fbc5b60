// Callers that wait for their log entry to be applied here.
import { assert } from "../../base/index.ts";

interface Waiting<Outcome> {
  readonly since: number;
  readonly settle: (outcome: Outcome) => void;
}

/** Open requests by the suffix of their id, oldest first. All wait equally long at most. */
export class Wait<Outcome> {
  readonly #waiting = new Map<number, Waiting<Outcome>>();

  get size(): number {
    return this.#waiting.size;
  }

  open(suffix: number, nowMs: number, settle: (outcome: Outcome) => void): void {
    assert(!this.#waiting.has(suffix), "a request id is waited for once");
    this.#waiting.set(suffix, { since: nowMs, settle });
  }

  isOpen(suffix: number): boolean {
    return this.#waiting.has(suffix);
  }

  /** Settles the caller, if it still waits. */
  settle(suffix: number, outcome: Outcome): void {
    const waiting = this.#waiting.get(suffix);
    if (waiting === undefined) return;
    this.#waiting.delete(suffix);
    waiting.settle(outcome);
  }

  /** Settles every caller that has waited since before `limitMs`. O(those). */
  expire(limitMs: number, outcome: (since: number) => Outcome): void {
    for (const [suffix, { since, settle }] of this.#waiting) {
      if (since > limitMs) return;
      this.#waiting.delete(suffix);
      settle(outcome(since));
    }
  }

  settleAll(outcome: Outcome): void {
    for (const suffix of this.#waiting.keys()) this.settle(suffix, outcome);
  }
}
