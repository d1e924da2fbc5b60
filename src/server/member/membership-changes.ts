// Changing who belongs to the cluster: the checks before a change is proposed, and where it is proposed
// (EtcdServer.AddMember and its like).
import { encodeUtf8, type Id64, id64Hex } from "../../base/index.ts";
import { EtcdError, errors } from "../../core/errors/index.ts";
import { type Cluster, encodeConfChangeContext, type Member } from "../../core/membership/index.ts";
import { type ConfChange, makeConfChange } from "../../core/proto/index.ts";
import { ConfChangeType, type RawNode } from "../../core/raft/index.ts";
import type { Clock, Log } from "../../io/host/index.ts";
import type { Member as LocalMember } from "./member.ts";
import type { Peers } from "./peers.ts";
import type { PromotionForwarding } from "./promotion-forwarding.ts";

export interface MembershipChangesParts {
  readonly member: LocalMember;
  readonly raft: RawNode;
  readonly cluster: Cluster;
  readonly peers: Peers | undefined;
  readonly promotions: PromotionForwarding | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly strictReconfigCheck: boolean;
  readonly sha1: (bytes: Uint8Array) => Uint8Array;
}

/** The members as they are after the change, or why it was not made. */
export type Changed = (outcome: readonly Member[] | EtcdError) => void;

/** Who was connected for a shorter time does not count (etcdserver HealthInterval). */
const healthIntervalMs = 5000;
/** How much of the leader's log a learner must have to be promoted. */
const readyShare = 0.9;

export class MembershipChanges {
  /** Learners promoted through this member; failures by their reason. */
  readonly promotionCounts = { succeeded: 0, failed: new Map<string, number>() };
  readonly #parts: MembershipChangesParts;

  constructor(parts: MembershipChangesParts) {
    this.#parts = parts;
  }

