// The flags of `etcd grpc-proxy start`: cobra's rules and etcd's names (etcdmain/grpc_proxy.go).
import { parseArgs, type ParseArgsConfig } from "node:util";
import { parseDuration } from "../../base/index.ts";
import { noTls, type TlsInfo, type TlsVersion } from "../../io/http/index.ts";

export interface ProxyFlags {
  readonly listenAddress: string;
  readonly endpoints: readonly string[];
  readonly autoSyncMs: number;
  readonly advertiseClientUrl: string;
  readonly metricsAddress: string;
  readonly dataDirectory: string;
  readonly sendBytesMax: number;
  readonly receiveBytesMax: number;
  readonly maxConcurrentStreams: number;
  readonly dialKeepalive: { readonly timeMs: number; readonly timeoutMs: number } | undefined;
  readonly keepalive: {
    readonly minTimeMs: number;
    readonly timeMs: number;
    readonly timeoutMs: number;
  };
  /** For our calls to members; undefined in clear. */
  readonly upstreamTls: TlsInfo | undefined;
  /** For our clients; `isAuto` when it is to be made. */
  readonly listenTls: TlsInfo | undefined;
  readonly isAutoTls: boolean;
  readonly selfSignedCertValidityYears: number;
  readonly isDebug: boolean;
}

type Kind = "string" | "strings" | "bool" | "int" | "duration";
interface ProxyFlag {
  readonly name: string;
  readonly kind: Kind;
  readonly initial: string;
  readonly usage: string;
  readonly unbuilt?: true;
}

const flag = (name: string, kind: Kind, initial: string, usage: string): ProxyFlag => ({
  name,
  kind,
  initial,
  usage,
});
const unbuilt = (name: string, kind: Kind, initial: string, usage: string): ProxyFlag => ({
  name,
  kind,
  initial,
  usage,
  unbuilt: true,
});

const flags: readonly ProxyFlag[] = [
  flag("listen-addr", "string", "127.0.0.1:23790", "listen address"),
  unbuilt("discovery-srv", "string", "", "domain whose SRV records name the endpoints"),
  unbuilt("discovery-srv-name", "string", "", "suffix of the SRV service name"),
  flag("metrics-addr", "string", "", "another address for the HTTP part, as http://host:port"),
  unbuilt("insecure-discovery", "bool", "false", "accept insecure SRV records"),
  flag("endpoints", "strings", "127.0.0.1:2379", "members to call"),
  flag("endpoints-auto-sync-interval", "duration", "0s", "ask the cluster for them; 0 is never"),
  flag("dial-keepalive-time", "duration", "0s", "time between pings to a member; 0 is never"),
  flag("dial-keepalive-timeout", "duration", "20s", "wait for the answer to such a ping"),
  unbuilt("permit-without-stream", "bool", "false", "ping without calls under way"),
  flag("advertise-client-url", "string", "127.0.0.1:23790", "address that clients are told"),
  unbuilt("resolver-prefix", "string", "", "prefix to register this proxy under"),
  unbuilt("resolver-ttl", "int", "0", "seconds such a registration lives"),
  unbuilt("namespace", "string", "", "prefix to all keys"),
  unbuilt("enable-pprof", "bool", "false", "serve /debug/pprof/"),
  flag("data-dir", "string", "default.proxy", "where certificates of --auto-tls are kept"),
  flag("max-send-bytes", "int", "1572864", "longest message handed on"),
  flag("max-recv-bytes", "int", "2147483647", "longest answer taken"),
  flag("grpc-keepalive-min-time", "duration", "5s", "least time between a client's pings"),
  flag("grpc-keepalive-interval", "duration", "2h0m0s", "idle time before we ping; 0 is never"),
  flag("grpc-keepalive-timeout", "duration", "20s", "wait for the answer to our ping"),
  flag("cert", "string", "", "our certificate towards members; its common name must be empty"),
  flag("key", "string", "", "its key"),
  flag("cacert", "string", "", "CA of the members' certificates"),
  flag("insecure-skip-tls-verify", "bool", "false", "trust any member"),
  flag("cert-file", "string", "", "our certificate towards clients"),
  flag("key-file", "string", "", "its key"),
  flag("trusted-ca-file", "string", "", "CA of clients' certificates"),
  flag("listen-cipher-suites", "strings", "", "TLS 1.2 suites, by Go's names"),
  flag("auto-tls", "bool", "false", "TLS with a certificate of our own making"),
  flag("client-crl-file", "string", "", "revoked client certificates"),
  flag("self-signed-cert-validity", "int", "1", "years it is valid"),
  flag("tls-min-version", "string", "TLS1.2", "TLS1.2 or TLS1.3"),
  flag("tls-max-version", "string", "", "TLS1.2, TLS1.3 or empty"),
  unbuilt("experimental-serializable-ordering", "bool", "false", "revisions never go back"),
  unbuilt("experimental-leasing-prefix", "string", "", "reads from a cache kept by leases"),
  unbuilt("experimental-enable-grpc-logging", "bool", "false", "log every call"),
  flag("debug", "bool", "false", "log at level debug"),
  flag("max-concurrent-streams", "int", "4294967295", "open streams of one connection"),
];

export const proxyUsage = `Usage:
  etcd grpc-proxy start [flags]

Flags:
${flags
  .map(({ name, initial, usage }) => {
    const unset = initial === "" || initial === "false" ? "" : ` (default ${initial})`;
    return `      --${name.padEnd(38)} ${usage}${unset}\n`;
  })
  .join("")}`;

