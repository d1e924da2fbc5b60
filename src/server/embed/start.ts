// Makes the real things and puts them together: disk, clock, server, listeners.
import { createHash } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import { type Log, StallMonitor } from "../../io/host/index.ts";
import { nodeClock, nodeDisk, nodeRandom, threadCpuMs } from "../../io/host/node/index.ts";
import { Snapshotter } from "../../io/snap/index.ts";
import { type Digest, Server, type ServerParts, watchSpace } from "../member/index.ts";
import { monitorLeader, type Services, services } from "../rpc/index.ts";
import { openCredentials } from "./auth-token.ts";
import { defragmentAtStart } from "./bootstrap-defrag.ts";
import { bootMember, peerLink, sha1, type TransportPlace, transportOf } from "./cluster.ts";
import type { Config } from "./config.ts";
import { loadFailpoints } from "./failpoints.ts";
import { checkInitially } from "./initial-check.ts";
import {
  listenContext,
  listenForClients,
  listenForMetrics,
  listenForPeers,
  type PeerListeners,
} from "./listeners.ts";
import { ServerMetrics } from "./metrics.ts";
import type { MemberHold } from "./member-hold.ts";
import { type OpenedBackend, openBackend } from "./open-backend.ts";
import { logClientTls, peerClientTls } from "./security.ts";
import { servingOf } from "./serving.ts";
import { closingFields, logServing, logStarting } from "./start-log.ts";
import { traced } from "./tracing.ts";
import { etcdVersion } from "./version.ts";

export interface RunningServer {
  readonly server: Server;
  /** How late the event loop was. */
  readonly stalls: StallMonitor;
  /** Lets calls under way end, writes the log and closes everything. */
  stop(): Promise<void>;
}

// Calls under way get this long; with closing the log a stop stays under a second.
const drainGraceMs = 700;

/** Starts a member and serves clients; resolves when it is ready. */
export async function startServer(
  config: Config,
  log: Log,
  fail: (error: Error) => void,
  removed: () => void,
): Promise<RunningServer> {
  logStarting(config, log);
  let server: Server | undefined = undefined;
  const listening = await listenContext(config, log);
  const peers = await listenForPeers(listening, () => server);
  let flush = (): void => {};
  const directory = join(config.dataDirectory, "member");
  makeDirectories(directory);
  const { failpoint, hold, watchPlace } = await loadFailpoints(process.env, nodeClock);
  const metrics = new ServerMetrics(config, log, listening);
  const backend = await openBackend(join(directory, "snap", "db"), config, log, {
    meter: metrics.disk,
    wake: () => server?.member.wake(),
    onFailure: fail,
    failpoint,
  });
  const login = openCredentials(config, nodeClock, log);
  const link = peerLink(config, peerClientTls(listening.security, log), log);
  const snapshotter = new Snapshotter({
    disk: nodeDisk,
    clock: nodeClock,
    random: nodeRandom,
    directory: join(directory, "snap"),
    log,
    failpoint,
    meter: metrics.disk,
  });
  snapshotter.removeTemporary();
  const boot = { config, log, backend, snapshotter, failpoint, walMeter: metrics.disk };
  const booted = await bootMember(boot, link.ask);
  const place = { config, log, booted, backend, snapshotter, link, peers, metrics };
  const host = { ...login, endTurn: () => flush(), fail, failpoint, hold, removed };
  server = makeServer(place, host);
  backend.setBeforeCommit(() => server!.beforeCommit());
  if (config.checksInitially && booted.members === undefined) await checkInitially(server, log);
  const served = services(server, { ...config, sha256, watchPlace });
  const { methods, endTraces } = await traced(served.methods, config.tracing, log);
  const { grpc, http, httpOptions } = servingOf({ config, log, server, methods, metrics });
  flush = () => grpc.flush();
  logServing(config, log, server);
  const { promise: ready, resolve: becomeReady } = Promise.withResolvers<void>();
  const clients = await listenForClients(listening, http, grpc, ready);
  defragmentAtStart(backend.host, config.bootstrapDefragMegabytes, log);
  server.start(becomeReady);
  const background = startBackground(config, log, server, { served, metrics });
  logClientTls(log, listening.security);
  const probes = await listenForMetrics(listening, server, httpOptions);
  await ready;
  clients.logReady();
  return { server, stalls: background.stalls, stop: () => stop() };

  async function stop(): Promise<void> {
    const fields = closingFields(config);
    log.info("closing etcd server", fields);
    clients.stopAccepting();
    background.stop();
    await grpc.drain(drainGraceMs);
    await new Promise<void>((done) => server!.duties.leadership.handOver(done));
    await new Promise<void>((done) => server!.stop(() => done()));
    await Promise.all([clients, peers, probes, login].map((each) => each.close()));
    await endTraces();
    clearInterval(background.alive);
    log.info("closed etcd server", fields);
  }
}

const sha256 = (): Digest => createHash("sha256");

interface Background {
  readonly alive: NodeJS.Timeout;
  readonly stalls: StallMonitor;
  stop(): void;
}

/** What runs beside the member as long as it serves. */
function startBackground(
  config: Config,
  log: Log,
  server: Server,
  { served, metrics }: { served: Services; metrics: ServerMetrics },
): Background {
  const stalls = new StallMonitor(nodeClock, log, threadCpuMs);
  stalls.start();
  metrics.feedStalls(stalls);
  const stopLeaderMonitor = monitorLeader(server, served);
  const stopSpaceWatch = config.clearsNoSpaceAlarm ? watchSpace(server) : () => {};
  return {
    // The clock's timers do not keep a process alive; a member that is running does.
    alive: setInterval(() => {}, 2 ** 30),
    stalls,
    stop: () => {
      stopLeaderMonitor();
      stopSpaceWatch();
      stalls.stop();
    },
  };
}

/** Makes member/snap and what is above it; the names are durable before anything is kept there. */
function makeDirectories(memberDirectory: string): void {
  const snapDirectory = join(memberDirectory, "snap");
  if (nodeDisk.stat(snapDirectory) !== undefined) return;
  nodeDisk.mkdir(snapDirectory);
  const dataDirectory = dirname(memberDirectory);
  for (const made of [memberDirectory, dataDirectory, dirname(resolve(dataDirectory))]) {
    nodeDisk.syncDirectoryNow(made);
  }
}

interface Place extends TransportPlace {
  readonly backend: OpenedBackend;
  readonly peers: PeerListeners;
}

type Host = Pick<ServerParts, "credentials" | "endTurn" | "fail" | "failpoint" | "removed"> & {
  readonly hold: MemberHold | undefined;
};

function makeServer(place: Place, host: Host): Server {
  const { config, log, booted, backend, snapshotter, link, peers } = place;
  const connect = transportOf(place);
  return new Server({
    options: {
      ...config,
      clientUrls: config.advertiseClientUrls.map((url) => url.text),
      autoCompaction: {
        mode: config.autoCompactionMode,
        retention: config.autoCompactionRetention,
      },
      serverVersion: etcdVersion,
    },
    booted,
    backend: backend.host,
    snapshotter,
    clock: host.hold ?? nodeClock,
    random: nodeRandom,
    log,
    sha1,
    ask: link.ask,
    connect: (port) => {
      const transport = connect(port);
      peers.serve((request, response) => transport.handle(request, response));
      return transport;
    },
    installDatabase: (index) => backend.replace(snapshotter.databasePath(index)),
    openReceived: (index) => backend.openReceived(snapshotter.databasePath(index)),
    send: () => {},
    ...host,
  });
}
