// The leader's clock for leases: those past their time are proposed for revocation, so many at a time
// that a put never waits for more than a few milliseconds of them (lessor.runLoop and
// EtcdServer.revokeExpiredLeases, which end at a thousand a second).
import {
  encodeLeaseCheckpointRequest,
  encodeLeaseRevokeRequest,
  makeLeaseCheckpoint,
  makeLeaseCheckpointRequest,
  makeLeaseRevokeRequest,
} from "../../core/proto/index.ts";
import { id64Hex } from "../../base/index.ts";
import { EtcdError, errors } from "../../core/errors/index.ts";
import type { AuthStore } from "../../core/auth/index.ts";
import { Lessor } from "../../core/lease/index.ts";
import type { Cancel, Clock, Log } from "../../io/host/index.ts";
import { LeaseRenewals } from "./lease-renewals.ts";
import type { Member, Settled } from "./member.ts";

const intervalMs = 500;
/** A tick this much late means that the member stood still, and nobody could renew. */
const lateMs = 500;
/** Revocations proposed and not applied. More follow when half of them are. */
const pendingMax = 500;
/** A revocation that was lost is proposed again after this. */
const retryMs = 3000;
/** Leases given their time in one go after an election. */
const promotedAtOnce = 10_000;
/** Leases in one checkpoint entry, and such entries in one interval (lessor.go). */
const checkpointLeasesMax = 1000;
const checkpointsPerInterval = 10;

const checkpointIntervalMs = 5 * 60_000;

export interface LeaseOptions {
  readonly electionMs: number;
  /** Whether the leader makes the remaining time of long leases known to the others. */
  readonly leaseCheckpoint?: boolean;
  /** How often; etcd's five minutes unless told. */
  readonly leaseCheckpointIntervalMs?: number | undefined;
  /** Whether every member keeps that on disk, also in clusters older than 3.6. */
  readonly leaseCheckpointPersist?: boolean;
}

/** A member's table of leases. */
export const lessorFor = (options: LeaseOptions): Lessor =>
  new Lessor({
    minTtl: Math.ceil((1.5 * options.electionMs) / 1000),
    checkpointIntervalMs:
      options.leaseCheckpoint === true
        ? (options.leaseCheckpointIntervalMs ?? checkpointIntervalMs)
        : undefined,
    persistsCheckpoints: options.leaseCheckpointPersist,
  });

export class LeaseClock {
  /** Renewals, as long as this member leads. */
  readonly renewals: LeaseRenewals;
  readonly #lessor: Lessor;
  readonly #member: Member;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #auth: AuthStore;
  #cancel: Cancel = () => {};
  #lastMs = 0;
  #pending = 0;
  #isFollowUpDue = false;
  /** Something was refused since the last tick: the next one tries again. */
  #isRefused = false;

  /** `patience` goes on while a failpoint holds the member up. */
  constructor(
    lessor: Lessor,
    member: Member,
    clock: Clock,
    log: Log,
    auth: AuthStore,
    patience = clock,
  ) {
    this.#lessor = lessor;
    this.#member = member;
    this.#clock = clock;
    this.#log = log;
    this.#auth = auth;
    this.renewals = new LeaseRenewals({ lessor, member, clock, patience });
  }

  start(): void {
    this.#lastMs = this.#clock.nowMs();
    this.#schedule();
    this.renewals.start();
  }

  stop(): void {
    this.#cancel();
    this.renewals.stop();
  }

  #schedule(): void {
    this.#cancel = this.#clock.after(intervalMs, () => {
      this.#schedule();
      this.#tick();
    });
  }

  #tick(): void {
    const nowMs = this.#clock.nowMs();
    const standstillMs = nowMs - this.#lastMs - intervalMs;
    this.#lastMs = nowMs;
    this.#isRefused = false;
    if (standstillMs > lateMs) this.#lessor.stoodStill(standstillMs);
    if (!this.#lessor.isPrimary || this.#member.isStopped) return;
    this.#promoteMore();
    // Another may lead by now: a read shows whether one did before this tick.
    this.#member.readIndex((error) => {
      if (error !== undefined) return;
      this.#whileLeading(() => {
        this.#revokeExpired();
        this.#checkpoint();
      });
    });
  }

  /**
   * What is proposed in `propose` goes into the log of this term's leader or nowhere. A proposal of
   * one deposed meanwhile would otherwise be sent to the next leader, who has given every lease its
   * time again, and end leases that were renewed there (etcd issue 15247).
   */
  #whileLeading(propose: () => void): void {
    const { term } = this.#member;
    this.#member.request((raft) => {
      if (raft.takesProposals && raft.term === term && this.#lessor.isPrimary) propose();
    });
  }

  #promoteMore(): void {
    if (!this.#lessor.isPromoting) return;
    this.#lessor.promoteMore(promotedAtOnce);
    this.#clock.later(() => this.#promoteMore());
  }

  #revokeExpired(): void {
    const room = pendingMax - this.#pending;
    if (this.#member.isStopped || room < pendingMax / 2) return;
    for (const ID of this.#lessor.expired(this.#clock.nowMs(), room, retryMs)) {
      const request = encodeLeaseRevokeRequest(makeLeaseRevokeRequest({ ID }));
      this.#pending++;
      const settle = (outcome: Settled): void => {
        this.#pending--;
        this.#revoked(ID, outcome);
      };
      // Whoever owns its keys: that a lease ends is nobody's permission to give.
      this.#member.propose("leaseRevoke", request, settle, this.#auth.rootInfo());
    }
  }

  #revoked(id: bigint, outcome: Settled): void {
    if (!(outcome instanceof EtcdError)) this.#member.meters.leasesExpired++;
    const isFailure = outcome instanceof EtcdError && outcome !== errors.leaseNotFound();
    if (isFailure && !this.#isRefused) {
      this.#isRefused = true;
      this.#log.warn("failed to revoke lease", { "lease-id": id64Hex(id), error: outcome });
    }
    const isHalf = this.#pending <= pendingMax / 2;
    if (!isHalf || this.#isRefused || this.#isFollowUpDue) return;
    this.#isFollowUpDue = true;
    this.#clock.later(() => {
      this.#isFollowUpDue = false;
      // After a standstill the next tick must first give everybody that time.
      if (this.#clock.nowMs() - this.#lastMs > intervalMs + lateMs) return;
      this.#whileLeading(() => this.#revokeExpired());
    });
  }

  /** Makes the remaining time of long leases known, so that the next leader goes on from there. */
  #checkpoint(): void {
    for (let count = 0; count < checkpointsPerInterval; count++) {
      const due = this.#lessor.checkpointsDue(this.#clock.nowMs(), checkpointLeasesMax);
      if (due.length === 0) return;
      const checkpoints = due.map(({ id: ID, remainingTtl: remainingTTL }) =>
        makeLeaseCheckpoint({ ID, remainingTTL }),
      );
      const request = encodeLeaseCheckpointRequest(makeLeaseCheckpointRequest({ checkpoints }));
      this.#member.propose("leaseCheckpoint", request, () => {});
    }
  }
}
