// From flag values to a checked configuration: embed.Config.Validate of etcd, with its texts.
import { formatDuration, parseDuration } from "../../base/index.ts";
import { type AuthConfig, readAuth } from "./config-auth.ts";
import { checkSecurity, readSecurity, type SecurityConfig } from "./config-security.ts";
import { type LogConfig, readLog } from "./config-log.ts";
import type { TracingOptions } from "../tracing/index.ts";
import { readTracing } from "./tracing.ts";
import {
  checkDiscovery,
  type DiscoveryConfig,
  discovers,
  type DnsConfig,
  readDiscovery,
  readDns,
} from "./discovery/config.ts";
import { type FeatureGates, gatesText, parseFeatureGates } from "./feature-gates.ts";
import { type FlagValues, refused, UsageError } from "./flags.ts";
import { checkBindUrls, checkHostUrls, type ListenUrl, parseUrls } from "./urls.ts";

export interface Config extends SecurityConfig, AuthConfig, LogConfig {
  readonly name: string;
  readonly dataDirectory: string;
  readonly walDirectory: string;
  readonly listenPeerUrls: readonly ListenUrl[];
  readonly listenClientUrls: readonly ListenUrl[];
  /** When there are any, HTTP is served here and no longer on `listenClientUrls`. */
  readonly listenClientHttpUrls: readonly ListenUrl[];
  readonly listenMetricsUrls: readonly ListenUrl[];
  readonly advertisePeerUrls: readonly ListenUrl[];
  readonly advertiseClientUrls: readonly ListenUrl[];
  /** name=URL pairs of the first members. */
  readonly initialCluster: string;
  readonly initialClusterState: "new" | "existing";
  /** The discovery token where there is one. */
  readonly initialClusterToken: string;
  readonly discovery: DiscoveryConfig;
  readonly dns: DnsConfig;
  readonly initialElectionTickAdvance: boolean;
  readonly forceNewCluster: boolean;
  readonly raftReadTimeoutMs: number;
  readonly raftWriteTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly electionMs: number;
  readonly preVote: boolean;
  readonly strictReconfigCheck: boolean;
  readonly snapshotCount: number;
  readonly snapshotCatchUpEntries: number;
  readonly maxSnapshotFiles: number;
  readonly maxWalFiles: number;
  /** Effective: zero on the command line becomes 2 GiB; negative is off. */
  readonly quotaBackendBytes: number;
  /** Only of a member that is not new. */
  readonly checksInitially: boolean;
  /** 0 is never. */
  readonly corruptCheckMs: number;
  readonly compactHashCheckMs: number;
  /** Free megabytes from which the database is defragmented at start; 0 is never. */
  readonly bootstrapDefragMegabytes: number;
  readonly backendBatchMs: number;
  readonly backendBatchLimit: number;
  readonly maxTxnOps: number;
  readonly maxRequestBytes: number;
  readonly maxConcurrentStreams: number;
  readonly keepaliveMinTimeMs: number;
  readonly keepaliveIntervalMs: number;
  readonly keepaliveTimeoutMs: number;
  readonly autoCompactionMode: "periodic" | "revision";
  /** Milliseconds in periodic mode, revisions in revision mode; 0 is off. */
  readonly autoCompactionRetention: number;
  readonly compactionBatchLimit: number;
  readonly compactionSleepMs: number;
  readonly watchProgressNotifyMs: number;
  readonly warningApplyMs: number;
  readonly warningUnaryRequestMs: number;
  readonly maxLearners: number;
  readonly gates: FeatureGates;
  /** The health service says NOT_SERVING while the database is defragmented. */
  readonly stopsOnDefrag: boolean;
  readonly leaseCheckpoint: boolean;
  readonly leaseCheckpointPersist: boolean;
  /** Revocations of leases are taken when other writes no longer are. */
  readonly prioritizesRevokes: boolean;
  /** Peers are called from the advertised address. */
  readonly setsLocalAddress: boolean;
  readonly unsafeNoFsync: boolean;
  /** Of the database, in bytes. */
  readonly pageCacheBytes: number;
  readonly clearsNoSpaceAlarm: boolean;
  readonly socketReusePort: boolean;
  readonly socketReuseAddress: boolean;
  readonly enablePprof: boolean;
  readonly memoryMlock: boolean;
  readonly tracing: TracingOptions | undefined;
  readonly metrics: "basic" | "extensive";
  readonly enableGrpcGateway: boolean;
  readonly cors: readonly string[];
  readonly hostWhitelist: readonly string[];
  /** What only the log shows of flags that ask for nothing else here. */
  readonly onlyLogged: {
    readonly gates: string;
    readonly compactHashCheckMs: number;
    readonly downgradeCheckMs: number;
  };
  /** Flags given explicitly, for warnings. */
  readonly given: ReadonlySet<string>;
}

