// io/grpc: a gRPC server on io/http2: envelope, status, metadata, deadlines and the four kinds of
// calls, with grpc-go's behaviour and words, because etcd's clients know those.
// It promises that a handler sees whole messages only, that nothing is called after a call's end, and
// that what waits for a slow client is bounded or the handler is told. It never interprets messages,
// never compresses answers, and knows no service.
export type { CallCounts, CallStats, Gunzip, SlowCalls } from "./call-host.ts";
export { DeadlineWheel } from "./deadline-wheel.ts";
export { unknownMethod as unknownMethodStatus } from "./call-head.ts";
export type { Metadata } from "./metadata.ts";
export type { CancelReason, MethodHandler, Peer, RequestSink, ServerCall } from "./method.ts";
export { MethodCounts } from "./method-counts.ts";
export {
  GrpcServer,
  type GrpcServerOptions,
  type GrpcStats,
  waitingAnswerBytesMax,
} from "./server.ts";
export { sendBufferBytesHigh } from "./server-call.ts";
export type { Status } from "./status.ts";
export { parseTimeout } from "./timeout.ts";
