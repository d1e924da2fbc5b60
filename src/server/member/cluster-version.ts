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

/** Throws when this member is too old for it. */
export function clusterVersionChanged(
  place: VersionPlace,
  version: string,
  previous: string | undefined,
): void {
  const { options, log, records } = place;
  if (isLessMinor(options.serverVersion, version)) throw invalidDowngrade(place, version);
  const text = version.replace(/\.\d+$/, "");
  const fields = {
    "cluster-id": id64Hex(place.clusterId),
    "local-member-id": id64Hex(place.memberId),
    "cluster-version": text,
  };
  if (previous === undefined) log.info("set initial cluster version", fields);
  else log.info("updated cluster version", { ...fields, from: previous });
  log.info("enabled capabilities for version", { "cluster-version": text });
  records.saveStorageVersion(version);
  log.info("updated storage version", { "new-storage-version": version });
  const downgrade = records.downgrade();
  if (downgrade?.enabled !== true) return;
  if (minorText(downgrade.targetVersion) !== minorText(version)) return;
  log.info("The server is ready to downgrade", {
    "target-version": downgrade.targetVersion,
    "server-version": options.serverVersion,
  });
}
