// Every metric of an etcd server: its name, its kind, its labels and its buckets are etcd's, so that
// dashboards and alerts find them. What is measured where, `server-metrics.ts` says.
import { counter, type Family, gauge, histogram } from "./family.ts";

export const etcdFamilies: readonly Family[] = [
  gauge("etcd_cluster_version", "1 for the version the cluster works in.", {
    labels: ["cluster_version"],
  }),
  gauge("etcd_debugging_auth_revision", "Revision of the auth store."),
  histogram(
    "etcd_debugging_disk_backend_commit_rebalance_duration_seconds",
    "Rebalancing in a database commit.",
    { bounds: [0.001, 2, 14] },
  ),
  histogram(
    "etcd_debugging_disk_backend_commit_spill_duration_seconds",
    "Spilling in a database commit.",
    { bounds: [0.001, 2, 14] },
  ),
  histogram(
    "etcd_debugging_disk_backend_commit_write_duration_seconds",
    "Writing in a database commit.",
    { bounds: [0.001, 2, 14] },
  ),
  counter("etcd_debugging_lease_granted_total", "Leases granted."),
  counter("etcd_debugging_lease_renewed_total", "Leases renewed on the leader."),
  counter("etcd_debugging_lease_revoked_total", "Leases revoked."),
  histogram("etcd_debugging_lease_ttl_total", "Seconds granted to leases.", { bounds: [1, 2, 24] }),
  gauge("etcd_debugging_mvcc_compact_revision", "Revision of the last compaction."),
  gauge("etcd_debugging_mvcc_current_revision", "Revision of the store."),
  counter("etcd_debugging_mvcc_db_compaction_keys_total", "Records removed by compaction."),
  gauge("etcd_debugging_mvcc_db_compaction_last", "Unix time of the last compaction."),
  histogram(
    "etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds",
    "Steps of compactions.",
    { bounds: [1, 2, 13] },
  ),
  histogram("etcd_debugging_mvcc_db_compaction_total_duration_milliseconds", "Whole compactions.", {
    bounds: [100, 2, 14],
  }),
  counter("etcd_debugging_mvcc_events_total", "Events sent to watchers."),
  histogram(
    "etcd_debugging_mvcc_index_compaction_pause_duration_milliseconds",
    "Steps of index compactions.",
    { bounds: [0.5, 2, 14] },
  ),
  gauge("etcd_debugging_mvcc_keys_total", "Keys that exist."),
  gauge("etcd_debugging_mvcc_pending_events_total", "Events that wait to be sent."),
  gauge("etcd_debugging_mvcc_slow_watcher_total", "Watchers that are behind."),
  gauge("etcd_debugging_mvcc_total_put_size_in_bytes", "Bytes of keys and values put."),
  gauge("etcd_debugging_mvcc_watch_stream_total", "Open watch streams."),
  gauge("etcd_debugging_mvcc_watcher_total", "Watchers."),
  gauge("etcd_debugging_server_alarms", "1 for each alarm that is raised.", {
    labels: ["server_id", "alarm_type"],
  }),
  counter("etcd_debugging_server_lease_expired_total", "Leases that expired."),
  histogram(
    "etcd_debugging_server_watch_send_loop_control_stream_duration_seconds",
    "Sending control responses of watches.",
    { bounds: [0.001, 2, 14] },
  ),
  histogram(
    "etcd_debugging_server_watch_send_loop_progress_duration_seconds",
    "Sending progress of watches.",
    { bounds: [0.001, 2, 14] },
  ),
  histogram(
    "etcd_debugging_server_watch_send_loop_watch_stream_duration_per_event_seconds",
    "Sending one event of watches.",
    { bounds: [0.001, 2, 14] },
  ),
  histogram(
    "etcd_debugging_server_watch_send_loop_watch_stream_duration_seconds",
    "Sending responses of watches.",
    { bounds: [0.001, 2, 14] },
  ),
  histogram(
    "etcd_debugging_snap_save_marshalling_duration_seconds",
    "Encoding snapshots of the log.",
    { bounds: [0.001, 2, 14] },
  ),
  histogram("etcd_debugging_snap_save_total_duration_seconds", "Saving snapshots of the log.", {
    bounds: [0.001, 2, 14],
  }),
  counter("etcd_debugging_store_expires_total", "Of the store of API version 2; always zero."),
  counter("etcd_debugging_store_reads_failed_total", "Of the store of API version 2.", {
    labels: ["action"],
  }),
  counter("etcd_debugging_store_reads_total", "Of the store of API version 2.", {
    labels: ["action"],
  }),
  counter(
    "etcd_debugging_store_watch_requests_total",
    "Of the store of API version 2; always zero.",
  ),
  gauge("etcd_debugging_store_watchers", "Of the store of API version 2; always zero."),
  counter("etcd_debugging_store_writes_failed_total", "Of the store of API version 2.", {
    labels: ["action"],
  }),
  counter("etcd_debugging_store_writes_total", "Of the store of API version 2.", {
    labels: ["action"],
  }),
  histogram("etcd_disk_backend_commit_duration_seconds", "Commits of the database.", {
    bounds: [0.001, 2, 14],
  }),
  histogram("etcd_disk_backend_defrag_duration_seconds", "Defragmentations of the database.", {
    bounds: [0.1, 2, 13],
  }),
  histogram(
    "etcd_disk_backend_snapshot_duration_seconds",
    "Copies of the database sent to clients and members.",
    { bounds: [0.01, 2, 17] },
  ),
  gauge("etcd_disk_defrag_inflight", "Whether a defragmentation is under way."),
  histogram("etcd_disk_wal_fsync_duration_seconds", "Syncs of the write-ahead log.", {
    bounds: [0.001, 2, 14],
  }),
  gauge("etcd_disk_wal_write_bytes_total", "Bytes written to the write-ahead log."),
  histogram("etcd_disk_wal_write_duration_seconds", "Writes of the write-ahead log.", {
    bounds: [0.001, 2, 14],
  }),
  gauge("etcd_grpc_proxy_cache_hits_total", "Of the gRPC proxy; always zero in a server."),
  gauge("etcd_grpc_proxy_cache_keys_total", "Of the gRPC proxy; always zero in a server."),
  gauge("etcd_grpc_proxy_cache_misses_total", "Of the gRPC proxy; always zero in a server."),
  counter("etcd_grpc_proxy_events_coalescing_total", "Of the gRPC proxy; always zero in a server."),
  gauge("etcd_grpc_proxy_watchers_coalescing_total", "Of the gRPC proxy; always zero in a server."),
  gauge("etcd_mvcc_db_open_read_transactions", "Database states that are pinned by readers."),
  gauge("etcd_mvcc_db_total_size_in_bytes", "Size of the database."),
  gauge("etcd_mvcc_db_total_size_in_use_in_bytes", "Size of the database without its free pages."),
  counter("etcd_mvcc_delete_total", "Delete operations."),
  histogram("etcd_mvcc_hash_duration_seconds", "Hashes of the database.", {
    bounds: [0.01, 2, 15],
  }),
  histogram("etcd_mvcc_hash_rev_duration_seconds", "Hashes of the store at a revision.", {
    bounds: [0.01, 2, 15],
  }),
  counter("etcd_mvcc_put_total", "Put operations."),
  counter("etcd_mvcc_range_total", "Range operations."),
  counter("etcd_mvcc_txn_total", "Transactions of more than one operation."),
  gauge("etcd_network_active_peers", "Peers this member has a connection with.", {
    labels: ["Local", "Remote"],
  }),
  counter(
    "etcd_network_client_grpc_received_bytes_total",
    "Message bytes received from gRPC clients.",
  ),
  counter("etcd_network_client_grpc_sent_bytes_total", "Message bytes sent to gRPC clients."),
  counter("etcd_network_disconnected_peers_total", "Connections to peers that were lost.", {
    labels: ["Local", "Remote"],
  }),
  gauge("etcd_network_known_peers", "Peers this member knows.", { labels: ["Local", "Remote"] }),
  counter("etcd_network_peer_received_bytes_total", "Bytes received from a peer.", {
    labels: ["From"],
  }),
  counter("etcd_network_peer_received_failures_total", "Failures to receive from a peer.", {
    labels: ["From"],
  }),
  histogram("etcd_network_peer_round_trip_time_seconds", "Round trips between peers.", {
    labels: ["To"],
    bounds: [0.0001, 2, 16],
  }),
  counter("etcd_network_peer_sent_bytes_total", "Bytes sent to a peer.", { labels: ["To"] }),
  counter("etcd_network_peer_sent_failures_total", "Failures to send to a peer.", {
    labels: ["To"],
  }),
  counter(
    "etcd_network_server_stream_failures_total",
    "Streams that ended by a failure of our own.",
    { labels: ["Type", "API"] },
  ),
  counter("etcd_network_snapshot_receive_failures", "Snapshots received without success.", {
    labels: ["From"],
  }),
  gauge("etcd_network_snapshot_receive_inflights_total", "Snapshots being received.", {
    labels: ["From"],
  }),
  counter("etcd_network_snapshot_receive_success", "Snapshots received.", { labels: ["From"] }),
  histogram(
    "etcd_network_snapshot_receive_total_duration_seconds",
    "Snapshots received, from begin to end.",
    { labels: ["From"], bounds: [0.1, 2, 10] },
  ),
  counter("etcd_network_snapshot_send_failures", "Snapshots sent without success.", {
    labels: ["To"],
  }),
  gauge("etcd_network_snapshot_send_inflights_total", "Snapshots being sent.", { labels: ["To"] }),
  counter("etcd_network_snapshot_send_success", "Snapshots sent.", { labels: ["To"] }),
  histogram(
    "etcd_network_snapshot_send_total_duration_seconds",
    "Snapshots sent, from begin to end.",
    { labels: ["To"], bounds: [0.1, 2, 10] },
  ),
  histogram("etcd_server_apply_duration_seconds", "Applying entries of the log.", {
    labels: ["version", "op", "success"],
    bounds: [0.0001, 2, 20],
  }),
  counter("etcd_server_client_requests_total", "Requests by kind and version of the client.", {
    labels: ["type", "client_api_version"],
  }),
  gauge("etcd_server_feature_enabled", "Whether a feature gate is on.", {
    labels: ["name", "stage"],
  }),
  gauge("etcd_server_go_version", "1 for what this server runs on.", {
    labels: ["server_go_version"],
  }),
  gauge("etcd_server_has_leader", "Whether this member knows a leader."),
  counter("etcd_server_health_failures", "Health checks that failed."),
  counter("etcd_server_health_success", "Health checks that succeeded."),
  gauge("etcd_server_healthcheck", "The last result of each check.", { labels: ["type", "name"] }),
  counter("etcd_server_healthchecks_total", "Results of each check.", {
    labels: ["type", "name", "status"],
  }),
  counter(
    "etcd_server_heartbeat_send_failures_total",
    "Heartbeats sent too late, mostly for a slow disk.",
  ),
  gauge("etcd_server_id", "1 for the id of this member.", { labels: ["server_id"] }),
  gauge("etcd_server_is_leader", "Whether this member leads."),
  gauge("etcd_server_is_learner", "Whether this member is a learner."),
  counter("etcd_server_leader_changes_seen_total", "Leaders this member has seen."),
  counter("etcd_server_learner_promote_failures", "Promotions of learners that failed.", {
    labels: ["Reason"],
  }),
  counter("etcd_server_learner_promote_successes", "Learners promoted while this member led."),
  gauge("etcd_server_proposals_applied_total", "Index of the last entry applied."),
  gauge("etcd_server_proposals_committed_total", "Index of the last entry committed."),
  counter("etcd_server_proposals_failed_total", "Proposals that failed."),
  gauge("etcd_server_proposals_pending", "Proposals that wait for their answer."),
  gauge("etcd_server_quota_backend_bytes", "Size of the database at which writes are refused."),
  histogram("etcd_server_range_duration_seconds", "Range requests.", {
    labels: ["success"],
    bounds: [0.0001, 2, 20],
  }),
  counter("etcd_server_read_indexes_failed_total", "Linearizable reads that were not confirmed."),
  histogram(
    "etcd_server_request_duration_seconds",
    "Requests from their proposal to their answer.",
    { labels: ["type", "success"], bounds: [0.001, 2, 14] },
  ),
  counter(
    "etcd_server_slow_apply_total",
    "Entries and reads slower than --warning-apply-duration.",
  ),
  counter(
    "etcd_server_slow_read_indexes_total",
    "Linearizable reads that had to be asked for again.",
  ),
  gauge(
    "etcd_server_snapshot_apply_in_progress_total",
    "Whether a snapshot of a leader is being installed.",
  ),
  gauge("etcd_server_version", "1 for the etcd release this is.", { labels: ["server_version"] }),
  histogram("etcd_snap_db_fsync_duration_seconds", "Syncs of database snapshots received.", {
    bounds: [0.001, 2, 14],
  }),
  histogram("etcd_snap_db_save_total_duration_seconds", "Saving database snapshots received.", {
    bounds: [0.1, 2, 10],
  }),
  histogram("etcd_snap_fsync_duration_seconds", "Syncs of snapshots of the log.", {
    bounds: [0.001, 2, 14],
  }),
];
