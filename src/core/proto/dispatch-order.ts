// An InternalRaftRequest should carry one request. When it carries more, etcd runs the first of its
// order of dispatch (server/etcdserver/apply/uber_applier.go) and so must every member.
import { concatBytes } from "../../base/index.ts";
import type { InternalRaftRequestRequest, InternalRaftRequestRequestCase } from "./messages.ts";

const dispatchOrder: readonly InternalRaftRequestRequestCase[] = [
  "clusterVersionSet",
  "clusterMemberAttrSet",
  "downgradeInfoSet",
  "downgradeVersionTest",
  "range",
  "put",
  "deleteRange",
  "txn",
  "compaction",
  "leaseGrant",
  "leaseRevoke",
  "leaseCheckpoint",
  "alarm",
  "authenticate",
  "authEnable",
  "authDisable",
  "authStatus",
  "authUserAdd",
  "authUserDelete",
  "authUserChangePassword",
  "authUserGrantRole",
  "authUserGet",
  "authUserRevokeRole",
  "authRoleAdd",
  "authRoleGrantPermission",
  "authRoleGet",
  "authRoleRevokePermission",
  "authRoleDelete",
  "authUserList",
  "authRoleList",
];

/** What is to be run once another request was found in the same entry. */
export function joinInternalRaftRequestRequest(
  found: InternalRaftRequestRequest | undefined,
  next: InternalRaftRequestRequestCase,
  value: Uint8Array,
): InternalRaftRequestRequest {
  if (found === undefined) return { case: next, value };
  // Encoded messages merge by standing one behind the other.
  if (found.case === next) return { case: next, value: concatBytes([found.value, value]) };
  const first = dispatchOrder.indexOf(found.case) < dispatchOrder.indexOf(next);
  return first ? found : { case: next, value };
}
