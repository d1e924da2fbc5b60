// The leases of a cluster and the keys attached to them (etcd's lease.lessor). Granting, revoking and
// attaching are replicated: every member does them in log order. Only the leader, the primary
// lessor, knows expiry times; it proposes revocations and never deletes by itself.
import {
  bytesFromLatin1,
  type Id64,
  id64Signed,
  latin1FromBytes,
  MinHeap,
} from "../../base/index.ts";
import { errors } from "../errors/index.ts";

/** Largest TTL etcd takes, in seconds. */
export const leaseTtlMax = 9_000_000_000;

interface Lease {
  readonly id: Id64;
  /** Seconds granted. */
  readonly ttl: number;
  /** Seconds left at the last checkpoint; 0 when none was made. */
  remainingTtl: number;
  /** On the primary; elsewhere Infinity. Milliseconds on the host's monotonic clock. */
  expiryMs: number;
  /** Keys as latin1 text. */
  readonly keys: Set<string>;
}

interface Expiry {
  readonly lease: Lease;
  readonly atMs: number;
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

// A new primary with many leases spreads their expiry, so that at most this many fall into one
// second: three quarters of the 1000 revocations a second that etcd allows (lessor.Promote).
const revokeRateLimit = 1000;
const spreadPerSecond = (3 * revokeRateLimit) / 4;

export class Lessor {
  readonly #minTtl: number;
  readonly #leases = new Map<Id64, Lease>();
  readonly #leaseOfKey = new Map<string, Lease>();
  /** Entries may be out of date: a renewed lease is pushed back when its old entry comes up. */
  #expiries = new MinHeap<Expiry>((a, b) => a.atMs < b.atMs);
  #primary = false;

  /** `minTtl` in seconds: ceil(1.5 × election timeout) of this member. */
  constructor(options: { minTtl: number }) {
    this.#minTtl = options.minTtl;
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
    if (this.#primary) this.#schedule(lease, nowMs + lease.ttl * 1000);
    return { id, ttl: lease.ttl, remainingTtl: 0 };
  }

  #add(record: LeaseRecord): Lease {
    const lease = { ...record, expiryMs: Infinity, keys: new Set<string>() };
    this.#leases.set(record.id, lease);
    return lease;
  }

  /** Takes over what the backend holds; keys are attached afterwards. */
  restore(records: Iterable<LeaseRecord>): void {
    this.#leases.clear();
    this.#leaseOfKey.clear();
    this.#expiries = new MinHeap<Expiry>((a, b) => a.atMs < b.atMs);
    for (const record of records) {
      this.#add({ ...record, ttl: Math.max(record.ttl, this.#minTtl) });
    }
  }

  /** Keys to delete, in byte order; throws when the lease is unknown. */
  keysToRevoke(id: Id64): Uint8Array[] {
    const lease = this.#leases.get(id);
    if (lease === undefined) throw errors.leaseNotFound();
    // latin1 text compares by its bytes.
    return [...lease.keys].toSorted().map(bytesFromLatin1);
  }

  /** Forgets a lease whose keys are deleted. */
  drop(id: Id64): void {
    const lease = this.#leases.get(id);
    if (lease === undefined) return;
    for (const key of lease.keys) this.#leaseOfKey.delete(key);
    this.#leases.delete(id);
    lease.expiryMs = Infinity;
  }

  /** A put moves the key to `id`, or away from any lease when it is 0. */
  setLease(key: Uint8Array, id: Id64): void {
    const text = latin1FromBytes(key);
    this.#leaseOfKey.get(text)?.keys.delete(text);
    const lease = id === 0n ? undefined : this.#leases.get(id);
    if (lease === undefined) {
      this.#leaseOfKey.delete(text);
      return;
    }
    lease.keys.add(text);
    this.#leaseOfKey.set(text, lease);
  }

  leaseOf(key: Uint8Array): Id64 {
    return this.#leaseOfKey.get(latin1FromBytes(key))?.id ?? 0n;
  }