const quotaDefaultBytes = 2 * 1024 ** 3;
const electionMsMax = 50_000;
const progressNotifyMsMin = 100;

/** Reads and checks; throws UsageError with exit code 1 and etcd's text. */
export function configFrom(values: FlagValues): Config {
  const gates = readGates(values);
  refuseProxy(values);
  try {
    const config = read(values, gates);
    validate(config, values);
    return config;
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    throw new UsageError(error.message, 1);
  }
}

/** A word of etcd's flag that etcd itself refuses. */
function refuseProxy({ text }: FlagValues): void {
  if (text.get("discovery-fallback") !== "proxy") return;
  throw new UsageError(
    'v2 proxy is deprecated, and --discovery-fallback can\'t be configured as "proxy"',
    1,
  );
}

function readGates(values: FlagValues): FeatureGates {
  const gates = values.text.get("feature-gates") ?? "";
  try {
    return parseFeatureGates(gates);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (values.isFile) throw new UsageError(why, 1);
    throw refused(values, "feature-gates", gates, why);
  }
}

function requireAdvertised({ given, isFile }: FlagValues): void {
  if (isFile || !given.has("listen-client-urls") || given.has("advertise-client-urls")) return;
  throw new Error(
    "--advertise-client-urls is required when --listen-client-urls is set explicitly",
  );
}

type Peering = Pick<Config, "forceNewCluster" | "raftReadTimeoutMs" | "raftWriteTimeoutMs">;

const readPeering = (
  bool: (name: string) => boolean,
  duration: (name: string, zeroMs: number) => number,
): Peering => ({
  forceNewCluster: bool("force-new-cluster"),
  raftReadTimeoutMs: duration("raft-read-timeout", 5000),
  raftWriteTimeoutMs: duration("raft-write-timeout", 5000),
});

type Checks = Pick<Config, "checksInitially" | "corruptCheckMs" | "compactHashCheckMs">;

/** When this member compares its data with that of others. */
const readChecks = (gates: FeatureGates, duration: (name: string) => number): Checks => ({
  checksInitially: gates.InitialCorruptCheck,
  corruptCheckMs: duration("corrupt-check-time"),
  compactHashCheckMs: gates.CompactHashCheck ? duration("compact-hash-check-time") : 0,
});

type Features = Pick<
  Config,
  | "gates"
  | "stopsOnDefrag"
  | "leaseCheckpoint"
  | "leaseCheckpointPersist"
  | "prioritizesRevokes"
  | "setsLocalAddress"
>;

const readFeatures = (gates: FeatureGates): Features => ({
  gates,
  stopsOnDefrag: gates.StopGRPCServiceOnDefrag,
  leaseCheckpoint: gates.LeaseCheckpoint,
  leaseCheckpointPersist: gates.LeaseCheckpointPersist,
  prioritizesRevokes: gates.PriorityRequest,
  setsLocalAddress: gates.SetMemberLocalAddr,
});

const readLogged = (
  text: (name: string) => string,
  duration: (name: string) => number,
): Config["onlyLogged"] => ({
  gates: gatesText(text("feature-gates")),
  compactHashCheckMs: duration("compact-hash-check-time"),
  downgradeCheckMs: duration("downgrade-check-time"),
});

