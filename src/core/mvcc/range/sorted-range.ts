// Ranges in another order than by key are gathered, sorted and cut. Values are read only to sort by
// them.
import { compareBytes } from "../../../base/index.ts";
import { SortTarget } from "../../proto/index.ts";
import type { KeyState, Ref } from "../tree/index.ts";

/** One key of a range that waits to be sorted. */
export interface RangeItem {
  readonly entry: Ref;
  readonly main: number;
  readonly sub: number;
  readonly createRevision: number;
  readonly version: number;
  /** A copy of its own; empty unless the range is sorted by value. */
  readonly value: Uint8Array;
}

export const rangeItem = (state: KeyState, value: Uint8Array): RangeItem => ({
  entry: state.entry,
  main: state.main,
  sub: state.sub,
  createRevision: state.createRevision,
  version: state.version,
  value,
});

/** Sorts items that came in key order; etcd leaves open how ties are ordered, we keep key order. */
export function sortItems(items: RangeItem[], target: number, descending: boolean): void {
  if (target === SortTarget.KEY) {
    if (descending) items.reverse();
    return;
  }
  items.sort(compareItems(target, descending));
}

/** Below 0 when `a` comes first; 0 for ties, and for all when the order is that of keys. */
export function compareItems(
  target: number,
  descending: boolean,
): (a: RangeItem, b: RangeItem) => number {
  const order = orderBy(target);
  return descending ? (a, b) => order(b, a) : order;
}

function orderBy(target: number): (a: RangeItem, b: RangeItem) => number {
  if (target === SortTarget.VERSION) return (a, b) => a.version - b.version;
  if (target === SortTarget.CREATE) return (a, b) => a.createRevision - b.createRevision;
  if (target === SortTarget.MOD) return (a, b) => a.main - b.main;
  return (a, b) => compareBytes(a.value, b.value);
}
