// /metrics beside real etcd's: every name, kind and label, and what operators' alerts read.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { projectRoot } from "../peers/peers.ts";
import { etcdFamilies } from "../../src/server/metrics/index.ts";
import { ServerProcess, type Kind } from "./server-process.ts";

const servers = {} as Record<Kind, ServerProcess>;

before(async () => {
  const kinds: Kind[] = ["etcd", "quorate"];
  const flags = ["--metrics=extensive"];
  const started = await Promise.all(kinds.map((kind) => ServerProcess.start({ kind, flags })));
  for (const server of started) servers[server.kind] = server;
  for (const kind of kinds) {
    for (const [path, body] of [
      ["kv/put", '{"key":"YQ==","value":"YQ=="}'],
      ["kv/put", '{"key":"Yg==","value":"YQ=="}'],
      ["kv/put", "{}"],
      ["kv/range", '{"key":"YQ=="}'],
      ["kv/deleterange", '{"key":"YQ=="}'],
      ["kv/txn", '{"success":[{"request_put":{"key":"YQ=="}},{"request_put":{"key":"Yw=="}}]}'],
      ["lease/grant", '{"TTL":100,"ID":5}'],
      ["lease/revoke", '{"ID":5}'],
      ["kv/compaction", '{"revision":3}'],
      ["lease/keepalive", '{"ID":5}'],
      ["maintenance/alarm", '{"action":1,"memberID":9,"alarm":1}'],
    ]) {
      await get(kind, `/v3/${path}`, { method: "POST", body: body! });
    }
    for (const path of ["/health", "/readyz", "/livez", "/metrics"]) await get(kind, path);
  }
});
after(async () => {
  await Promise.all(Object.values(servers).map((server) => server.dispose()));
});

