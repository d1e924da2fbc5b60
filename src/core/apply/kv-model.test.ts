// Random histories against the model: every answer, every event, every lease change, every hash and
// every stored byte, with compactions half done and restarts between.
import assert from "node:assert/strict";
import { test } from "node:test";
import { id64 } from "../../base/index.ts";
import { EtcdError, errors } from "../errors/index.ts";
import { type Changes, MemoryBackend, RangeStream, Store } from "../mvcc/index.ts";
import {
  decodeDeleteRangeResponse,
  decodeKeyValue,
  decodePutResponse,
  decodeRangeResponse,
  decodeRangeStreamResponse,
  decodeTxnResponse,
  type DeleteRangeResponse,
  makeDeleteRangeRequest,
  makeRangeRequest,
  type PutResponse,
  type RangeRequest,
  type RangeResponse,
  type TxnRequest,
  type TxnResponse,
} from "../proto/index.ts";
import {
  applyCompaction,
  applyDeleteRange,
  applyPut,
  applyTxn,
  checkTxnRequest,
  encodeResponse,
  encodeStreamChunk,
  HeaderTemplate,
  readRange,
} from "./kv.ts";
import {
  encoded,
  type Failure,
  KvModel,
  type ModelKv,
  type ModelOp,
  type ModelRange,
  type ModelRecord,
  stored,
  textOf,
} from "./kv-model.ts";
import { leases, RandomRequests } from "./random-requests.ts";

const header = new HeaderTemplate(id64(0xcdf81818, 0xe32a0f2a), id64(0x8e9e05c5, 0x2164694d), 7);
const leaseTable = { leaseExists: (lease: bigint): boolean => leases.includes(lease) };

const asModel = (bytes: Uint8Array): ModelKv => {
  const { key, value, createRevision, modRevision, version, lease } = decodeKeyValue(bytes);
  return { key: textOf(key), value: textOf(value), createRevision, modRevision, version, lease };
};

/** What a sort target looks at. */
const sortedBy = (kv: ModelKv, target: number): string | number =>
  [kv.key, kv.version, kv.createRevision, kv.modRevision, kv.value][target]!;
const byRank = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);

const failureOf = (run: () => void): Failure | undefined => {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof EtcdError, String(error));
    const names: Failure[] = ["compacted", "futureRev", "keyNotFound", "leaseNotFound"];
    return names.find((name) => errors[name]() === error);
  }
  return undefined;
};

class History extends RandomRequests {
  readonly backend = new MemoryBackend();
  readonly model = new KvModel(leases);
  store = new Store(this.backend);
  /** Compactions accepted and not yet done, and whether they leave a hash behind. */
  pending: { revision: number; previous: number; hashed: boolean }[] = [];
  hashes = new Map<number, { previous: number; hash: number }>();
  leaseOf = new Map<string, bigint>();

  get newestRevision(): number {
    return this.model.revision;
  }

  step(): void {
    const kind = this.random.below(100);
    if (kind < 25) this.put();
    else if (kind < 35) this.deleteRange();
    else if (kind < 50) this.txn();
    else if (kind < 75) this.range();
    else if (kind < 80) this.compact();
    else if (kind < 88) this.compactStep(1 + this.random.below(6));
    else if (kind < 94) this.hash();
    else if (kind < 96) this.stream();
    else if (kind < 98) this.readEvents();
    else if (kind < 99) this.restart();
    else this.compactStep(Infinity);
  }

  put(): void {
    const request = this.putRequest();
    const expected = this.model.put(request);
    const first = this.model.records.length;
    if (typeof expected === "string") {
      assert.equal(
        failureOf(() => applyPut(this.store, request, leaseTable)),
        expected,
      );
      return;
    }
    const { response, changes } = applyPut(this.store, request, leaseTable);
    this.checkChanges(changes, this.model.records.slice(first - 1));
    this.checkPut(decodePutResponse(encodeResponse(response, header)), expected, true);
  }

  deleteRange(): void {
    const request = makeDeleteRangeRequest({ ...this.span(), prevKv: this.chance(50) });
    const first = this.model.records.length;
    const expected = this.model.deleteRange(request);
    const { response, changes } = applyDeleteRange(this.store, request);
    this.checkChanges(changes, this.model.records.slice(first));
    const decoded = decodeDeleteRangeResponse(encodeResponse(response, header));
    this.checkDelete(decoded, expected, request.prevKv, true);
  }

