// Every member tells the cluster its name and client URLs when it starts (EtcdServer.publishV3).
import { type Id64, id64Hex } from "../../base/index.ts";
import { EtcdError } from "../../core/errors/index.ts";
import {
  encodeClusterMemberAttrSetRequest,
  makeAttributes,
  makeClusterMemberAttrSetRequest,
} from "../../core/proto/index.ts";
import type { Cluster } from "../../core/membership/index.ts";
import type { Clock, Log } from "../../io/host/index.ts";
import type { Member } from "./member.ts";

export interface PublishingParts {
  readonly member: Member;
  readonly cluster: Cluster;
  readonly clusterId: Id64;
  readonly clock: Clock;
  readonly log: Log;
  readonly name: string;
  readonly clientUrls: readonly string[];
}

const retryMs = 500;

export interface Publishing {
  /** The entry may be in a snapshot from the leader, and then nobody hears of it. */
  readonly snapshotInstalled: () => void;
}

/** Tries until it succeeds or the member stops; then calls `done`, once. */
export function publish(parts: PublishingParts, done: () => void): Publishing {
  const { member, cluster, clock, log, name, clientUrls } = parts;
  const { id, requestTimeoutMs } = member.settings;
  const request = makeClusterMemberAttrSetRequest({
    memberID: id,
    memberAttributes: makeAttributes({ name, clientUrls: [...clientUrls] }),
  });
  const bytes = encodeClusterMemberAttrSetRequest(request);
  let isPublished = false;
  const published = (): void => {
    isPublished = true;
    log.info("published local member to cluster through raft", {
      "local-member-id": id64Hex(id),
      "local-member-attributes": `{Name:${name} ClientURLs:[${clientUrls.join(" ")}]}`,
      "cluster-id": id64Hex(parts.clusterId),
      "publish-timeout": `${requestTimeoutMs / 1000}s`,
    });
    done();
  };
  const attempt = (): void => {
    if (isPublished) return;
    member.propose("clusterMemberAttrSet", bytes, (outcome) => {
      if (member.isStopped || isPublished) return;
      if (outcome instanceof EtcdError) {
        log.warn("failed to publish local member to cluster through raft", { error: outcome });
        // A member that is overloaded refuses at once: without a pause this would never return.
        clock.after(retryMs, attempt);
        return;
      }
      published();
    });
  };
  attempt();
  return {
    snapshotInstalled: () => {
      const known = cluster.member(id);
      if (isPublished || known?.name !== name) return;
      if (String(known.clientUrls) === String(clientUrls)) published();
    },
  };
}
