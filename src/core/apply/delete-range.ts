import { ByteWriter, rangeEndOf, type Store, type WriteTx } from "../mvcc/index.ts";
import type { DeleteRangeRequest } from "../proto/index.ts";
import type { KvOutcome } from "./kv-outcome.ts";

const deletedTag = 0x10;
const prevKvsTag = 0x1a;

/** DeleteRange, as one transaction (etcdserver/txn/delete.go). It cannot fail. */
export function applyDeleteRange(store: Store, request: DeleteRangeRequest): KvOutcome {
  const tx = store.write();
  const body = new ByteWriter(16);
  runDeleteRange(store, tx, request, body);
  const changes = tx.end();
  return { response: { revision: changes.revision, body }, changes };
}

/** Deletes, and writes `deleted` and the `prev_kvs` asked for to `body`. */
export function runDeleteRange(
  store: Store,
  tx: WriteTx,
  request: DeleteRangeRequest,
  body: ByteWriter | undefined,
): void {
  const { key } = request;
  const end = rangeEndOf(request.rangeEnd);
  if (body !== undefined && request.prevKv) {
    body.countField(deletedTag, store.ranges.count(key, end, tx.revision));
    store.ranges.writeRecords(key, end, prevKvsTag, body);
    tx.deleteRange(key, end);
  } else {
    const deleted = tx.deleteRange(key, end);
    body?.countField(deletedTag, deleted);
  }
}
