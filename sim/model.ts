// etcd's key-value semantics a second time, from its documents and by other means than core/mvcc: each
// key has the list of everything it ever was, nothing is ever deleted, and what compaction makes
// unreadable is only a number. The oracle runs the committed log through it.
import { assert, bytesFromLatin1, latin1FromBytes } from "../src/base/index.ts";
import {
  type Compare,
  CompareResult,
  CompareTarget,
  type DeleteRangeRequest,
  encodeKeyValue,
  makeDeleteRangeResponse,
  makeKeyValue,
  makePutResponse,
  makeRangeResponse,
  makeResponseHeader,
  makeTxnResponse,
  type PutRequest,
  type PutResponse,
  type DeleteRangeResponse,
  type RangeRequest,
  type RangeResponse,
  type ResponseOp,
  type ResponseOpResponse,
  SortOrder,
  SortTarget,
  type TxnRequest,
  type TxnResponse,
} from "../src/core/proto/index.ts";

import { type AuthError, AuthModel } from "./auth-model.ts";

/** A key as it was from revision `mod` on. */
export interface Version {
  readonly key: string;
  readonly mod: number;
  readonly create: number;
  readonly version: number;
  readonly value: Uint8Array;
  readonly lease: bigint;
  readonly isDead: boolean;
}

export interface ModelEvent {
  readonly at: Version;
  /** What the key was before this revision; undefined when it did not exist. */
  readonly before: Version | undefined;
}

export type ModelError =
  | AuthError
  | "compacted"
  | "futureRev"
  | "keyNotFound"
  | "leaseNotFound"
  | "leaseExist"
  | "noSpace";

const nothing = { create: 0, mod: 0, version: 0, lease: 0n };
const noBytes = new Uint8Array(0);

export class Model {
  /** Of the last change; 1 in the beginning. */
  revision = 1;
  compacted = -1;
  readonly leases = new Map<bigint, Set<string>>();
  readonly auth = new AuthModel();
  /** Members that have raised the NOSPACE alarm: meanwhile nobody takes what makes the store grow. */
  readonly full = new Set<bigint>();
  readonly #versions = new Map<string, Version[]>();
  /** Every key there ever was, in byte order. */
  readonly #names: string[] = [];
  readonly #events: ModelEvent[][] = [[], []];
  /** Of the transaction under way. */
  #changes: ModelEvent[] = [];

  /** What changed in a revision, in order. */
  eventsOf(revision: number): readonly ModelEvent[] {
    return this.#events[revision] ?? [];
  }

  at(key: string, revision: number): Version | undefined {
    const versions = this.#versions.get(key);
    if (versions === undefined) return undefined;
    for (let at = versions.length - 1; at >= 0; at--) {
      const found = versions[at]!;
      if (found.mod <= revision) return found.isDead ? undefined : found;
    }
    return undefined;
  }

  // Requests that change things; each is one revision or none -----------------------------------

