import { performance } from "node:perf_hooks";
import type { Clock } from "../clock.ts";

/** Node's timers behind the Clock port. */
export const nodeClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  soon: (fn) => queueMicrotask(fn),
  later: (fn) => {
    setImmediate(fn);
  },
};
