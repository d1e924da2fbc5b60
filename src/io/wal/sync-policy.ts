/** What `adaptive` takes for a quick disk, in milliseconds. */
const quickMs = 0.25;
/** So many quick answers in a row before the first sync on the calling thread. */
const quickStreak = 64;
/** What an answer that is neither quick nor slow takes away: one among some quick ones changes nothing. */
const hesitation = 8;
/** An answer that would hold up a member's turn. */
const slowMs = 4;
/** After a slow answer the streak begins this far below zero for each millisecond it took. */
const penaltyEachMs = 32;
const penaltyMax = 4096;

/**
 * Decides whether the next sync may hold up the calling thread. Waking a pool thread and being woken
 * costs 17 to 20 µs where a sync itself takes 55 (bench/wal.ts); a disk that once took long may take
 * long again, and a member must keep sending heartbeats.
 */
export class SyncPolicy {
  readonly #mode: "background" | "inline" | "adaptive";
  #streak = 0;

  constructor(mode: "background" | "inline" | "adaptive") {
    this.#mode = mode;
  }

  get inline(): boolean {
    return this.#mode === "inline" || (this.#mode === "adaptive" && this.#streak >= quickStreak);
  }

  /** Whether answers must wait until the call that caused them has returned. */
  get deferred(): boolean {
    return this.#mode !== "inline";
  }

  took(ms: number): void {
    if (ms <= quickMs) this.#streak = Math.min(this.#streak + 1, 2 * quickStreak);
    else if (ms > slowMs) this.#streak = -Math.min(ms * penaltyEachMs, penaltyMax);
    else if (this.#streak > 0) this.#streak = Math.max(0, this.#streak - hesitation);
  }
}
