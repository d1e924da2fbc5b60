// Requests about the cluster itself: its version, its members' attributes, downgrade, conf changes.
import { assert, decodeUtf8, type Id64 } from "../../base/index.ts";
import type { ConfChangeContext, MembershipChange } from "../membership/index.ts";
import { parseConfChangeContext } from "../membership/index.ts";
import {
  type ClusterMemberAttrSetRequest,
  type ConfChange,
  ConfChangeType,
  type DowngradeInfoSetRequest,
} from "../proto/index.ts";
import { type Answer, answer } from "./answer.ts";
import type { Machine } from "./machine.ts";

/** These requests are answered by nothing: their proposer only waits for them. */
const done = (machine: Machine): Answer =>
  answer(machine.store.currentRevision, () => new Uint8Array(0));

export function applyClusterVersion(machine: Machine, version: string): Answer {
  const previous = machine.cluster.version;
  machine.cluster.version = version;
  machine.records.saveClusterVersion(version);
  machine.effects.clusterVersionChanged(version, previous);
  return done(machine);
}

export function applyMemberAttributes(
  machine: Machine,
  request: ClusterMemberAttrSetRequest,
): Answer {
  const attributes = request.memberAttributes;
  const { cluster, records, effects } = machine;
  const id = request.memberID;
  const { name = "", clientUrls = [] } = attributes ?? {};
  const member = cluster.setAttributes(id, name, clientUrls);
  if (member !== undefined) {
    records.saveMember(member);
    effects.memberChanged(id, member, false);
  }
  return done(machine);
}

export function applyDowngrade(machine: Machine, request: DowngradeInfoSetRequest): Answer {
  const { enabled, ver } = request;
  machine.records.saveDowngrade({ enabled, targetVersion: enabled ? ver : "" });
  return done(machine);
}

/** What a conf change entry asks of the membership; its context is ours or a peer's. */
export function changeOf(change: ConfChange): MembershipChange {
  const id = change.nodeId;
  if (change.type === ConfChangeType.ConfChangeRemoveNode) return { kind: "remove", id };
  const context = contextOf(change);
  assert(context.member.id === id, "a conf change is about the member in its context");
  if (change.type === ConfChangeType.ConfChangeUpdateNode) return { kind: "update", context };
  return { kind: "add", context };
}

function contextOf(change: ConfChange): ConfChangeContext {
  const context = parseConfChangeContext(decodeUtf8(change.context) ?? "");
  assert(context !== undefined, "a conf change says which member it is about");
  return context;
}

/** Makes a validated change and keeps it. */
export function applyMembership(machine: Machine, change: MembershipChange): void {
  const { cluster, records, effects } = machine;
  const id: Id64 = change.kind === "remove" ? change.id : change.context.member.id;
  const previous = cluster.member(id);
  const member = cluster.apply(change);
  if (member === undefined) records.removeMember(id);
  else records.saveMember(member);
  effects.memberChanged(id, member, previous === undefined, previous);
}
