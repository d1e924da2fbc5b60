// What clients do with leases when they use them as people do: a session holds keys and a lock, is kept
// alive for a while from whatever member leads, and is then ended or left to its clock.
import { type RandomSource, seededRandom } from "../src/base/index.ts";
import { CompareResult } from "../src/core/proto/index.ts";
import { type PlannedAction, type PlannedOp, seedFor } from "./plan.ts";
import type { LoadScope } from "./workload.ts";

/** Their clients and leases are nobody else's. */
const firstClient = 40;
const firstLease = 100;
const clientsMax = 3;

const pick = <Item>(random: RandomSource, items: readonly Item[]): Item =>
  items[random.below(items.length)]!;

export function planLeaseOps({ seed, members, healAtMs }: LoadScope): PlannedOp[] {
  const random = seededRandom(seedFor(seed, "lease load"));
  if (random.below(100) >= 45) return [];
  const ops: PlannedOp[] = [];
  const clients = 1 + random.below(clientsMax);
  let lease = firstLease;
  for (let client = 0; client < clients; client++) {
    const home = random.below(members);
    let atMs = 1000 + random.below(4000);
    while (atMs < healAtMs - 1000) {
      const session = new Session(random, lease++, healAtMs);
      for (const { afterMs, action } of session.steps) {
        atMs += afterMs;
        // A renewal is for the leader, whoever that is.
        const member = action.kind === "renew" ? random.below(members) : home;
        if (atMs < healAtMs) ops.push({ atMs, client: firstClient + client, member, action });
      }
      atMs += random.below(4000);
    }
  }
  return ops;
}

interface Step {
  readonly afterMs: number;
  readonly action: PlannedAction;
}

/** One lease from its grant to its end. */
class Session {
  readonly steps: Step[] = [];
  readonly #random: RandomSource;
  readonly #lease: number;
  #values = 0;

  constructor(random: RandomSource, lease: number, healAtMs: number) {
    this.#random = random;
    this.#lease = lease;
    const ttl = pick(random, [1, 3, 6, 6, 4000]);
    this.#step(0, { kind: "grant", lease, ttl });
    // Not in byte order: a revocation deletes in that order all the same.
    const keys = Array.from({ length: random.below(4) }, (_, at) => `s${9 - 2 * at}`);
    for (const key of keys) this.#put(key);
    const isLocking = random.below(100) < 60;
    if (isLocking) this.#lock();
    const beats = random.below(100) < 70 ? 1 + random.below(12) : 0;
    const beatMs = Math.min(healAtMs, Math.max(200, (Math.min(ttl, 6) * 1000) / 3));
    for (let beat = 0; beat < beats; beat++) this.#step(beatMs, { kind: "renew", lease });
    if (isLocking && random.below(100) < 50) this.#unlock();
    if (random.below(100) < 30) this.#rewrite();
    if (random.below(100) < 50) this.#step(200, { kind: "revoke", lease });
  }

  #step(meanMs: number, action: PlannedAction): void {
    this.steps.push({ afterMs: 1 + this.#random.below(2 * meanMs + 20), action });
  }

  #value(): string {
    return `l${this.#lease}.${this.#values++}`;
  }

  #put(key: string): void {
    this.#step(20, { kind: "put", key, value: this.#value(), lease: this.#lease });
  }

  /** Arms that touch a key in a nested transaction and again beside it: where that may be at all. */
  #rewrite(): void {
    const key = pick(this.#random, ["s9", "s7"]);
    const nested: PlannedAction = {
      kind: "txn",
      compare: [],
      success: [{ kind: "delete", key }],
      failure: [],
    };
    const put = { kind: "put", key, value: this.#value(), lease: this.#lease } as const;
    const success: PlannedAction[] = this.#random.below(2) === 0 ? [put, nested] : [nested, put];
    this.#step(20, { kind: "txn", compare: [], success, failure: [] });
  }

  /** As clientv3's locks: made by who finds it missing, told to everyone else. */
  #lock(): void {
    const key = "lock";
    const isFree = { key, target: "create", result: CompareResult.EQUAL, number: 0 } as const;
    this.#step(20, {
      kind: "txn",
      compare: [isFree],
      success: [{ kind: "put", key, value: this.#value(), lease: this.#lease }],
      failure: [{ kind: "range", key }],
    });
  }

  /** Given back only by who holds it. */
  #unlock(): void {
    const key = "lock";
    const isOurs = {
      key,
      target: "lease",
      result: CompareResult.EQUAL,
      number: this.#lease,
    } as const;
    this.#step(20, {
      kind: "txn",
      compare: [isOurs],
      success: [{ kind: "delete", key, prevKv: true }],
      failure: [{ kind: "range", key }],
    });
  }
}
