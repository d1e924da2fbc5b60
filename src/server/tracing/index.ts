// server/tracing: calls as OpenTelemetry spans, sent to a collector by OTLP over gRPC
// (embed/config_tracing.go, v3rpc/grpc.go).
// It promises etcd's names and attributes. It is loaded only with --enable-distributed-tracing, and never
// touches a call that is not sampled.
export { CallTracing, type TracingOptions } from "./call-tracing.ts";