async function get(kind: Kind, path: string, init: RequestInit = {}): Promise<string> {
  const url = `http://${servers[kind].endpoint}${path}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000), ...init });
  return response.text();
}

interface Seen {
  readonly kind: string;
  /** Every set of label names its samples bear. */
  readonly labels: Set<string>;
  readonly buckets: Set<string>;
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;

function read(text: string): { families: Map<string, Seen>; samples: Map<string, number> } {
  const families = new Map<string, Seen>();
  const samples = new Map<string, number>();
  let current: Seen | undefined;
  for (const line of text.trimEnd().split("\n")) {
    const [, name = "", kind = ""] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== "") {
      current = { kind, labels: new Set(), buckets: new Set() };
      families.set(name, current);
    }
    if (line.startsWith("#")) continue;
    const [, sample = "", pairs = "", value = ""] = sampleLine.exec(line) ?? assert.fail(line);
    const labels = [...pairs.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
    const names = labels.map(([, label]) => label!).filter((label) => label !== "le");
    current!.labels.add(names.join(","));
    const le = labels.find(([, label]) => label === "le");
    if (le !== undefined) current!.buckets.add(le[2]!);
    samples.set(
      pairs === "" ? sample : `${sample}{${pairs}}`,
      Number(value.replace("+Inf", "Infinity")),
    );
  }
  return { families, samples };
}

test("every metric of etcd is there, of the same kind, with the same labels and buckets", async () => {
  const theirs = read(await get("etcd", "/metrics")).families;
  const ours = read(await get("quorate", "/metrics")).families;
  const missing = [...theirs.keys()].filter((name) => !ours.has(name));
  assert.deepEqual(missing, []);
  for (const [name, { kind, labels, buckets }] of theirs) {
    const own = ours.get(name)!;
    assert.equal(own.kind, kind, name);
    assert.deepEqual([...own.labels].toSorted(), [...labels].toSorted(), name);
    assert.deepEqual([...own.buckets], [...buckets], name);
  }
  const more = [...ours.keys()].filter((name) => !theirs.has(name));
  assert.deepEqual(more, [
    "quorate_event_loop_active_seconds_total",
    "quorate_event_loop_busy_seconds",
    "quorate_event_loop_delay_seconds",
    "quorate_gc_pause_seconds",
    "quorate_tls_handshakes_total",
  ]);
});

test("what was done alike is counted alike", async () => {
  const theirs = read(await get("etcd", "/metrics")).samples;
  const ours = read(await get("quorate", "/metrics")).samples;
  const compared = [
    /^etcd_mvcc_(put|delete|range|txn)_total$/,
    /^etcd_debugging_mvcc_(keys_total|current_revision|compact_revision|total_put_size_in_bytes)$/,
    /^etcd_debugging_lease_(granted|revoked|renewed)_total$/,
    /^etcd_debugging_lease_ttl_total_(sum|count)$/,
    /^etcd_server_(has_leader|is_leader|is_learner|leader_changes_seen_total|health_\w+)$/,
    /^etcd_server_(quota_backend_bytes|proposals_pending|proposals_failed_total)$/,
    /^etcd_server_(version|feature_enabled|client_requests_total|healthcheck\w*)\{/,
    /^etcd_server_(apply|request)_duration_seconds_count/,
    /^etcd_cluster_version\{/,
    /^grpc_server_\w+\{.*"(Put|DeleteRange|Txn|Compact|LeaseGrant|LeaseRevoke|LeaseKeepAlive)"/,
    /^promhttp_metric_handler_requests_in_flight$/,
  ];
  let count = 0;
  for (const [name, value] of theirs) {
    if (!compared.some((pattern) => pattern.test(name)) || name.includes("_bucket")) continue;
    if (/handling_seconds_sum/.test(name)) continue;
    assert.equal(ours.get(name), value, name);
    count++;
  }
  assert.ok(count > 200, `${count} compared`);
});

/** What etcd's alerts and Grafana boards read (contrib/mixin; grafana.json of its documentation). */
const readByOperators = `
  etcd_cluster_version etcd_server_version etcd_server_id
  etcd_server_has_leader etcd_server_is_leader etcd_server_leader_changes_seen_total
  etcd_server_proposals_failed_total etcd_server_proposals_pending
  etcd_server_proposals_committed_total etcd_server_proposals_applied_total
  etcd_server_slow_apply_total etcd_server_slow_read_indexes_total
  etcd_server_read_indexes_failed_total etcd_server_heartbeat_send_failures_total
  etcd_server_quota_backend_bytes etcd_mvcc_db_total_size_in_bytes
  etcd_mvcc_db_total_size_in_use_in_bytes etcd_mvcc_put_total etcd_mvcc_delete_total
  etcd_mvcc_range_total etcd_mvcc_txn_total etcd_debugging_mvcc_keys_total
  etcd_debugging_mvcc_watcher_total etcd_debugging_mvcc_watch_stream_total
  etcd_debugging_mvcc_slow_watcher_total etcd_debugging_mvcc_events_total
  etcd_debugging_mvcc_pending_events_total
  etcd_debugging_mvcc_db_compaction_total_duration_milliseconds_bucket
  etcd_debugging_snap_save_total_duration_seconds_sum
  etcd_debugging_store_expires_total etcd_debugging_store_watchers
  etcd_disk_wal_fsync_duration_seconds_bucket etcd_disk_wal_fsync_duration_seconds_sum
  etcd_disk_backend_commit_duration_seconds_bucket etcd_disk_backend_commit_duration_seconds_sum
  etcd_disk_backend_defrag_duration_seconds_bucket
  etcd_disk_backend_snapshot_duration_seconds_bucket
  etcd_network_client_grpc_received_bytes_total etcd_network_client_grpc_sent_bytes_total
  grpc_server_started_total grpc_server_handled_total grpc_server_msg_received_total
  grpc_server_msg_sent_total grpc_server_handling_seconds_bucket
  process_resident_memory_bytes process_virtual_memory_bytes process_cpu_seconds_total
  process_open_fds process_max_fds process_start_time_seconds os_fd_used os_fd_limit
  go_info go_goroutines go_threads go_gc_duration_seconds go_gc_duration_seconds_count
  go_memstats_alloc_bytes go_memstats_alloc_bytes_total go_memstats_heap_inuse_bytes
  go_memstats_stack_inuse_bytes go_memstats_sys_bytes go_memstats_next_gc_bytes
`;

const namesOf = (samples: ReadonlyMap<string, number>): Set<string> =>
  new Set([...samples.keys()].map((sample) => sample.replace(/\{.*/s, "")));

test("what etcd's alerts and dashboards read has values", async () => {
  const { samples } = read(await get("quorate", "/metrics"));
  const names = namesOf(samples);
  const wanted = readByOperators.trim().split(/\s+/);
  assert.deepEqual(
    wanted.filter((name) => !names.has(name)),
    [],
  );
  assert.ok(samples.get("etcd_disk_wal_fsync_duration_seconds_count")! > 0);
  assert.ok(samples.get("process_resident_memory_bytes")! > 1e6);
});

test("our own dashboard reads what there is", async () => {
  const { families } = read(await get("quorate", "/metrics"));
  // Of those about other members a member alone has none to show.
  const known = new Set([...families.keys(), ...etcdFamilies.map(({ name }) => name)]);
  const text = readFileSync(join(projectRoot, "docs/grafana/quorate.json"), "utf8");
  const { panels } = JSON.parse(text) as { panels: { targets?: { expr: string }[] }[] };
  const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  assert.ok(expressions.length > 40);
  for (const expression of expressions) {
    for (const [name] of expression.matchAll(/\b(etcd|grpc|go|process|quorate)_\w+\b(?=[{[])/g)) {
      const family = name.replace(/_(bucket|sum|count)$/, "");
      assert.ok(known.has(name) || known.has(family), `${name} in ${expression}`);
    }
  }
});

test("what has run shows in the event loop's and the collector's figures", async () => {
  const { samples } = read(await get("quorate", "/metrics"));
  assert.ok(samples.get("quorate_event_loop_delay_seconds_count")! > 0);
  assert.ok(samples.get("quorate_event_loop_active_seconds_total")! > 0);
  const kinds = [...samples.keys()].filter((name) => name.startsWith("quorate_gc_pause_seconds_c"));
  assert.equal(kinds.length, 4);
});

test("OpenMetrics is spoken to whoever asks for it", async () => {
  const text = await get("quorate", "/metrics", {
    headers: { Accept: "application/openmetrics-text;version=1.0.0,*/*;q=0.1" },
  });
  assert.ok(text.endsWith("# EOF\n"));
  assert.match(text, /^# TYPE etcd_mvcc_put counter\netcd_mvcc_put_total /m);
});
