// Facts about our own program. They are always on: a member that contradicts itself must stop.

/** Thrown when the program contradicts itself. Never caught to go on: the member stops. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** States a fact; `fact` is the sentence that holds. */
export function assert(condition: boolean, fact: string): asserts condition {
  if (!condition) throw new InvariantError(fact);
}

/** Closes an exhaustive switch: the type checker proves that no case is left. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable: ${String(value)}`);
}

let verifying = false;

/** Turns the expensive checks of `verify` on or off (tests, simulation, `ETCD_VERIFY=all`). */
export function setVerifying(on: boolean): void {
  verifying = on;
}

/** Runs an O(n) check only where checking was asked for. */
export function verify(check: () => void): void {
  if (verifying) check();
}
