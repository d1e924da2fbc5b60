// The expiry times a new primary gives its leases (lessor.Promote). With many of them it spreads what
// would expire together: three quarters of the 1000 revocations a second that etcd allows itself.

const spreadFrom = 1000;
const perSecondMax = 750;

export class Promotion<Lease> {
  /** From when on leases have their time. */
  readonly startMs: number;
  readonly #leases: Iterator<Lease>;
  readonly #isSpread: boolean;
  /** How many expire in a second. */
  readonly #counts = new Map<number, number>();
  /** The first second with room for those who belong into another, full one. */
  readonly #later = new Map<number, number>();

  constructor(startMs: number, leases: ReadonlyMap<unknown, Lease>) {
    this.startMs = startMs;
    this.#leases = leases.values();
    this.#isSpread = leases.size >= spreadFrom;
  }

  /** A lease of those there were at the start or came since; undefined at the end. */
  next(): Lease | undefined {
    const { done, value } = this.#leases.next();
    return done === true ? undefined : value;
  }

  /** When a lease with so much time left expires: never earlier than that. */
  place(leftMs: number): number {
    const atMs = this.startMs + leftMs;
    if (!this.#isSpread) return atMs;
    const wanted = Math.floor(atMs / 1000);
    let second = this.#later.get(wanted) ?? wanted;
    let count = this.#counts.get(second) ?? 0;
    while (count >= perSecondMax) count = this.#counts.get(++second) ?? 0;
    this.#counts.set(second, count + 1);
    if (second === wanted) return atMs;
    this.#later.set(wanted, second);
    return (second + count / perSecondMax) * 1000;
  }
}
