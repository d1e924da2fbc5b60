// What the simulator reports: a promise that was broken, and which one.

/** A broken invariant. Whatever throws it ends the run. */
export class Violation extends Error {
  override readonly name = "Violation";
  /** Which promise, as docs/simulation.md names them. */
  readonly invariant: string;

  constructor(invariant: string, detail: string, cause?: unknown) {
    super(`${invariant}: ${detail}`, { cause });
    this.invariant = invariant;
  }
}

/** States a fact about the members; the detail is made only when it does not hold. */
export function hold(fact: boolean, invariant: string, detail: () => string): asserts fact {
  if (!fact) throw new Violation(invariant, detail());
}

/** The power failed inside a call: it unwinds the stack of a process that is already dead. */
export class PowerLoss extends Error {
  override readonly name = "PowerLoss";
}
