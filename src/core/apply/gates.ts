// What stands before every request: alarms that make the cluster refuse it (etcdserver/apply's capped
// and corrupt appliers).
import { type EtcdError, errors } from "../errors/index.ts";
import {
  AlarmType,
  decodeTxnRequest,
  type InternalRaftRequestRequest,
  type RequestOp,
  type TxnRequest,
} from "../proto/index.ts";
import type { Alarms } from "./alarms.ts";

const refusedWhenCorrupt = new Set<string>([
  "put",
  "range",
  "deleteRange",
  "txn",
  "compaction",
  "leaseGrant",
  "leaseRevoke",
]);

/** The alarm's error for a request it stops, or undefined. */
export function refusedBy(
  alarms: Alarms,
  request: InternalRaftRequestRequest,
): EtcdError | undefined {
  if (alarms.isRaised(AlarmType.CORRUPT) && refusedWhenCorrupt.has(request.case)) {
    return errors.corrupt();
  }
  if (!alarms.isRaised(AlarmType.NOSPACE)) return undefined;
  const { case: kind, value } = request;
  const grows =
    kind === "put" ||
    kind === "leaseGrant" ||
    (kind === "txn" && putBytes(decodeTxnRequest(value)) > 0);
  return grows ? errors.noSpace() : undefined;
}

const putOverheadBytes = 256;
/** What a lease grant counts against the quota. */
export const leaseGrantBytes = 64;

/** What a put counts against the quota (storage/quota.go). */
export const putCost = (key: Uint8Array, value: Uint8Array): number =>
  putOverheadBytes + key.length + value.length;

/** Bytes a transaction may add: its larger branch, nested transactions included. */
export function putBytes(txn: TxnRequest): number {
  return Math.max(branchBytes(txn.success), branchBytes(txn.failure));
}

function branchBytes(ops: readonly RequestOp[]): number {
  let bytes = 0;
  for (const { request } of ops) {
    if (request?.case === "requestPut") bytes += putCost(request.value.key, request.value.value);
    else if (request?.case === "requestTxn") bytes += putBytes(request.value);
  }
  return bytes;
}
