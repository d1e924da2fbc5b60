// base: pure helpers that know nothing of etcd. Deterministic, without a clock, chance or I/O.
export { assert, InvariantError, setVerifying, unreachable, verify } from "./assert.ts";
export { BoundedQueue } from "./bounded-queue.ts";
export type { Brand } from "./brand.ts";
export {
  bytesFromHex,
  bytesFromLatin1,
  compareBytes,
  concatBytes,
  emptyBytes,
  equalBytes,
  hexOf,
  latin1FromBytes,
  ownBytes,
} from "./bytes.ts";
export { crc32c } from "./crc32c.ts";
export { formatDuration, parseDuration } from "./duration.ts";
export {
  compareId64,
  id64,
  type Id64,
  id64FromHex,
  id64Hex,
  id64High,
  id64Low,
  id64Signed,
  zeroId,
} from "./id64.ts";
export { exponentialBounds, Histogram } from "./histogram.ts";
export { MinHeap } from "./min-heap.ts";
export { type RandomSource, seededRandom } from "./random.ts";
export { decodeUtf8, encodeUtf8 } from "./utf8.ts";
export { humanSize } from "./human-size.ts";
export { op, type WasmExports, wasmModule, wasmPageBytes } from "./wasm-module.ts";
