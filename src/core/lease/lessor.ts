// The leases of a cluster and the keys attached to them (etcd's lease.lessor). Granting, revoking and
// attaching are replicated: every member does them in log order. Only the leader, the primary
// lessor, knows expiry times; it proposes revocations and never deletes by itself.
import {
  bytesFromLatin1,
  exponentialBounds,
  Histogram,
  type Id64,
  id64Signed,
  latin1FromBytes,
  MinHeap,
} from "../../base/index.ts";
import { errors } from "../errors/index.ts";
import { Promotion } from "./promotion.ts";

/** Largest TTL etcd takes, in seconds. */
export const leaseTtlMax = 9_000_000_000;

/** So many leases a new leader gives their time in one go: a few milliseconds. */
const promotedAtOnce = 10_000;

interface Lease {
  readonly id: Id64;
  /** Seconds granted. */
  readonly ttl: number;
  /** Seconds left at the last checkpoint; 0 when none was made. */
  remainingTtl: number;
  /** On the primary; elsewhere Infinity. Milliseconds on the host's monotonic clock. */
  expiryMs: number;
  /** Keys as latin1 text; made with the first one, for most leases of a large table have none. */
  keys: Set<string> | undefined;
}

/** When to look at a lease again: it may have been renewed since, and nothing is taken out. */
interface Appointment {
  readonly lease: Lease;
  readonly atMs: number;
}

const appointments = (): MinHeap<Appointment> => new MinHeap((a, b) => a.atMs < b.atMs);

/**
 * What a renewal meets. `checkpointed`: its checkpoint must be cleared through the log first, or the
 * next leader would go on from there. `expired`: it is being revoked.
 */
export type LeaseStanding = "unknown" | "expired" | "checkpointed" | "alive";

/** How much of a lease was left, to be made known to all members. */
export interface LeaseCheckpointed {
  readonly id: Id64;
  readonly remainingTtl: number;
}

export interface LessorOptions {
  /** Seconds: ceil(1.5 × election timeout) of this member. */
  readonly minTtl: number;
  /** How often the primary makes a long lease's remaining time known; undefined: never. */
  readonly checkpointIntervalMs?: number | undefined;
  /** Whether checkpoints are kept on disk whatever the cluster's version. */
  readonly persistsCheckpoints?: boolean | undefined;
}

export interface LeaseView {
  readonly id: Id64;
  readonly grantedTtl: number;
  /** Whole seconds left, as TimeToLive answers; may be negative when a revoke is under way. */
  readonly remainingSeconds: number;
  readonly keys: readonly Uint8Array[];
}

/** A lease as the backend keeps it (bucket `lease`). */
export interface LeaseRecord {
  readonly id: Id64;
  readonly ttl: number;
  readonly remainingTtl: number;
}

export class Lessor {
  readonly #minTtl: number;
  readonly #checkpointIntervalMs: number | undefined;
  /** Whether checkpoints are kept on disk whatever the cluster's version. */
  readonly persistsCheckpoints: boolean;
  readonly #leases = new Map<Id64, Lease>();
  readonly #leaseOfKey = new Map<string, Lease>();
  #expiries = appointments();
  #checkpoints = appointments();
  #primary = false;
  #promotion: Promotion<Lease> | undefined;
  /** For so long nobody could renew: lessor time stands still while its member does. */
  #standstillMs = 0;
  /** Since the start; what etcd_debugging_lease_* say. */
  readonly counts = {
    granted: 0,
    revoked: 0,
    renewed: 0,
    ttlSeconds: new Histogram(exponentialBounds(1, 2, 24)),
  };

  constructor(options: LessorOptions) {
    this.#minTtl = options.minTtl;
    this.#checkpointIntervalMs = options.checkpointIntervalMs;
    this.persistsCheckpoints = options.persistsCheckpoints ?? false;
  }

  get isPrimary(): boolean {
    return this.#primary;
  }

  get size(): number {
    return this.#leases.size;
  }

  has(id: Id64): boolean {
    return this.#leases.has(id);
  }

