// io/http2: an HTTP/2 server engine (RFC 9113, RFC 7541) on any duplex stream. The connection itself
// is sans-I/O: bytes in, bytes out, time as an argument; the server joins it to sockets.
// It promises that what a peer can make it hold or do has a bound (docs/limits.md), that small
// answers are not starved by large ones, and one write per connection and round of the event loop.
// It never interprets what it carries, never pushes, never compresses, and never waits.
export {
  concurrentStreamsMax,
  type ConnectionOptions,
  defaultConnectionOptions,
  Http2Connection,
} from "./connection.ts";
export { type ErrorCode, errorCode } from "./error-code.ts";
export { FieldList } from "./field-list.ts";
export { defaultFloodLimits, type FloodLimits } from "./flood-guard.ts";
export type { FieldToSend } from "./hpack/encoder.ts";
export { HeaderField } from "./hpack/header-field.ts";
export { defaultKeepalive, type KeepalivePolicy } from "./pings.ts";
export { defaultReceiveLimits, type ReceiveLimits } from "./receive-windows.ts";
export { RequestHead } from "./request-head.ts";
export { type DuplexStream, Http2Server, type Http2Stats } from "./server.ts";
export { Http2Stream } from "./stream.ts";
