// A shorter plan that breaks the same promise: halves, quarters and so on of each list are left out
// while the violation stays (delta debugging).
import type { Plan } from "./plan.ts";
import { runPlan } from "./run.ts";

const runsMax = 400;

export interface Shrunk {
  readonly plan: Plan;
  readonly message: string;
}

export function shrink(plan: Plan, invariant: string, print: (line: string) => void): Shrunk {
  let best: Shrunk = { plan, message: "" };
  let runs = 0;
  const breaks = (candidate: Plan): boolean => {
    if (runs >= runsMax) return false;
    runs++;
    const { violation } = runPlan(candidate);
    if (violation?.invariant !== invariant) return false;
    best = { plan: candidate, message: violation.message };
    return true;
  };
  breaks(plan);
  for (const endMs of [0.25, 0.5, 0.75].map((part) => Math.ceil(plan.endMs * part))) {
    if (breaks({ ...best.plan, endMs, healAtMs: Math.floor(endMs * 0.82) })) break;
  }
  const lists = ["streams", "faults", "ops"] as const;
  for (const name of lists) {
    shorten(best.plan[name] as readonly unknown[], (items) =>
      breaks({ ...best.plan, [name]: items } as Plan),
    );
    print(`${name}: ${plan[name].length} to ${best.plan[name].length} in ${runs} runs`);
  }
  const calm = { heavyTailPpm: 0, dropPpm: 0, duplicatePpm: 0, besidePpm: 0 };
  breaks({ ...best.plan, network: { ...best.plan.network, ...calm } });
  return best;
}

/** Leaves out pieces, large ones first. `breaks` keeps what it is given when it returns true. */
function shorten(items: readonly unknown[], breaks: (items: readonly unknown[]) => boolean): void {
  let left = items;
  if (left.length > 0 && breaks([])) return;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < left.length;) {
      const without = [...left.slice(0, at), ...left.slice(at + size)];
      if (breaks(without)) left = without;
      else at += size;
    }
  }
}