  txn(): void {
    const request = this.txnRequest(2);
    if (failureOfCheck(request)) return;
    const first = this.model.records.length;
    const expected = this.model.txn(request);
    const answered = this.chance(90);
    if (typeof expected === "string") {
      const run = (): unknown => applyTxn(this.store, request, leaseTable, answered);
      assert.equal(failureOf(run), expected);
      assert.equal(this.store.currentRevision, this.model.revision);
      return;
    }
    const { response, changes } = applyTxn(this.store, request, leaseTable, answered);
    this.checkChanges(changes, this.model.records.slice(first));
    assert.equal(response.revision, this.model.revision);
    if (!answered) return;
    const decoded = decodeTxnResponse(encodeResponse(response, header));
    this.checkHeader(decoded.header, this.model.revision, true);
    this.checkTxn(decoded, expected, request);
  }

  range(): void {
    const request = this.rangeRequest();
    const expected = this.model.readRange(request);
    if (typeof expected === "string") {
      assert.equal(
        failureOf(() => readRange(this.store, request)),
        expected,
      );
      return;
    }
    const bytes = encodeResponse(readRange(this.store, request), header);
    this.checkRange(decodeRangeResponse(bytes), expected, request, true);
  }

  stream(): void {
    const request = makeRangeRequest({
      ...this.span(),
      limit: this.random.below(4),
      keysOnly: this.chance(30),
      countOnly: this.chance(10),
    });
    const expected = this.model.readRange(request);
    assert.ok(typeof expected !== "string");
    // By value, keys_only shows the lease too: the model read by key does not.
    request.sortTarget = this.random.below(request.keysOnly ? 4 : 5);
    const stream = new RangeStream(this.store, request, this.pick([20, 80, 1e6]));
    const kvs: ModelKv[] = [];
    for (let chunk = stream.next(); chunk !== undefined; chunk = stream.next()) {
      const bytes = encodeStreamChunk(chunk, header);
      const { rangeResponse } = decodeRangeStreamResponse(bytes);
      assert.ok(rangeResponse !== undefined);
      const chunkKvs = rangeResponse.kvs.map(asModel);
      const ranks = chunkKvs.map((kv) => sortedBy(kv, request.sortTarget));
      assert.deepEqual(ranks, ranks.toSorted(byRank));
      kvs.push(...chunkKvs.sort((a, b) => byRank(a.key, b.key)));
      if (rangeResponse.header === undefined) {
        this.put();
        continue;
      }
      this.checkHeader(rangeResponse.header, expected.revision, true);
      assert.equal(rangeResponse.count, expected.count);
      assert.equal(rangeResponse.more, expected.more);
    }
    assert.deepEqual(kvs, expected.kvs);
  }

  compact(): void {
    const revision = this.model.revision + 1 - this.random.below(12);
    const previous = this.model.compacted;
    const expected = this.model.compact(revision);
    const request = { revision, physical: false };
    if (expected !== undefined) {
      assert.equal(
        failureOf(() => applyCompaction(this.store, request)),
        expected,
      );
      return;
    }
    const { response } = applyCompaction(this.store, request);
    assert.equal(response.revision, this.model.revision);
    this.pending.push({ revision, previous, hashed: this.pending.length === 0 });
  }

  compactStep(budget: number): void {
    const done = this.store.compactStep(budget);
    while (this.pending.length > this.store.pendingCompactions) {
      const { revision, previous, hashed } = this.pending.shift()!;
      if (hashed) {
        this.hashes.set(revision, { previous, hash: this.model.hash(previous, revision, true) });
      }
      this.model.deleteCompacted(revision);
    }
    assert.equal(done, this.pending.length === 0);
    if (done) this.checkBackend();
  }

  restart(): void {
    const { currentRevision, compactedRevision } = this.store;
    this.store = new Store(this.backend);
    assert.equal(this.store.currentRevision, currentRevision);
    assert.equal(this.store.compactedRevision, compactedRevision);
    // Only the newest of the interrupted ones is taken up, and it leaves no hash.
    const last = this.pending.at(-1);
    this.pending = last === undefined ? [] : [{ ...last, hashed: false }];
    this.hashes.clear();
    const attached = new Map<string, bigint>();
    this.store.visitLeases((key, lease) => attached.set(textOf(key), lease));
    assert.deepEqual(attached, this.leaseOf);
    for (let at = Math.max(this.model.compacted, 1); at <= this.model.revision; at++) {
      const request = makeRangeRequest({
        key: Uint8Array.of(0),
        rangeEnd: Uint8Array.of(0),
        revision: at,
      });
      const bytes = encodeResponse(readRange(this.store, request), header);
      this.checkRange(
        decodeRangeResponse(bytes),
        this.model.readRange(request) as ModelRange,
        request,
        true,
      );
    }
  }

