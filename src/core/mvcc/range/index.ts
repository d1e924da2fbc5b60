// range: reading many keys at once, at one revision, straight into response bytes. It promises what
// etcd's Range answers in every order, limit and filter; it never keeps what it read.
export {
  hasRevisionFilters,
  isDefaultOrdering,
  type RangeOutcome,
  RangeWriter,
} from "./range-writer.ts";
export { type RangeChunk, RangeStream } from "./range-stream.ts";
export { SlicedRange } from "./sliced-range.ts";
export { SlicedSort } from "./sliced-sort.ts";
