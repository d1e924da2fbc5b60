// etcd's key-value semantics said as plainly as possible: the oracle of the KV tests. Every state is
// a map, every revision keeps its own, nothing is fast.
import { crc32c } from "../../base/index.ts";
import {
  type Compare,
  CompareResult,
  CompareTarget,
  type DeleteRangeRequest,
  encodeKeyValue,
  makeKeyValue,
  type PutRequest,
  type RangeRequest,
  SortOrder,
  SortTarget,
  type TxnRequest,
} from "../proto/index.ts";

export const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
export const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));

export interface ModelKv {
  readonly key: string;
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly lease: bigint;
}

export interface ModelRecord {
  readonly main: number;
  readonly sub: number;
  readonly key: string;
  /** Undefined for a tombstone. */
  readonly kv: ModelKv | undefined;
  readonly previous: ModelKv | undefined;
}

export interface ModelRange {
  readonly revision: number;
  readonly kvs: readonly ModelKv[];
  readonly more: boolean;
  readonly count: number;
}

export type ModelOp =
  | { readonly kind: "range"; readonly range: ModelRange }
  | { readonly kind: "put"; readonly revision: number; readonly previous: ModelKv | undefined }
  | { readonly kind: "delete"; readonly revision: number; readonly deleted: readonly ModelKv[] }
  | { readonly kind: "txn"; readonly succeeded: boolean; readonly ops: readonly ModelOp[] };

type State = ReadonlyMap<string, ModelKv>;
export type Failure = "compacted" | "futureRev" | "keyNotFound" | "leaseNotFound";

const inRange = (key: string, from: Uint8Array, end: Uint8Array): boolean => {
  const first = textOf(from);
  if (end.length === 0) return key === first;
  if (end.length === 1 && end[0] === 0) return key >= first;
  return key >= first && key < textOf(end);
};

const sorted = (state: State): ModelKv[] =>
  [...state.values()].sort((a, b) => (a.key < b.key ? -1 : 1));

const order = <Value>(a: Value, b: Value): number => (a < b ? -1 : a > b ? 1 : 0);

export class KvModel {
  revision = 1;
  compacted = -1;
  readonly leases: ReadonlySet<bigint>;
  /** Everything in bucket `key`, in order. */
  records: ModelRecord[] = [];
  readonly #states = new Map<number, State>([[1, new Map()]]);

  constructor(leases: readonly bigint[]) {
    this.leases = new Set(leases);
  }

  stateAt(revision: number): State {
    return this.#states.get(revision)!;
  }

  readRange(request: RangeRequest): ModelRange | Failure {
    if (request.revision > this.revision) return "futureRev";
    const at = request.revision <= 0 ? this.revision : request.revision;
    if (at < this.compacted) return "compacted";
    return this.#range(request, this.stateAt(at), this.revision);
  }

  put(request: PutRequest): ModelOp | Failure {
    return this.#checkPut(request) ?? this.#transact((tx) => tx.put(request));
  }

  deleteRange(request: DeleteRangeRequest): ModelOp {
    return this.#transact((tx) => tx.deleteRange(request));
  }

  txn(request: TxnRequest): ModelOp | Failure {
    const path = this.#path(request);
    const failure = this.#checkTxn(request, [...path]);
    return failure ?? this.#transact((tx) => tx.txn(request, [...path]));
  }