  /** Grants; a shorter TTL is raised to the minimum. The record is to be stored by the caller. */
  grant(id: Id64, ttl: number, nowMs: number): LeaseRecord {
    if (id === 0n) throw errors.leaseNotFound();
    if (ttl > leaseTtlMax) throw errors.leaseTTLTooLarge();
    if (this.#leases.has(id)) throw errors.leaseExist();
    const lease = this.#add({ id, ttl: Math.max(ttl, this.#minTtl), remainingTtl: 0 });
    if (this.#primary) this.#begin(lease, this.#own(nowMs), lease.ttl * 1000);
    this.counts.granted++;
    this.counts.ttlSeconds.observe(lease.ttl);
    return { id, ttl: lease.ttl, remainingTtl: 0 };
  }

  #add(record: LeaseRecord): Lease {
    const lease: Lease = { ...record, expiryMs: Infinity, keys: undefined };
    this.#leases.set(record.id, lease);
    return lease;
  }

  /** Takes over what the backend holds; keys are attached afterwards. */
  restore(records: Iterable<LeaseRecord>): void {
    this.#leases.clear();
    this.#leaseOfKey.clear();
    this.#forgetTimes();
    for (const record of records) {
      this.#add({ ...record, ttl: Math.max(record.ttl, this.#minTtl) });
    }
  }

  /** Keys to delete, in byte order; throws when the lease is unknown. */
  keysToRevoke(id: Id64): Uint8Array[] {
    const lease = this.#leases.get(id);
    if (lease === undefined) throw errors.leaseNotFound();
    // latin1 text compares by its bytes.
    return [...(lease.keys ?? [])].toSorted().map(bytesFromLatin1);
  }

  /** Forgets a lease whose keys are deleted. */
  drop(id: Id64): void {
    const lease = this.#leases.get(id);
    if (lease === undefined) return;
    this.counts.revoked++;
    for (const key of lease.keys ?? []) this.#leaseOfKey.delete(key);
    this.#leases.delete(id);
    lease.expiryMs = Infinity;
  }

  /** A put moves the key to `id`, or away from any lease when it is 0. */
  setLease(key: Uint8Array, id: Id64): void {
    const text = latin1FromBytes(key);
    this.#leaseOfKey.get(text)?.keys?.delete(text);
    const lease = id === 0n ? undefined : this.#leases.get(id);
    if (lease === undefined) {
      this.#leaseOfKey.delete(text);
      return;
    }
    (lease.keys ??= new Set()).add(text);
    this.#leaseOfKey.set(text, lease);
  }

  leaseOf(key: Uint8Array): Id64 {
    return this.#leaseOfKey.get(latin1FromBytes(key))?.id ?? 0n;
  }

  keysOf(id: Id64): Uint8Array[] {
    return [...(this.#leases.get(id)?.keys ?? [])].map(bytesFromLatin1);
  }

  /** What a renewal of this lease would meet on the primary. */
  standing(id: Id64, nowMs: number): LeaseStanding {
    const lease = this.#leases.get(id);
    if (lease === undefined) return "unknown";
    if (lease.expiryMs <= this.#own(nowMs)) return "expired";
    const isCheckpointed = this.#checkpointIntervalMs !== undefined && lease.remainingTtl > 0;
    return isCheckpointed ? "checkpointed" : "alive";
  }

  /** Renews on the primary; undefined when the lease is unknown or already past its time. */
  renew(id: Id64, nowMs: number): { readonly ttl: number } | undefined {
    const lease = this.#leases.get(id);
    const now = this.#own(nowMs);
    if (lease === undefined || !this.#primary || lease.expiryMs <= now) return undefined;
    // A lease that a promotion has not come to yet is looked at then.
    const isNew = lease.expiryMs === Infinity;
    lease.expiryMs = now + lease.ttl * 1000;
    this.counts.renewed++;
    if (isNew) this.#expiries.push({ lease, atMs: lease.expiryMs });
    return { ttl: lease.ttl };
  }

  /**
   * Applied on every member: how much time was left (LeaseCheckpoint). It changes no expiry; a later
   * primary goes on from it.
   */
  checkpoint(id: Id64, remainingTtl: number, nowMs: number): LeaseRecord | undefined {
    const lease = this.#leases.get(id);
    if (lease === undefined) return undefined;
    lease.remainingTtl = remainingTtl;
    if (this.#primary) this.#scheduleCheckpoint(lease, this.#own(nowMs));
    return { id, ttl: lease.ttl, remainingTtl };
  }

  /** Up to `limit` leases whose remaining time is to be made known now. */
  checkpointsDue(nowMs: number, limit: number): LeaseCheckpointed[] {
    const now = this.#own(nowMs);
    const due: LeaseCheckpointed[] = [];
    while (due.length < limit) {
      const first = this.#checkpoints.peek();
      if (first === undefined || first.atMs > now) break;
      this.#checkpoints.pop();
      const { lease } = first;
      if (this.#leases.get(lease.id) !== lease || lease.expiryMs <= now) continue;
      const remainingTtl = Math.ceil((lease.expiryMs - now) / 1000);
      if (remainingTtl < lease.ttl) due.push({ id: lease.id, remainingTtl });
      else this.#scheduleCheckpoint(lease, now);
    }
    return due;
  }

  view(id: Id64, nowMs: number): LeaseView | undefined {
    const lease = this.#leases.get(id);
    if (lease === undefined) return undefined;
    const left =
      lease.expiryMs === Infinity ? lease.ttl : (lease.expiryMs - this.#own(nowMs)) / 1000;
    return {
      id,
      grantedTtl: lease.ttl,
      remainingSeconds: Math.trunc(left),
      keys: this.keysOf(id),
    };
  }

  /** All ids, soonest to expire first; by id where that is unknown. */
  ids(): Id64[] {
    const byExpiry = (a: Lease, b: Lease): number =>
      a.expiryMs < b.expiryMs ? -1 : a.expiryMs > b.expiryMs ? 1 : compareSigned(a.id, b.id);
    return [...this.#leases.values()].toSorted(byExpiry).map((lease) => lease.id);
  }

  /**
   * This member became leader: every lease gets its full time again, plus `extendMs`. With very many
   * `promoteMore` goes on; a lease it has not come to does not expire.
   */
  promote(nowMs: number, extendMs: number): void {
    this.#primary = true;
    this.#forgetTimes();
    for (const lease of this.#leases.values()) lease.expiryMs = Infinity;
    this.#promotion = new Promotion(this.#own(nowMs) + extendMs, this.#leases);
    this.promoteMore(promotedAtOnce);
  }

  /** Whether leases wait for `promoteMore`. */
  get isPromoting(): boolean {
    return this.#promotion !== undefined;
  }

  /** Gives up to `limit` leases their time. */
  promoteMore(limit: number): void {
    const promotion = this.#promotion;
    for (let count = 0; promotion !== undefined && count < limit; count++) {
      const lease = promotion.next();
      if (lease === undefined) {
        this.#promotion = undefined;
        return;
      }
      // Granted or renewed meanwhile.
      if (lease.expiryMs !== Infinity) continue;
      const atMs = promotion.place((lease.remainingTtl || lease.ttl) * 1000);
      this.#begin(lease, promotion.startMs, atMs - promotion.startMs);
    }
  }

  /** This member is no leader any more: it does not know when leases expire. */
  demote(): void {
    this.#primary = false;
    this.#forgetTimes();
    for (const lease of this.#leases.values()) lease.expiryMs = Infinity;
  }

  /** The member stood still for so long: no lease comes nearer to its end by that. */
  stoodStill(ms: number): void {
    this.#standstillMs += ms;
  }

  /** Up to `limit` leases past their time, for the leader to revoke; each again after `retryMs`. */
  expired(nowMs: number, limit: number, retryMs: number): Id64[] {
    const now = this.#own(nowMs);
    const due: Id64[] = [];
    while (due.length < limit) {
      const first = this.#expiries.peek();
      if (first === undefined || first.atMs > now) break;
      this.#expiries.pop();
      const { lease } = first;
      if (this.#leases.get(lease.id) !== lease) continue;
      if (lease.expiryMs > now) {
        this.#expiries.push({ lease, atMs: lease.expiryMs });
        continue;
      }
      due.push(lease.id);
      // It stays due until its revocation is applied: a lost proposal is made again.
      this.#expiries.push({ lease, atMs: now + retryMs });
    }
    return due;
  }

  /** The host's time without its standstills; everything here is kept in it. */
  #own(nowMs: number): number {
    return nowMs - this.#standstillMs;
  }

  #begin(lease: Lease, now: number, lifeMs: number): void {
    lease.expiryMs = now + lifeMs;
    this.#expiries.push({ lease, atMs: lease.expiryMs });
    this.#scheduleCheckpoint(lease, now);
  }

  #scheduleCheckpoint(lease: Lease, now: number): void {
    const intervalMs = this.#checkpointIntervalMs;
    if (intervalMs === undefined) return;
    if ((lease.remainingTtl || lease.ttl) * 1000 <= intervalMs) return;
    this.#checkpoints.push({ lease, atMs: now + intervalMs });
  }

  #forgetTimes(): void {
    this.#expiries = appointments();
    this.#checkpoints = appointments();
    this.#promotion = undefined;
  }
}

const compareSigned = (a: Id64, b: Id64): number => {
  const [left, right] = [id64Signed(a), id64Signed(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};
