// What a request must look like before it is proposed (etcdserver/api/v3rpc/key.go). Nothing is
// read: the same request is refused whatever the store holds.
import { compareBytes, latin1FromBytes } from "../../base/index.ts";
import { errors } from "../errors/index.ts";
import { hasRevisionFilters, isDefaultOrdering } from "../mvcc/index.ts";
import {
  type DeleteRangeRequest,
  type PutRequest,
  type RangeRequest,
  type RequestOp,
  SortOrder,
  SortTarget,
  type TxnRequest,
} from "../proto/index.ts";

/** @throws emptyKey, invalidSortOption */
export function checkRangeRequest(request: RangeRequest): void {
  if (request.key.length === 0) throw errors.emptyKey();
  const { sortOrder, sortTarget } = request;
  if (sortOrder < SortOrder.NONE || sortOrder > SortOrder.DESCEND) {
    throw errors.invalidSortOption();
  }
  if (sortTarget < SortTarget.KEY || sortTarget > SortTarget.VALUE) {
    throw errors.invalidSortOption();
  }
}

/** @throws emptyKey, invalidSortOption, rangeStreamSortOrder, rangeStreamRevisionFilters */
export function checkRangeStreamRequest(request: RangeRequest): void {
  checkRangeRequest(request);
  if (!isDefaultOrdering(request)) throw errors.rangeStreamSortOrder();
  if (hasRevisionFilters(request)) throw errors.rangeStreamRevisionFilters();
}

/** @throws emptyKey, valueProvided, leaseProvided */
export function checkPutRequest(request: PutRequest): void {
  if (request.key.length === 0) throw errors.emptyKey();
  if (request.ignoreValue && request.value.length !== 0) throw errors.valueProvided();
  if (request.ignoreLease && request.lease !== 0n) throw errors.leaseProvided();
}

/** @throws emptyKey */
export function checkDeleteRangeRequest(request: DeleteRangeRequest): void {
  if (request.key.length === 0) throw errors.emptyKey();
}

/** @throws tooManyOps, duplicateKey, keyNotFound for an op that is none, and what its ops throw */
export function checkTxnRequest(request: TxnRequest, operationsMax: number): void {
  checkShape(request, operationsMax);
  // After the limit, so that comparing keys stays cheap.
  checkIntervals(request.success);
  checkIntervals(request.failure);
}

function checkShape(request: TxnRequest, operationsMax: number): void {
  const { compare, success, failure } = request;
  const operations = Math.max(compare.length, success.length, failure.length);
  if (operations > operationsMax) throw errors.tooManyOps();
  for (const { key } of compare) if (key.length === 0) throw errors.emptyKey();
  for (const operation of success) checkOperation(operation, operationsMax - operations);
  for (const operation of failure) checkOperation(operation, operationsMax - operations);
}

function checkOperation({ request }: RequestOp, operationsMax: number): void {
  if (request === undefined) throw errors.keyNotFound();
  switch (request.case) {
    case "requestRange":
      return checkRangeRequest(request.value);
    case "requestPut":
      return checkPutRequest(request.value);
    case "requestDeleteRange":
      return checkDeleteRangeRequest(request.value);
    case "requestTxn":
      return checkShape(request.value, operationsMax);
  }
}

interface Interval {
  readonly key: Uint8Array;
  /** Empty for the one key. etcd takes one zero byte literally here, so such a range is empty. */
  readonly end: Uint8Array;
}

/** What a branch writes, with what the branches nested in it write. */
interface Footprint {
  readonly puts: Map<string, Uint8Array>;
  readonly deletes: Interval[];
}

/**
 * Refuses a branch in which a key would be written twice. As etcd does it, puts of a nested txn are
 * held against the deletes of its own level and of the nested ones before it, not of later ones.
 */
function checkIntervals(operations: readonly RequestOp[]): Footprint {
  const deletes: Interval[] = [];
  const puts = new Map<string, Uint8Array>();
  for (const { request } of operations) {
    if (request?.case !== "requestDeleteRange") continue;
    deletes.push({ key: request.value.key, end: request.value.rangeEnd });
  }
  for (const { request } of operations) {
    if (request?.case !== "requestTxn") continue;
    const success = checkIntervals(request.value.success);
    const failure = checkIntervals(request.value.failure);
    for (const [text, key] of success.puts) {
      if (puts.has(text) || isDeleted(key, deletes)) throw errors.duplicateKey();
    }
    for (const [text, key] of failure.puts) {
      // Only one of the two arms runs, so both may write a key.
      if (puts.has(text) && !success.puts.has(text)) throw errors.duplicateKey();
      if (isDeleted(key, deletes)) throw errors.duplicateKey();
    }
    for (const [text, key] of success.puts) puts.set(text, key);
    for (const [text, key] of failure.puts) puts.set(text, key);
    deletes.push(...success.deletes, ...failure.deletes);
  }
  for (const { request } of operations) {
    if (request?.case !== "requestPut") continue;
    const { key } = request.value;
    const text = latin1FromBytes(key);
    if (puts.has(text) || isDeleted(key, deletes)) throw errors.duplicateKey();
    puts.set(text, key);
  }
  return { puts, deletes };
}

function isDeleted(key: Uint8Array, deletes: readonly Interval[]): boolean {
  for (const interval of deletes) {
    const order = compareBytes(key, interval.key);
    if (order === 0 && interval.end.length === 0) return true;
    if (order >= 0 && interval.end.length > 0 && compareBytes(key, interval.end) < 0) return true;
  }
  return false;
}