function read(values: FlagValues, gates: FeatureGates): Config {
  const text = (name: string): string => values.text.get(name) ?? "";
  const number = (name: string): number => Number(text(name));
  const duration = (name: string, zeroMs = 0): number => parseDuration(text(name)) || zeroMs;
  const bool = (name: string): boolean => text(name) === "true";
  const list = (name: string): string[] => [...new Set(text(name).split(","))].toSorted();
  const urls = (name: string): ListenUrl[] => urlsOf(name, text(name), values);
  const advertisePeerUrls = urls("initial-advertise-peer-urls");
  const quota = number("quota-backend-bytes");
  const progressMs = duration("watch-progress-notify-interval", 600_000);
  return {
    name: text("name"),
    dataDirectory: text("data-dir") || `${text("name")}.etcd`,
    walDirectory: text("wal-dir"),
    listenPeerUrls: urls("listen-peer-urls"),
    listenClientUrls: urls("listen-client-urls"),
    listenClientHttpUrls: urls("listen-client-http-urls"),
    listenMetricsUrls: urls("listen-metrics-urls"),
    ...readSecurity(text),
    ...readAuth(text),
    advertisePeerUrls,
    advertiseClientUrls: urls("advertise-client-urls"),
    ...readFounding(values, advertisePeerUrls),
    initialElectionTickAdvance: bool("initial-election-tick-advance"),
    ...readPeering(bool, duration),
    heartbeatMs: number("heartbeat-interval"),
    electionMs: number("election-timeout"),
    preVote: bool("pre-vote"),
    strictReconfigCheck: bool("strict-reconfig-check"),
    snapshotCount: number("snapshot-count") || 10_000,
    snapshotCatchUpEntries: number("snapshot-catchup-entries") || 5000,
    maxSnapshotFiles: number("max-snapshots"),
    maxWalFiles: number("max-wals"),
    quotaBackendBytes: quota === 0 ? quotaDefaultBytes : quota,
    ...readChecks(gates, duration),
    bootstrapDefragMegabytes: number("bootstrap-defrag-threshold-megabytes"),
    backendBatchMs: duration("backend-batch-interval", 100),
    backendBatchLimit: number("backend-batch-limit") || 10_000,
    maxTxnOps: number("max-txn-ops"),
    maxRequestBytes: number("max-request-bytes"),
    maxConcurrentStreams: number("max-concurrent-streams"),
    keepaliveMinTimeMs: duration("grpc-keepalive-min-time"),
    keepaliveIntervalMs: duration("grpc-keepalive-interval"),
    keepaliveTimeoutMs: duration("grpc-keepalive-timeout"),
    autoCompactionMode: text("auto-compaction-mode") as "periodic" | "revision",
    autoCompactionRetention: retention(text("auto-compaction-mode"), values),
    compactionBatchLimit: number("compaction-batch-limit") || 1000,
    compactionSleepMs: duration("compaction-sleep-interval", 10),
    watchProgressNotifyMs: Math.max(progressMs, progressNotifyMsMin),
    warningApplyMs: duration("warning-apply-duration", 100),
    warningUnaryRequestMs: duration("warning-unary-request-duration", 300),
    maxLearners: number("max-learners"),
    ...readFeatures(gates),
    onlyLogged: readLogged(text, duration),
    unsafeNoFsync: bool("unsafe-no-fsync"),
    ...readOwn(values.text),
    enablePprof: bool("enable-pprof"),
    memoryMlock: bool("memory-mlock"),
    tracing: readTracing(text),
    metrics: text("metrics") === "extensive" ? "extensive" : "basic",
    enableGrpcGateway: bool("enable-grpc-gateway"),
    cors: corsOf(text("cors"), values),
    hostWhitelist: list("host-whitelist"),
    ...readLog(text),
    given: values.given,
  };
}

/** How sockets are opened, and what etcd has no flags for. */
function readOwn(
  text: ReadonlyMap<string, string>,
): Pick<
  Config,
  "pageCacheBytes" | "clearsNoSpaceAlarm" | "socketReusePort" | "socketReuseAddress"
> {
  return {
    socketReusePort: text.get("socket-reuse-port") === "true",
    socketReuseAddress: text.get("socket-reuse-address") === "true",
    pageCacheBytes: Number(text.get("quorate-page-cache-bytes")),
    clearsNoSpaceAlarm: text.get("quorate-disarm-nospace") === "true",
  };
}

/** Origins, or "*" for all of them. */
const corsOf = (list: string, values: FlagValues): string[] =>
  list === "*" ? ["*"] : urlsOf("cors", list, values).map(({ text }) => text);

function urlsOf(name: string, list: string, values: FlagValues): ListenUrl[] {
  const { isFile } = values;
  if (list === "" && (isFile || name !== "cors")) return [];
  try {
    return parseUrls(list);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (isFile) throw new UsageError(`unexpected error setting up ${name}: ${why}`, 1);
    throw refused(values, name, list, why);
  }
}

type Founding = Pick<
  Config,
  "initialCluster" | "initialClusterState" | "initialClusterToken" | "discovery" | "dns"
