// The cluster decided which version it speaks: what this member says and keeps of it.
import { type Id64, id64Hex } from "../../base/index.ts";
import type { ClusterRecords } from "../../core/apply/index.ts";
import type { Log } from "../../io/host/index.ts";
import { invalidDowngrade, isLessMinor, minorText } from "./minor-version.ts";

export interface VersionPlace {
  readonly options: { readonly serverVersion: string };
  readonly log: Log;
  readonly clusterId: Id64;
  readonly memberId: Id64;
  readonly records: ClusterRecords;
}

/**
 * Whether the version is a lower one, which an older etcd goes on from: it need not read what the log
 * holds so far, so that a snapshot is to be made. Throws when this member is too old for the version.
 */
export function clusterVersionChanged(
  place: VersionPlace,
  version: string,
  previous: string | undefined,
): boolean {
  const { options, log, records } = place;
  if (isLessMinor(options.serverVersion, version)) throw invalidDowngrade(place, version);
  const cluster = { "cluster-version": shortText(version) };
  const fields = {
    "cluster-id": id64Hex(place.clusterId),
    "local-member-id": id64Hex(place.memberId),
  };
  if (previous === undefined) log.info("set initial cluster version", { ...fields, ...cluster });
  else {
    const change = { from: shortText(previous), to: shortText(version) };
    log.info("updated cluster version", { ...fields, ...change });
  }
  log.info("enabled capabilities for version", cluster);
  const isLowered = previous !== undefined && isLessMinor(version, previous);
  if (isLowered) {
    log.info("Cluster version downgrade detected, forcing snapshot", {
      "prev-cluster-version": previous,
      "new-cluster-version": version,
    });
  }
  records.saveStorageVersion(version);
  log.info("updated storage version", { "new-storage-version": version });
  const downgrade = records.downgrade();
  if (downgrade?.enabled !== true) return isLowered;
  if (minorText(downgrade.targetVersion) === minorText(version)) {
    log.info("The server is ready to downgrade", {
      "target-version": downgrade.targetVersion,
      "server-version": options.serverVersion,
    });
  }
  return isLowered;
}

const shortText = (version: string): string => version.replace(/\.\d+$/, "");