  #transact(run: (tx: ModelTx) => ModelOp): ModelOp {
    const tx = new ModelTx(this, new Map(this.stateAt(this.revision)), this.revision);
    const result = run(tx);
    if (tx.records.length > 0) {
      this.revision++;
      this.records.push(...tx.records);
      this.#states.set(this.revision, tx.state);
    }
    return result;
  }

  #checkPut(request: PutRequest): Failure | undefined {
    if (request.lease !== 0n && !this.leases.has(request.lease)) return "leaseNotFound";
    const exists = this.stateAt(this.revision).has(textOf(request.key));
    return (request.ignoreValue || request.ignoreLease) && !exists ? "keyNotFound" : undefined;
  }

  #path(request: TxnRequest): boolean[] {
    const succeeded = request.compare.every((compare) => this.#holds(compare));
    const path = [succeeded];
    for (const { request: op } of succeeded ? request.success : request.failure) {
      if (op?.case === "requestTxn") path.push(...this.#path(op.value));
    }
    return path;
  }

  #checkTxn(request: TxnRequest, path: boolean[]): Failure | undefined {
    for (const { request: op } of path.shift() ? request.success : request.failure) {
      let failure: Failure | undefined;
      if (op?.case === "requestPut") failure = this.#checkPut(op.value);
      if (op?.case === "requestTxn") failure = this.#checkTxn(op.value, path);
      if (op?.case === "requestRange" && op.value.revision !== 0) {
        if (op.value.revision > this.revision) failure = "futureRev";
        else if (op.value.revision < this.compacted) failure = "compacted";
      }
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  #holds(compare: Compare): boolean {
    const found = sorted(this.stateAt(this.revision)).filter(({ key }) =>
      inRange(key, compare.key, compare.rangeEnd),
    );
    if (found.length === 0 && compare.target === CompareTarget.VALUE) return false;
    const nothing = { createRevision: 0, modRevision: 0, version: 0, value: "", lease: 0n };
    const against = found.length === 0 ? [nothing] : found;
    return against.every((kv) => {
      const union = compare.targetUnion;
      const number = (name: string): number =>
        union?.case === name && typeof union.value === "number" ? union.value : 0;
      let side = 0;
      switch (compare.target) {
        case CompareTarget.VERSION:
          side = order(kv.version, number("version"));
          break;
        case CompareTarget.CREATE:
          side = order(kv.createRevision, number("createRevision"));
          break;
        case CompareTarget.MOD:
          side = order(kv.modRevision, number("modRevision"));
          break;
        case CompareTarget.VALUE:
          side = order(kv.value, union?.case === "value" ? textOf(union.value) : "");
          break;
        case CompareTarget.LEASE:
          side = order(
            BigInt.asIntN(64, kv.lease),
            union?.case === "lease" ? BigInt.asIntN(64, union.value) : 0n,
          );
          break;
      }
      if (compare.result === CompareResult.EQUAL) return side === 0;
      if (compare.result === CompareResult.NOT_EQUAL) return side !== 0;
      return compare.result === CompareResult.GREATER ? side > 0 : side < 0;
    });
  }

  /** A range of one state; what `current` is only the header says. */
  rangeOf(request: RangeRequest, state: State, current: number): ModelRange {
    return this.#range(request, state, current);
  }

  #range(request: RangeRequest, state: State, current: number): ModelRange {
    const all = sorted(state).filter(({ key }) => inRange(key, request.key, request.rangeEnd));
    const count = all.length;
    if (request.countOnly) return { revision: current, kvs: [], more: false, count };
    const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = request;
    let kvs = all.filter(
      (kv) =>
        (maxModRevision === 0 || kv.modRevision <= maxModRevision) &&
        (minModRevision === 0 || kv.modRevision >= minModRevision) &&
        (maxCreateRevision === 0 || kv.createRevision <= maxCreateRevision) &&
        (minCreateRevision === 0 || kv.createRevision >= minCreateRevision),
    );
    const filters = [minModRevision, maxModRevision, minCreateRevision, maxCreateRevision];
    const filtered = filters.some((bound) => bound !== 0);
    const { limit } = request;
    if (request.sortOrder === SortOrder.NONE && !filtered && limit > 0) {
      kvs = kvs.slice(0, limit + 1);
    }
    const by = (kv: ModelKv): string | number =>
      [kv.key, kv.version, kv.createRevision, kv.modRevision, kv.value][request.sortTarget]!;
    const sign = request.sortOrder === SortOrder.DESCEND ? -1 : 1;
    kvs.sort((a, b) => sign * order(by(a), by(b)));
    const more = limit > 0 && kvs.length > limit;
    if (more) kvs = kvs.slice(0, limit);
    if (request.keysOnly) {
      const lease = (kv: ModelKv): bigint =>
        request.sortTarget === SortTarget.VALUE ? kv.lease : 0n;
      kvs = kvs.map((kv) => ({ ...kv, value: "", lease: lease(kv) }));
    }
    return { revision: current, kvs, more, count };
  }

  compact(revision: number): Failure | undefined {
    if (revision <= this.compacted) return "compacted";
    if (revision > this.revision) return "futureRev";
    this.compacted = revision;
    return undefined;
  }

  /** Deletes what the compaction at `revision` does not keep. */
  deleteCompacted(revision: number): void {
    const kept = this.#kept(revision, true);
    this.records = this.records.filter(
      (record) => record.main > revision || kept.has(`${record.main}_${record.sub}`),
    );
  }

  /** HashKV of etcd's hash.go: with `compaction`, what a compaction at `revision` computes. */
  hash(compactRevision: number, revision: number, compaction: boolean): number {
    const kept = this.#kept(revision, compaction);
    let crc = crc32c(0, bytesOf("key"));
    for (const record of this.records) {
      const { main, sub, kv } = record;
      if (main > revision) continue;
      if (main <= compactRevision && kept.size > 0 && !kept.has(`${main}_${sub}`)) continue;
      if (main === compactRevision && kv === undefined) continue;
      const [name, value] = stored(record);
      crc = crc32c(crc32c(crc, name), value);
    }
    return crc;
  }

  /**
   * etcd's index.Compact or index.Keep: the newest revision of each key at or below `at`. Where one
   * transaction deleted a key and put it again at `at`, etcd keeps only the tombstone and loses the
   * key; here both are kept.
   */
  #kept(at: number, tombstones: boolean): Set<string> {
    const generations = new Map<string, ModelRecord[][]>();
    for (const record of this.records) {
      const list = generations.get(record.key) ?? [[]];
      list.at(-1)!.push(record);
      if (record.kv === undefined) list.push([]);
      generations.set(record.key, list);
    }
    const kept = new Set<string>();
    for (const list of generations.values()) {
      const chosen = list.findIndex(
        (generation, index) => index === list.length - 1 || generation.at(-1)!.main >= at,
      );
      for (const generation of list.slice(chosen)) {
        const record = generation.findLast(({ main }) => main <= at);
        if (record === undefined) continue;
        if (!tombstones && record.kv === undefined) continue;
        kept.add(`${record.main}_${record.sub}`);
      }
    }
    return kept;
  }
}

