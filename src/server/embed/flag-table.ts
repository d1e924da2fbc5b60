// Every flag of etcd 3.7, once: its spelling is a contract. Flag, environment variable and help all
// read this table. A flag whose feature is not built yet is known, so that it can be refused by name
// instead of being taken and ignored.

export type FlagKind = "string" | "bool" | "uint" | "int" | "duration" | "urls" | "strings";

export interface FlagSpec {
  readonly name: string;
  readonly kind: FlagKind;
  /** As etcd's help prints it; the empty string is Go's zero value of the kind. */
  readonly initial: string;
  readonly usage: string;
  /** The only values it takes, where etcd names them. */
  readonly choices?: readonly string[];
  /** True where 3.7 takes the flag and does nothing with it. */
  readonly ignored?: true;
}

export interface FlagGroup {
  readonly title: string;
  readonly flags: readonly FlagSpec[];
}

const flag = (name: string, kind: FlagKind, initial: string, usage: string): FlagSpec => ({
  name,
  kind,
  initial,
  usage,
});
const choice = (spec: FlagSpec, ...others: string[]): FlagSpec => ({
  ...spec,
  choices: [spec.initial, ...others],
});
const ignored = (name: string): FlagSpec => ({
  name,
  kind: "string",
  initial: "",
  usage: "Taken and ignored, as etcd does.",
  ignored: true,
});

const memberFlags: readonly FlagSpec[] = [
  flag("name", "string", "default", "Human-readable name of this member."),
  flag("data-dir", "string", "", "Data directory; ${name}.etcd when empty."),
  flag("wal-dir", "string", "", "Directory for the write-ahead log alone."),
  flag("snapshot-count", "uint", "10000", "Applied entries between two snapshots."),
  flag("heartbeat-interval", "uint", "100", "Milliseconds between two heartbeats."),
  flag("election-timeout", "uint", "1000", "Milliseconds without a leader before an election."),
  flag("initial-election-tick-advance", "bool", "true", "Start nearer to the first election."),
  flag("listen-peer-urls", "urls", "http://localhost:2380", "Addresses for peers."),
  flag("listen-client-urls", "urls", "http://localhost:2379", "Addresses for clients."),
  flag("listen-client-http-urls", "urls", "", "Addresses for the clients' plain HTTP alone."),
  flag("max-snapshots", "uint", "5", "Snapshot files to keep; 0 keeps all."),
  flag("max-wals", "uint", "5", "Write-ahead log files to keep; 0 keeps all."),
  flag("memory-mlock", "bool", "false", "Taken, and warned of: nothing is locked in memory."),
  flag("quota-backend-bytes", "int", "0", "Database size that raises NOSPACE; 0 is 2 GiB."),
  flag("backend-bbolt-freelist-type", "string", "", "map or array; the file is the same."),
  flag("backend-batch-interval", "duration", "0s", "Time between two commits; 0 is 100ms."),
  flag("backend-batch-limit", "int", "0", "Operations between two commits; 0 is 10000."),
  flag("max-txn-ops", "uint", "128", "Operations in one transaction, at most."),
  flag("max-request-bytes", "uint", "1572864", "Size of one request, at most."),
  flag("max-concurrent-streams", "uint", "4294967295", "Open streams of one connection."),
  flag("grpc-keepalive-min-time", "duration", "5s", "Least time between a client's pings."),
  flag("grpc-keepalive-interval", "duration", "2h0m0s", "Idle time before we ping; 0 is never."),
  flag("grpc-keepalive-timeout", "duration", "20s", "Wait for the answer to our ping."),
  flag("socket-reuse-port", "bool", "false", "Set SO_REUSEPORT on listeners."),
  flag("socket-reuse-address", "bool", "false", "Set SO_REUSEADDR on listeners."),
  flag("enable-grpc-gateway", "bool", "true", "Serve the JSON gateway."),
  flag("raft-read-timeout", "duration", "5s", "Read timeout of a peer connection."),
  flag("raft-write-timeout", "duration", "5s", "Write timeout of a peer connection."),
  flag("feature-gates", "string", "", "name=true pairs for alpha and beta features."),
];

