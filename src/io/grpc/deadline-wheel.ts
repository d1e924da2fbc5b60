// The deadlines of calls. Most calls end long before theirs, so adding and removing cost a few
// stores: a wheel of slots, each a list of entries, and one timer for the nearest slot in use.
import type { Cancel, Clock } from "../host/index.ts";

const slotMs = 8;
const slots = 1024;

/** Something with a deadline; the `wheel…` fields belong to the wheel. */
export interface Deadlined {
  readonly deadlineMs: number | undefined;
  wheelNext: Deadlined | undefined;
  wheelPrevious: Deadlined | undefined;
  /** -1 while it is in no wheel. */
  wheelSlot: number;
  onDeadline(): void;
}

export class DeadlineWheel {
  readonly #clock: Clock;
  readonly #heads: (Deadlined | undefined)[] = Array.from({ length: slots }, () => undefined);
  readonly #onTimer = (): void => this.#turn();
  /** Every slot before this one has been looked at. Slots are counted since the clock's start. */
  #nextSlot = 0;
  #timerSlot = Infinity;
  #cancelTimer: Cancel | undefined;
  size = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(entry: Deadlined): void {
    if (this.size === 0) this.#nextSlot = Math.floor(this.#clock.nowMs() / slotMs);
    // Rounded up, so that nothing expires early.
    const due = Math.max(this.#nextSlot, Math.ceil(entry.deadlineMs! / slotMs));
    const at = due & (slots - 1);
    const head = this.#heads[at];
    entry.wheelSlot = at;
    entry.wheelNext = head;
    if (head !== undefined) head.wheelPrevious = entry;
    this.#heads[at] = entry;
    this.size++;
    if (due < this.#timerSlot) this.#arm(due);
  }

  /** Takes the entry out, if it is in. */
  remove(entry: Deadlined): void {
    if (entry.wheelSlot < 0) return;
    const { wheelNext, wheelPrevious } = entry;
    if (wheelPrevious === undefined) this.#heads[entry.wheelSlot] = wheelNext;
    else wheelPrevious.wheelNext = wheelNext;
    if (wheelNext !== undefined) wheelNext.wheelPrevious = wheelPrevious;
    entry.wheelNext = undefined;
    entry.wheelPrevious = undefined;
    entry.wheelSlot = -1;
    this.size--;
  }

  #arm(slot: number): void {
    this.#cancelTimer?.();
    this.#timerSlot = slot;
    const afterMs = Math.max(0, slot * slotMs - this.#clock.nowMs());
    this.#cancelTimer = this.#clock.after(Math.ceil(afterMs), this.#onTimer);
  }

  #turn(): void {
    this.#timerSlot = Infinity;
    this.#cancelTimer = undefined;
    const nowMs = this.#clock.nowMs();
    const upTo = Math.floor(nowMs / slotMs);
    // A long pause may have passed slots more than once around; once is enough.
    const from = Math.max(this.#nextSlot, upTo - slots + 1);
    this.#nextSlot = upTo + 1;
    for (let slot = from; slot <= upTo; slot++) this.#expire(slot & (slots - 1), nowMs);
    this.#armNext();
  }

  #expire(at: number, nowMs: number): void {
    let entry = this.#heads[at];
    while (entry !== undefined) {
      const next: Deadlined | undefined = entry.wheelNext;
      if (entry.deadlineMs! <= nowMs) {
        this.remove(entry);
        entry.onDeadline();
        // Whatever it ended may have been next: start over.
        entry = this.#heads[at];
      } else {
        entry = next;
      }
    }
  }

  #armNext(): void {
    if (this.size === 0) return;
    for (let slot = this.#nextSlot; slot < this.#nextSlot + slots; slot++) {
      if (this.#heads[slot & (slots - 1)] === undefined) continue;
      if (slot < this.#timerSlot) this.#arm(slot);
      return;
    }
  }
}
