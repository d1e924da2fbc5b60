import { zeroId } from "../../base/index.ts";
import { errors } from "../errors/index.ts";
import { ByteWriter, KeyValueView, type Store, type WriteTx } from "../mvcc/index.ts";
import type { PutRequest } from "../proto/index.ts";
import type { KvOutcome, LeaseLookup } from "./kv-outcome.ts";

const prevKvTag = 0x12;
const view = new KeyValueView();

/**
 * Put, as one transaction (etcdserver/txn/put.go). With an error nothing has changed.
 * @throws leaseNotFound, keyNotFound
 */
export function applyPut(store: Store, request: PutRequest, leases: LeaseLookup): KvOutcome {
  checkPut(store, request, leases);
  const tx = store.write();
  const body = request.prevKv ? new ByteWriter(256) : undefined;
  runPut(store, tx, request, body);
  const changes = tx.end();
  return { response: { revision: changes.revision, body }, changes };
}

/** What must hold before the first change of the transaction a put is part of. */
export function checkPut(store: Store, request: PutRequest, leases: LeaseLookup): void {
  const { lease } = request;
  if (lease !== zeroId && !leases.leaseExists(lease)) throw errors.leaseNotFound();
  if (!request.ignoreValue && !request.ignoreLease) return;
  if (store.recordAt(request.key, store.readRevision) === undefined) throw errors.keyNotFound();
}

/** A checked put; writes `prev_kv` to `body` when there is one. */
export function runPut(
  store: Store,
  tx: WriteTx,
  request: PutRequest,
  body: ByteWriter | undefined,
): void {
  let { value, lease } = request;
  if (request.prevKv || request.ignoreValue || request.ignoreLease) {
    const previous = store.recordAt(request.key, tx.revision);
    if (previous !== undefined) {
      if (request.prevKv) body?.bytesField(prevKvTag, previous, 0, previous.length);
      view.read(previous, 0, previous.length);
      if (request.ignoreValue) ({ value } = view);
      if (request.ignoreLease) ({ lease } = view);
    }
  }
  tx.put(request.key, value, lease);
}