const clusteringFlags: readonly FlagSpec[] = [
  flag("initial-advertise-peer-urls", "urls", "http://localhost:2380", "Our address to peers."),
  flag("initial-cluster", "string", "", "name=URL of every first member."),
  choice(flag("initial-cluster-state", "string", "new", "new or existing."), "existing"),
  flag("initial-cluster-token", "string", "etcd-cluster", "Keeps clusters apart."),
  flag("advertise-client-urls", "urls", "http://localhost:2379", "Our address to clients."),
  flag("discovery-token", "string", "", "Token of the cluster to be formed."),
  flag("discovery-endpoints", "strings", "", "Where the discovery service is."),
  flag("discovery-dial-timeout", "duration", "2s", "Dial timeout of discovery."),
  flag("discovery-request-timeout", "duration", "5s", "Request timeout of discovery."),
  flag("discovery-keepalive-time", "duration", "2s", "Keepalive time of discovery."),
  flag("discovery-keepalive-timeout", "duration", "6s", "Keepalive timeout of discovery."),
  flag("discovery-insecure-transport", "bool", "true", "Discovery without TLS."),
  flag("discovery-insecure-skip-tls-verify", "bool", "false", "Trust any certificate there."),
  flag("discovery-cert", "string", "", "Client certificate for discovery."),
  flag("discovery-key", "string", "", "Client key for discovery."),
  flag("discovery-cacert", "string", "", "CA bundle for discovery."),
  flag("discovery-user", "string", "", "user[:password] for discovery."),
  flag("discovery-password", "string", "", "Password for discovery."),
  choice(flag("discovery-fallback", "string", "exit", "When discovery fails: exit."), "proxy"),
  flag("discovery-srv", "string", "", "DNS domain whose SRV records name the cluster."),
  flag("discovery-srv-name", "string", "", "Suffix of the SRV service name."),
  flag("strict-reconfig-check", "bool", "true", "Refuse changes that would lose the quorum."),
  flag("pre-vote", "bool", "true", "Ask before a disturbing election."),
  flag("auto-compaction-retention", "string", "0", "How much history to keep; 0 keeps all."),
  flag("auto-compaction-mode", "string", "periodic", "periodic or revision."),
  choice(
    flag("v2-deprecation", "strings", "write-only", "Deprecated; the value is not used."),
    "write-only-skip-check",
    "write-only-drop-data",
    "gone",
  ),
];

const securityFlags: readonly FlagSpec[] = [
  flag("cert-file", "string", "", "Server certificate towards clients."),
  flag("key-file", "string", "", "Its key."),
  flag("client-cert-auth", "bool", "false", "Ask clients for a certificate."),
  flag("client-cert-file", "string", "", "Certificate of our own client calls."),
  flag("client-key-file", "string", "", "Its key."),
  flag("client-crl-file", "string", "", "Revoked client certificates."),
  flag("client-cert-allowed-hostname", "strings", "", "Names allowed in client certificates."),
  flag("trusted-ca-file", "string", "", "CA of client certificates."),
  flag("auto-tls", "bool", "false", "Client TLS with a certificate of our own making."),
  flag("peer-cert-file", "string", "", "Server certificate towards peers."),
  flag("peer-key-file", "string", "", "Its key."),
  flag("peer-client-cert-auth", "bool", "false", "Ask peers for a certificate."),
  flag("peer-client-cert-file", "string", "", "Certificate of our calls to peers."),
  flag("peer-client-key-file", "string", "", "Its key."),
  flag("peer-trusted-ca-file", "string", "", "CA of peer certificates."),
  flag("peer-cert-allowed-cn", "strings", "", "Common names allowed for peers."),
  flag("peer-cert-allowed-hostname", "strings", "", "Names allowed in peer certificates."),
  flag("peer-auto-tls", "bool", "false", "Peer TLS with a certificate of our own making."),
  flag("self-signed-cert-validity", "uint", "1", "Years our own certificates are valid."),
  flag("peer-crl-file", "string", "", "Revoked peer certificates."),
  flag("peer-skip-client-san-verification", "bool", "false", "Do not check a peer's SAN."),
  flag("cipher-suites", "strings", "", "TLS 1.2 suites, by Go's names."),
  flag("cors", "strings", "*", "Origins allowed to call from a browser."),
  flag("host-whitelist", "strings", "*", "Host names taken on plain HTTP."),
  flag("tls-min-version", "string", "TLS1.2", "TLS1.2 or TLS1.3."),
  flag("tls-max-version", "string", "", "TLS1.2, TLS1.3 or empty."),
];

