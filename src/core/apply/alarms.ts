// Alarms of the cluster (etcd's v3alarm): raised and disarmed by log entries, kept in bucket `alarm`.
import { compareId64, type Id64 } from "../../base/index.ts";
import { type AlarmMember, AlarmType, makeAlarmMember } from "../proto/index.ts";

export class Alarms {
  readonly #raised = new Map<number, Set<Id64>>();

  restore(members: Iterable<AlarmMember>): void {
    this.#raised.clear();
    for (const { alarm, memberID } of members) this.#membersOf(alarm).add(memberID);
  }

  /** True when it was not raised before. */
  raise(alarm: number, memberID: Id64): boolean {
    const members = this.#membersOf(alarm);
    if (members.has(memberID)) return false;
    members.add(memberID);
    return true;
  }

  /** True when it was raised. */
  disarm(alarm: number, memberID: Id64): boolean {
    return this.#membersOf(alarm).delete(memberID);
  }

  isRaised(alarm: number): boolean {
    return this.#membersOf(alarm).size > 0;
  }

  /** Those of one type, or all for NONE; by type, then member. */
  list(alarm: number): AlarmMember[] {
    const types = [...this.#raised.keys()].toSorted((a, b) => a - b);
    return types
      .filter((type) => alarm === AlarmType.NONE || type === alarm)
      .flatMap((type) =>
        [...this.#membersOf(type)]
          .toSorted(compareId64)
          .map((memberID) => makeAlarmMember({ memberID, alarm: type })),
      );
  }

  #membersOf(alarm: number): Set<Id64> {
    let members = this.#raised.get(alarm);
    if (members === undefined) {
      members = new Set();
      this.#raised.set(alarm, members);
    }
    return members;
  }
}
