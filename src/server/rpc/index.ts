// server/rpc: etcd's gRPC services on a running member. A service checks the shape of a request, asks
// the member, and puts the answer into words; it keeps no state of the cluster.
import type { MethodHandler } from "../../io/grpc/index.ts";
import type { Digest, Server } from "../member/index.ts";
import { authMethods } from "./auth.ts";
import { backendMethods } from "./backend-methods.ts";
import { clusterMethods } from "./cluster.ts";
import { electionMethods, lockMethods } from "./concurrency/index.ts";
import { headerOf, type RpcContext } from "./context.ts";
import { HealthService } from "./health.ts";
import { watchRefusal } from "./identity.ts";
import { kvMethods, type KvOptions } from "./kv.ts";
import { LateTokens } from "./late-tokens.ts";
import { leaseMethods, LeaseStreams } from "./lease.ts";
import { LearnerGate } from "./learner-gate.ts";
import { maintenanceMethods } from "./maintenance.ts";
import { WatchService, type WatchPlace } from "./watch.ts";

export type { WatchPlace } from "./watch.ts";
export { monitorLeader } from "./leader-monitor.ts";

export interface Services {
  readonly methods: ReadonlyMap<string, MethodHandler>;
  readonly health: HealthService;
  readonly watch: WatchService;
  /**
   * Ends the streams, watches and keepalives, whose callers require a leader. To be called when three
   * polls in a row, an election timeout apart, saw none (monitorLeader in v3rpc/interceptor.go).
   */
  endStreamsRequiringLeader(): void;
}

export interface ServiceOptions extends KvOptions {
  /** The gate StopGRPCServiceOnDefrag. */
  readonly stopsOnDefrag?: boolean;
  readonly sha256: () => Digest;
  readonly watchPlace?: WatchPlace | undefined;
}

/** gRPC's own room above max-request-bytes (embed.grpcOverheadBytes). */
export const grpcOverheadBytes = 512 * 1024;

/** Every method this member answers, by its path. What is not here is Unimplemented. */
export function services(server: Server, options: ServiceOptions): Services {
  const context: RpcContext = { server };
  const health = new HealthService(context);
  const watch = new WatchService({
    hub: server.hub,
    currentRevision: () => server.store.currentRevision,
    header: (revision) => headerOf(context, revision),
    checkPermission: (call, key, rangeEnd) => watchRefusal(context, call, key, rangeEnd),
    requiresLeader: (call) => call.metadata.get("hasleader") === "true",
    fragmentBytesMax: options.maxRequestBytes + grpcOverheadBytes,
    place: options.watchPlace,
  });
  const late = new LateTokens(context);
  const leaseStreams = new LeaseStreams();
  const guarded = [
    ...kvMethods(context, options),
    ...watch.methods(),
    ...leaseMethods(context, leaseStreams),
    ...clusterMethods(context),
    ...authMethods(context),
    ...maintenanceMethods(context),
    ...backendMethods(context, options.sha256, options.stopsOnDefrag ? health : undefined),
  ].map(([path, handler]): [string, MethodHandler] => [path, late.before(handler)]);
  const methods = new Map<string, MethodHandler>([...guarded, ...health.methods()]);
  const concurrency = { ...context, methods };
  for (const method of [...lockMethods(concurrency), ...electionMethods(concurrency)]) {
    methods.set(...method);
  }
  const gate = new LearnerGate(context);
  for (const [path, handler] of methods) methods.set(path, gate.before(path, handler));
  const endStreamsRequiringLeader = (): void => {
    watch.endStreamsRequiringLeader();
    leaseStreams.endStreamsRequiringLeader();
  };
  return { methods, health, watch, endStreamsRequiringLeader };
}