  put(request: PutRequest): PutResponse | ModelError {
    if (this.full.size > 0) return "noSpace";
    const refused = this.#refusedPut(request);
    if (refused !== undefined) return refused;
    const response = this.#put(request);
    return { ...response, header: header(this.#end()) };
  }

  deleteRange(request: DeleteRangeRequest): DeleteRangeResponse {
    const response = this.#delete(request);
    return { ...response, header: header(this.#end()) };
  }

  txn(request: TxnRequest): TxnResponse | ModelError {
    if (this.full.size > 0 && mayPut(request)) return "noSpace";
    const chosen = this.#choose(request);
    const refused = this.#refusedTxn(request, chosen);
    if (refused !== undefined) return refused;
    const response = this.#txn(request, chosen);
    return { ...response, header: header(this.#end()) };
  }

  compact(revision: number): ModelError | undefined {
    if (revision <= this.compacted) return "compacted";
    if (revision > this.revision) return "futureRev";
    this.compacted = revision;
    return undefined;
  }

  grant(lease: bigint): ModelError | undefined {
    if (this.full.size > 0) return "noSpace";
    if (this.leases.has(lease)) return "leaseExist";
    this.leases.set(lease, new Set());
    return undefined;
  }

  revoke(lease: bigint): ModelError | undefined {
    const keys = this.leases.get(lease);
    if (keys === undefined) return "leaseNotFound";
    for (const key of [...keys].sort()) this.#bury(this.at(key, Infinity)!);
    this.leases.delete(lease);
    this.#end();
    return undefined;
  }

  // Reads ---------------------------------------------------------------------------------------

  /** A range as a member answers it whose state is at `current`, `compacted` up to there. */
  read(request: RangeRequest, current: number, compacted: number): RangeResponse | ModelError {
    if (request.revision > current) return "futureRev";
    const at = request.revision <= 0 ? current : request.revision;
    if (at < compacted) return "compacted";
    return this.#range(request, at, current);
  }

  /** A transaction of ranges alone, as a member answers it without the log. */
  readTxn(request: TxnRequest, current: number, compacted: number): TxnResponse | ModelError {
    const holds = request.compare.every((compare) => this.#holds(compare, current));
    const responses: ResponseOp[] = [];
    const operations = holds ? request.success : request.failure;
    for (const { request: operation } of operations) {
      assert(operation?.case === "requestRange", "only ranges are read");
      const { revision } = operation.value;
      if (revision > current) return "futureRev";
      if (revision !== 0 && revision < compacted) return "compacted";
    }
    for (const { request: operation } of operations) {
      assert(operation?.case === "requestRange", "only ranges are read");
      const { value } = operation;
      const at = value.revision <= 0 ? current : value.revision;
      const response = this.#range(value, at, current);
      responses.push({ response: { case: "responseRange", value: response } });
    }
    return makeTxnResponse({ header: header(current), succeeded: holds, responses });
  }

  /** Keys in [key, end) that exist at `revision`, in byte order. */
  live(key: Uint8Array, end: Uint8Array, revision: number): Version[] {
    const first = latin1FromBytes(key);
    if (end.length === 0) {
      const found = this.at(first, revision);
      return found === undefined ? [] : [found];
    }
    const isOpen = end.length === 1 && end[0] === 0;
    const last = latin1FromBytes(end);
    const found: Version[] = [];
    for (let at = this.#placeOf(first); at < this.#names.length; at++) {
      const name = this.#names[at]!;
      if (!isOpen && name >= last) break;
      const version = this.at(name, revision);
      if (version !== undefined) found.push(version);
    }
    return found;
  }

  // One transaction -----------------------------------------------------------------------------

  /** The revision reads of this transaction see. */
  get #now(): number {
    return this.#changes.length > 0 ? this.revision + 1 : this.revision;
  }

  #end(): number {
    if (this.#changes.length > 0) {
      this.revision++;
      this.#events.push(this.#changes);
      assert(this.#events.length === this.revision + 1, "each revision has its events");
      this.#changes = [];
    }
    return this.revision;
  }

  #write(version: Version, before: Version | undefined): void {
    let versions = this.#versions.get(version.key);
    if (versions === undefined) {
      versions = [];
      this.#versions.set(version.key, versions);
      this.#names.splice(this.#placeOf(version.key), 0, version.key);
    }
    versions.push(version);
    if (before !== undefined) this.leases.get(before.lease)?.delete(version.key);
    if (!version.isDead) this.leases.get(version.lease)?.add(version.key);
    // One revision may change a key twice; an event tells what was before both.
    this.#changes.push({ at: version, before: this.at(version.key, this.revision) });
  }

  #bury(before: Version): void {
    const { key } = before;
    const mod = this.revision + 1;
    const dead = { key, mod, create: 0, version: 0, value: noBytes, lease: 0n, isDead: true };
    this.#write(dead, before);
  }

  #put(request: PutRequest): PutResponse {
    const key = latin1FromBytes(request.key);
    const before = this.at(key, Infinity);
    const mod = this.revision + 1;
    this.#write(
      {
        key,
        mod,
        create: before?.create ?? mod,
        version: (before?.version ?? 0) + 1,
        value: request.ignoreValue ? before!.value : request.value.slice(),
        lease: request.ignoreLease ? before!.lease : request.lease,
        isDead: false,
      },
      before,
    );
    const prevKv = request.prevKv && before !== undefined ? kvOf(before) : undefined;
    return makePutResponse({ header: header(mod), prevKv });
  }

  #delete(request: DeleteRangeRequest): DeleteRangeResponse {
    const found = this.live(request.key, request.rangeEnd, Infinity);
    for (const before of found) this.#bury(before);
    const prevKvs = request.prevKv ? found.map((before) => kvOf(before)) : [];
    return makeDeleteRangeResponse({ header: header(this.#now), deleted: found.length, prevKvs });
  }

  /** Which arms run, in the order the transactions are met: all of it on the state before. */
  #choose(request: TxnRequest): boolean[] {
    const holds = request.compare.every((compare) => this.#holds(compare, this.revision));
    const chosen = [holds];
    for (const { request: operation } of holds ? request.success : request.failure) {
      if (operation?.case === "requestTxn") chosen.push(...this.#choose(operation.value));
    }
    return chosen;
  }

  #refusedPut(request: PutRequest): ModelError | undefined {
    if (request.lease !== 0n && !this.leases.has(request.lease)) return "leaseNotFound";
    if (!request.ignoreValue && !request.ignoreLease) return undefined;
    const exists = this.at(latin1FromBytes(request.key), this.revision) !== undefined;
    return exists ? undefined : "keyNotFound";
  }

  #refusedTxn(request: TxnRequest, chosen: readonly boolean[]): ModelError | undefined {
    let next = 0;
    const check = ({ success, failure }: TxnRequest): ModelError | undefined => {
      for (const { request: operation } of chosen[next++] ? success : failure) {
        let refused: ModelError | undefined;
        if (operation?.case === "requestPut") refused = this.#refusedPut(operation.value);
        if (operation?.case === "requestTxn") refused = check(operation.value);
        if (operation?.case === "requestRange" && operation.value.revision !== 0) {
          if (operation.value.revision > this.revision) refused = "futureRev";
          else if (operation.value.revision < this.compacted) refused = "compacted";
        }
        if (refused !== undefined) return refused;
      }
      return undefined;
    };
    return check(request);
  }

  #txn(request: TxnRequest, chosen: readonly boolean[]): TxnResponse {
    let next = 0;
    const run = ({ success, failure }: TxnRequest, isNested: boolean): TxnResponse => {
      const succeeded = chosen[next++]!;
      const responses = (succeeded ? success : failure).map(({ request: operation }) => ({
        response: this.#operation(operation!, (inner) => run(inner, true)),
      }));
      return makeTxnResponse({
        header: isNested ? makeResponseHeader() : undefined,
        succeeded,
        responses,
      });
    };
    return run(request, false);
  }

  #operation(
    operation: NonNullable<TxnRequest["success"][number]["request"]>,
    nested: (request: TxnRequest) => TxnResponse,
  ): ResponseOpResponse {
    switch (operation.case) {
      case "requestPut":
        return { case: "responsePut", value: this.#put(operation.value) };
      case "requestDeleteRange":
        return { case: "responseDeleteRange", value: this.#delete(operation.value) };
      case "requestTxn":
        return { case: "responseTxn", value: nested(operation.value) };
      case "requestRange": {
        const { value } = operation;
        const at = value.revision <= 0 ? Infinity : value.revision;
        return { case: "responseRange", value: this.#range(value, at, this.#now) };
      }
    }
  }

  #holds(compare: Compare, revision: number): boolean {
    const found = this.live(compare.key, compare.rangeEnd, revision);
    if (found.length === 0) {
      if (compare.target === CompareTarget.VALUE) return false;
      return compareHolds(compare, { ...nothing, value: noBytes });
    }
    return found.every((version) => compareHolds(compare, version));
  }

  #range(request: RangeRequest, at: number, current: number): RangeResponse {
    const all = this.live(request.key, request.rangeEnd, at);
    const count = all.length;
    if (request.countOnly) return makeRangeResponse({ header: header(current), count });
    const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision, limit } = request;
    const kvs = all.filter(
      ({ mod, create }) =>
        (maxModRevision === 0 || mod <= maxModRevision) &&
        (minModRevision === 0 || mod >= minModRevision) &&
        (maxCreateRevision === 0 || create <= maxCreateRevision) &&
        (minCreateRevision === 0 || create >= minCreateRevision),
    );
    assert(request.sortTarget === SortTarget.KEY, "other orders have ties that come in any order");
    if (request.sortOrder === SortOrder.DESCEND) kvs.reverse();
    const more = limit > 0 && kvs.length > limit;
    if (more) kvs.length = limit;
    return makeRangeResponse({
      header: header(current),
      kvs: kvs.map((version) => kvOf(version, request.keysOnly)),
      more,
      count,
    });
  }

  /** Where a name stands or would stand. */
  #placeOf(name: string): number {
    let low = 0;
    let high = this.#names.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#names[middle]! < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const header = (revision: number): ReturnType<typeof makeResponseHeader> =>
  makeResponseHeader({ revision });

/** The KeyValue message of a version; of a dead one what a DELETE event carries. */
export function kvOf(version: Version, keysOnly = false): Uint8Array {
  const key = bytesFromLatin1(version.key);
  if (version.isDead) return encodeKeyValue(makeKeyValue({ key, modRevision: version.mod }));
  return encodeKeyValue(
    makeKeyValue({
      key,
      createRevision: version.create,
      modRevision: version.mod,
      version: version.version,
      value: keysOnly ? noBytes : version.value,
      lease: keysOnly ? 0n : version.lease,
    }),
  );
}

/** Whether either arm has a put, however deep. */
export const mayPut = ({ success, failure }: TxnRequest): boolean =>
  [...success, ...failure].some(
    ({ request }) =>
      request?.case === "requestPut" || (request?.case === "requestTxn" && mayPut(request.value)),
  );

function compareHolds(
  { target, result, targetUnion: union }: Compare,
  of: Pick<Version, "create" | "mod" | "version" | "lease" | "value">,
): boolean {
  const number = union !== undefined && typeof union.value === "number" ? union.value : 0;
  let side = 0;
  switch (target) {
    case CompareTarget.VERSION:
      side = of.version - number;
      break;
    case CompareTarget.CREATE:
      side = of.create - number;
      break;
    case CompareTarget.MOD:
      side = of.mod - number;
      break;
    case CompareTarget.VALUE: {
      const theirs = union?.case === "value" ? latin1FromBytes(union.value) : "";
      const ours = latin1FromBytes(of.value);
      side = ours < theirs ? -1 : ours > theirs ? 1 : 0;
      break;
    }
    case CompareTarget.LEASE: {
      const theirs = BigInt.asIntN(64, union?.case === "lease" ? union.value : 0n);
      const ours = BigInt.asIntN(64, of.lease);
      side = ours < theirs ? -1 : ours > theirs ? 1 : 0;
      break;
    }
  }
  switch (result) {
    case CompareResult.EQUAL:
      return side === 0;
    case CompareResult.GREATER:
      return side > 0;
    case CompareResult.LESS:
      return side < 0;
    default:
      return side !== 0;
  }
}
