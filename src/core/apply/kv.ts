// The KV part of apply: a checked request and a store become an answer and what changed. It promises
// that an error means nothing has changed, and the same request on the same store the same outcome.
// Gates (auth, quota, alarms) stand before it and belong to its caller.
export type { KvOutcome, LeaseLookup } from "./kv-outcome.ts";
export { type AppliedCompaction, applyCompaction } from "./compact.ts";
export { applyDeleteRange } from "./delete-range.ts";
export { applyPut } from "./put.ts";
export { readRange } from "./range.ts";
export {
  checkDeleteRangeRequest,
  checkPutRequest,
  checkRangeRequest,
  checkRangeStreamRequest,
  checkTxnRequest,
} from "./request-check.ts";
export {
  encodePieces,
  encodeResponse,
  encodeStreamChunk,
  HeaderTemplate,
  type KvResponse,
  type PiecedResponse,
  sizeResponse,
  writeResponse,
} from "./response.ts";
export { SlicedTxn } from "./sliced-txn.ts";
export { applyTxn, isReadOnlyTxn, isSerializableTxn } from "./txn.ts";
