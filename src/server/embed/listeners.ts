// The sockets of a member: gRPC and HTTP on its client addresses, HTTP on its peer addresses, probes
// and metrics on its metrics addresses.
import { isIPv6 } from "node:net";
import type { GrpcServer } from "../../io/grpc/index.ts";
import type { Log } from "../../io/host/index.ts";
import {
  type HandshakeCounts,
  isEmptyTls,
  type ListenAddress,
  Mux,
  type MuxOptions,
  peerListener,
  type PeerRequest,
  type PeerResponse,
  type RequestListener,
} from "../../io/http/index.ts";
import { type HttpOptions, metricsHttp, peerHttp } from "../http/index.ts";
import type { Server } from "../member/index.ts";
import { clientEndpoints } from "./client-endpoints.ts";
import type { ClientHttp } from "./client-http.ts";
import type { Config } from "./config.ts";
import { connectionsMax } from "./file-limit.ts";
import { logRejected, prepareSecurity, type Security, tlsOf } from "./security.ts";
import type { ListenUrl } from "./urls.ts";

export interface Listeners {
  stopAccepting(): void;
  close(): Promise<void>;
}

/** What every listener is made with. */
export interface ListenContext {
  readonly config: Config;
  readonly security: Security;
  readonly log: Log;
  readonly handshakes: Readonly<Record<"client" | "peer" | "metrics", HandshakeCounts>>;
}

export async function listenContext(config: Config, log: Log): Promise<ListenContext> {
  const none = (): HandshakeCounts => ({ completed: 0, failed: 0, crowdedOut: 0 });
  const handshakes = { client: none(), peer: none(), metrics: none() };
  return { config, log, security: await prepareSecurity(config, log), handshakes };
}

export interface PeerListeners extends Listeners {
  /** From now on requests below /raft go there. */
  serve(handle: PeerHandler): void;
}

type PeerHandler = (request: PeerRequest, response: PeerResponse) => void;

// A stream of another member may take its time with a request; a kept connection is used again within
// seconds or not at all. Each other member needs a handful of connections.
const peerLimits = {
  http1RequestTimeoutMs: 0,
  http1KeepAliveTimeoutMs: 5_000,
  connectionsMax: 4_096,
};

/** Opens the peer addresses: before the member starts, so that a port in use is known at once. */
export async function listenForPeers(
  { config, security, log, handshakes }: ListenContext,
  server: () => Server | undefined,
): Promise<PeerListeners> {
  let raft: RequestListener | undefined;
  let rest: RequestListener | undefined;
  const muxes: Mux[] = [];
  for (const url of config.listenPeerUrls) {
    const tls = await tlsOf(url, security.peer, { log, checksRemoteAddress: true });
    const mux = new Mux({
      ...(tls && { tls }),
      limits: peerLimits,
      handshakes: handshakes.peer,
      onRejected: (rejection) => logRejected(log, "peer", rejection),
      onHttp1: (request, response) => {
        const running = server();
        if (raft !== undefined && isRaftPath(request.url)) return raft(request, response);
        if (running !== undefined) {
          rest ??= peerHttp(running);
          return rest(request, response);
        }
        response.statusCode = 503;
        response.end();
      },
    });
    muxes.push(mux);
    const address = addressText(await mux.listen(listenAddressOf(url, config)));
    log.info("serving peer traffic", { address });
  }
  return {
    ...together(muxes),
    serve: (handle) => {
      raft = peerListener(handle);
    },
  };
}

/** The client addresses, and what to say once they are served. */
export interface ClientListeners extends Listeners {
  /** The lines a start ends with; suites wait for them. */
  logReady(): void;
}

/** Opens the client addresses. Who comes before the member is ready waits until it is. */
export async function listenForClients(
  { config, security, log, handshakes }: ListenContext,
  http: ClientHttp,
  grpc: GrpcServer,
  ready: Promise<void>,
): Promise<ClientListeners> {
  let isReady = false;
  void ready.then(() => (isReady = true));
  const whenReady = (serve: () => void): void => {
    if (isReady) serve();
    else void ready.then(serve);
  };
  const serves = {
    http: {
      onHttp1: (request, response) => whenReady(() => http.request(request, response)),
      upgrades: http.upgrades,
      onUpgrade: (request, stream, first) => whenReady(() => http.upgrade(request, stream, first)),
    } satisfies MuxOptions,
    grpc: {
      onHttp2: (stream, peer, first) => whenReady(() => grpc.accept(stream, peer, first)),
    } satisfies MuxOptions,
  };
  const muxes: Mux[] = [];
  const lines: (() => void)[] = [];
  for (const endpoint of clientEndpoints(config)) {
    const { url, secure, insecure, traffic } = endpoint;
    const tls = await tlsOf(secure ?? url, security.client, { log, checksRemoteAddress: false });
    const mux = new Mux({
      ...(traffic !== "grpc" && serves.http),
      ...(traffic !== "http" && serves.grpc),
      ...(tls && { tls, alsoInClear: insecure }),
      limits: { connectionsMax: connectionsMax(log) },
      handshakes: handshakes.client,
      onRejected: (rejection) => logRejected(log, "client", rejection),
    });
    muxes.push(mux);
    const address = addressText(await mux.listen(listenAddressOf(url, config)));
    lines.push(() => {
      log.info("ready to serve client requests");
      const fields = { traffic, address };
      if (insecure) {
        log.info("serving client traffic insecurely; this is strongly discouraged!", fields);
      }
      if (secure !== undefined) log.info("serving client traffic securely", fields);
    });
  }
  return { ...together(muxes), logReady: () => lines.forEach((say) => say()) };
}

/** Opens the metrics addresses: probes and metrics alone, from before the member is ready. */
export async function listenForMetrics(
  { config, security, log, handshakes }: ListenContext,
  server: Server,
  options: HttpOptions,
): Promise<Listeners> {
  const muxes: Mux[] = [];
  for (const url of config.listenMetricsUrls) {
    if (url.scheme.endsWith("s") && isEmptyTls(security.client)) {
      throw new Error(
        "client TLS key/cert (--cert-file, --key-file) must be provided for metrics secure url",
      );
    }
    const tls = await tlsOf(url, security.client, { log, checksRemoteAddress: true });
    const mux = new Mux({
      ...(tls && { tls }),
      handshakes: handshakes.metrics,
      onRejected: (rejection) => logRejected(log, "client", rejection),
      onHttp1: metricsHttp(server, options),
    });
    muxes.push(mux);
    await mux.listen(listenAddressOf(url, config));
    log.info("serving metrics", { address: url.text });
  }
  return together(muxes);
}

function listenAddressOf({ scheme, host, port }: ListenUrl, config: Config): ListenAddress {
  if (scheme.startsWith("unix")) return { path: host };
  // Node would take ::1 for localhost where it comes first; etcd listens on 127.0.0.1.
  const address = host === "localhost" ? "127.0.0.1" : host;
  return { host: address, port, reusePort: config.socketReusePort };
}

/** As Go prints a listener's address. */
function addressText(address: Awaited<ReturnType<Mux["listen"]>>): string {
  if (typeof address === "string") return address;
  const host = isIPv6(address.address) ? `[${address.address}]` : address.address;
  return `${host}:${address.port}`;
}

const together = (muxes: readonly Mux[]): Listeners => ({
  stopAccepting: () => {
    for (const mux of muxes) mux.stopAccepting();
  },
  close: async () => {
    await Promise.all(muxes.map((mux) => mux.close()));
  },
});

const isRaftPath = (url = ""): boolean => /^\/raft(?:[/?]|$)/.test(url);
