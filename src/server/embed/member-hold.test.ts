import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../../io/host/index.ts";
import { MemberHold } from "./member-hold.ts";

/** Time that passes when told to. */
class ManualClock implements Clock {
  now = 0;
  #timers: { atMs: number; fn: () => void }[] = [];

  nowMs(): number {
    return this.now;
  }
  wallMs(): number {
    return this.now;
  }
  after(ms: number, fn: () => void): () => void {
    const timer = { atMs: this.now + ms, fn };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((each) => each !== timer));
  }
  soon(fn: () => void): void {
    this.after(0, fn);
  }
  later(fn: () => void): void {
    this.after(0, fn);
  }
  passTo(ms: number): void {
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > ms) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.now = Math.max(this.now, next.atMs);
      next.fn();
    }
    this.now = ms;
  }
}

test("what comes due while the member is held runs in order when it is let go", () => {
  const clock = new ManualClock();
  const hold = new MemberHold(clock);
  const ran: string[] = [];
  const note = (what: string) => () => ran.push(`${what} ${clock.now}`);
  hold.after(5, note("before"));
  hold.after(20, note("tick"));
  const cancel = hold.after(25, note("cancelled"));
  hold.after(200, note("after"));
  clock.passTo(10);
  hold.hold(50);
  assert.equal(hold.isHeld, true);
  hold.later(note("turn"));
  clock.passTo(30);
  cancel();
  hold.hold(70);
  clock.passTo(99);
  assert.deepEqual(ran, ["before 5"]);
  clock.passTo(300);
  assert.equal(hold.isHeld, false);
  assert.deepEqual(ran, ["before 5", "turn 100", "tick 100", "after 200"]);
});

test("a callback that holds the member again keeps the ones behind it", () => {
  const clock = new ManualClock();
  const hold = new MemberHold(clock);
  const ran: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    hold.later(() => {
      ran.push(clock.now);
      hold.hold(10);
    });
  }
  clock.passTo(100);
  assert.deepEqual(ran, [0, 10, 20]);
});
