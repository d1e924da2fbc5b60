// The leader's clock for leases: those past their time are proposed for revocation, with pacing, so
// that many expiring together hold up nobody (lessor.revokeExpiredLeases and etcdserver.run).
import { encodeLeaseRevokeRequest, makeLeaseRevokeRequest } from "../../core/proto/index.ts";
import { EtcdError } from "../../core/errors/index.ts";
import type { Lessor } from "../../core/lease/index.ts";
import type { Cancel, Clock, Log } from "../../io/host/index.ts";
import type { Member } from "./member.ts";

const intervalMs = 500;
/** Revocations proposed in one interval: with the next ones waiting for these, a put waits for few. */
const revokesPerInterval = 10_000;
/** A revocation that was lost is proposed again after this. */
const retryMs = 3000;

export class LeaseClock {
  readonly #lessor: Lessor;
  readonly #member: Member;
  readonly #clock: Clock;
  readonly #log: Log;
  #cancel: Cancel = () => {};
  #lastMs = 0;

  constructor(lessor: Lessor, member: Member, clock: Clock, log: Log) {
    this.#lessor = lessor;
    this.#member = member;
    this.#clock = clock;
    this.#log = log;
  }

  start(): void {
    this.#lastMs = this.#clock.nowMs();
    this.#schedule();
  }

  stop(): void {
    this.#cancel();
  }

  #schedule(): void {
    this.#cancel = this.#clock.after(intervalMs, () => {
      this.#schedule();
      this.#tick();
    });
  }

  #tick(): void {
    const nowMs = this.#clock.nowMs();
    const pausedMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    if (!this.#lessor.isPrimary || this.#member.isStopped) return;
    // After a pause another may lead by now: this member makes sure first (etcd issue 15247).
    if (pausedMs > 3 * intervalMs) {
      this.#member.readIndex((error) => {
        if (error === undefined) this.#revokeExpired();
      });
      return;
    }
    this.#revokeExpired();
  }

  #revokeExpired(): void {
    if (!this.#lessor.isPrimary) return;
    const due = this.#lessor.expired(this.#clock.nowMs(), revokesPerInterval, retryMs);
    for (const ID of due) {
      const request = encodeLeaseRevokeRequest(makeLeaseRevokeRequest({ ID }));
      this.#member.propose("leaseRevoke", request, (outcome) => {
        if (outcome instanceof EtcdError) {
          this.#log.debug("failed to revoke lease", { error: outcome });
        }
      });
    }
  }
}