  /** Adds a member with these URLs, sorted already; its id is made of them and the time. */
  add(
    peerUrls: readonly string[],
    { isLearner }: { isLearner: boolean },
    done: (outcome: readonly Member[] | EtcdError, added: Member) => void,
  ): void {
    const { sha1, clock } = this.#parts;
    const seconds = Math.trunc(clock.wallMs() / 1000);
    const digest = sha1(encodeUtf8(peerUrls.join("") + String(seconds)));
    const id = new DataView(digest.buffer, digest.byteOffset).getBigUint64(0);
    const member: Member = { id, peerUrls, isLearner, name: "", clientUrls: [] };
    const refusal = this.#mayAdd(member);
    if (refusal !== undefined) return done(refusal, member);
    const type = isLearner
      ? ConfChangeType.ConfChangeAddLearnerNode
      : ConfChangeType.ConfChangeAddNode;
    const context = encodeConfChangeContext({ member, isPromote: false });
    this.#configure(makeConfChange({ type, nodeId: id, context }), (outcome) =>
      done(outcome, member),
    );
  }

  remove(id: Id64, done: Changed): void {
    const refusal = this.#mayRemove(id);
    if (refusal !== undefined) return done(refusal);
    const type = ConfChangeType.ConfChangeRemoveNode;
    this.#configure(makeConfChange({ type, nodeId: id }), done);
  }

  /** Only the peer URLs change. */
  update(id: Id64, peerUrls: readonly string[], done: Changed): void {
    const member: Member = { id, peerUrls, isLearner: false, name: "", clientUrls: [] };
    const context = encodeConfChangeContext({ member, isPromote: false });
    const type = ConfChangeType.ConfChangeUpdateNode;
    this.#configure(makeConfChange({ type, nodeId: id, context }), done);
  }

  /**
   * Only the leader knows how far a learner is: others have it decide, and show it the token of who
   * asks.
   */
  promote(id: Id64, { token }: { token: string | undefined }, answer: Changed): void {
    const done = (outcome: readonly Member[] | EtcdError): void => {
      if (!(outcome instanceof EtcdError)) this.promotionCounts.succeeded++;
      else countOne(this.promotionCounts.failed, outcome.message);
      answer(outcome);
    };
    this.promoteHere(id, (outcome) => {
      const { promotions } = this.#parts;
      if (outcome !== errors.notLeader() || promotions === undefined) return done(outcome);
      promotions.promote(id, { token }, done);
    });
  }

  promoteHere(id: Id64, done: Changed): void {
    const refusal = this.#mayPromote(id);
    if (refusal !== undefined) return done(refusal);
    const member: Member = { id, peerUrls: [], isLearner: false, name: "", clientUrls: [] };
    const context = encodeConfChangeContext({ member, isPromote: true });
    const type = ConfChangeType.ConfChangeAddNode;
    this.#configure(makeConfChange({ type, nodeId: id, context }), done);
  }

  #configure(change: ConfChange, done: Changed): void {
    const { member, cluster, log } = this.#parts;
    member.proposeConfChange(change, (outcome) => {
      if (outcome instanceof EtcdError) return done(outcome);
      log.info("applied a configuration change through raft", {
        "local-member-id": id64Hex(member.settings.id),
        "raft-conf-change": confChangeName(change.type),
        "raft-conf-change-node-id": id64Hex(change.nodeId),
      });
      done(cluster.members());
    });
  }

  #voters(): Member[] {
    return this.#parts.cluster.members().filter(({ isLearner }) => !isLearner);
  }

  #mayAdd(member: Member): EtcdError | undefined {
    if (!this.#parts.strictReconfigCheck) return undefined;
    const voters = this.#voters();
    const size = voters.length + 1;
    const started = voters.filter(isStarted).length;
    // One member may take in a second: so a cluster is restored from one.
    const isFirst = started === 1 && size === 2;
    const fields = { "requested-member-add": id64Hex(member.id) };
    if (!member.isLearner && !isFirst && started < quorumOf(size)) {
      const words = "rejecting member add request; not enough healthy members";
      return this.#refuse(words, fields, errors.memberNotEnoughStarted());
    }
    if (voters.length === 1 || this.#connected(voters) >= quorumOf(size)) return undefined;
    const words =
      "rejecting member add request; local member has not been connected to majority peers, " +
      "reconfigure breaks active quorum";
    return this.#refuse(words, fields, errors.unhealthy());
  }

  #mayRemove(id: Id64): EtcdError | undefined {
    const { strictReconfigCheck, cluster, peers, member } = this.#parts;
    if (!strictReconfigCheck || cluster.member(id)?.isLearner === true) return undefined;
    const voters = this.#voters();
    const left = voters.filter((voter) => voter.id !== id);
    const fields = { "requested-member-remove-id": id64Hex(id) };
    if (left.filter(isStarted).length < quorumOf(left.length)) {
      const words = "rejecting member remove request; not enough healthy members";
      return this.#refuse(words, fields, errors.memberNotEnoughStarted());
    }
    // One that is down is not part of the active quorum.
    const isDown = peers?.transport.activeSinceMs(id) === undefined;
    if (id !== member.settings.id && isDown) return undefined;
    const active = this.#connected(voters);
    if (active - 1 >= 1 + Math.trunc((voters.length - 1) / 2)) return undefined;
    const words =
      "rejecting member remove request; local member has not been connected to all peers, " +
      "reconfigure breaks active quorum";
    return this.#refuse(words, { ...fields, "active-peers": active }, errors.unhealthy());
  }

  #mayPromote(id: Id64): EtcdError | undefined {
    const { raft, strictReconfigCheck, member } = this.#parts;
    const { progress } = raft.status();
    const own = progress.get(member.settings.id);
    if (own === undefined) return errors.notLeader();
    const learner = progress.get(id);
    if (learner === undefined) return errors.memberNotFound();
    if (learner.match / own.match < readyShare) {
      this.#parts.log.error("rejecting promote learner: learner is not ready", {
        "learner-ready-percent": learner.match / own.match,
        "ready-percent-threshold": readyShare,
      });
      return errors.learnerNotReady();
    }
    if (!strictReconfigCheck) return undefined;
    const voters = this.#voters();
    // The learner counts, and counts as started.
    if (voters.filter(isStarted).length + 1 >= quorumOf(voters.length + 1)) return undefined;
    const words = "rejecting member promote request; not enough healthy members";
    const fields = { "requested-member-remove-id": id64Hex(id) };
    return this.#refuse(words, fields, errors.memberNotEnoughStarted());
  }

  #connected(voters: readonly Member[]): number {
    const { peers, clock } = this.#parts;
    return peers?.connectedSince(voters, clock.nowMs() - healthIntervalMs) ?? voters.length;
  }

  #refuse(words: string, fields: Record<string, unknown>, error: EtcdError): EtcdError {
    const local = { "local-member-id": id64Hex(this.#parts.member.settings.id) };
    this.#parts.log.warn(words, { ...local, ...fields, error });
    return error;
  }
}

const countOne = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

const quorumOf = (size: number): number => Math.trunc(size / 2) + 1;

/** It has published its name. */
const isStarted = ({ name }: Member): boolean => name !== "";

const confChangeName = (type: number): string =>
  Object.entries(ConfChangeType).find(([, value]) => value === type)?.[0] ?? String(type);
