// Whether a request may be answered at all (checkClusterCompatibilityFromHeader of http.go).
import type { PeerRequest } from "../../http/index.ts";
import type { TransportContext } from "../ports.ts";
import { clusterMismatchText, incompatibleText } from "../requests.ts";
import { incompatibility, parseVersion } from "../version.ts";

/** The text of the refusal (status 412), or undefined. Where Go's parser panics, we refuse. */
export function refusalOf(context: TransportContext, request: PeerRequest): string | undefined {
  const { options, minClusterVersion } = context;
  const name = request.header("X-Server-From");
  const server = request.header("X-Server-Version");
  const minCluster = request.header("X-Min-Cluster-Version");
  const fields = {
    "local-member-id": context.localHex,
    "local-member-cluster-id": context.clusterHex,
    "local-member-server-version": options.serverVersion,
    "local-member-server-minimum-cluster-version": minClusterVersion,
    "remote-peer-server-name": name,
    "remote-peer-server-version": server,
    "remote-peer-server-minimum-cluster-version": minCluster,
  };
  const error = incompatibility(
    name,
    { server: parseVersion(server), minCluster: parseVersion(minCluster) },
    { server: parseVersion(options.serverVersion), minCluster: parseVersion(minClusterVersion) },
  );
  if (error !== undefined) {
    options.log.warn("failed version compatibility check", { ...fields, error });
    return incompatibleText;
  }
  const clusterId = request.header("X-Etcd-Cluster-ID");
  if (clusterId !== context.clusterHex) {
    const words = "request cluster ID mismatch";
    options.log.warn(words, { ...fields, "remote-peer-cluster-id": clusterId });
    return clusterMismatchText;
  }
  return undefined;
}
