import { type Mutant, mutantsOf } from "./mutant.ts";

const walMutants = mutantsOf("seeds", [
  [
    "acknowledge-before-sync",
    "etcd 14370: the log confirms what it has written before it is synced",
    "io/wal/log-writer.ts",
    "    this.#sync((error) => this.#synced(error, waiting, sealed));",
    "    this.answer(waiting, undefined);\n    this.#sync((error) => this.#synced(error, [], sealed));",
  ],
  [
    "hard-state-without-sync",
    "a new term or vote alone is not synced",
    "io/wal/wal.ts",
    "mustSync ||= state.vote !== previous.vote || state.term !== previous.term;",
    "mustSync ||= false;",
  ],
  [
    "failed-sync-is-retried",
    "a sync that failed is taken for done, as a second try would report",
    "io/wal/log-writer.ts",
    "    if (error !== undefined || this.#failure !== undefined) {\n" +
      "      this.#fail(error ?? this.#failure, waiting);",
    "    if (this.#failure !== undefined) {\n      this.#fail(error ?? this.#failure, waiting);",
  ],
  [
    "no-directory-sync-after-rename",
    "a new segment's name is not made durable",
    "io/wal/log-writer.ts",
    "    else disk.syncDirectory(directory, named);",
    "    else named(undefined);",
  ],
  [
    "no-directory-sync-of-a-new-log",
    "a new log's own name is not made durable",
    "io/wal/wal-files.ts",
    "    persistRename(options);\n",
    "",
  ],
  [
    "no-repair",
    "etcd 15069: a log whose last record is torn is not repaired",
    "io/wal/wal-files.ts",
    "    if (!repairWal(options)) throw error;",
    "    if (options.directory !== '') throw error;",
  ],
]);

const crashMutants = mutantsOf("crash suite", [
  [
    "segment-without-sum",
    "a new segment does not begin with the sum of the one before",
    "io/wal/wal.ts",
    "    encoder.appendCrc();\n    encoder.appendPayload(RecordType.metadata, this.#metadata);",
    "    encoder.appendPayload(RecordType.metadata, this.#metadata);",
  ],
  [
    "segment-named-before-its-head",
    "a new segment gets its name before its first records are durable",
    "io/wal/log-writer.ts",
    "    this.#sync((error) => this.#synced(error, waiting, sealed));",
    "    if (this.#newborn !== undefined) this.#synced(undefined, waiting, sealed);\n" +
      "    else this.#sync((error) => this.#synced(error, waiting, sealed));",
  ],
]);

const databaseMutants = mutantsOf("seeds", [
  [
    "meta-before-pages",
    "a commit's meta page is written before its pages are synced",
    "io/bbolt/database.ts",
    "    this.#syncPages((error) => this.#onPagesSynced(error));",
    "    this.#onPagesSynced(undefined);",
  ],
  [
    "index-ahead-of-data",
    "etcd 13766: the consistent index in a commit is one ahead of the data beside it",
    "server/member/server.ts",
    "this.#records.saveConsistentIndex(index, term);",
    "this.#records.saveConsistentIndex(index + 1, term);",
  ],
  [
    "applied-again",
    "etcd 14685: entries whose effects the database holds are applied again after a start",
    "core/apply/applier.ts",
    "return index > this.#consistentIndex;",
    "return index > Math.min(0, this.#consistentIndex);",
  ],
  [
    "leases-forgotten",
    "leases of the database are not taken up after a start",
    "server/member/server.ts",
    "    this.#restoreLeases();\n    this.credentials",
    "    this.credentials",
  ],
  [
    "unwritten-database-is-not-sent",
    "a leader whose database had no commit since its start sends it to nobody (the simulator found it)",
    "server/member/server.ts",
    "        this.#committed ?? this.#stateAt(this.#records.consistentIndex(), this.#records.term()),",
    "        this.#committed,",
  ],
]);

