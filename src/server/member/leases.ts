// Renewing leases and asking for the time they have left: the leader knows, other members ask it
// (EtcdServer.LeaseRenew, LeaseTimeToLive; lease/leasehttp).
import type { Id64 } from "../../base/index.ts";
import { type EtcdError, errors } from "../../core/errors/index.ts";
import type { Lessor } from "../../core/lease/index.ts";
import {
  decodeLeaseInternalResponse,
  decodeLeaseKeepAliveResponse,
  encodeLeaseInternalRequest,
  encodeLeaseKeepAliveRequest,
  makeLeaseInternalRequest,
  makeLeaseKeepAliveRequest,
  makeLeaseTimeToLiveRequest,
  MalformedError,
} from "../../core/proto/index.ts";
import type { Clock } from "../../io/host/index.ts";
import type { LeaderForwarding } from "./leader-forwarding.ts";
import type { LeaseRenewals } from "./lease-renewals.ts";
import type { Member } from "./member.ts";

export interface LeasesParts {
  readonly lessor: Lessor;
  readonly member: Member;
  readonly clock: Clock;
  readonly forwarding: LeaderForwarding | undefined;
  readonly renewals: () => LeaseRenewals;
}

export interface LeaseTime {
  /** Seconds left. */
  readonly ttl: number;
  readonly grantedTtl: number;
  readonly keys: readonly Uint8Array[];
}

/** Seconds granted; 0: there is no such lease, or it is past its time. */
export type Renewed = (outcome: number | EtcdError) => void;
/** Undefined: there is no such lease. */
export type Timed = (outcome: LeaseTime | undefined | EtcdError) => void;

const headers = { "Content-Type": "application/protobuf" };
/** A lease is waited for so long: it may be granted already and not applied here (applyTimeout). */
const applyTimeoutMs = 1000;
const pollMs = 20;

export class Leases {
  readonly #parts: LeasesParts;

  constructor(parts: LeasesParts) {
    this.#parts = parts;
  }

  /** `isOver` tells that nobody waits any more. */
  renew(id: Id64, done: Renewed, isOver: () => boolean): void {
    const { lessor, renewals, forwarding } = this.#parts;
    if (!lessor.isPrimary) return this.#renewThere(id, done, isOver);
    const renewed: Renewed = (outcome) => {
      const isLost = outcome === errors.notPrimaryLessor() && !lessor.isPrimary;
      if (isLost && forwarding !== undefined) this.#renewThere(id, done, isOver);
      else done(outcome);
    };
    renewals().renew(id, renewed, isOver);
  }

  #renewThere(id: Id64, done: Renewed, isOver: () => boolean): void {
    const { forwarding } = this.#parts;
    if (forwarding === undefined) return done(errors.noLeader());
    const body = encodeLeaseKeepAliveRequest(makeLeaseKeepAliveRequest({ ID: id }));
    forwarding.ask<number>(
      { method: "POST", path: "/leases", headers, body },
      ({ status, body: said }) => {
        if (status === 404) return 0;
        if (status !== 200) return undefined;
        return orNothing(() => decodeLeaseKeepAliveResponse(said).TTL);
      },
      done,
      isOver,
    );
  }

  /** For another member that asks: as the primary lessor, or not at all. */
  renewHere(id: Id64, done: Renewed, isOver: () => boolean): void {
    const { lessor, renewals } = this.#parts;
    this.whenKnown(id, (error) => {
      if (error !== undefined) return done(error);
      if (!lessor.isPrimary) return done(errors.notPrimaryLessor());
      renewals().renew(id, done, isOver);
    });
  }

  /** Calls back when the lease is here, or everything known to be committed is applied. */
  whenKnown(id: Id64, done: (error: EtcdError | undefined) => void): void {
    const { lessor, member, clock } = this.#parts;
    const target = member.committedIndex;
    const endMs = clock.nowMs() + applyTimeoutMs;
    const look = (): void => {
      if (lessor.has(id) || member.appliedIndex >= target) return done(undefined);
      if (member.isStopped) return done(errors.stopped());
      if (clock.nowMs() >= endMs) return done(errors.timeoutWaitAppliedIndex());
      clock.after(pollMs, look);
    };
    look();
  }

  timeToLive(id: Id64, options: { wantsKeys: boolean }, done: Timed, isOver: () => boolean): void {
    const { forwarding, lessor, member } = this.#parts;
    if (lessor.isPrimary || forwarding === undefined) {
      // A leader that was replaced without knowing must not tell what is no longer so.
      member.readIndex((error) => {
        if (error !== undefined) return done(error);
        if (!lessor.isPrimary && forwarding !== undefined) return done(errors.leaderChanged());
        done(this.timeHere(id, options));
      });
      return;
    }
    const request = makeLeaseTimeToLiveRequest({ ID: id, keys: options.wantsKeys });
    const body = encodeLeaseInternalRequest(
      makeLeaseInternalRequest({ leaseTimeToLiveRequest: request }),
    );
    forwarding.ask<LeaseTime | "none">(
      { method: "POST", path: "/leases/internal", headers, body },
      ({ status, body: said }) => {
        if (status === 404) return "none";
        if (status !== 200) return undefined;
        return orNothing(() => {
          const answer = decodeLeaseInternalResponse(said).leaseTimeToLiveResponse;
          if (answer === undefined) return undefined;
          return { ttl: answer.TTL, grantedTtl: answer.grantedTTL, keys: answer.keys };
        });
      },
      (outcome) => done(outcome === "none" ? undefined : outcome),
      isOver,
    );
  }

  timeHere(id: Id64, { wantsKeys }: { wantsKeys: boolean }): LeaseTime | undefined {
    const { lessor, clock } = this.#parts;
    const view = lessor.view(id, clock.nowMs());
    if (view === undefined) return undefined;
    const keys = wantsKeys ? view.keys : [];
    return { ttl: view.remainingSeconds, grantedTtl: view.grantedTtl, keys };
  }
}

function orNothing<Outcome>(read: () => Outcome): Outcome | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