/** A record's key and value in bucket `key`. */
export function stored({ main, sub, key, kv }: ModelRecord): [Uint8Array, Uint8Array] {
  const name = new Uint8Array(kv === undefined ? 18 : 17);
  const view = new DataView(name.buffer);
  view.setBigUint64(0, BigInt(main));
  name[8] = "_".charCodeAt(0);
  view.setBigUint64(9, BigInt(sub));
  if (kv === undefined) name[17] = "t".charCodeAt(0);
  return [
    name,
    kv === undefined ? encodeKeyValue(makeKeyValue({ key: bytesOf(key) })) : encoded(kv),
  ];
}

export const encoded = (kv: ModelKv): Uint8Array =>
  encodeKeyValue(makeKeyValue({ ...kv, key: bytesOf(kv.key), value: bytesOf(kv.value) }));

/** One transaction of the model: a state being changed. */
class ModelTx {
  readonly records: ModelRecord[] = [];
  readonly state: Map<string, ModelKv>;
  readonly #model: KvModel;
  readonly #begin: number;

  constructor(model: KvModel, state: Map<string, ModelKv>, begin: number) {
    this.#model = model;
    this.state = state;
    this.#begin = begin;
  }

  get #now(): number {
    return this.records.length > 0 ? this.#begin + 1 : this.#begin;
  }

  put(request: PutRequest): ModelOp {
    const key = textOf(request.key);
    const previous = this.state.get(key);
    const main = this.#begin + 1;
    const kv: ModelKv = {
      key,
      value: request.ignoreValue ? (previous?.value ?? "") : textOf(request.value),
      createRevision: previous?.createRevision ?? main,
      modRevision: main,
      version: (previous?.version ?? 0) + 1,
      lease: request.ignoreLease ? (previous?.lease ?? 0n) : request.lease,
    };
    this.records.push({ main, sub: this.records.length, key, kv, previous });
    this.state.set(key, kv);
    return { kind: "put", revision: main, previous: request.prevKv ? previous : undefined };
  }

  deleteRange(request: DeleteRangeRequest): ModelOp {
    const deleted = sorted(this.state).filter(({ key }) =>
      inRange(key, request.key, request.rangeEnd),
    );
    for (const previous of deleted) {
      const { key } = previous;
      const sub = this.records.length;
      this.records.push({ main: this.#begin + 1, sub, key, kv: undefined, previous });
      this.state.delete(key);
    }
    return { kind: "delete", revision: this.#now, deleted };
  }

  txn(request: TxnRequest, path: boolean[]): ModelOp {
    const succeeded = path.shift()!;
    const ops = (succeeded ? request.success : request.failure).map(({ request: op }): ModelOp => {
      switch (op!.case) {
        case "requestPut":
          return this.put(op!.value);
        case "requestDeleteRange":
          return this.deleteRange(op!.value);
        case "requestTxn":
          return this.txn(op!.value, path);
        case "requestRange": {
          const { revision } = op!.value;
          const past = revision > 0 && revision <= this.#begin;
          const state = past ? this.#model.stateAt(revision) : this.state;
          return { kind: "range", range: this.#model.rangeOf(op!.value, state, this.#now) };
        }
      }
    });
    return { kind: "txn", succeeded, ops };
  }
}
