import assert from "node:assert/strict";
import { test } from "node:test";
import { ReadPace } from "./read-pace.ts";

/** A clock that reads move, and rounds that the test begins. */
class Rounds {
  ms = 0;
  #due: (() => void)[] = [];

  nowMs(): number {
    return this.ms;
  }

  later(fn: () => void): void {
    this.#due.push(fn);
  }

  next(): number {
    const due = this.#due.splice(0);
    for (const fn of due) fn();
    return due.length;
  }
}

function paced(): { rounds: Rounds; pace: ReadPace; done: string[]; read: Reading } {
  const rounds = new Rounds();
  const done: string[] = [];
  const read = (name: string, ms: number, then?: () => void): (() => void) => {
    return () => {
      done.push(name);
      rounds.ms += ms;
      then?.();
    };
  };
  return { rounds, pace: new ReadPace(rounds), done, read };
}

type Reading = (name: string, ms: number, then?: () => void) => () => void;

test("a round takes short reads as they come, and of long ones no more than fill it", () => {
  const { rounds, pace, done, read } = paced();
  pace.run(read("a", 1));
  pace.run(read("b", 8));
  for (const name of ["c", "d", "e"]) pace.run(read(name, 2));
  assert.deepEqual(done.splice(0), ["a", "b"]);
  rounds.next();
  assert.deepEqual(done.splice(0), ["c", "d"]);
  pace.run(read("f", 0));
  rounds.next();
  assert.deepEqual(done.splice(0), ["e", "f"]);
  assert.equal(rounds.next(), 0, "without reads no rounds are asked for");
  pace.run(read("g", 1));
  assert.deepEqual(done, ["g"]);
});

test("what a read puts off stands behind those that wait", () => {
  const { rounds, pace, done, read } = paced();
  pace.run(read("a1", 4, () => pace.later(read("a2", 4, () => pace.later(read("a3", 1))))));
  pace.run(read("b", 4));
  pace.run(read("c", 4));
  const seen: string[][] = [done.splice(0)];
  while (rounds.next() > 0) seen.push(done.splice(0));
  assert.deepEqual(seen, [["a1"], ["a2"], ["b"], ["c"], ["a3"]]);
});
