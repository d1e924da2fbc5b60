// server/http: what probes, dashboards and peers ask by plain HTTP. It reads the member's state and
// changes none of it.
import type { IncomingMessage, ServerResponse } from "../../io/http/index.ts";
import type { Server } from "../member/index.ts";
import { debugVars, type ProcessVariables } from "./debug-vars.ts";
import type { HealthCounts } from "./health-counts.ts";
import { hashKv } from "./hash-kv.ts";
import { healthRoutes } from "./health.ts";
import { clusterRoutes, routeOf } from "./peer-cluster.ts";
import { leaseRoutes } from "./peer-lease.ts";
import { type Handler, onlyGet, replyJson, router } from "./reply.ts";

export { HealthCounts } from "./health-counts.ts";
export type { ProcessVariables } from "./debug-vars.ts";
export {
  AccessController,
  type AccessOptions,
  isMalformedHost,
  malformedHostText,
  namedText,
  setFields,
} from "./access.ts";

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

export interface HttpOptions {
  readonly health: HealthCounts;
  /** Answers /metrics. */
  readonly metrics: Listener;
  readonly variables: ProcessVariables;
}

/** The paths of a client port. */
export const clientHttp = (server: Server, options: HttpOptions): Listener =>
  router(
    new Map([
      ["/version", onlyGet(version(server))],
      ["/debug/vars", onlyGet(debugVars(server, options.variables))],
      ...metricsRoutes(server, options),
    ]),
  );

/** The paths of a metrics port. */
export const metricsHttp = (server: Server, options: HttpOptions): Listener =>
  router(new Map(metricsRoutes(server, options)));

const metricsRoutes = (server: Server, { health, metrics }: HttpOptions): [string, Handler][] => [
  ["/metrics", metrics],
  ...healthRoutes(server, health),
];

/** The paths of a peer port below which the transport has nothing to say. */
export const peerHttp = (server: Server): Listener =>
  router(
    new Map([
      ["/version", onlyGet(version(server))],
      ...clusterRoutes(server),
      ...leaseRoutes(server),
      ["/members/hashkv", hashKv(server)],
    ]),
    routeOf,
  );

const version =
  (server: Server): Handler =>
  (_request, response) => {
    const { cluster, storageVersion, options } = server;
    replyJson(
      response,
      JSON.stringify({
        etcdserver: options.serverVersion,
        etcdcluster: cluster.version ?? "not_decided",
        storage: storageVersion ?? "unknown",
      }),
    );
  };
