// Makes the real things and puts them together: disk, clock, log on disk, server, listeners.
import { createHash } from "node:crypto";
import { createServer, type Server as NetServer } from "node:net";
import { join } from "node:path";
import { MemoryBackend } from "../../core/mvcc/index.ts";
import { GrpcServer } from "../../io/grpc/index.ts";
import type { Log } from "../../io/host/index.ts";
import { nodeClock, nodeDisk, nodeRandom } from "../../io/host/node/index.ts";
import { type Booted, bootstrap, Server } from "../member/index.ts";
import { grpcOverheadBytes, services } from "../rpc/index.ts";
import type { Config } from "./config.ts";
import type { ListenUrl } from "./urls.ts";
import { etcdMinorVersion, etcdVersion } from "./version.ts";

export interface RunningServer {
  readonly server: Server;
  /** Lets calls under way end, writes the log and closes everything. */
  stop(): Promise<void>;
}

const drainGraceMs = 700;

/** Starts a member and serves clients; resolves when it is ready. */
export async function startServer(
  config: Config,
  log: Log,
  fail: (error: Error) => void,
): Promise<RunningServer> {
  const booted = boot(config, log);
  const backend = new MemoryBackend();
  let flush = (): void => {};
  const server = new Server({
    options: {
      ...config,
      clientUrls: config.advertiseClientUrls.map((url) => url.text),
      autoCompaction: {
        mode: config.autoCompactionMode,
        retention: config.autoCompactionRetention,
      },
      serverVersion: etcdVersion,
      clusterVersion: etcdMinorVersion,
    },
    booted,
    backend: { backend, sizeBytes: () => 0, inUseBytes: () => 0 },
    clock: nodeClock,
    random: nodeRandom,
    log,
    send: () => {},
    endTurn: () => flush(),
    fail,
  });
  const { methods } = services(server, config);
  const grpc = new GrpcServer({
    methods,
    maxReceiveBytes: config.maxRequestBytes + grpcOverheadBytes,
    clock: nodeClock,
    maxConcurrentStreams: config.maxConcurrentStreams,
  });
  flush = () => grpc.flush();
  // The clock's timers do not keep a process alive; a member that is running does.
  const alive = setInterval(() => {}, 2 ** 30);
  await new Promise<void>((ready) => server.start(ready));
  log.info("ready to serve client requests");
  const listeners = await Promise.all(config.listenClientUrls.map((url) => listen(url, grpc)));
  for (const url of config.listenClientUrls) {
    log.info("serving client traffic insecurely; this is strongly discouraged!", {
      traffic: "grpc+http",
      address: url.text,
    });
  }
  return {
    server,
    stop: async () => {
      for (const listener of listeners) listener.close();
      await grpc.drain(drainGraceMs);
      await new Promise<void>((done) => server.stop(() => done()));
      clearInterval(alive);
    },
  };
}

function boot(config: Config, log: Log): Booted {
  const memberDirectory = join(config.dataDirectory, "member");
  nodeDisk.mkdir(config.dataDirectory);
  nodeDisk.mkdir(memberDirectory);
  nodeDisk.mkdir(join(memberDirectory, "snap"));
  return bootstrap({
    disk: nodeDisk,
    clock: nodeClock,
    log,
    sha1: (bytes) => createHash("sha1").update(bytes).digest(),
    walDirectory: config.walDirectory || join(memberDirectory, "wal"),
    name: config.name,
    initialCluster: config.initialCluster,
    initialClusterState: config.initialClusterState,
    token: config.initialClusterToken,
    peerUrls: config.advertisePeerUrls.map((url) => url.text),
    unsafeNoFsync: config.unsafeNoFsync,
    syncing: "adaptive",
    hasTransport: false,
  });
}

function listen(url: ListenUrl, grpc: GrpcServer): Promise<NetServer> {
  const listener = createServer({ noDelay: true }, (socket) => {
    grpc.accept(socket, { address: socket.remoteAddress ?? "", commonName: undefined });
  });
  return new Promise((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(url.port, url.host, () => resolve(listener));
  });
}
