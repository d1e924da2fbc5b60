// server/embed/discovery: how the first members of a cluster find each other, through another etcd or
// by DNS. Loaded only by a member that has to.
import { lookup, resolveSrv } from "node:dns/promises";
import type { Id64 } from "../../../base/index.ts";
import { type Log } from "../../../io/host/index.ts";
import { type ClientTls, clientTls, noTls } from "../../../io/http/index.ts";
import { GrpcChannel, parseEndpoint } from "../../../io/grpc-client/index.ts";
import type { ListenUrl } from "../urls.ts";
import type { DiscoveryConfig, DnsConfig } from "./config.ts";
import { joinThroughDiscovery } from "./discovery.ts";
import { dnsCluster, type Resolver } from "./dns-cluster.ts";
import { EtcdRegistryClient } from "./registry-client.ts";

const receiveBytesMax = 4 * 1024 * 1024;

/** Registers this member, waits for the others and gives what `--initial-cluster` would say. */
export function discover(
  config: DiscoveryConfig,
  memberId: Id64,
  ownUrls: string,
  log: Log,
): Promise<string> {
  const channel = new GrpcChannel({
    endpoints: config.endpoints.map(parseEndpoint),
    tls: tlsOf(config, log),
    dialTimeoutMs: config.dialTimeoutMs,
    keepalive: { timeMs: config.keepaliveTimeMs, timeoutMs: config.keepaliveTimeoutMs },
    receiveBytesMax,
  });
  const { requestTimeoutMs, user, password, token } = config;
  const registry = new EtcdRegistryClient({ channel, requestTimeoutMs, user, password });
  return joinThroughDiscovery({ registry, log, token, memberId, ownUrls });
}

/** As clientv3.newTLSConfig: files or a demand for security make it TLS. */
function tlsOf(config: DiscoveryConfig, log: Log): ClientTls | undefined {
  const { certFile, keyFile, caFile: trustedCaFile, insecureSkipVerify } = config;
  const hasFiles = certFile !== "" || keyFile !== "" || trustedCaFile !== "";
  if (!hasFiles && config.insecureTransport && !insecureSkipVerify) return undefined;
  return clientTls({ ...noTls, certFile, keyFile, trustedCaFile, insecureSkipVerify }, log);
}

interface NamedByDns {
  readonly name: string;
  readonly dns: DnsConfig;
  readonly advertisePeerUrls: readonly ListenUrl[];
}

/** The members that DNS names, as `--initial-cluster` would say. Throws when it names none. */
export const membersByDns = (config: NamedByDns, log: Log): Promise<string> =>
  dnsCluster(
    {
      ...config.dns,
      name: config.name,
      advertisePeerUrls: config.advertisePeerUrls.map(({ text }) => text),
    },
    nodeResolver,
    log,
  );

const nodeResolver: Resolver = {
  services: async (name) => (await resolveSrv(name)).toSorted((a, b) => a.priority - b.priority),
  address: async (host) => (await lookup(host)).address,
};
