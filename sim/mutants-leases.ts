// Planted bugs in what watchers go through and in the life of a lease.
import { type Mutant, type MutantRow, mutantsOf } from "./mutant.ts";

type Change = readonly [name: string, about: string, snippet: string, instead: string];
const bugs = (file: string, changes: readonly Change[]): Mutant[] =>
  mutantsOf(
    "seeds",
    changes.map(([name, about, ...change]): MutantRow => [name, about, file, ...change]),
  );

const watchers = "core/mvcc/watch/";

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

const fanoutMutants = bugs(`${watchers}fanout.ts`, [
  [
    "full-stream-is-fed",
    "W15: a stream that is not read is given events all the same",
    "      if (!stream.sink.ready) {\n        watcher.group",
    "      if (stream.sink.ready === undefined) {\n        watcher.group",
  ],
]);

const tickMutants = bugs(`${watchers}hub.ts`, [
  [
    "progress-never-due",
    "W13: nobody is told of progress in time",
    "          stream.tickProgress(revision);\n",
    "",
  ],
  [
    "catch-up-sleeps",
    "W14: history is read when something else happens, not at once",
    "    if (!wasActive && this.#catchUp.active) this.#onWork?.(0);\n",
    "",
  ],
]);

const lessorMutants = bugs("core/lease/lessor.ts", [
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
    "lease-below-the-least",
    "a lease shorter than an election is granted as it is asked for",
    "ttl: Math.max(ttl, this.#minTtl), remainingTtl: 0 });",
    "ttl, remainingTtl: 0 });",
  ],
  [
    "revoked-in-disorder",
    "the keys of a lease are deleted in the order they came",
    "return [...(lease.keys ?? [])].toSorted().map(bytesFromLatin1);",
    "return [...(lease.keys ?? [])].map(bytesFromLatin1);",
  ],
  [
    "renewal-gives-no-time",
    "a renewal is answered and the lease ends when it would have",
    "    lease.expiryMs = now + lease.ttl * 1000;\n    this.counts.renewed++;",
    "    this.counts.renewed++;",
  ],
  [
    "checkpoint-of-half",
    "a checkpoint tells half of the time that is left",
    "const remainingTtl = Math.ceil((lease.expiryMs - now) / 1000);",
    "const remainingTtl = Math.ceil((lease.expiryMs - now) / 4000);",
  ],
  [
    "revoked-lease-lives",
    "a lease that was revoked may be named by a put",
    "    this.#leases.delete(id);\n    lease.expiryMs = Infinity;",
    "    lease.expiryMs = Infinity;",
  ],
]);

const leaseRecordMutants = bugs("core/apply/lease.ts", [
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

const installMutants = bugs("server/member/server.ts", [
  [
    "installed-without-watchers",
    "W3: watchers do not hear what an installed snapshot brought",
    "    this.hub.storeReplaced();\n",
    "",
  ],
  [
    "installed-without-leases",
    "after a snapshot is installed the member has the leases it had before",
    '    this.#restoreLeases();\n    log.info("restored lease store");',
    '    log.info("restored lease store");',
  ],
  [
    "installed-without-store",
    "after a snapshot is installed entries are applied to the store before it",
    "    this.#machine.store = this.store;\n",
    "",
  ],
]);

const sentMutants = bugs("server/member/snapshot-sending.ts", [
  [
    "snapshot-says-more",
    "the index told with a database is one ahead of it",
    "metadata: { index, term, confState } };",
    "metadata: { index: index + 1, term, confState } };",
  ],
]);

const restartMutants = [
  ...bugs("server/member/server.ts", [
    [
      "restored-leases-have-no-keys",
      "after a start a lease does not know its keys",
      "    this.store.visitLeases((key, lease) => this.lessor.setLease(key, lease));\n",
      "",
    ],
  ]),
  ...bugs("core/mvcc/store.ts", [
    [
      "compaction-forgotten",
      "a compaction that a crash interrupted is not gone on with",
      "    if (scheduled > finished) this.compact(scheduled);\n",
      "",
    ],
  ]),
];

export const leaseMutants: readonly Mutant[] = [
  ...streamMutants,
  ...hubMutants,
  ...catchUpMutants,
  ...fanoutMutants,
  ...tickMutants,
  ...lessorMutants,
  ...installMutants,
  ...sentMutants,
  ...leaseRecordMutants,
  ...restartMutants,
];
