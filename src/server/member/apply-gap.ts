// How far a member may be behind its own commit index and still take proposals (etcdserver's
// exceedsRequestLimit).
import type { InternalRaftRequestRequestCase } from "../../core/proto/index.ts";

const applyGapMax = 5000;

/** Leases that end make an overloaded cluster's work less: a feature gate lets them go twice as far. */
export function exceedsApplyGap(
  gap: number,
  kind: InternalRaftRequestRequestCase,
  prioritizesRevokes: boolean | undefined,
): boolean {
  if (gap <= applyGapMax) return false;
  return !(prioritizesRevokes === true && kind === "leaseRevoke" && gap <= 2 * applyGapMax);
}