>;

/** Who the first members are, or how to find them. */
function readFounding(values: FlagValues, peerUrls: readonly ListenUrl[]): Founding {
  const text = (name: string): string => values.text.get(name) ?? "";
  const discovery = readDiscovery(text, values);
  const dns = readDns(text);
  const isFoundOut = discovers(discovery) || isByDns(dns);
  return {
    discovery,
    dns,
    initialCluster: initialCluster(values, peerUrls, isFoundOut),
    initialClusterState: (text("initial-cluster-state") || "new") as "new" | "existing",
    initialClusterToken: discovers(discovery) ? discovery.token : text("initial-cluster-token"),
  };
}

/** Either flag takes the default of --initial-cluster away (etcdmain.configFromCmdLine). */
const isByDns = ({ domain, serviceName }: DnsConfig): boolean =>
  domain !== "" || serviceName !== "";

/** Without --initial-cluster: this member alone (embed.Config.InitialClusterFromName). */
function initialCluster(
  values: FlagValues,
  peerUrls: readonly ListenUrl[],
  isFoundOut: boolean,
): string {
  if (values.given.has("initial-cluster")) return values.text.get("initial-cluster") ?? "";
  if (isFoundOut) return "";
  const name = values.text.get("name") ?? "";
  if (name === "default") return "default=http://localhost:2380";
  return peerUrls.map((url) => `${name}=${url.text}`).join(",");
}

/** A bare integer is hours in periodic mode (embed.parseCompactionRetention). */
function retention(mode: string, values: FlagValues): number {
  const text = values.text.get("auto-compaction-retention") ?? "0";
  if (/^[-+]?\d+$/.test(text)) return Number(text) * (mode === "revision" ? 1 : 3_600_000);
  const ms = parseDuration(text);
  if (ms === undefined) {
    throw new Error(
      `error parsing CompactionRetention: time: invalid duration ${JSON.stringify(text)}`,
    );
  }
  return ms;
}

function validate(config: Config, values: FlagValues): void {
  const { heartbeatMs, electionMs } = config;
  if (config.leaseCheckpointPersist && !config.leaseCheckpoint) {
    throw new Error(
      "enabling feature gate LeaseCheckpointPersist requires enabling feature gate LeaseCheckpoint",
    );
  }
  checkBindUrls(config.listenPeerUrls);
  checkBindUrls(config.listenClientUrls);
  checkBindUrls(config.listenClientHttpUrls);
  checkBindUrls(config.listenMetricsUrls);
  checkHostUrls(config.advertisePeerUrls, "--initial-advertise-peer-urls", '"host:port"');
  checkHostUrls(
    config.advertiseClientUrls,
    "--advertise-client-urls",
    'in the format "host:port", "unix:/path/to/socket" or "unixs:/path/to/socket"',
  );
  if (!["new", "existing"].includes(config.initialClusterState)) {
    throw new Error(`unexpected clusterState ${JSON.stringify(config.initialClusterState)}`);
  }
  checkDiscovery(config.discovery, config.initialCluster, config.dns);
  if (heartbeatMs === 0) throw new Error("--heartbeat-interval must be >0 (set to 0ms)");
  if (electionMs === 0) throw new Error("--election-timeout must be >0 (set to 0ms)");
  if (5 * heartbeatMs > electionMs) {
    throw new Error(
      `--election-timeout[${electionMs}ms] should be at least as 5 times as ` +
        `--heartbeat-interval[${heartbeatMs}ms]`,
    );
  }
  if (electionMs > electionMsMax) {
    throw new Error(
      `--election-timeout[${electionMs}ms] is too long, ` +
        `and should be set less than ${electionMsMax}ms`,
    );
  }
  requireAdvertised(values);
  if (!["periodic", "revision"].includes(config.autoCompactionMode)) {
    const mode: string = config.autoCompactionMode;
    throw new Error(
      mode === ""
        ? "undefined auto-compaction-mode"
        : `unknown auto-compaction-mode ${JSON.stringify(mode)}`,
    );
  }
  if ((parseDuration(values.text.get("compact-hash-check-time") ?? "") ?? 0) <= 0) {
    const given = parseDuration(values.text.get("compact-hash-check-time") ?? "") ?? 0;
    throw new Error(`--compact-hash-check-time must be >0 (set to ${formatDuration(given)})`);
  }
  checkSecurity(config);
}
