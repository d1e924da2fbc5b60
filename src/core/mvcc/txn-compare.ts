// Comparing: which arm of a transaction runs (etcdserver/txn/txn.go applyCompare).
import { assert, compareBytes, id64Signed, zeroId } from "../../base/index.ts";
import { type Compare, CompareResult, CompareTarget, type TxnRequest } from "../proto/index.ts";
import { rangeEndOf } from "./key.ts";
import { KeyValueView } from "./record/key-value.ts";
import type { Store } from "./store.ts";
import { KeyState } from "./tree/index.ts";

const state = new KeyState();
const view = new KeyValueView();

/**
 * The arms a transaction and those nested in it take, depth first: all comparisons of the tree are
 * made against the state before it.
 */
export function choosePath(store: Store, request: TxnRequest, path: boolean[] = []): boolean[] {
  const succeeded = request.compare.every((compare) => holds(store, compare));
  path.push(succeeded);
  for (const { request: inner } of succeeded ? request.success : request.failure) {
    if (inner?.case === "requestTxn") choosePath(store, inner.value, path);
  }
  return path;
}

/** Whether every key of the range compares; without any, whether the record of no key does. */
function holds(store: Store, compare: Compare): boolean {
  store.counts.ranges++;
  const { index, keyCursor, readRevision } = store;
  const end = rangeEndOf(compare.rangeEnd);
  if (end === "single") {
    if (!index.get(compare.key, readRevision, state)) return holdsWithoutKey(compare);
    return holdsForKey(store, compare);
  }
  keyCursor.start(compare.key, end);
  let entry = keyCursor.nextLive();
  if (entry === 0) return holdsWithoutKey(compare);
  for (; entry !== 0; entry = keyCursor.nextLive()) {
    index.keys.get(entry, state);
    if (!holdsForKey(store, compare)) return false;
  }
  return true;
}

function holdsWithoutKey(compare: Compare): boolean {
  // A missing value cannot be told from an empty one, so it never compares.
  if (compare.target === CompareTarget.VALUE) return false;
  if (compare.target === CompareTarget.LEASE) return judge(compare, orderOfLease(compare, zeroId));
  return judge(compare, orderOfCount(compare, 0));
}

/** Compares the key that `state` describes. */
function holdsForKey(store: Store, compare: Compare): boolean {
  switch (compare.target) {
    case CompareTarget.VALUE:
      readState(store);
      return judge(compare, orderOfValue(compare, view.value));
    case CompareTarget.LEASE:
      readState(store);
      return judge(compare, orderOfLease(compare, view.lease));
    case CompareTarget.VERSION:
      return judge(compare, orderOfCount(compare, state.version));
    case CompareTarget.CREATE:
      return judge(compare, orderOfCount(compare, state.createRevision));
    case CompareTarget.MOD:
      return judge(compare, orderOfCount(compare, state.main));
    default:
      return judge(compare, 0);
  }
}

function readState(store: Store): void {
  const { recordCursor } = store;
  const found = recordCursor.seek(state.main, state.sub);
  assert(found, "an indexed record is in the backend");
  view.read(recordCursor.buffer, recordCursor.start, recordCursor.end);
}

/** The count asked for; a union that is unset or does not fit the target reads as 0. */
function orderOfCount(compare: Compare, actual: number): number {
  const union = compare.targetUnion;
  let asked = 0;
  if (compare.target === CompareTarget.VERSION && union?.case === "version") asked = union.value;
  if (compare.target === CompareTarget.CREATE && union?.case === "createRevision") {
    asked = union.value;
  }
  if (compare.target === CompareTarget.MOD && union?.case === "modRevision") asked = union.value;
  return actual < asked ? -1 : actual > asked ? 1 : 0;
}

function orderOfValue(compare: Compare, actual: Uint8Array): number {
  const union = compare.targetUnion;
  return union?.case === "value" ? compareBytes(actual, union.value) : actual.length;
}

/** Lease ids are compared as the signed numbers they are in Go. */
function orderOfLease(compare: Compare, actual: bigint): number {
  const union = compare.targetUnion;
  const asked = union?.case === "lease" ? id64Signed(union.value) : 0n;
  const signed = id64Signed(actual);
  return signed < asked ? -1 : signed > asked ? 1 : 0;
}

function judge(compare: Compare, order: number): boolean {
  switch (compare.result) {
    case CompareResult.EQUAL:
      return order === 0;
    case CompareResult.NOT_EQUAL:
      return order !== 0;
    case CompareResult.GREATER:
      return order > 0;
    case CompareResult.LESS:
      return order < 0;
    default:
      return true;
  }
}
