// server/rpc: etcd's gRPC services on a running member. A service checks the shape of a request, asks
// the member, and puts the answer into words; it keeps no state of the cluster.
import type { MethodHandler } from "../../io/grpc/index.ts";
import type { Digest, Server } from "../member/index.ts";
import { backendMethods } from "./backend-methods.ts";
import { clusterMethods } from "./cluster.ts";
import { electionMethods, lockMethods } from "./concurrency/index.ts";
import { headerOf, type RpcContext } from "./context.ts";
import { HealthService } from "./health.ts";
import { kvMethods, type KvOptions } from "./kv.ts";
import { leaseMethods } from "./lease.ts";
import { maintenanceMethods } from "./maintenance.ts";
import { WatchService } from "./watch.ts";

export interface Services {
  readonly methods: ReadonlyMap<string, MethodHandler>;
  readonly health: HealthService;
  readonly watch: WatchService;
}

export interface ServiceOptions extends KvOptions {
  readonly sha256: () => Digest;
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
    checkPermission: () => undefined,
    requiresLeader: (call) => call.metadata.get("hasleader") === "true",
    fragmentBytesMax: options.maxRequestBytes + grpcOverheadBytes,
  });
  const methods = new Map<string, MethodHandler>([
    ...kvMethods(context, options),
    ...watch.methods(),
    ...leaseMethods(context),
    ...clusterMethods(context),
    ...maintenanceMethods(context),
    ...backendMethods(context, options.sha256),
    ...health.methods(),
  ]);
  const concurrency = { ...context, methods };
  for (const method of [...lockMethods(concurrency), ...electionMethods(concurrency)]) {
    methods.set(...method);
  }
  return { methods, health, watch };
}