/** Undefined when only help is asked for. Throws with the text that is to be printed. */
export function parseProxyFlags(argv: readonly string[]): ProxyFlags | undefined {
  const options: NonNullable<ParseArgsConfig["options"]> = {
    help: { type: "boolean", short: "h" },
  };
  for (const { name, kind } of flags) {
    options[name] = kind === "bool" ? { type: "boolean" } : { type: "string", multiple: true };
  }
  const args = argv.map((argument) => argument.replace(/^(--[a-z-]+)=true$/, "$1"));
  const parsed = parseArgs({ args, allowPositionals: true, options });
  const values: Readonly<Record<string, unknown>> = parsed.values;
  const { positionals } = parsed;
  if (values["help"] === true || positionals[0] !== "start") return undefined;
  const text = (name: string): string => {
    const { kind, initial } = flags.find((each) => each.name === name)!;
    const given = values[name];
    if (given === true) return "true";
    if (!Array.isArray(given)) return initial;
    return kind === "strings" ? given.join(",") : String(given.at(-1));
  };
  for (const { name, initial, unbuilt: isUnbuilt } of flags) {
    if (isUnbuilt !== true || text(name) === initial) continue;
    throw new Error(`--${name} is a flag of etcd's grpc-proxy that Quorate does not build yet`);
  }
  return read(text);
}

function read(text: (name: string) => string): ProxyFlags {
  const invalid = (name: string, why: string): Error =>
    new Error(`invalid argument ${JSON.stringify(text(name))} for "--${name}" flag: ${why}`);
  const ms = (name: string): number => {
    const found = parseDuration(text(name));
    if (found === undefined) throw invalid(name, `time: invalid duration "${text(name)}"`);
    return found;
  };
  const number = (name: string): number => {
    if (!/^-?\d+$/.test(text(name))) throw invalid(name, `parsing "${text(name)}": invalid syntax`);
    return Number(text(name));
  };
  const list = (name: string): string[] => (text(name) === "" ? [] : text(name).split(","));
  const dialMs = ms("dial-keepalive-time");
  const result: ProxyFlags = {
    listenAddress: text("listen-addr"),
    endpoints: list("endpoints"),
    autoSyncMs: ms("endpoints-auto-sync-interval"),
    advertiseClientUrl: text("advertise-client-url"),
    metricsAddress: text("metrics-addr"),
    dataDirectory: text("data-dir"),
    sendBytesMax: number("max-send-bytes") || Infinity,
    receiveBytesMax: number("max-recv-bytes") || Infinity,
    maxConcurrentStreams: number("max-concurrent-streams"),
    dialKeepalive:
      dialMs > 0 ? { timeMs: dialMs, timeoutMs: ms("dial-keepalive-timeout") } : undefined,
    keepalive: {
      minTimeMs: ms("grpc-keepalive-min-time"),
      timeMs: ms("grpc-keepalive-interval") || Infinity,
      timeoutMs: ms("grpc-keepalive-timeout"),
    },
    upstreamTls: upstreamTlsOf(text),
    listenTls: listenTlsOf(text, list("listen-cipher-suites")),
    isAutoTls: text("auto-tls") === "true",
    selfSignedCertValidityYears: number("self-signed-cert-validity"),
    isDebug: text("debug") === "true",
  };
  check(result, text, list("listen-cipher-suites"));
  return result;
}

function upstreamTlsOf(text: (name: string) => string): TlsInfo | undefined {
  const [certFile, keyFile, trustedCaFile] = [text("cert"), text("key"), text("cacert")];
  const insecureSkipVerify = text("insecure-skip-tls-verify") === "true";
  if (certFile + keyFile + trustedCaFile === "" && !insecureSkipVerify) return undefined;
  return { ...noTls, certFile, keyFile, trustedCaFile, insecureSkipVerify };
}

function listenTlsOf(
  text: (name: string) => string,
  cipherSuites: readonly string[],
): TlsInfo | undefined {
  const certFile = text("cert-file");
  const keyFile = text("key-file");
  const trustedCaFile = text("trusted-ca-file");
  if (certFile + keyFile + trustedCaFile === "" && text("auto-tls") !== "true") return undefined;
  const minVersion = text("tls-min-version") as TlsVersion;
  const maxVersion = text("tls-max-version") as TlsVersion;
  const crlFile = text("client-crl-file");
  const files = { certFile, keyFile, trustedCaFile, crlFile };
  return { ...noTls, ...files, cipherSuites, minVersion, maxVersion };
}

function check(
  flagsRead: ProxyFlags,
  text: (name: string) => string,
  cipherSuites: readonly string[],
): void {
  if (flagsRead.isAutoTls && flagsRead.selfSignedCertValidityYears === 0) {
    throw new Error("selfSignedCertValidity is invalid,it should be greater than 0");
  }
  for (const name of ["tls-min-version", "tls-max-version"]) {
    if (["", "TLS1.2", "TLS1.3"].includes(text(name))) continue;
    const given = JSON.stringify(text(name));
    throw new Error(
      `${name} is invalid: unexpected TLS version ${given} (must be one of: TLS1.2, TLS1.3)`,
    );
  }
  const [lowest, highest] = [text("tls-min-version"), text("tls-max-version")];
  if (highest !== "" && lowest > highest) {
    throw new Error(`min version (${lowest}) is greater than max version (${highest})`);
  }
  if (lowest === "TLS1.3" && cipherSuites.length > 0) {
    throw new Error("cipher suites cannot be configured when only TLS1.3 is enabled");
  }
}
