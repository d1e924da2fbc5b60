// Who belongs to the cluster: the replicated membership (etcd's api/membership.RaftCluster). It is
// changed only by applying log entries, in the same order on every member.
import { assert, compareId64, type Id64 } from "../../base/index.ts";
import { errors } from "../errors/index.ts";
import type { ConfChangeContext, Member } from "./member.ts";

/** What a validated conf change asks of the membership. */
export type MembershipChange =
  | { readonly kind: "add"; readonly context: ConfChangeContext }
  | { readonly kind: "update"; readonly context: ConfChangeContext }
  | { readonly kind: "remove"; readonly id: Id64 };

export class Cluster {
  readonly #members = new Map<Id64, Member>();
  readonly #removed = new Set<Id64>();
  readonly #learnersMax: number;
  /** Lowest minor of all members, as X.Y.0; undefined until the leader has decided it. */
  version: string | undefined;

  constructor(options: { learnersMax: number }) {
    this.#learnersMax = options.learnersMax;
  }

  /** Sorted by id, as MemberList answers. */
  members(): Member[] {
    return [...this.#members.values()].toSorted((a, b) => compareId64(a.id, b.id));
  }

  member(id: Id64): Member | undefined {
    return this.#members.get(id);
  }

  isRemoved(id: Id64): boolean {
    return this.#removed.has(id);
  }

  removedIds(): Id64[] {
    return [...this.#removed].toSorted(compareId64);
  }

  /** Takes over what the backend or a snapshot holds. */
  restore(members: readonly Member[], removed: readonly Id64[]): void {
    this.#members.clear();
    this.#removed.clear();
    for (const member of members) this.#members.set(member.id, member);
    for (const id of removed) this.#removed.add(id);
  }

  /** Refuses what RaftCluster.ValidateConfigurationChange refuses; the entry is then a no-op. */
  validate(change: MembershipChange): void {
    const id = change.kind === "remove" ? change.id : change.context.member.id;
    if (this.#removed.has(id)) throw errors.memberNotFound();
    switch (change.kind) {
      case "add":
        return change.context.isPromote
          ? this.#validatePromotion(id)
          : this.#validateAddition(change.context.member);
      case "update":
        if (!this.#members.has(id)) throw errors.memberNotFound();
        return this.#refuseUsedUrls(change.context.member);
      case "remove":
        if (!this.#members.has(id)) throw errors.memberNotFound();
    }
  }

  #validatePromotion(id: Id64): void {
    const member = this.#members.get(id);
    if (member === undefined) throw errors.memberNotFound();
    if (!member.isLearner) throw errors.memberNotLearner();
  }

  #validateAddition(member: Member): void {
    if (this.#members.has(member.id)) throw errors.memberExist();
    this.#refuseUsedUrls(member);
    if (!member.isLearner) return;
    const learners = this.members().filter((other) => other.isLearner).length;
    if (learners + 1 > this.#learnersMax) throw errors.tooManyLearners();
  }

  #refuseUsedUrls(member: Member): void {
    for (const other of this.#members.values()) {
      if (other.id === member.id) continue;
      if (other.peerUrls.some((url) => member.peerUrls.includes(url))) throw errors.peerURLExist();
    }
  }

  /** Makes a validated change; returns the member as it is now, or undefined when removed. */
  apply(change: MembershipChange): Member | undefined {
    if (change.kind === "remove") {
      this.#members.delete(change.id);
      this.#removed.add(change.id);
      return undefined;
    }
    const given = change.context.member;
    const known = this.#members.get(given.id);
    let member: Member = given;
    if (change.kind === "update") {
      assert(known !== undefined, "a member that is updated is known");
      member = { ...known, peerUrls: given.peerUrls, isLearner: given.isLearner };
    } else if (change.context.isPromote) {
      assert(known !== undefined, "a member that is promoted is known");
      member = { ...known, isLearner: false };
    }
    this.#members.set(member.id, member);
    return member;
  }

  /** A member publishes its name and client URLs; unknown and removed ones are passed over. */
  setAttributes(id: Id64, name: string, clientUrls: readonly string[]): Member | undefined {
    const known = this.#members.get(id);
    if (known === undefined) return undefined;
    const member = { ...known, name, clientUrls };
    this.#members.set(id, member);
    return member;
  }
}
