// The lines of a start that operators and suites read; fields and order are etcd's.
import { join } from "node:path";
import type { Log, LogFields } from "../../io/host/index.ts";
import { id64Hex } from "../../base/index.ts";
import type { Server } from "../member/index.ts";
import type { Config } from "./config.ts";
import { formatDuration } from "./duration.ts";
import type { ListenUrl } from "./urls.ts";
import { etcdVersion, gitSha, goArch, goOs, quorateVersion } from "./version.ts";

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
  log.info("starting an etcd server", {
    "etcd-version": etcdVersion,
    "quorate-version": quorateVersion(),
    "git-sha": gitSha,
    "node-version": process.version,
    "go-os": goOs,
    "go-arch": goArch,
    name: config.name,
    "data-dir": config.dataDirectory,
    "wal-dir": config.walDirectory,
    "member-dir": join(config.dataDirectory, "member"),
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
    "initial-cluster": config.initialCluster,
    "initial-cluster-state": config.initialClusterState,
    "initial-cluster-token": config.initialClusterToken,
    "quota-backend-bytes": config.quotaBackendBytes,
    "max-request-bytes": config.maxRequestBytes,
    "max-concurrent-streams": config.maxConcurrentStreams,
    "pre-vote": config.preVote,
    "auto-compaction-mode": config.autoCompactionMode,
    "max-learners": config.maxLearners,
    "v2-deprecation": "write-only",
  });
}

/** Of the lines that begin and end a stop. */
export const closingFields = (config: Config): LogFields => ({
  name: config.name,
  "data-dir": config.dataDirectory,
  "advertise-peer-urls": texts(config.advertisePeerUrls),
  "advertise-client-urls": texts(config.advertiseClientUrls),
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
