// A handshake costs the thread that serves everybody nearly a millisecond. A listener begins so many a
// second; what comes beyond waits, each address in its own line, so that who floods waits for himself.
import { assert } from "../../../base/index.ts";

export interface HandshakePace {
  readonly perSecond: number;
  /** Begun at once after a quiet time. */
  readonly burst: number;
  /** More than that do not wait: the longest line loses its last. */
  readonly waitingMax: number;
}

interface Waiting<T> {
  readonly item: T;
  readonly sinceMs: number;
}

/** Who may begin, and who waits. Time is an argument, in milliseconds. */
export class HandshakeQueue<T> {
  readonly #pace: HandshakePace;
  /** By address; the line whose turn it is stands first. */
  readonly #lines = new Map<string, Waiting<T>[]>();
  #waiting = 0;
  #tokens: number;
  #tokensMs: number;

  constructor(pace: HandshakePace, nowMs: number) {
    this.#pace = pace;
    this.#tokens = pace.burst;
    this.#tokensMs = nowMs;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** True when it may begin now; otherwise it waits. `dropped` is who must go for it. */
  offer(item: T, address: string, nowMs: number): { isNow: boolean; dropped?: T } {
    this.#refill(nowMs);
    if (this.#waiting === 0 && this.#tokens >= 1) {
      this.#tokens--;
      return { isNow: true };
    }
    const line = this.#lines.get(address);
    if (line === undefined) this.#lines.set(address, [{ item, sinceMs: nowMs }]);
    else line.push({ item, sinceMs: nowMs });
    this.#waiting++;
    if (this.#waiting <= this.#pace.waitingMax) return { isNow: false };
    return { isNow: false, dropped: this.#dropLast() };
  }

  /** The next that may begin, and since when it has waited; undefined when none may now. */
  next(nowMs: number): Waiting<T> | undefined {
    this.#refill(nowMs);
    if (this.#waiting === 0 || this.#tokens < 1) return undefined;
    this.#tokens--;
    for (const [address, line] of this.#lines) {
      const first = line.shift();
      assert(first !== undefined, "a line that is kept has somebody in it");
      this.#waiting--;
      this.#lines.delete(address);
      if (line.length > 0) this.#lines.set(address, line);
      return first;
    }
    return undefined;
  }

  /** Who was next does not begin after all. */
  giveBack(): void {
    this.#tokens++;
  }

  #refill(nowMs: number): void {
    const { perSecond, burst } = this.#pace;
    const more = ((nowMs - this.#tokensMs) * perSecond) / 1000;
    this.#tokens = Math.min(burst, this.#tokens + more);
    this.#tokensMs = nowMs;
  }

  #dropLast(): T {
    let longest: Waiting<T>[] = [];
    let of = "";
    for (const [address, line] of this.#lines) {
      if (line.length <= longest.length) continue;
      longest = line;
      of = address;
    }
    const last = longest.pop();
    assert(last !== undefined, "who waits stands in a line");
    if (longest.length === 0) this.#lines.delete(of);
    this.#waiting--;
    return last.item;
  }
}
