// Where the figures of a running member stand.
import { exponentialBounds, Histogram, id64Hex } from "../../base/index.ts";
import { AlarmType } from "../../core/proto/index.ts";
import type { GrpcStats } from "../../io/grpc/index.ts";
import type { Clock } from "../../io/host/index.ts";
import type { KindSeconds, Server } from "../member/index.ts";
import type { Sample } from "./family.ts";
import type { MetricsRegistry } from "./registry.ts";

export interface HealthCounts {
  readonly success: number;
  readonly failures: number;
  /** By `readyz/linearizable_read`. */
  readonly checks: ReadonlyMap<string, { isOk: boolean; success: number; error: number }>;
}

export interface ServerSources {
  readonly server: Server;
  readonly grpc: () => GrpcStats;
  readonly health: HealthCounts;
  /** Requests by `client_api_version`. */
  readonly clients: ReadonlyMap<string, { unary: number; stream: number }>;
  /** Feature gates with their stage. */
  readonly gates: Readonly<Record<string, { readonly isOn: boolean; readonly stage: string }>>;
  readonly runtime: string;
}

const alarmNames: Readonly<Record<number, string>> = {
  [AlarmType.NOSPACE]: "NOSPACE",
  [AlarmType.CORRUPT]: "CORRUPT",
};

export function feedServer(registry: MetricsRegistry, sources: ServerSources): void {
  feedMember(registry, sources);
  feedStore(registry, sources.server);
  feedClients(registry, sources);
}

function feedMember(registry: MetricsRegistry, { server, gates, runtime }: ServerSources): void {
  const { member, options } = server;
  const { meters } = member;
  const id = id64Hex(server.memberId);
  const one = (label: string): readonly Sample[] => [{ labels: [label], value: 1 }];
  registry.feed("etcd_server_id", () => one(id));
  registry.feed("etcd_server_version", () => one(options.serverVersion));
  registry.feed("etcd_server_go_version", () => one(runtime));
  registry.feed("etcd_cluster_version", () => {
    const version = server.cluster.version?.replace(/\.\d+$/, "");
    return version === undefined ? [] : one(version);
  });
  registry.feed("etcd_server_feature_enabled", () =>
    Object.entries(gates).map(([name, { isOn, stage }]) => ({
      labels: [name, stage],
      value: Number(isOn),
    })),
  );
  registry.feed("etcd_debugging_server_alarms", () =>
    server.alarms.list(AlarmType.NONE).map(({ memberID, alarm }) => ({
      labels: [id64Hex(memberID), alarmNames[alarm] ?? String(alarm)],
      value: 1,
    })),
  );
  registry.feed("etcd_network_known_peers", () =>
    server.cluster.members().map((peer) => ({ labels: [id, id64Hex(peer.id)], value: 1 })),
  );
  registry.feedValue("etcd_server_has_leader", () => member.lead !== 0n);
  registry.feedValue("etcd_server_is_leader", () => member.isLeader);
  registry.feedValue(
    "etcd_server_is_learner",
    () => server.cluster.member(server.memberId)?.isLearner ?? false,
  );
  registry.feedValue("etcd_server_leader_changes_seen_total", () => meters.leaderChangesSeen);
  registry.feedValue("etcd_server_proposals_applied_total", () => member.appliedIndex);
  registry.feedValue("etcd_server_proposals_committed_total", () => member.committedIndex);
  registry.feedValue("etcd_server_proposals_failed_total", () => meters.proposalsFailed);
  registry.feedValue("etcd_server_proposals_pending", () => member.pendingProposals);
  registry.feedValue("etcd_server_read_indexes_failed_total", () => meters.reads.failed);
  registry.feedValue("etcd_server_slow_read_indexes_total", () => meters.reads.slow);
  registry.feedValue(
    "etcd_server_heartbeat_send_failures_total",
    () => server.peers?.lateHeartbeats ?? 0,
  );
  const { promotionCounts } = server.duties.membership;
  registry.feedValue("etcd_server_learner_promote_successes", () => promotionCounts.succeeded);
  registry.feed("etcd_server_learner_promote_failures", () =>
    [...promotionCounts.failed].map(([reason, value]) => ({ labels: [reason], value })),
  );
  registry.feedValue("etcd_server_quota_backend_bytes", () => options.quotaBackendBytes);
  registry.feedValue("etcd_server_slow_apply_total", () => meters.slowApplies);
  registry.feed("etcd_server_apply_duration_seconds", () =>
    kindSamples(meters.applySeconds, (kind, success) => ["v3", kind, success]),
  );
  registry.feed("etcd_server_request_duration_seconds", () =>
    kindSamples(meters.requestSeconds, (kind, success) => [kind, success]),
  );
  registry.feed("etcd_server_range_duration_seconds", () =>
    kindSamples(meters.rangeSeconds, (_, success) => [success]),
  );
}