  keysOf(id: Id64): Uint8Array[] {
    return [...(this.#leases.get(id)?.keys ?? [])].map(bytesFromLatin1);
  }

  /** Renews on the primary; undefined when the lease is unknown or already past its time. */
  renew(id: Id64, nowMs: number): { ttl: number; clearsCheckpoint: boolean } | undefined {
    const lease = this.#leases.get(id);
    if (lease === undefined || !this.#primary || lease.expiryMs <= nowMs) return undefined;
    lease.expiryMs = nowMs + lease.ttl * 1000;
    const clearsCheckpoint = lease.remainingTtl > 0;
    return { ttl: lease.ttl, clearsCheckpoint };
  }

  /** Applied on every member: how much time was left (LeaseCheckpoint). */
  checkpoint(id: Id64, remainingTtl: number, nowMs: number): LeaseRecord | undefined {
    const lease = this.#leases.get(id);
    if (lease === undefined) return undefined;
    lease.remainingTtl = remainingTtl;
    if (this.#primary) this.#schedule(lease, nowMs + (remainingTtl || lease.ttl) * 1000);
    return { id, ttl: lease.ttl, remainingTtl };
  }

  view(id: Id64, nowMs: number): LeaseView | undefined {
    const lease = this.#leases.get(id);
    if (lease === undefined) return undefined;
    const left = lease.expiryMs === Infinity ? lease.ttl : (lease.expiryMs - nowMs) / 1000;
    return {
      id,
      grantedTtl: lease.ttl,
      remainingSeconds: Math.trunc(left),
      keys: [...lease.keys].map(bytesFromLatin1),
    };
  }

  /** All ids, soonest to expire first; by id where that is unknown. */
  ids(): Id64[] {
    const byExpiry = (a: Lease, b: Lease): number =>
      a.expiryMs < b.expiryMs ? -1 : a.expiryMs > b.expiryMs ? 1 : compareSigned(a.id, b.id);
    return [...this.#leases.values()].toSorted(byExpiry).map((lease) => lease.id);
  }

  /** This member became leader: every lease gets its full time again, plus `extendMs`. */
  promote(nowMs: number, extendMs: number): void {
    this.#primary = true;
    this.#expiries = new MinHeap<Expiry>((a, b) => a.atMs < b.atMs);
    const leases = [...this.#leases.values()];
    const remaining = (lease: Lease): number => lease.remainingTtl || lease.ttl;
    leases.sort((a, b) => remaining(a) - remaining(b));
    const spread = leases.length >= revokeRateLimit;
    let slotMs = -Infinity;
    for (const lease of leases) {
      let atMs = nowMs + extendMs + remaining(lease) * 1000;
      if (spread) {
        atMs = Math.max(atMs, slotMs + 1000 / spreadPerSecond);
        slotMs = atMs;
      }
      this.#schedule(lease, atMs);
    }
  }

  /** This member is no leader any more: it does not know when leases expire. */
  demote(): void {
    this.#primary = false;
    this.#expiries = new MinHeap<Expiry>((a, b) => a.atMs < b.atMs);
    for (const lease of this.#leases.values()) lease.expiryMs = Infinity;
  }

  /** Up to `limit` leases past their time, for the leader to revoke; each again after `retryMs`. */
  expired(nowMs: number, limit: number, retryMs: number): Id64[] {
    const due: Id64[] = [];
    while (due.length < limit) {
      const first = this.#expiries.peek();
      if (first === undefined || first.atMs > nowMs) break;
      this.#expiries.pop();
      const { lease } = first;
      if (this.#leases.get(lease.id) !== lease) continue;
      if (lease.expiryMs > nowMs) {
        this.#expiries.push({ lease, atMs: lease.expiryMs });
        continue;
      }
      due.push(lease.id);
      // It stays due until its revocation is applied: a lost proposal is made again.
      this.#expiries.push({ lease, atMs: nowMs + retryMs });
    }
    return due;
  }

  #schedule(lease: Lease, atMs: number): void {
    lease.expiryMs = atMs;
    this.#expiries.push({ lease, atMs });
  }
}

const compareSigned = (a: Id64, b: Id64): number => {
  const [left, right] = [id64Signed(a), id64Signed(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};
