// server/metrics: what /metrics says. Rooms count in plain fields; readers here look at them when
// somebody scrapes, and nothing is allocated per request.
// It promises every name, kind, label and bucket of an etcd server, there from the start. It measures
// nothing itself: a family whose room is not built yet is zero, and is fed by `MetricsRegistry.feed`.
export { etcdFamilies } from "./etcd-families.ts";
export type { Family, Reader, Sample } from "./family.ts";
export { addGrpcMetrics, methodCounts } from "./grpc-metrics.ts";
export { addHandshakeMetrics } from "./handshake-metrics.ts";
export { metricsListener, type Scrapes } from "./listener.ts";
export { NetworkMeters } from "./network-metrics.ts";
export { addProcessMetrics } from "./process-metrics.ts";
export { MetricsRegistry } from "./registry.ts";
export { DiskMeters, feedServer, type ServerSources } from "./server-metrics.ts";
