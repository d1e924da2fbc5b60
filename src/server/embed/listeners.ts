// The sockets of a member: gRPC and HTTP on its client addresses, HTTP on its peer addresses.
import type { GrpcServer } from "../../io/grpc/index.ts";
import type { Log } from "../../io/host/index.ts";
import { type ListenAddress, Mux, type MuxOptions } from "../../io/http/index.ts";
import { clientHttp, peerHttp } from "../http/index.ts";
import type { Server } from "../member/index.ts";
import type { Config } from "./config.ts";
import type { ListenUrl } from "./urls.ts";

export interface Listeners {
  stopAccepting(): void;
  close(): Promise<void>;
}

/** Opens the peer addresses: before the member starts, so that a port in use is known at once. */
export async function listenForPeers(
  config: Config,
  log: Log,
  server: () => Server | undefined,
): Promise<Listeners> {
  const muxes = await openAll(config.listenPeerUrls, config, {
    onHttp1: (request, response) => {
      const running = server();
      if (running !== undefined) return peerHttp(running)(request, response);
      response.statusCode = 503;
      response.end();
    },
  });
  for (const { text } of config.listenPeerUrls) {
    log.info("serving peer traffic", { address: addressOf(text) });
  }
  return together(muxes);
}

/** Opens the client addresses. Who comes before the member is ready waits until it is. */
export async function listenForClients(
  config: Config,
  log: Log,
  server: Server,
  grpc: GrpcServer,
  ready: Promise<void>,
): Promise<Listeners> {
  let isReady = false;
  void ready.then(() => (isReady = true));
  const whenReady = (serve: () => void): void => {
    if (isReady) serve();
    else void ready.then(serve);
  };
  const http = clientHttp(server);
  const muxes = await openAll(config.listenClientUrls, config, {
    onHttp1: (request, response) => whenReady(() => http(request, response)),
    onHttp2: (stream, peer, first) => whenReady(() => grpc.accept(stream, peer, first)),
    onError: (error, remote) => {
      log.warn("rejected connection on client endpoint", { "remote-addr": remote, error });
    },
  });
  return together(muxes);
}

/** The lines a start ends with; suites wait for them. */
export function logReady(config: Config, log: Log): void {
  log.info("ready to serve client requests");
  for (const { text } of config.listenClientUrls) {
    log.info("serving client traffic insecurely; this is strongly discouraged!", {
      traffic: "grpc+http",
      address: addressOf(text),
    });
  }
}

const addressOf = (url: string): string => url.replace(/^\w+:\/\//, "");

async function openAll(
  urls: readonly ListenUrl[],
  config: Config,
  options: MuxOptions,
): Promise<Mux[]> {
  return Promise.all(
    urls.map(async (url) => {
      const mux = new Mux(options);
      await mux.listen(listenAddressOf(url, config));
      return mux;
    }),
  );
}

function listenAddressOf({ scheme, host, port }: ListenUrl, config: Config): ListenAddress {
  if (scheme.startsWith("unix")) return { path: host };
  // Node would take ::1 for localhost where it comes first; etcd listens on 127.0.0.1.
  const address = host === "localhost" ? "127.0.0.1" : host;
  return { host: address, port, reusePort: config.socketReusePort };
}

const together = (muxes: readonly Mux[]): Listeners => ({
  stopAccepting: () => {
    for (const mux of muxes) mux.stopAccepting();
  },
  close: async () => {
    await Promise.all(muxes.map((mux) => mux.close()));
  },
});