const otherGroups: readonly FlagGroup[] = [
  {
    title: "Auth",
    flags: [
      flag("auth-token", "string", "simple", "simple, or jwt with its options."),
      flag("bcrypt-cost", "uint", "10", "Cost of hashing a password: 4 to 31."),
      flag("auth-token-ttl", "uint", "300", "Seconds a simple token lives."),
    ],
  },
  {
    title: "Profiling and Monitoring",
    flags: [
      flag("enable-pprof", "bool", "false", "Serve /debug/pprof/."),
      flag("metrics", "string", "basic", "basic or extensive."),
      flag("listen-metrics-urls", "urls", "", "Addresses for /metrics and /health alone."),
    ],
  },
  {
    title: "Logging",
    flags: [
      flag("logger", "string", "zap", "zap: the shape of the lines."),
      flag("log-outputs", "strings", "default", "stderr, stdout or file paths."),
      flag("log-level", "string", "info", "debug, info, warn, error, panic or fatal."),
      flag("log-format", "string", "json", "json or console."),
      flag("enable-log-rotation", "bool", "false", "Rotate a single log file."),
      flag(
        "log-rotation-config-json",
        "string",
        '{"maxsize": 100, "maxage": 0, "maxbackups": 0, "localtime": false, "compress": false}',
        "How to rotate it.",
      ),
      flag("warning-unary-request-duration", "duration", "300ms", "Slower requests are logged."),
    ],
  },
  {
    title: "Distributed tracing",
    flags: [
      flag("enable-distributed-tracing", "bool", "false", "Send OpenTelemetry traces."),
      flag("distributed-tracing-address", "string", "localhost:4317", "Collector."),
      flag("distributed-tracing-service-name", "string", "etcd", "Service name."),
      flag("distributed-tracing-instance-id", "string", "", "Instance id."),
      flag("distributed-tracing-sampling-rate", "int", "0", "Samples per million spans."),
    ],
  },
  {
    title: "Features",
    flags: [
      flag("corrupt-check-time", "duration", "0s", "Time between checks against peers."),
      flag("compact-hash-check-time", "duration", "1m0s", "Time between compaction hash checks."),
      flag("compaction-batch-limit", "int", "0", "Revisions deleted in one batch; 0 is 1000."),
      flag("compaction-sleep-interval", "duration", "0s", "Pause between batches; 0 is 10ms."),
      flag(
        "watch-progress-notify-interval",
        "duration",
        "0s",
        "Progress of idle watches; 0 is 10m.",
      ),
      flag("warning-apply-duration", "duration", "100ms", "Slower applies are logged."),
      flag("bootstrap-defrag-threshold-megabytes", "uint", "0", "Defragment at start."),
      flag("max-learners", "int", "1", "Learners in the cluster, at most."),
      flag("downgrade-check-time", "duration", "5s", "Time between downgrade checks."),
      flag("snapshot-catchup-entries", "uint", "5000", "Entries kept for a slow follower."),
    ],
  },
  {
    title: "Quorate's own",
    flags: [
      flag("quorate-page-cache-bytes", "uint", "67108864", "Database pages kept in memory."),
      flag("quorate-disarm-nospace", "bool", "false", "Disarm NOSPACE when there is room again."),
    ],
  },
  {
    title: "Unsafe",
    flags: [
      flag("force-new-cluster", "bool", "false", "Make a cluster of this member alone."),
      flag("unsafe-no-fsync", "bool", "false", "Do not sync: data will be lost."),
    ],
  },
];

/** Flags in the order and groups of `--help`. */
export const flagGroups: readonly FlagGroup[] = [
  { title: "Member", flags: memberFlags },
  { title: "Clustering", flags: clusteringFlags },
  { title: "Security", flags: securityFlags },
  ...otherGroups,
];

// config-file and version act before the rest; the others are etcd's silently ignored relics.
const hiddenFlags: readonly FlagSpec[] = [
  flag("config-file", "string", "", "YAML or JSON file that replaces flags and environment."),
  flag("version", "bool", "false", "Print the version and exit."),
  ...[
    "cluster-active-size",
    "cluster-remove-delay",
    "cluster-sync-interval",
    "config",
    "force",
    "max-result-buffer",
    "max-retry-attempts",
    "peer-heartbeat-interval",
    "peer-election-timeout",
    "retry-interval",
    "snapshot",
    "v",
    "vv",
    "test.coverprofile",
    "test.outputdir",
  ].map(ignored),
];

/** Every flag by its name. */
export const flagTable: ReadonlyMap<string, FlagSpec> = new Map(
  [...flagGroups.flatMap((group) => group.flags), ...hiddenFlags].map((spec) => [spec.name, spec]),
);
