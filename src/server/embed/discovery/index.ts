// server/embed/discovery: how the first members of a cluster find each other through another etcd.
import type { Id64 } from "../../../base/index.ts";
import { type Log } from "../../../io/host/index.ts";
import { type ClientTls, clientTls, noTls } from "../../../io/http/index.ts";
import { GrpcChannel, parseEndpoint } from "../../../io/grpc-client/index.ts";
import type { DiscoveryConfig } from "./config.ts";
import { joinThroughDiscovery } from "./discovery.ts";
import { EtcdRegistryClient } from "./registry-client.ts";

export { checkDiscovery, type DiscoveryConfig, discovers, readDiscovery } from "./config.ts";
export { DiscoveryError } from "./discovery.ts";

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
