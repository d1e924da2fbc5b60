// What a running member serves with: gRPC, the JSON gateway and plain HTTP on one table of methods, one
// interceptor and one set of counters.
import { errors } from "../../core/errors/index.ts";
import {
  GrpcServer,
  type MethodHandler,
  type ServerCall,
  type Status,
} from "../../io/grpc/index.ts";
import type { Log } from "../../io/host/index.ts";
import { nodeClock } from "../../io/host/node/index.ts";
import { gunzip } from "../../io/http/index.ts";
import { Gateway } from "../gateway/index.ts";
import { AccessController, clientHttp, HealthCounts, type HttpOptions } from "../http/index.ts";
import type { Server } from "../member/index.ts";
import { grpcOverheadBytes } from "../rpc/index.ts";
import { type ClientHttp, clientHttpOf } from "./client-http.ts";
import type { Config } from "./config.ts";
import type { ServerMetrics } from "./metrics.ts";
import { withProfiles } from "./pprof/index.ts";
import { requestStats } from "./request-stats.ts";

export interface Serving {
  readonly grpc: GrpcServer;
  readonly http: ClientHttp;
  /** Of the plain paths; a metrics port serves some of them. */
  readonly httpOptions: HttpOptions;
}

interface Parts {
  readonly config: Config;
  readonly log: Log;
  readonly server: Server;
  readonly methods: ReadonlyMap<string, MethodHandler>;
  readonly metrics: ServerMetrics;
}

export function servingOf(parts: Parts): Serving {
  const { server, methods, metrics } = parts;
  const intercept = (call: ServerCall): Status | undefined => {
    metrics.count(call, methods.get(call.path)?.kind ?? "unary");
    return refusal(call, server);
  };
  const health = new HealthCounts();
  const httpOptions = { health, metrics: metrics.listener, variables: metrics.variables };
  const grpc = makeGrpc(parts, intercept);
  metrics.feed(server, () => grpc.stats, health);
  return { grpc, http: makeHttp(parts, intercept, httpOptions), httpOptions };
}

/** What every call is asked first (api/v3rpc/interceptor.go). */
function refusal(call: ServerCall, server: Server): Status | undefined {
  const needsLeader = call.metadata.get("hasleader") === "true";
  return needsLeader && server.member.lead === 0n ? errors.noLeader() : undefined;
}

type Intercept = (call: ServerCall) => Status | undefined;

const faultLogger =
  (log: Log) =>
  (call: ServerCall, error: unknown): void =>
    log.error("a request failed unexpectedly", { path: call.path, error });

function makeGrpc({ config, log, methods, metrics }: Parts, intercept: Intercept): GrpcServer {
  return new GrpcServer({
    methods,
    methodCounts: metrics.methods,
    maxReceiveBytes: config.maxRequestBytes + grpcOverheadBytes,
    clock: nodeClock,
    gunzip,
    intercept,
    slowCalls: requestStats(config.warningUnaryRequestMs, log, nodeClock),
    maxConcurrentStreams: config.maxConcurrentStreams,
    connection: {
      keepalive: {
        minTimeMs: config.keepaliveMinTimeMs,
        permitWithoutStream: false,
        timeMs: config.keepaliveIntervalMs || Infinity,
        timeoutMs: config.keepaliveTimeoutMs,
      },
    },
    onFault: faultLogger(log),
  });
}

function makeHttp(
  { config, log, server, methods, metrics }: Parts,
  intercept: Intercept,
  options: HttpOptions,
): ClientHttp {
  const gateway = new Gateway({
    methods,
    counts: metrics.methods,
    maxReceiveBytes: config.maxRequestBytes + grpcOverheadBytes,
    clock: nodeClock,
    intercept,
    onFault: faultLogger(log),
  });
  return clientHttpOf({
    access: new AccessController({
      corsOrigins: config.cors,
      hostWhitelist: config.hostWhitelist,
      log,
      knowsByCertificate: () => config.clientCertAuth && server.auth.isEnabled,
    }),
    gateway: config.enableGrpcGateway ? gateway : undefined,
    others: withProfiles(config, log, clientHttp(server, options)),
  });
}
