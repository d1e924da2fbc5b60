// What all connections of one server together may hold of messages that are not whole yet.
//
// - `granted`: what messages past their first window were promised. A connection that asks for more
//   than is left waits for its turn, one message at a time. While somebody waits, a message that was
//   promised its room may be silent for `silentTicksMax` seconds and take `grantTimeoutMs`, and as
//   long as its bytes take at `slowestBytesPerMs`, in all; then it is refused. Next is whoever was
//   refused least, then whoever holds least, then whoever waits longest.
// - `loose`: what came within first windows. Above `scarceBytes` each connection is held to
//   `scarceHeldBytes`; above `looseBytesMax` the connection with the most loses its newest messages,
//   but not its last `sparedBytes`: a thousand clients that each begin one large message must not
//   lose it. Above `looseBytesEver` nobody is spared.
import { assert } from "../../base/index.ts";

export interface BudgetLimits {
  readonly grantedBytesMax: number;
  readonly grantTimeoutMs: number;
  readonly slowestBytesPerMs: number;
  readonly silentTicksMax: number;
  readonly scarceBytes: number;
  readonly scarceHeldBytes: number;
  readonly looseBytesMax: number;
  readonly looseBytesEver: number;
  readonly sparedBytes: number;
}

const KiB = 1024;
const MiB = 1024 * KiB;
export const defaultBudgetLimits: BudgetLimits = {
  grantedBytesMax: 8 * MiB,
  grantTimeoutMs: 10_000,
  slowestBytesPerMs: 256,
  silentTicksMax: 2,
  scarceBytes: 4 * MiB,
  scarceHeldBytes: 256 * KiB,
  looseBytesMax: 12 * MiB,
  looseBytesEver: 80 * MiB,
  sparedBytes: 128 * KiB,
};
/** Another look at all connections, after one that found nobody to blame. */
const lookAgainBytes = MiB;

/** What the budget asks of the windows of a connection. */
export interface BudgetUser {
  /** What it holds of messages that were promised nothing. */
  readonly loose: number;
  /** Messages it was refused for being slow. */
  readonly refusals: number;
  /** Ends its newest messages until it holds no more than this of them. */
  giveUp(looseBytesMax: number): void;
  /** It may be its turn to be granted something. */
  grantNext(): void;
}

export class ReceiveBudget {
  readonly limits: BudgetLimits;
  readonly #users = new Set<BudgetUser>();
  readonly #queue = new Set<BudgetUser>();
  #isShort = false;
  #lookAt: number;
  granted = 0;
  loose = 0;

  constructor(limits: BudgetLimits = defaultBudgetLimits) {
    this.limits = limits;
    this.#lookAt = limits.looseBytesMax;
  }

  join(user: BudgetUser): void {
    this.#users.add(user);
  }

  leave(user: BudgetUser): void {
    assert(user.loose === 0, "a connection without streams holds nothing of theirs");
    this.#users.delete(user);
    this.#queue.delete(user);
    this.#serve();
  }

  /** Whether every connection is held to `scarceHeldBytes`. */
  get isScarce(): boolean {
    return this.loose >= this.limits.scarceBytes;
  }

  /** Somebody waits for what others were granted. */
  get isAwaited(): boolean {
    return this.#queue.size > 0;
  }

  /** Takes `bytes` for a message of this connection, or puts the connection behind those who wait. */
  grant(user: BudgetUser, bytes: number): boolean {
    const fits = this.granted === 0 || this.granted + bytes <= this.limits.grantedBytesMax;
    this.#queue.add(user);
    this.#isShort = !fits || this.#first() !== user;
    if (this.#isShort) return false;
    this.#queue.delete(user);
    this.granted += bytes;
    return true;
  }

  /** It waits for nothing any more. */
  withdraw(user: BudgetUser): void {
    this.#queue.delete(user);
  }

  giveBack(bytes: number): void {
    this.granted -= bytes;
    assert(this.granted >= 0, "no more is given back than was granted");
    if (bytes > 0) this.#serve();
  }

  addLoose(bytes: number): void {
    this.loose += bytes;
  }

  /** Ends messages of who holds the most, if all together hold too much. */
  relieve(): void {
    const { looseBytesMax, looseBytesEver, sparedBytes } = this.limits;
    if (this.loose <= looseBytesMax) this.#lookAt = looseBytesMax;
    while (this.loose > this.#lookAt) {
      const worst = this.#worst();
      const kept = this.loose > looseBytesEver ? 0 : sparedBytes;
      if (worst === undefined || worst.loose <= kept) {
        this.#lookAt = this.loose + lookAgainBytes;
        return;
      }
      const { loose } = worst;
      worst.giveUp(Math.max(kept, loose - (this.loose - looseBytesMax)));
      // What is whole and waits for its reader cannot be ended.
      if (worst.loose === loose) this.#lookAt = this.loose + lookAgainBytes;
    }
  }

  #serve(): void {
    for (let user = this.#first(); user !== undefined; user = this.#first()) {
      this.#isShort = false;
      user.grantNext();
      if (this.#isShort && this.#first() === user) return;
      // Something of its own keeps it from being granted; it asks again when that changes.
      if (!this.#isShort) this.#queue.delete(user);
    }
  }

  /** Whose turn it is. */
  #first(): BudgetUser | undefined {
    let first: BudgetUser | undefined;
    for (const user of this.#queue) {
      if (first === undefined || user.refusals < first.refusals) first = user;
      else if (user.refusals === first.refusals && user.loose < first.loose) first = user;
    }
    return first;
  }

  #worst(): BudgetUser | undefined {
    let worst: BudgetUser | undefined;
    for (const user of this.#users) {
      if (user.loose > (worst?.loose ?? 0)) worst = user;
    }
    return worst;
  }
}