function* kindSamples(
  seconds: KindSeconds,
  labels: (kind: string, success: string) => readonly string[],
): Iterable<Sample> {
  for (const [kind, value] of seconds.ok) yield { labels: labels(pascal(kind), "true"), value };
  for (const [kind, value] of seconds.failed) {
    yield { labels: labels(pascal(kind), "false"), value };
  }
}

const pascal = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1);

function feedStore(registry: MetricsRegistry, server: Server): void {
  // The store and the lessor are asked for anew: a snapshot of a leader may put others in their place.
  const values: Readonly<Record<string, () => number>> = {
    etcd_mvcc_put_total: () => server.store.counts.puts,
    etcd_mvcc_delete_total: () => server.store.counts.deletes,
    etcd_mvcc_range_total: () => server.store.counts.ranges,
    etcd_mvcc_txn_total: () => server.store.counts.txns,
    etcd_debugging_mvcc_total_put_size_in_bytes: () => server.store.counts.putBytes,
    etcd_debugging_mvcc_keys_total: () => server.store.keyCount,
    etcd_debugging_mvcc_current_revision: () => server.store.currentRevision,
    etcd_debugging_mvcc_compact_revision: () => server.store.compactedRevision,
    etcd_debugging_mvcc_watch_stream_total: () => server.hub.counts.streams,
    etcd_debugging_mvcc_watcher_total: () => server.hub.counts.watchers,
    etcd_debugging_mvcc_slow_watcher_total: () => server.hub.counts.slowWatchers,
    etcd_debugging_mvcc_events_total: () => server.hub.counts.events,
    etcd_mvcc_db_total_size_in_bytes: () => server.backend.sizeBytes(),
    etcd_mvcc_db_total_size_in_use_in_bytes: () => server.backend.inUseBytes(),
    etcd_mvcc_db_open_read_transactions: () => server.backend.openReaders?.() ?? 0,
    etcd_debugging_lease_granted_total: () => server.lessor.counts.granted,
    etcd_debugging_lease_renewed_total: () => server.lessor.counts.renewed,
    etcd_debugging_lease_revoked_total: () => server.lessor.counts.revoked,
    etcd_debugging_auth_revision: () => server.auth.revision,
    etcd_debugging_server_lease_expired_total: () => server.member.meters.leasesExpired,
    etcd_debugging_mvcc_db_compaction_keys_total: () => server.store.compactedRecords,
    etcd_debugging_mvcc_db_compaction_last: () => server.compactions.lastSeconds,
  };
  for (const [name, read] of Object.entries(values)) registry.feedValue(name, read);
  const { compactions, member } = server;
  const histograms: Readonly<Record<string, () => Histogram>> = {
    etcd_debugging_lease_ttl_total: () => server.lessor.counts.ttlSeconds,
    etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds: () => compactions.pauses,
    etcd_debugging_mvcc_db_compaction_total_duration_milliseconds: () => compactions.totals,
    etcd_mvcc_hash_duration_seconds: () => member.meters.hashSeconds,
    etcd_mvcc_hash_rev_duration_seconds: () => member.meters.hashRevisionSeconds,
    etcd_disk_backend_snapshot_duration_seconds: () => member.meters.snapshotSeconds,
  };
  for (const [name, read] of Object.entries(histograms)) registry.feedValue(name, read);
}