  /** HashKV, stepped, with puts between the steps. What is not yet deleted must not show. */
  hash(): void {
    const revision = this.chance(30) ? 0 : this.model.revision + 1 - this.random.below(15);
    if (revision < 0) return;
    const at = revision === 0 ? this.model.revision : revision;
    const compactRevision = this.model.compacted;
    const storedHash = this.newestHashes().get(revision);
    if (storedHash === undefined && revision > 0) {
      if (revision < compactRevision || revision > this.model.revision) {
        const failure = revision < compactRevision ? "compacted" : "futureRev";
        assert.equal(
          failureOf(() => this.store.hashByRevision(revision)),
          failure,
        );
        return;
      }
    }
    const clean = new KvModel(leases);
    clean.records = [...this.model.records];
    for (const { revision: pending } of this.pending) clean.deleteCompacted(pending);
    const job = this.store.hashByRevision(revision);
    let result = job.step(1 + this.random.below(4));
    for (; result === undefined; result = job.step(1 + this.random.below(4))) {
      if (this.chance(30)) this.put();
      if (this.chance(10)) this.compact();
      if (this.chance(10)) this.store.compactStep(1);
    }
    assert.deepEqual(result, {
      hash: storedHash?.hash ?? clean.hash(compactRevision, at, false),
      compactRevision: storedHash?.previous ?? compactRevision,
      revision: storedHash === undefined ? at : revision,
    });
  }

  newestHashes(): ReadonlyMap<number, { previous: number; hash: number }> {
    return new Map([...this.hashes].sort(([a], [b]) => a - b).slice(-10));
  }

  readEvents(): void {
    // A revision being compacted may already lack what it overwrote itself.
    const first = this.model.compacted + (this.pending.length > 0 ? 1 : 0);
    const from = Math.max(first, this.model.revision - this.random.below(20), 1);
    const to = Math.min(this.model.revision, from + this.random.below(10));
    const budget = 1 + this.random.below(5);
    const expected = this.model.records.filter(({ main }) => main >= from && main <= to);
    let at = 0;
    for (let next = from; next <= to;) {
      const started = next;
      next = this.store.eventsBetween(next, to, budget, (event) => {
        const record = expected[at++]!;
        checkEvent(event, record, this.model.compacted);
        const before = this.store.recordAt(event.key, event.mainRevision - 1);
        if (record.main - 1 < this.model.compacted) assert.equal(before, undefined);
        return true;
      });
      assert.ok(next > started);
    }
    assert.equal(at, expected.length);
  }

  checkBackend(): void {
    const found: [Uint8Array, Uint8Array][] = [];
    this.backend.visit("key", new Uint8Array(0), undefined, (key, value) => {
      found.push([key, value.slice()]);
      return true;
    });
    assert.deepEqual(found, this.model.records.map(stored));
  }

  checkChanges(changes: Changes, records: readonly ModelRecord[]): void {
    assert.equal(changes.revision, this.model.revision);
    assert.equal(this.store.currentRevision, this.model.revision);
    assert.equal(this.store.keyCount, this.model.stateAt(this.model.revision).size);
    assert.equal(changes.events.length, records.length);
    for (const [at, event] of changes.events.entries()) checkEvent(event, records[at]!, -1);
    for (const { key, attached, detached } of changes.leaseChanges) {
      const name = textOf(key);
      assert.equal(detached, this.leaseOf.get(name) ?? 0n);
      assert.notEqual(attached, detached);
      if (attached === 0n) this.leaseOf.delete(name);
      else this.leaseOf.set(name, attached);
    }
    const state = this.model.stateAt(this.model.revision).values();
    const leased = [...state].filter(({ lease }) => lease !== 0n);
    assert.deepEqual(this.leaseOf, new Map(leased.map(({ key, lease }) => [key, lease])));
  }

