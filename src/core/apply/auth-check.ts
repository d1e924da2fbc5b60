// What a request needs to be permitted: the keys it reads and writes, those it would show on the way
// and those a lease holds already (etcdserver/apply/auth.go). Checked before anything changes.
import { emptyBytes, type Id64 } from "../../base/index.ts";
import type { AuthInfo, AuthStore } from "../auth/index.ts";
import type { Lessor } from "../lease/index.ts";
import type { DeleteRangeRequest, PutRequest, RequestOp, TxnRequest } from "../proto/index.ts";

export interface Guard {
  readonly auth: AuthStore;
  readonly lessor: Lessor;
}

/** @throws userEmpty, authOldRevision, permissionDenied */
export function checkPutAuth(guard: Guard, info: AuthInfo | undefined, request: PutRequest): void {
  const { auth } = guard;
  auth.checkPut(info, request.key);
  // Who may not revoke a lease may not attach keys to it either.
  checkLeaseWrite(guard, info, request.lease);
  if (request.prevKv) auth.checkRange(info, request.key, emptyBytes);
}

/** @throws userEmpty, authOldRevision, permissionDenied */
export function checkDeleteRangeAuth(
  { auth }: Guard,
  info: AuthInfo | undefined,
  request: DeleteRangeRequest,
): void {
  auth.checkDeleteRange(info, request.key, request.rangeEnd);
  if (request.prevKv) auth.checkRange(info, request.key, request.rangeEnd);
}

/** Both arms and all that is nested in them. @throws userEmpty, authOldRevision, permissionDenied */
export function checkTxnAuth(guard: Guard, info: AuthInfo | undefined, request: TxnRequest): void {
  for (const { key, rangeEnd } of request.compare) guard.auth.checkRange(info, key, rangeEnd);
  for (const operation of request.success) checkOperationAuth(guard, info, operation);
  for (const operation of request.failure) checkOperationAuth(guard, info, operation);
}

function checkOperationAuth(
  guard: Guard,
  info: AuthInfo | undefined,
  { request }: RequestOp,
): void {
  switch (request?.case) {
    case "requestRange":
      return guard.auth.checkRange(info, request.value.key, request.value.rangeEnd);
    case "requestPut":
      return checkPutAuth(guard, info, request.value);
    case "requestDeleteRange":
      return checkDeleteRangeAuth(guard, info, request.value);
    case "requestTxn":
      return checkTxnAuth(guard, info, request.value);
    case undefined:
      return;
  }
}

/** Whether every key of a lease may be written. @throws userEmpty, authOldRevision, permissionDenied */
export function checkLeaseWrite(guard: Guard, info: AuthInfo | undefined, lease: Id64): void {
  const { auth, lessor } = guard;
  if (!auth.isEnabled || !lessor.has(lease) || auth.adminRefusal(info) === undefined) return;
  for (const key of lessor.keysOf(lease)) auth.checkPut(info, key);
}

/** Whether every key of a lease may be read. @throws userEmpty, authOldRevision, permissionDenied */
export function checkLeaseRead(guard: Guard, info: AuthInfo | undefined, lease: Id64): void {
  const { auth, lessor } = guard;
  if (auth.adminRefusal(info) === undefined) return;
  for (const key of lessor.keysOf(lease)) auth.checkRange(info, key, emptyBytes);
}
