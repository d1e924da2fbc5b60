// The lines of a start that operators and suites read; fields and order are etcd's.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Log, LogFields } from "../../io/host/index.ts";
import { formatDuration, humanSize, id64Hex } from "../../base/index.ts";
import type { Server } from "../member/index.ts";
import { isInitialized } from "./cluster.ts";
import type { Config } from "./config.ts";
import type { DiscoveryConfig } from "./discovery/config.ts";
import { inferredAddress } from "./local-address.ts";
import type { ListenUrl } from "./urls.ts";
import { etcdVersion, gitSha, goArch, goOs, goVersion, quorateVersion } from "./version.ts";

/** Above this etcd warns (storage.MaxQuotaBytes). */
const maxQuotaBytes = 8 * 1024 ** 3;

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

/** What was found in the data directory. */
function logRestored(log: Log, server: Server): void {
  const ids = {
    "cluster-id": id64Hex(server.clusterId),
    "local-member-id": id64Hex(server.memberId),
  };
  for (const { id, peerUrls, isLearner } of server.cluster.members()) {
    log.info("recovered/added member from store", {
      ...ids,
      "recovered-remote-peer-id": id64Hex(id),
      "recovered-remote-peer-urls": peerUrls,
      "recovered-remote-peer-is-learner": isLearner,
    });
  }
  const { version } = server.cluster;
  if (version !== undefined) {
    log.info("set cluster version from store", {
      "cluster-version": version.split(".").slice(0, 2).join("."),
    });
  }
  const compacted = server.store.compactedRevision;
  if (compacted > 0) {
    log.info("restored last compact revision", {
      "meta-bucket-name-key": "finishedCompactRev",
      "restored-compact-revision": compacted,
    });
  }
}

/** The limit of what may come (storage.NewBackendQuota). */
function logQuota({ quotaBackendBytes: bytes, given }: Config, log: Log): void {
  const name = { "quota-name": "v3-applier" };
  if (bytes < 0) {
    log.info("disabled backend quota", { ...name, "quota-size-bytes": bytes });
    return;
  }
  const size = { "quota-size-bytes": bytes, "quota-size": humanSize(bytes) };
  if (bytes > maxQuotaBytes) {
    log.warn("quota exceeds the maximum value", {
      ...name,
      ...size,
      "quota-maximum-size-bytes": maxQuotaBytes,
      "quota-maximum-size": humanSize(maxQuotaBytes),
    });
  }
  const words = "enabled backend quota";
  const isDefault = !given.has("quota-backend-bytes");
  log.info(isDefault ? `${words} with default value` : words, { ...name, ...size });
}

export function logServing(config: Config, log: Log, server: Server): void {
  logRestored(log, server);
  logQuota(config, log);
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