  checkHeader(found: PutResponse["header"], revision: number, whole: boolean): void {
    const expected = whole
      ? { clusterId: 0xcdf81818e32a0f2an, memberId: 0x8e9e05c52164694dn, revision, raftTerm: 7 }
      : { clusterId: 0n, memberId: 0n, revision, raftTerm: 0 };
    assert.deepEqual({ ...found }, expected);
  }

  checkPut(found: PutResponse, expected: ModelOp, whole: boolean): void {
    assert.ok(expected.kind === "put");
    this.checkHeader(found.header, expected.revision, whole);
    assert.deepEqual(
      found.prevKv === undefined ? undefined : asModel(found.prevKv),
      expected.previous,
    );
  }

  checkDelete(
    found: DeleteRangeResponse,
    expected: ModelOp,
    withPrevious: boolean,
    whole: boolean,
  ): void {
    assert.ok(expected.kind === "delete");
    this.checkHeader(found.header, expected.revision, whole);
    assert.equal(found.deleted, expected.deleted.length);
    assert.deepEqual(found.prevKvs.map(asModel), withPrevious ? expected.deleted : []);
  }

  checkRange(
    found: RangeResponse,
    expected: ModelRange,
    request: RangeRequest,
    whole: boolean,
  ): void {
    this.checkHeader(found.header, expected.revision, whole);
    assert.deepEqual(
      { more: found.more, count: found.count },
      { more: expected.more, count: expected.count },
    );
    const kvs = found.kvs.map(asModel);
    // Ties may come in any order, and a limit may cut through them.
    const by = (kv: ModelKv): unknown => sortedBy(kv, request.sortTarget);
    if (request.sortTarget !== 0) {
      assert.deepEqual(kvs.map(by), expected.kvs.map(by));
      if (!expected.more) assert.deepEqual(new Set(kvs.map(({ key }) => key)).size, kvs.length);
      return;
    }
    assert.deepEqual(kvs, expected.kvs);
  }

  checkTxn(found: TxnResponse, expected: ModelOp, request: TxnRequest): void {
    assert.ok(expected.kind === "txn");
    assert.equal(found.succeeded, expected.succeeded);
    assert.equal(found.responses.length, expected.ops.length);
    const requests = expected.succeeded ? request.success : request.failure;
    for (const [at, op] of expected.ops.entries()) {
      const response = found.responses[at]!.response!;
      const asked = requests[at]!.request!;
      if (response.case === "responsePut") this.checkPut(response.value, op, false);
      else if (response.case === "responseDeleteRange") {
        assert.ok(asked.case === "requestDeleteRange");
        this.checkDelete(response.value, op, asked.value.prevKv, false);
      } else if (response.case === "responseRange") {
        assert.ok(asked.case === "requestRange" && op.kind === "range");
        this.checkRange(response.value, op.range, asked.value, false);
      } else {
        assert.ok(asked.case === "requestTxn");
        this.checkHeader(response.value.header, 0, false);
        this.checkTxn(response.value, op, asked.value);
      }
    }
  }
}

function failureOfCheck(request: TxnRequest): boolean {
  try {
    checkTxnRequest(request, 128);
    return false;
  } catch (error) {
    assert.equal(error, errors.duplicateKey());
    return true;
  }
}

function checkEvent(
  event: Changes["events"][number],
  { main, sub, key, kv, previous }: ModelRecord,
  compacted: number,
): void {
  assert.equal(event.tombstone, kv === undefined);
  assert.equal(textOf(event.key), key);
  assert.deepEqual([event.mainRevision, event.subRevision], [main, sub]);
  assert.equal(event.created, kv?.version === 1);
  const gone = main <= compacted;
  assert.equal(event.previousMain, gone ? 0 : (previous?.modRevision ?? 0));
  const bytes = encoded(
    kv ?? { key, value: "", createRevision: 0, modRevision: main, version: 0, lease: 0n },
  );
  assert.deepEqual(event.kv.slice(), bytes);
}

test("answers, events, hashes and stored bytes are the model's, through compactions and restarts", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const history = new History(seed);
    for (let step = 0; step < 250; step++) {
      try {
        history.step();
      } catch (error) {
        throw new Error(`seed ${seed}, step ${step}`, { cause: error });
      }
    }
    history.compactStep(Infinity);
    history.restart();
  }
});
