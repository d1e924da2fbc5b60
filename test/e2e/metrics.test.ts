// /metrics beside real etcd's: every name, kind and label, and what operators' alerts read.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
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
  assert.deepEqual(more, ["quorate_event_loop_delay_seconds"]);
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

test("what etcd's alerts and dashboards read has values", async () => {
  const { samples } = read(await get("quorate", "/metrics"));
  for (const name of [
    "etcd_server_has_leader",
    "etcd_server_leader_changes_seen_total",
    "etcd_server_proposals_failed_total",
    "etcd_server_proposals_pending",
    "etcd_server_proposals_committed_total",
    "etcd_server_proposals_applied_total",
    "etcd_mvcc_db_total_size_in_bytes",
    "etcd_mvcc_db_total_size_in_use_in_bytes",
    "etcd_server_quota_backend_bytes",
    "etcd_network_client_grpc_sent_bytes_total",
    "etcd_network_client_grpc_received_bytes_total",
    "etcd_debugging_mvcc_watcher_total",
    "etcd_debugging_mvcc_keys_total",
    "etcd_server_slow_apply_total",
    "etcd_disk_wal_fsync_duration_seconds_count",
    "etcd_disk_backend_commit_duration_seconds_count",
    "process_resident_memory_bytes",
    "process_open_fds",
    "process_max_fds",
  ]) {
    assert.ok(samples.has(name), name);
  }
  assert.ok(samples.get("etcd_disk_wal_fsync_duration_seconds_count")! > 0);
  assert.ok(samples.get("process_resident_memory_bytes")! > 1e6);
});

test("OpenMetrics is spoken to whoever asks for it", async () => {
  const text = await get("quorate", "/metrics", {
    headers: { Accept: "application/openmetrics-text;version=1.0.0,*/*;q=0.1" },
  });
  assert.ok(text.endsWith("# EOF\n"));
  assert.match(text, /^# TYPE etcd_mvcc_put counter\netcd_mvcc_put_total /m);
});