function feedClients(registry: MetricsRegistry, { grpc, health, clients }: ServerSources): void {
  registry.feedValue(
    "etcd_network_client_grpc_received_bytes_total",
    () => grpc().messageBytesReceived,
  );
  registry.feedValue("etcd_network_client_grpc_sent_bytes_total", () => grpc().messageBytesSent);
  registry.feed("etcd_server_client_requests_total", () =>
    [...clients].flatMap(([version, { unary, stream }]) => [
      { labels: ["stream", version], value: stream },
      { labels: ["unary", version], value: unary },
    ]),
  );
  registry.feedValue("etcd_server_health_success", () => health.success);
  registry.feedValue("etcd_server_health_failures", () => health.failures);
  const checks = function* (read: (check: string[], counts: CheckCounts) => Sample[]) {
    for (const [name, counts] of health.checks) yield* read(name.split("/"), counts);
  };
  registry.feed("etcd_server_healthcheck", () =>
    checks((labels, { isOk }) => [{ labels, value: Number(isOk) }]),
  );
  registry.feed("etcd_server_healthchecks_total", () =>
    checks((labels, { success, error }) =>
      [
        { labels: [...labels, "success"], value: success },
        { labels: [...labels, "error"], value: error },
      ].filter(({ value }) => value > 0),
    ),
  );
}

interface CheckCounts {
  readonly isOk: boolean;
  readonly success: number;
  readonly error: number;
}

const diskBounds = exponentialBounds(0.001, 2, 14);
const databaseBounds = exponentialBounds(0.1, 2, 10);

/** Meters of the disk: made before anything else, because the log is opened first. */
export class DiskMeters {
  readonly walFsyncSeconds = new Histogram(diskBounds);
  readonly walWriteSeconds = new Histogram(diskBounds);
  walWriteBytes = 0;
  readonly commitSeconds = new Histogram(diskBounds);
  readonly defragSeconds = new Histogram(exponentialBounds(0.1, 2, 13));
  defragsInFlight = 0;
  readonly snapEncodeSeconds = new Histogram(diskBounds);
  readonly snapSyncSeconds = new Histogram(diskBounds);
  readonly snapSaveSeconds = new Histogram(diskBounds);
  readonly databaseSyncSeconds = new Histogram(diskBounds);
  readonly databaseSaveSeconds = new Histogram(databaseBounds);
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** io/wal's meter. */
  wrote(bytes: number, seconds: number): void {
    this.walWriteBytes += bytes;
    this.walWriteSeconds.observe(seconds);
  }

  synced(seconds: number): void {
    this.walFsyncSeconds.observe(seconds);
  }

  /** io/backend's meter. */
  nowMs(): number {
    return this.#clock.nowMs();
  }

  committed(seconds: number): void {
    this.commitSeconds.observe(seconds);
  }

  defragmenting(): void {
    this.defragsInFlight++;
  }

  defragmented(seconds: number): void {
    this.defragsInFlight--;
    this.defragSeconds.observe(seconds);
  }

  /** io/snap's meter. */
  encodedSnap(seconds: number): void {
    this.snapEncodeSeconds.observe(seconds);
  }

  syncedSnap(seconds: number): void {
    this.snapSyncSeconds.observe(seconds);
  }

  savedSnap(seconds: number): void {
    this.snapSaveSeconds.observe(seconds);
  }

  syncedDatabase(seconds: number): void {
    this.databaseSyncSeconds.observe(seconds);
  }

  savedDatabase(seconds: number): void {
    this.databaseSaveSeconds.observe(seconds);
  }

  feed(registry: MetricsRegistry): void {
    const snap: Readonly<Record<string, Histogram>> = {
      etcd_debugging_snap_save_marshalling_duration_seconds: this.snapEncodeSeconds,
      etcd_debugging_snap_save_total_duration_seconds: this.snapSaveSeconds,
      etcd_snap_fsync_duration_seconds: this.snapSyncSeconds,
      etcd_snap_db_fsync_duration_seconds: this.databaseSyncSeconds,
      etcd_snap_db_save_total_duration_seconds: this.databaseSaveSeconds,
    };
    for (const [name, histogram] of Object.entries(snap)) registry.feedValue(name, () => histogram);
    registry.feedValue("etcd_disk_wal_fsync_duration_seconds", () => this.walFsyncSeconds);
    registry.feedValue("etcd_disk_wal_write_duration_seconds", () => this.walWriteSeconds);
    registry.feedValue("etcd_disk_wal_write_bytes_total", () => this.walWriteBytes);
    registry.feedValue("etcd_disk_backend_commit_duration_seconds", () => this.commitSeconds);
    registry.feedValue("etcd_disk_backend_defrag_duration_seconds", () => this.defragSeconds);
    registry.feedValue("etcd_disk_defrag_inflight", () => this.defragsInFlight);
  }
}
