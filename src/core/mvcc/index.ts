// mvcc: every key at every revision that is not compacted, in order, and what changed when. It
// promises etcd's revisions, versions, counts and hashes exactly; a transaction is one revision,
// whole or not begun; compaction costs what it deletes and hashing is sliced, so no call runs long
// unless the answer itself is long. It never waits, never fails halfway, and does not know that
// leases, users or raft exist: a transaction returns its events and lease changes to whoever began
// it. What is borrowed and until when stands beside each function.
export {
  type Backend,
  type BackendReader,
  type BucketName,
  type RecordBucket,
  type RecordCursor,
  RecordRun,
} from "./backend.ts";
export { BackendHash, type HashIgnores, memberHashIgnores } from "./hash/backend-hash.ts";
export { ByteWriter, headroomBytes } from "./record/byte-writer.ts";
export { PiecedWriter } from "./record/pieced-writer.ts";
export { finishedCompaction, scheduledCompaction } from "./compaction/compact-marks.ts";
export type { Compaction } from "./compaction/compactor.ts";
export { CheckpointJob, type IndexCheckpoint } from "./index-checkpoint.ts";
export { keyAfter, type RangeEnd, rangeEndOf } from "./key.ts";
export {
  type KeyValueFields,
  KeyValueView,
  sizeKeyValue,
  writeKeyValue,
} from "./record/key-value.ts";
export { MemoryBackend } from "./memory/index.ts";
export {
  hasRevisionFilters,
  isDefaultOrdering,
  type RangeChunk,
  type RangeOutcome,
  RangeStream,
  RangeWriter,
  SlicedRange,
  SlicedSort,
} from "./range/index.ts";
export { IndexRestore } from "./restore.ts";
export { firstRevision, neverCompacted } from "./revision.ts";
export type { KeyValueHash } from "./hash/revision-hash.ts";
export {
  isRevisionKey,
  isTombstoneKey,
  mainOfKey,
  revisionKey,
  revisionKeyLength,
  subOfKey,
  tombstoneKeyLength,
  writeRevisionKey,
} from "./record/revision-key.ts";
export { sizeCount, writeCount } from "./record/varint.ts";
export { HashJob, Store } from "./store.ts";
export type { Changes, LeaseChange, StoreEvent } from "./store-event.ts";
export { imageBlockBytes, KeyState } from "./tree/index.ts";
export { choosePath } from "./txn-compare.ts";
export type { WriteTx } from "./write-tx.ts";
