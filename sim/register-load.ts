// A load that a foreign judge understands too: puts, reads, deletes and compare-and-swaps of single keys.
// Every hundredth seed runs it, and its history goes to porcupine (test/sim/porcupine.test.ts).
import { seededRandom } from "../src/base/index.ts";
import { CompareResult } from "../src/core/proto/index.ts";
import { type Fault, type PlannedAction, type PlannedOp, seedFor } from "./plan.ts";
import { type LoadScope, planBursts } from "./workload.ts";

const keys = ["k00", "k01", "k02", "k03"];

export function planRegisterOps(scope: LoadScope, faults: readonly Fault[]): PlannedOp[] {
  const { seed, members, healAtMs } = scope;
  const random = seededRandom(seedFor(seed, "registers"));
  const clients = 2 + random.below(6);
  const gapMs = [30, 80, 200][random.below(3)]!;
  const ops: PlannedOp[] = [];
  for (let atMs = 500; atMs < healAtMs; atMs += 1 + random.below(2 * gapMs)) {
    const client = random.below(clients);
    const member = client % 4 === 3 ? random.below(members) : client % members;
    const key = keys[random.below(keys.length)]!;
    const value = `r${ops.length}`;
    const dice = random.below(100);
    const action: PlannedAction =
      dice < 35
        ? { kind: "put", key, value }
        : dice < 75
          ? { kind: "range", key }
          : dice < 85
            ? { kind: "delete", key }
            : swap(key, value, random.below(6));
    ops.push({ atMs, client, member, action });
  }
  return [...ops, ...planBursts(scope, faults)].toSorted((a, b) => a.atMs - b.atMs);
}

/** Written where the key is as old as the client believes, else read. */
const swap = (key: string, value: string, ago: number): PlannedAction => ({
  kind: "txn",
  compare: [{ key, target: "mod", result: CompareResult.EQUAL, ago }],
  success: [{ kind: "put", key, value }],
  failure: [{ kind: "range", key }],
});
