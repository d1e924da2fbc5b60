// The lines of a start that operators and suites read; fields and order are etcd's.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Log, LogFields } from "../../io/host/index.ts";
import { formatDuration, id64Hex } from "../../base/index.ts";
import type { Server } from "../member/index.ts";
import { isInitialized } from "./cluster.ts";
import type { Config } from "./config.ts";
import type { DiscoveryConfig } from "./discovery/config.ts";
import { inferredAddress } from "./local-address.ts";
import type { ListenUrl } from "./urls.ts";
import { etcdVersion, gitSha, goArch, goOs, goVersion, quorateVersion } from "./version.ts";

const texts = (urls: readonly ListenUrl[]): string[] => urls.map((url) => url.text);

/** "starting an etcd server", with the configuration. */
export function logStarting(config: Config, log: Log): void {
  if (config.socketReuseAddress || config.socketReusePort) {
    log.info("configuring socket options", {
      "reuse-address": config.socketReuseAddress,
      "reuse-port": config.socketReusePort,
    });
  }
  if (config.memoryMlock) {
    log.warn("--memory-mlock locks nothing in memory here; keep this process from being swapped", {
      systemd: "MemorySwapMax=0",
      cgroup: "memory.swap.max",
    });
  }
  log.info("configuring peer listeners", { "listen-peer-urls": texts(config.listenPeerUrls) });
  log.info("configuring client listeners", {
    "listen-client-urls": texts(config.listenClientUrls),
  });
  log.info("starting an etcd server", startFields(config));
}

function startFields(config: Config): Record<string, unknown> {
  const cpus = availableParallelism();
  const wasInitialized = isInitialized(config);
  const isPeriodic = config.autoCompactionMode === "periodic";
  // In revision mode etcd prints the number as so many nanoseconds.
  const retention = formatDuration(config.autoCompactionRetention / (isPeriodic ? 1 : 1e6));
  return {
    "etcd-version": etcdVersion,
    "git-sha": gitSha,
    "go-version": goVersion,
    "go-os": goOs,
    "go-arch": goArch,
    "max-cpu-set": cpus,
    "max-cpu-available": cpus,
    "member-initialized": wasInitialized,
    name: config.name,
    "data-dir": config.dataDirectory,
    "wal-dir": config.walDirectory,
    "wal-dir-dedicated": config.walDirectory,
    "member-dir": join(config.dataDirectory, "member"),
    "force-new-cluster": config.forceNewCluster,
    "heartbeat-interval": formatDuration(config.heartbeatMs),
    "election-timeout": formatDuration(config.electionMs),
    "initial-election-tick-advance": config.initialElectionTickAdvance,
    "snapshot-count": config.snapshotCount,
    "max-wals": config.maxWalFiles,
    "max-snapshots": config.maxSnapshotFiles,
    "snapshot-catchup-entries": config.snapshotCatchUpEntries,
    "initial-advertise-peer-urls": texts(config.advertisePeerUrls),
    "listen-peer-urls": texts(config.listenPeerUrls),
    "advertise-client-urls": texts(config.advertiseClientUrls),
    "listen-client-urls": texts(config.listenClientUrls),
    "listen-metrics-urls": texts(config.listenMetricsUrls),
    "local-address": inferredAddress(config) ?? "",
    cors: config.cors.toSorted(),
    "host-whitelist": config.hostWhitelist.toSorted(),
    // Whoever has begun before goes by its log.
    "initial-cluster": wasInitialized ? "" : config.initialCluster,
    "initial-cluster-state": config.initialClusterState,
    "initial-cluster-token": wasInitialized ? "" : config.initialClusterToken,
    "quota-backend-bytes": config.quotaBackendBytes,
    "max-request-bytes": config.maxRequestBytes,
    "max-concurrent-streams": config.maxConcurrentStreams,
    "pre-vote": config.preVote,
    "feature-gates": config.onlyLogged.gates,
    "initial-corrupt-check": config.checksInitially,
    "corrupt-check-time-interval": formatDuration(config.corruptCheckMs),
    "compact-check-time-interval": formatDuration(config.onlyLogged.compactHashCheckMs),
    "auto-compaction-mode": config.autoCompactionMode,
    "auto-compaction-retention": retention,
    "auto-compaction-interval": retention,
    ...discoveryFields(config.discovery),
    "downgrade-check-interval": formatDuration(config.onlyLogged.downgradeCheckMs),
    "max-learners": config.maxLearners,
    "v2-deprecation": "write-only",
    "quorate-version": quorateVersion(),
  };
}

/** Of the lines that begin and end a stop. */
export const closingFields = (config: Config): LogFields => ({
  name: config.name,
  "data-dir": config.dataDirectory,
  "advertise-peer-urls": texts(config.advertisePeerUrls),
  "advertise-client-urls": texts(config.advertiseClientUrls),
});

const discoveryFields = (discovery: DiscoveryConfig): Record<string, unknown> => ({
  "discovery-token": discovery.token,
  "discovery-endpoints": discovery.endpoints.join(","),
  "discovery-dial-timeout": formatDuration(discovery.dialTimeoutMs),
  "discovery-request-timeout": formatDuration(discovery.requestTimeoutMs),
  "discovery-keepalive-time": formatDuration(discovery.keepaliveTimeMs),
  "discovery-keepalive-timeout": formatDuration(discovery.keepaliveTimeoutMs),
  "discovery-insecure-transport": discovery.insecureTransport,
  "discovery-insecure-skip-tls-verify": discovery.insecureSkipVerify,
  "discovery-cert": discovery.certFile,
  "discovery-key": discovery.keyFile,
  "discovery-cacert": discovery.caFile,
  "discovery-user": discovery.user,
});

export function logServing(config: Config, log: Log, server: Server): void {
  log.info("starting etcd server", {
    "local-member-id": id64Hex(server.memberId),
    "local-server-version": etcdVersion,
    ...(server.cluster.version !== undefined && { "cluster-id": id64Hex(server.clusterId) }),
    "cluster-version": server.cluster.version ?? "to_be_decided",
  });
  log.info("now serving peer/client/metrics", {
    "local-member-id": id64Hex(server.memberId),
    "initial-advertise-peer-urls": texts(config.advertisePeerUrls),
    "listen-peer-urls": texts(config.listenPeerUrls),
    "advertise-client-urls": texts(config.advertiseClientUrls),
    "listen-client-urls": texts(config.listenClientUrls),
    "listen-metrics-urls": texts(config.listenMetricsUrls),
  });
}
