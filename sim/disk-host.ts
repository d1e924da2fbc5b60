// A simulated disk with the clock that drives it, for tests that need no whole world.
import type { Clock } from "../src/io/host/index.ts";
import { type DiskOperation, SimDisk, type SimDiskOptions } from "./disk.ts";

export interface DiskHost {
  readonly disk: SimDisk;
  readonly clock: Clock;
  /** Runs the next thing that waits; false when nothing does. */
  step(): boolean;
  /** Runs everything until nothing waits. */
  settle(): void;
  /** How many things wait. */
  readonly waiting: number;
}

/**
 * Callbacks run in the order they became due, each taking one millisecond of the clock. `reopened`
 * is given a disk to go on with, as after a crash.
 */
export function diskHost(
  options: Omit<SimDiskOptions, "defer"> = {},
  reopened?: (options: SimDiskOptions) => SimDisk,
): DiskHost {
  const soon: (() => void)[] = [];
  const due: (() => void)[] = [];
  let now = 0;
  const defer = (fn: () => void, _operation: DiskOperation): void => {
    due.push(fn);
  };
  const disk = reopened?.({ ...options, defer }) ?? new SimDisk({ ...options, defer });
  const clock: Clock = {
    nowMs: () => now,
    wallMs: () => Date.UTC(2026, 0, 2, 3, 4, 5) + now,
    after: () => () => {},
    soon: (fn) => {
      soon.push(fn);
    },
    later: (fn) => {
      due.push(fn);
    },
  };
  const step = (): boolean => {
    const next = soon.shift() ?? due.shift();
    if (next === undefined) return false;
    now++;
    next();
    return true;
  };
  return {
    disk,
    clock,
    step,
    settle: () => {
      while (step());
    },
    get waiting() {
      return soon.length + due.length;
    },
  };
}
