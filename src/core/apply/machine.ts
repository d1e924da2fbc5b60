// The replicated state of one member, and what applying an entry to it means for the host.
import type { Id64 } from "../../base/index.ts";
import type { AuthStore } from "../auth/index.ts";
import type { Lessor } from "../lease/index.ts";
import type { Cluster, Member } from "../membership/index.ts";
import type { Changes, Store, StoreEvent } from "../mvcc/index.ts";
import type { AlarmMember } from "../proto/index.ts";
import type { Alarms } from "./alarms.ts";
import type { ClusterRecords } from "./cluster-records.ts";

/** Told as entries are applied; none of it may change the replicated state. */
export interface Effects {
  /** A revision was made: before anything else sees the store, watchers must hear of it. */
  published(revision: number, events: readonly StoreEvent[]): void;
  /** Everything up to this entry is applied; its effects go into the next backend commit. */
  applied(index: number, term: number): void;
  alarmChanged(alarm: AlarmMember, raised: boolean): void;
  /** `member` is undefined when it was removed; `previous` is given when its place has changed. */
  memberChanged(id: Id64, member: Member | undefined, isNew: boolean, previous?: Member): void;
  clusterVersionChanged(version: string, previous: string | undefined): void;
  /** Deleted in steps by the host from now on. */
  compactionAccepted(revision: number): void;
}

export interface Machine {
  /** Both are replaced when a snapshot is installed. */
  store: Store;
  records: ClusterRecords;
  readonly lessor: Lessor;
  readonly cluster: Cluster;
  readonly alarms: Alarms;
  readonly auth: AuthStore;
  readonly effects: Effects;
  /** Whether the backend would be beyond its quota with so many bytes more. */
  isOverQuota(bytes: number): boolean;
  /** Only the primary lessor lives by it; members may differ. */
  nowMs(): number;
}

/** Hands a transaction's changes on: keys to their leases, events to the watchers. */
export function carryOut(machine: Machine, changes: Changes): void {
  for (const { key, attached } of changes.leaseChanges) machine.lessor.setLease(key, attached);
  if (changes.events.length > 0) machine.effects.published(changes.revision, changes.events);
}
