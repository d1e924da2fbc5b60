// The flags of discovery: a cluster whose first members find each other through another etcd.
import { parseDuration } from "../../../base/index.ts";
import type { FlagValues } from "../flags.ts";

export interface DiscoveryConfig {
  readonly token: string;
  readonly endpoints: readonly string[];
  readonly dialTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepaliveTimeMs: number;
  readonly keepaliveTimeoutMs: number;
  readonly insecureTransport: boolean;
  readonly insecureSkipVerify: boolean;
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  readonly user: string;
  readonly password: string;
}

/** SRV records of a domain name the first members, unless it is empty. */
export interface DnsConfig {
  readonly domain: string;
  /** Suffix of the service's name, or nothing. */
  readonly serviceName: string;
}

export const readDns = (text: (name: string) => string): DnsConfig => ({
  domain: text("discovery-srv"),
  serviceName: text("discovery-srv-name"),
});

/** Reads flag values by name; a configuration file's order is kept. */
export function readDiscovery(
  text: (name: string) => string,
  { isFile, given }: Pick<FlagValues, "isFile" | "given">,
): DiscoveryConfig {
  const ms = (name: string): number => parseDuration(text(name)) ?? 0;
  // A flag that was given is a list of at least one, if only an empty word.
  const isGiven = !isFile && given.has("discovery-endpoints");
  const list = text("discovery-endpoints");
  const listed = list === "" && !isGiven ? [] : list.split(",");
  return {
    token: text("discovery-token"),
    endpoints: isFile ? listed : [...new Set(listed)].toSorted(),
    dialTimeoutMs: ms("discovery-dial-timeout"),
    requestTimeoutMs: ms("discovery-request-timeout"),
    keepaliveTimeMs: ms("discovery-keepalive-time"),
    keepaliveTimeoutMs: ms("discovery-keepalive-timeout"),
    insecureTransport: text("discovery-insecure-transport") === "true",
    insecureSkipVerify: text("discovery-insecure-skip-tls-verify") === "true",
    certFile: text("discovery-cert"),
    keyFile: text("discovery-key"),
    caFile: text("discovery-cacert"),
    user: text("discovery-user"),
    password: text("discovery-password"),
  };
}

/** Whether the first members are found through a discovery service. */
export const discovers = ({ endpoints }: DiscoveryConfig): boolean => endpoints.length > 0;

/** embed.Config.Validate's rules, with its texts; `initialCluster` as it was given, "" otherwise. */
export function checkDiscovery(
  discovery: DiscoveryConfig,
  initialCluster: string,
  { domain }: DnsConfig,
): void {
  const ways = [initialCluster !== "", domain !== "", discovers(discovery)];
  if (ways.filter(Boolean).length > 1) {
    throw new Error(
      "multiple discovery or bootstrap flags are set. Choose one of " +
        '"initial-cluster", "discovery-endpoints" or "discovery-srv"',
    );
  }
  if ((discovery.token !== "") !== discovers(discovery)) {
    throw new Error("both --discovery-token and --discovery-endpoints must be set");
  }
  if (discovery.endpoints.some((endpoint) => endpoint.trim() === "")) {
    throw new Error("--discovery-endpoints must not contain empty endpoints");
  }
}
