// server/grpcproxy: `etcd grpc-proxy start`: one address in front of a cluster, for gRPC and its probes.
// It promises that requests, answers, errors, deadlines and back-pressure pass as they are, and that a
// lost member is replaced by another at the next call. It never caches, never joins watches or leases
// of several clients into one, and keeps nothing: what etcd's proxy has of that is refused by name.
export { runGrpcProxy } from "./command.ts";
export { forwardingMethods } from "./forwarding.ts";
export { GrpcProxy, type GrpcProxyOptions } from "./grpc-proxy.ts";
