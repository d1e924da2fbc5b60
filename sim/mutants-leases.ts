// Planted bugs in what watchers go through and in the life of a lease.
import type { Mutant } from "./mutants.ts";

type Row = readonly [name: string, about: string, snippet: string, instead: string];
const bugs = (file: string, list: readonly Row[]): Mutant[] =>
  list.map(([name, about, snippet, instead]) => ({
    name,
    about,
    file,
    snippet,
    instead,
    net: "seeds",
  }));

const watchers = "src/core/mvcc/watch/";

const streamMutants = bugs(`${watchers}stream.ts`, [
  [
    "parked-where-it-was",
    "a watcher of a full stream goes on where it was last read, not where it was stopped",
    "    watcher.nextRevision = nextRevision;\n",
    "",
  ],
  [
    "one-parked-goes-on",
    "of the watchers parked on a stream only one goes on when it drains",
    "const next: Watcher | undefined = watcher.next;",
    "const next = undefined as Watcher | undefined;",
  ],
  [
    "timed-progress-while-behind",
    "W6: the notification in time comes to watchers that are behind",
    "if (!due || revision === undefined || watcher.place !== Place.synced) continue;",
    "if (!due || revision === undefined) continue;",
  ],
  [
    "open-end-is-a-key",
    "W1: the range end of one zero byte is taken for a key",
    'const end = rangeEnd === "\\0" ? openEnd : rangeEnd;',
    "const end = rangeEnd;",
  ],
  [
    "cancelled-while-parked-lives",
    "W12: a watch that is cancelled while its stream is full goes on afterwards",
    "    if (watcher.place === Place.parked) {\n",
    "    if (watcher.place === Place.parked && watcher.id < 0) {\n",
  ],
]);

const hubMutants = bugs(`${watchers}hub.ts`, [
  [
    "progress-ahead",
    "W6: progress tells one revision more than was published",
    "=== this.#revision ? this.#revision : undefined",
    "=== this.#revision ? this.#revision + 1 : undefined",
  ],
  [
    "cancelled-stays-behind",
    "W13: a watch that was behind when it was cancelled counts as behind for ever",
    "    if (watcher.place !== Place.synced) {\n      watcher.stream.behindCount--;\n",
    "    if (watcher.place !== Place.synced) {\n",
  ],
]);

const catchUpMutants = bugs(`${watchers}catch-up.ts`, [
  [
    "sweep-skips-a-revision",
    "W3: between two slices of history one revision is not read",
    "    sweep.position = end;\n",
    "    sweep.position = end + 1;\n",
  ],
  [
    "caught-up-stays-behind",
    "W13: a watcher that has caught up counts as behind",
    "      watcher.stream.behindCount--;\n      this.#counts.slowWatchers--;\n      this.#synced",
    "      this.#counts.slowWatchers--;\n      this.#synced",
  ],
  [
    "ended-stays-behind",
    "W13: a watch that compaction ended counts as behind",
    "    watcher.stream.behindCount--;\n    this.#counts.slowWatchers--;\n    this.#counts.watchers--;",
    "    this.#counts.slowWatchers--;\n    this.#counts.watchers--;",
  ],
]);

const lessorMutants = bugs("src/core/lease/lessor.ts", [
  [
    "lease-ends-early",
    "a lease ends after a quarter of its time",
    "    lease.expiryMs = now + lifeMs;\n",
    "    lease.expiryMs = now + lifeMs / 4;\n",
  ],
  [
    "promotion-gives-no-time",
    "a new leader gives the leases it finds no time",
    "promotion.place((lease.remainingTtl || lease.ttl) * 1000)",
    "promotion.place(0)",
  ],
  [
    "revoked-lease-lives",
    "a lease that was revoked may be named by a put",
    "    this.#leases.delete(id);\n    lease.expiryMs = Infinity;",
    "    lease.expiryMs = Infinity;",
  ],
]);

const leaseRecordMutants = bugs("src/core/apply/lease.ts", [
  [
    "grant-not-stored",
    "a granted lease is not in the database",
    "  save(machine, record);\n  const { id: ID, ttl: TTL } = record;",
    "  const { id: ID, ttl: TTL } = record;",
  ],
  [
    "revoke-not-stored",
    "a revoked lease stays in the database",
    '  machine.store.backend.delete("lease", leaseKey(id));\n',
    "",
  ],
]);

const restartMutants = [
  ...bugs("src/server/member/server.ts", [
    [
      "restored-leases-have-no-keys",
      "after a start a lease does not know its keys",
      "    this.store.visitLeases((key, lease) => this.lessor.setLease(key, lease));\n",
      "",
    ],
  ]),
];

export const leaseMutants: readonly Mutant[] = [
  ...streamMutants,
  ...hubMutants,
  ...catchUpMutants,
  ...lessorMutants,
  ...leaseRecordMutants,
  ...restartMutants,
];
