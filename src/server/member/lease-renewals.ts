// Renewals on the primary lessor (EtcdServer.LeaseRenew and lessor.Renew). A renewal changes nothing that
// other members hold, so it is answered at once when the lease is here and this member surely leads.
import type { Id64 } from "../../base/index.ts";
import { EtcdError, errors } from "../../core/errors/index.ts";
import type { Lessor } from "../../core/lease/index.ts";
import {
  encodeLeaseCheckpointRequest,
  makeLeaseCheckpoint,
  makeLeaseCheckpointRequest,
} from "../../core/proto/index.ts";
import type { Cancel, Clock } from "../../io/host/index.ts";
import type { Member } from "./member.ts";

/** Seconds the lease has now, 0 when there is none such, or why that cannot be said. */
export type Renewed = (outcome: number | EtcdError) => void;

/** A member that missed so many heartbeats may have lost the lead without knowing. */
const missedHeartbeatsMax = 3;
/** A lease may be granted already and not applied here: it is waited for so long (applyTimeout). */
const applyTimeoutMs = 1000;

interface Waiting {
  readonly id: Id64;
  readonly done: Renewed;
  readonly isOver: () => boolean;
  /** Its lease was not here: everything up to this index is to be applied, until then at the latest. */
  readonly index: number;
  readonly endMs: number;
}

export class LeaseRenewals {
  readonly #lessor: Lessor;
  readonly #member: Member;
  readonly #clock: Clock;
  readonly #patience: Clock;
  #cancel: Cancel = () => {};
  #lastMs = 0;
  /** The member stood still, and no read has shown since that it leads. */
  #isDoubtful = false;
  #waiting: Waiting[] = [];

  constructor(parts: { lessor: Lessor; member: Member; clock: Clock; patience?: Clock }) {
    this.#lessor = parts.lessor;
    this.#member = parts.member;
    this.#clock = parts.clock;
    this.#patience = parts.patience ?? parts.clock;
  }

  start(): void {
    this.#lastMs = this.#clock.nowMs();
    this.#schedule();
  }

  stop(): void {
    this.#cancel();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { done } of waiting) done(errors.stopped());
  }

  /**
   * Renews. `done` is called with `notPrimaryLessor` when another member is to be asked. `isOver`
   * says that nobody waits for the answer any more; `done` may then never be called.
   */
  renew(id: Id64, done: Renewed, isOver: () => boolean): void {
    if (!this.#lessor.isPrimary) return done(errors.notPrimaryLessor());
    this.#look();
    if (!this.#isDoubtful) return this.#renewHere(id, done, isOver);
    this.#ensureLeadership((isLeader) => {
      if (!isLeader) return done(errors.notPrimaryLessor());
      this.#isDoubtful = false;
      this.#renewHere(id, done, isOver);
    });
  }

  /** A member that is held up times no read out: whoever asked it would never ask another. */
  #ensureLeadership(done: (isLeader: boolean) => void): void {
    let isAnswered = false;
    const answer = (isLeader: boolean): void => {
      if (isAnswered) return;
      isAnswered = true;
      cancel();
      done(isLeader);
    };
    const cancel = this.#patience.after(this.#member.settings.requestTimeoutMs, () =>
      answer(false),
    );
    this.#member.readIndex((error) => answer(error === undefined));
  }

  #renewHere(id: Id64, done: Renewed, isOver: () => boolean): void {
    const nowMs = this.#clock.nowMs();
    if (!this.#lessor.isPrimary) return done(errors.notPrimaryLessor());
    switch (this.#lessor.standing(id, nowMs)) {
      case "alive":
        return done(this.#lessor.renew(id, nowMs)?.ttl ?? 0);
      case "checkpointed":
        return this.#clearCheckpoint(id, done);
      case "expired":
      case "unknown": {
        const { appliedIndex, committedIndex: index } = this.#member;
        if (!this.#lessor.has(id) && appliedIndex >= index) return done(0);
        this.#waiting.push({ id, done, isOver, index, endMs: nowMs + applyTimeoutMs });
      }
    }
  }

  /** The next leader must not go on from a time that has been renewed. */
  #clearCheckpoint(id: Id64, done: Renewed): void {
    const checkpoints = [makeLeaseCheckpoint({ ID: id, remainingTTL: 0 })];
    const request = encodeLeaseCheckpointRequest(makeLeaseCheckpointRequest({ checkpoints }));
    this.#member.propose("leaseCheckpoint", request, (outcome) => {
      if (outcome instanceof EtcdError) return done(outcome);
      if (!this.#lessor.isPrimary) return done(errors.notPrimaryLessor());
      done(this.#lessor.renew(id, this.#clock.nowMs())?.ttl ?? 0);
    });
  }

  #schedule(): void {
    this.#cancel = this.#clock.after(this.#member.settings.heartbeatMs, () => {
      this.#schedule();
      this.#look();
      this.#lastMs = this.#clock.nowMs();
      if (this.#waiting.length > 0) this.#lookAtWaiting();
    });
  }

  /** Notes that the member stood still, whether a timer or a request wakes it. */
  #look(): void {
    const missed = (this.#clock.nowMs() - this.#lastMs) / this.#member.settings.heartbeatMs;
    if (missed > missedHeartbeatsMax) this.#isDoubtful = true;
  }

  /** An expired lease is waited for until it is revoked, or another member leads. */
  #lookAtWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) if (!one.isOver()) this.#lookAt(one);
  }

  #lookAt(one: Waiting): void {
    const { id, done, isOver } = one;
    const nowMs = this.#clock.nowMs();
    const isApplied = this.#member.appliedIndex >= one.index;
    if (!this.#lessor.isPrimary) return done(errors.notPrimaryLessor());
    const standing = this.#lessor.standing(id, nowMs);
    if (standing === "unknown" && isApplied) return done(0);
    if (standing === "alive" || standing === "checkpointed") {
      return this.#renewHere(id, done, isOver);
    }
    if (standing === "unknown" && nowMs >= one.endMs) {
      return done(errors.timeoutWaitAppliedIndex());
    }
    this.#waiting.push(one);
  }
}
