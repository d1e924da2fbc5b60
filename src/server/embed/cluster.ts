// What ties a member to the others: how it begins in its cluster, and its transport.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { ClusterRecords } from "../../core/apply/index.ts";
import type { Failpoint, Log } from "../../io/host/index.ts";
import { nodeClock, nodeDisk } from "../../io/host/node/index.ts";
import { type ClientTls, PeerClient, type PeerDialer } from "../../io/http/index.ts";
import { type AskPeer, peerAsker, type RaftPort, Transport } from "../../io/rafthttp/index.ts";
import type { NetworkMeters } from "../metrics/index.ts";
import { id64Hex } from "../../base/index.ts";
import type { Snapshotter } from "../../io/snap/index.ts";
import { walExists, type WalMeter } from "../../io/wal/index.ts";
import {
  type Booted,
  bootstrap,
  isAlreadyBootstrapped,
  joinCluster,
  memberIdOf,
  type JoinedCluster,
} from "../member/index.ts";
import type { Config } from "./config.ts";
import { discovers } from "./discovery/config.ts";
import { localAddressOf } from "./local-address.ts";
import type { OpenedBackend } from "./open-backend.ts";
import { etcdVersion, minimumClusterVersion } from "./version.ts";

export const sha1 = (bytes: Uint8Array): Uint8Array => createHash("sha1").update(bytes).digest();

/** How this member calls others. */
export interface PeerLink {
  readonly dialer: PeerDialer;
  readonly ask: AskPeer;
}

export function peerLink(config: Config, tls: ClientTls, log: Log): PeerLink {
  const localAddress = localAddressOf(config, log);
  // etcd: a second and the election timeout.
  const dialTimeoutMs = 1000 + config.electionMs;
  const dialer = new PeerClient({ dialTimeoutMs, tls, ...(localAddress && { localAddress }) });
  return { dialer, ask: peerAsker(dialer, nodeClock) };
}

const walDirectoryOf = (config: Config): string =>
  config.walDirectory || join(config.dataDirectory, "member", "wal");

/** Whether the member has begun before: then its cluster is known. */
export const isInitialized = (config: Config): boolean =>
  walExists(nodeDisk, walDirectoryOf(config));

export interface BootPlace {
  readonly config: Config;
  readonly log: Log;
  readonly backend: OpenedBackend;
  readonly snapshotter: Snapshotter;
  readonly failpoint: Failpoint | undefined;
  readonly walMeter: WalMeter;
}

/** Founds, joins or goes on in its cluster. */
export async function bootMember(
  { config, log, backend, snapshotter, failpoint, walMeter }: BootPlace,
  ask: AskPeer,
): Promise<Booted> {
  const walDirectory = walDirectoryOf(config);
  const isNew = !walExists(nodeDisk, walDirectory);
  const founding = isNew ? await foundersOf(config, log) : config;
  const joined = isNew ? await joinIfExisting(founding, log, ask) : undefined;
  if (!isNew && discovers(config.discovery)) {
    const warning =
      "discovery token is ignored since cluster already initialized; valid logs are found";
    log.warn(warning, { "wal-dir": walDirectory });
  }
  return bootstrap({
    disk: nodeDisk,
    clock: nodeClock,
    log,
    failpoint,
    sha1,
    walDirectory,
    walMeter,
    name: config.name,
    initialCluster: founding.initialCluster,
    initialClusterState: config.initialClusterState,
    token: config.initialClusterToken,
    peerUrls: config.advertisePeerUrls.map((url) => url.text),
    unsafeNoFsync: config.unsafeNoFsync,
    syncing: "adaptive",
    joined,
    forceNewCluster: config.forceNewCluster,
    recoverDatabase: (logBegins) => recoverDatabase(log, backend, snapshotter, logBegins),
  });
}

/** With --discovery-endpoints the first members are those that register there. */
async function foundersOf(config: Config, log: Log): Promise<Config> {
  if (!discovers(config.discovery)) return config;
  if (config.initialClusterState === "existing") {
    throw new Error("discovery URL should not be set when joining existing initial cluster");
  }
  log.info("Bootstrapping cluster using v3 discovery.");
  const urls = config.advertisePeerUrls.map(({ text }) => text).toSorted();
  const id = memberIdOf(urls, config.initialClusterToken, sha1);
  const own = urls.map((url) => `${config.name}=${url}`).join(",");
  // Loaded now: few members need it, once.
  const { discover } = await import("./discovery/index.ts");
  return { ...config, initialCluster: await discover(config.discovery, id, own, log) };
}

async function joinIfExisting(
  config: Config,
  log: Log,
  ask: AskPeer,
): Promise<JoinedCluster | undefined> {
  const options = {
    ask,
    log,
    sha1,
    name: config.name,
    initialCluster: config.initialCluster,
    token: config.initialClusterToken,
    serverVersion: etcdVersion,
    maxLearners: config.maxLearners,
    requestTimeoutMs: 5000 + 2 * config.electionMs,
  };
  if (config.initialClusterState === "existing") return joinCluster(options);
  const known = await isAlreadyBootstrapped(options);
  if (known === undefined) return undefined;
  throw new Error(`member ${id64Hex(known)} has already been bootstrapped`);
}

/** A crash came between a snapshot's record in the log and its database: it is put in place now. */
function recoverDatabase(
  log: Log,
  backend: OpenedBackend,
  snapshotter: Snapshotter,
  logBegins: number,
): number {
  const standsAt = (): number => new ClusterRecords(backend.host.backend).consistentIndex();
  const consistentIndex = standsAt();
  const fields = { "consistent-index": consistentIndex, "snapshot-index": logBegins };
  if (logBegins <= consistentIndex) {
    log.info("Skipping snapshot backend", fields);
    return consistentIndex;
  }
  log.info("Recovering from snapshot backend", fields);
  try {
    backend.replace(snapshotter.databasePath(logBegins));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `failed to find database snapshot file (${why}): the log begins at ${logBegins}, ` +
        `the database ends at ${consistentIndex}`,
    );
  }
  return standsAt();
}

export interface TransportPlace {
  readonly config: Config;
  readonly log: Log;
  readonly booted: Booted;
  /** Takes in databases of others. */
  readonly snapshotter: Snapshotter;
  readonly link: PeerLink;
  readonly metrics: { readonly network: NetworkMeters };
}

/** The transport of this member. */
export const transportOf =
  ({ config, log, booted, snapshotter, link, metrics }: TransportPlace) =>
  (raft: RaftPort): Transport => {
    const transport = new Transport({
      id: booted.id,
      clusterId: booted.clusterId,
      urls: config.advertisePeerUrls.map(({ text }) => text),
      raft,
      dialer: link.dialer,
      observer: metrics.network,
      clock: nodeClock,
      log,
      snapshots: snapshotter,
      serverVersion: etcdVersion,
      minClusterVersion: minimumClusterVersion,
      limits: {
        readTimeoutMs: config.raftReadTimeoutMs,
        writeTimeoutMs: config.raftWriteTimeoutMs,
      },
    });
    metrics.network.attach(transport.counters);
    return transport;
  };