const mvccMutants = mutantsOf("seeds", [
  [
    "tombstone-dropped-at-compaction",
    "etcd 18089, 19179: compaction drops the tombstone at its own revision",
    "core/mvcc/compaction/compactor.ts",
    "while (left > 0 && tombstones.headMain() < revision) {",
    "while (left > 0 && tombstones.headMain() <= revision) {",
  ],
  [
    "compacted-is-readable",
    "a revision below the compacted one is still answered",
    "core/mvcc/store.ts",
    "    if (revision < this.#compacted) throw errors.compacted();\n    return revision;",
    "    return revision;",
  ],
  [
    "read-behind-its-revision",
    "a range of the past counts the keys of the present",
    "core/mvcc/range/range-writer.ts",
    "    return index.count(key, end, at, readRevision);",
    "    return index.count(key, end, readRevision, readRevision);",
  ],
  [
    "version-goes-on",
    "a key that is made again after a delete goes on counting its versions",
    "core/mvcc/tree/tree-index.ts",
    "after.version = before.live ? before.version + 1 : 1;",
    "after.version = before.version + 1;",
  ],
  [
    "lease-not-checked",
    "a put names a lease that does not exist",
    "core/apply/put.ts",
    "if (lease !== zeroId && !leases.leaseExists(lease)) throw errors.leaseNotFound();",
    "if (lease !== zeroId && leases.leaseExists === undefined) throw errors.leaseNotFound();",
  ],
  [
    "half-a-transaction",
    "etcd 18799: a transaction's later operations are checked after the first has run",
    "core/apply/txn.ts",
    "  checkTxn(store, request, leases, steps);\n  steps.rewind();",
    "  steps.rewind();",
  ],
  [
    "lease-keeps-its-keys",
    "a put without a lease leaves the key with the lease it had",
    "core/lease/lessor.ts",
    "    this.#leaseOfKey.get(text)?.keys?.delete(text);\n    const lease",
    "    if (id !== 0n) this.#leaseOfKey.get(text)?.keys?.delete(text);\n    const lease",
  ],
]);

const watchMutants = mutantsOf("seeds", [
  [
    "progress-while-behind",
    "progress on request though a watcher of the stream is behind",
    "core/mvcc/watch/stream.ts",
    "if (revision === undefined || this.behindCount > 0) return;",
    "if (revision === undefined) return;",
  ],
  [
    "progress-unanswered",
    "W13: a request for progress on a stream of one watcher is not answered",
    "core/mvcc/watch/stream.ts",
    "if (live > 0) this.sink.progress(-1, revision);",
    "if (live > 1) this.sink.progress(-1, revision);",
  ],
  [
    "progress-before-start",
    "etcd 20221: a watcher of a future revision hears of progress below it",
    "core/mvcc/watch/stream.ts",
    "if (this.#closed || !this.sink.ready || awaitsStart(watcher, revision)) continue;",
    "if (this.#closed || !this.sink.ready) continue;",
  ],
  [
    "full-stream-loses-events",
    "etcd 17529: a stream that reads slowly loses what did not fit",
    "core/mvcc/watch/fanout.ts",
    "        stream.park(watcher, run.firstRevision);",
    "        stream.park(watcher, run.headerRevision + 1);",
  ],
  [
    "watch-misses-the-present",
    "a watch from the current revision begins one later",
    "core/mvcc/watch/hub.ts",
    "if (startRevision === 0 || startRevision > current) {",
    "if (startRevision === 0 || startRevision >= current) {",
  ],
  [
    "compaction-not-told",
    "W10: a watch that needs compacted history ends without a word",
    "core/mvcc/watch/catch-up.ts",
    "    watcher.stream.sink.compacted(watcher.id, this.#source.compactedRevision);\n",
    "",
  ],
  [
    "old-event-for-a-future-watch",
    "etcd 20221: a watch of a future revision receives events below it",
    "core/mvcc/watch/hub.ts",
    "watcher.nextRevision = Math.max(current + 1, startRevision);",
    "watcher.nextRevision = current + 1;",
  ],
  [
    "filters-exchanged",
    "W7: NOPUT filters deletes and NODELETE puts",
    "core/mvcc/watch/event-run.ts",
    "(event.tombstone ? option.noDelete : option.noPut)",
    "(event.tombstone ? option.noPut : option.noDelete)",
  ],
  [
    "previous-is-the-new",
    "W9: the previous value is read at the event's own revision",
    "core/mvcc/watch/fanout.ts",
    "return this.#source.readRecord(previousMain, event.previousSub);",
    "return this.#source.readRecord(event.mainRevision, event.subRevision);",
  ],
  [
    "cancelled-watch-lives",
    "W12: a cancelled watch goes on receiving",
    "core/mvcc/watch/hub.ts",
    "    watcher.group?.index.remove(watcher);\n  }\n\n  #progressRevision",
    "  }\n\n  #progressRevision",
  ],
]);

export const storageMutants: readonly Mutant[] = [
  ...walMutants,
  ...crashMutants,
  ...databaseMutants,
  ...mvccMutants,
  ...watchMutants,
];
