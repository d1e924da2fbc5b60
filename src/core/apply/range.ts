import { ByteWriter, type Store } from "../mvcc/index.ts";
import type { RangeRequest } from "../proto/index.ts";
import type { KvResponse } from "./response.ts";

/** Most answers are small; a large range asks for more when it has seen two keys. */
const bytesExpected = 512;

/**
 * Range at the request's revision (etcdserver/txn/range.go). The header's revision is the current
 * one, also for a read of the past.
 * @throws futureRev, compacted
 */
export function readRange(store: Store, request: RangeRequest): KvResponse {
  const body = new ByteWriter(request.countOnly ? 16 : bytesExpected);
  store.ranges.write(request, body);
  return { revision: store.readRevision, body };
}
