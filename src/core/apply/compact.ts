import type { Compaction, Store } from "../mvcc/index.ts";
import type { CompactionRequest } from "../proto/index.ts";
import type { KvResponse } from "./response.ts";

/** An accepted compaction. Who asked for `physical` is answered once `compaction.done`. */
export interface AppliedCompaction {
  readonly response: KvResponse;
  readonly compaction: Compaction;
}

/**
 * Compaction: the logical step (apply/backend.go Compaction). `store.compactStep` does the rest.
 * @throws compacted, futureRev
 */
export function applyCompaction(store: Store, request: CompactionRequest): AppliedCompaction {
  const compaction = store.compact(request.revision);
  // etcd learns the header's revision by a range, and counts it.
  store.counts.ranges++;
  return { response: { revision: store.currentRevision, body: undefined }, compaction };
}
