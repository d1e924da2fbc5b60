// Knows everything: every member's applied entries in one order, what each of them answers by an
// independent model, and when. So a whole history is checked in linear time, where a client that only
// sees answers would have to search (docs/simulation.md).
import { equalBytes, hexOf, type Id64, zeroId } from "../src/base/index.ts";
import { EtcdError, errors } from "../src/core/errors/index.ts";
import {
  AlarmAction,
  type AlarmRequest,
  AlarmType,
  type CompactionResponse,
  decodeAlarmRequest,
  decodeCompactionRequest,
  decodeCompactionResponse,
  decodeDeleteRangeRequest,
  decodeDeleteRangeResponse,
  decodeInternalRaftRequest,
  decodeLeaseGrantRequest,
  decodeLeaseGrantResponse,
  decodeLeaseKeepAliveResponse,
  decodeLeaseRevokeRequest,
  decodeLeaseRevokeResponse,
  decodePutRequest,
  decodePutResponse,
  decodeRangeResponse,
  decodeTxnRequest,
  decodeTxnResponse,
  type DeleteRangeResponse,
  encodeCompactionResponse,
  encodeDeleteRangeResponse,
  encodeLeaseGrantResponse,
  encodeLeaseRevokeResponse,
  encodePutResponse,
  encodeRangeResponse,
  encodeTxnResponse,
  type InternalRaftRequestRequest,
  type LeaseGrantResponse,
  type LeaseRevokeResponse,
  makeCompactionResponse,
  makeLeaseGrantResponse,
  makeLeaseRevokeResponse,
  makeResponseHeader,
  type PutResponse,
  type RangeResponse,
  type ResponseHeader,
  type TxnResponse,
} from "../src/core/proto/index.ts";
import { type Entry, EntryType } from "../src/core/raft/index.ts";
import { isLogged, isSerializable, type Reply, type Request } from "./calls.ts";
import { Model, type ModelError } from "./model.ts";
import { hold } from "./violation.ts";

type ModelResponse =
  | { readonly kind: "put"; readonly value: PutResponse }
  | { readonly kind: "range"; readonly value: RangeResponse }
  | { readonly kind: "delete"; readonly value: DeleteRangeResponse }
  | { readonly kind: "txn"; readonly value: TxnResponse }
  | { readonly kind: "compact"; readonly value: CompactionResponse }
  | { readonly kind: "grant"; readonly value: LeaseGrantResponse }
  | { readonly kind: "revoke"; readonly value: LeaseRevokeResponse };

type Expected = ModelResponse | ModelError;

/** One entry of the one history. */
interface HistoryEntry {
  readonly entry: Entry;
  readonly expected: Expected | undefined;
  /** The store after it. */
  readonly revision: number;
  readonly compacted: number;
}

/** A call under way, or over. */
export interface Call {
  readonly client: number;
  readonly request: Request;
  readonly invokedUs: number;
  /** Everything applied anywhere when it began: a linearizable answer is no older. */
  readonly floorIndex: number;
  /** Of a request that goes through the log. */
  requestId: Id64;
}

/** Who answers. */
export interface Answering {
  readonly name: string;
  readonly memberId: Id64;
  readonly clusterId: Id64;
  readonly term: number;
  /** Of its state at the moment of the answer. */
  readonly appliedIndex: number;
}

/** Clocks run at most twice as fast as the world's, and the last bit of a rate is not exact. */
const fastestClock = 2.05;
/** For so long a leader may lag behind the end of a lease. */
const earlierEndUs = 20_000_000;

/** When a lease was first granted anywhere, or last renewed, and its seconds. */
interface Grant {
  atUs: number;
  readonly ttl: number;
}

const errorTexts: Readonly<Record<ModelError, string>> = {
  compacted: errors.compacted().message,
  futureRev: errors.futureRev().message,
  keyNotFound: errors.keyNotFound().message,
  leaseNotFound: errors.leaseNotFound().message,
  leaseExist: errors.leaseExist().message,
  noSpace: errors.noSpace().message,
};
const modelErrors = new Set(Object.values(errorTexts));
// A member whose own disk is full says so without asking the log.
modelErrors.delete(errorTexts.noSpace);

export class Oracle {
  readonly model = new Model();
  readonly #minTtl: number;
  readonly #history: HistoryEntry[] = [
    {
      entry: { term: 0, index: 0, type: 0, data: new Uint8Array(0) },
      expected: undefined,
      revision: 1,
      compacted: -1,
    },
  ];
  readonly #indexOf = new Map<Id64, number>();
  answersChecked = 0;
  renewals = 0;
  /** Revocations that clients asked for; all others are those of a leader's clock. */
  readonly askedRevokes = new Set<Id64>();
  readonly #grants = new Map<Id64, Grant>();
  /** Ended leases, by the id that may since have been granted again. */
  readonly #ended = new Map<Id64, { readonly grant: Grant; readonly endedUs: number }[]>();
  readonly #nowUs: () => number;

  constructor(options: { readonly electionMs: number; readonly nowUs: () => number }) {
    this.#nowUs = options.nowUs;
    this.#minTtl = Math.ceil((1.5 * options.electionMs) / 1000);
  }

  /** The last entry anybody has applied. */
  get lastIndex(): number {
    return this.#history.length - 1;
  }

  revisionAt(index: number): number {
    return this.#history[index]!.revision;
  }

  compactedAt(index: number): number {
    return this.#history[index]!.compacted;
  }

  /** A member applied an entry: it is the first to do so, or did what the first did. */
  applied(who: string, entry: Entry): void {
    const known = this.#history[entry.index]?.entry;
    if (known !== undefined) {
      hold(
        known.term === entry.term &&
          known.type === entry.type &&
          equalBytes(known.data, entry.data),
        "state machine safety",
        () =>
          `${who} applies ${entry.term}/${entry.index} ${hexOf(entry.data.subarray(0, 40))}, ` +
          `others ${known.term}/${known.index} ${hexOf(known.data.subarray(0, 40))}`,
      );
      return;
    }
    hold(
      entry.index === this.#history.length,
      "applied without gaps",
      () => `${who} applies ${entry.index} after ${this.lastIndex}`,
    );
    const expected = this.#run(entry);
    const { revision, compacted } = this.model;
    this.#history.push({ entry, expected, revision, compacted });
  }

  /** After everything applied was told: the member's store is where the model was. */
  checkStore(
    who: string,
    index: number,
    store: { readonly currentRevision: number; readonly compactedRevision: number },
  ): void {
    const { revision, compacted } = this.#history[index]!;
    hold(
      store.currentRevision === revision,
      "prefix of one history",
      () =>
        `${who} is at revision ${store.currentRevision} after entry ${index}, it should be ${revision}`,
    );
    hold(
      store.compactedRevision === compacted,
      "prefix of one history",
      () =>
        `${who} compacted ${store.compactedRevision} after entry ${index}, it should be ${compacted}`,
    );
  }

  #run(entry: Entry): Expected | undefined {
    if (entry.type !== EntryType.EntryNormal || entry.data.length === 0) return undefined;
    const { header, ID, request } = decodeInternalRaftRequest(entry.data);
    const id = header?.ID ?? ID;
    if (id !== zeroId) {
      const before = this.#indexOf.get(id);
      hold(
        before === undefined,
        "applied at most once",
        () => `request ${id} is at ${before} and at ${entry.index}`,
      );
      this.#indexOf.set(id, entry.index);
    }
    if (request?.case === "leaseRevoke") this.#checkExpiry(id, request.value);
    return request === undefined ? undefined : this.#runRequest(request);
  }

  /** No leader's clock ends a lease before its time, however often leaders change. */
  #checkExpiry(requestId: Id64, bytes: Uint8Array): void {
    const { ID } = decodeLeaseRevokeRequest(bytes);
    const grant = this.#grants.get(ID);
    if (grant === undefined || this.askedRevokes.has(requestId)) return;
    const nowUs = this.#nowUs();
    const isOver = ({ atUs, ttl }: Grant): boolean => nowUs - atUs >= (ttl * 1e6) / fastestClock;
    const seconds = (nowUs - grant.atUs) / 1e6;
    // A leader that has not yet applied the end of a lease, nor the next grant of its id, revokes by
    // that id, in etcd too.
    const isOfEarlier = (this.#ended.get(ID) ?? []).some(
      (earlier) => nowUs - earlier.endedUs < earlierEndUs && isOver(earlier.grant),
    );
    hold(
      isOver(grant) || isOfEarlier,
      "a lease lives as long as was promised",
      () => `lease ${ID} of ${grant.ttl} s ended after ${seconds.toFixed(3)} s`,
    );
  }

  #runRequest({ case: kind, value: bytes }: InternalRaftRequestRequest): Expected | undefined {
    const { model } = this;
    const wrap = (
      name: ModelResponse["kind"],
      value: ModelResponse["value"] | ModelError,
    ): Expected => (typeof value === "string" ? value : ({ kind: name, value } as ModelResponse));
    // Everything else changes no key; its effects are held against those of the other members.
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- see above
    switch (kind) {
      case "put":
        return wrap("put", model.put(decodePutRequest(bytes)));
      case "deleteRange":
        return wrap("delete", model.deleteRange(decodeDeleteRangeRequest(bytes)));
      case "txn":
        return wrap("txn", model.txn(decodeTxnRequest(bytes)));
      case "compaction": {
        const refused = model.compact(decodeCompactionRequest(bytes).revision);
        return wrap("compact", refused ?? makeCompactionResponse({ header: this.#header() }));
      }
      case "leaseGrant": {
        const { ID, TTL } = decodeLeaseGrantRequest(bytes);
        const header = this.#header();
        const granted = { header, ID, TTL: Math.max(TTL, this.#minTtl) };
        const refused = model.grant(ID);
        if (refused === undefined) this.#grants.set(ID, { atUs: this.#nowUs(), ttl: granted.TTL });
        return wrap("grant", refused ?? makeLeaseGrantResponse(granted));
      }
      case "leaseRevoke": {
        const { ID } = decodeLeaseRevokeRequest(bytes);
        const refused = model.revoke(ID);
        if (refused === undefined) this.#noteEnd(ID);
        return wrap("revoke", refused ?? makeLeaseRevokeResponse({ header: this.#header() }));
      }
      case "alarm":
        this.#runAlarm(decodeAlarmRequest(bytes));
        return undefined;
      default:
        return undefined;
    }
  }

  #noteEnd(id: Id64): void {
    const grant = this.#grants.get(id);
    if (grant === undefined) return;
    const ended = this.#ended.get(id) ?? [];
    this.#ended.set(id, [...ended, { grant, endedUs: this.#nowUs() }]);
  }

  #runAlarm({ action, alarm, memberID }: AlarmRequest): void {
    if (alarm !== AlarmType.NOSPACE) return;
    if (action === AlarmAction.ACTIVATE) this.model.full.add(memberID);
    else if (action === AlarmAction.DEACTIVATE) this.model.full.delete(memberID);
  }

  #header(): ResponseHeader {
    return makeResponseHeader({ revision: this.model.revision });
  }

  /** A client got an answer. Returns the revision it has seen now, or undefined. */
  answered(call: Call, by: Answering, reply: Reply): number | undefined {
    this.answersChecked++;
    const { request } = call;
    if (request.kind === "renew") {
      this.#renewed(call, reply);
      return undefined;
    }
    if (isLogged(request)) return this.#checkWrite(call, by, reply);
    if (reply.error !== undefined && !modelErrors.has(reply.error.message)) return undefined;
    const { appliedIndex } = by;
    const { revision, compacted } = this.#history[appliedIndex]!;
    if (!isSerializable(request)) {
      hold(
        appliedIndex >= call.floorIndex,
        "linearizable reads are fresh",
        () =>
          `${by.name} answers at entry ${appliedIndex} a read that began when ${call.floorIndex} ` +
          `was applied (client ${call.client})`,
      );
    }
    const expected = this.#expectedRead(request, revision, compacted);
    return this.#compare(call, by, reply, expected);
  }

  #expectedRead(request: Request, revision: number, compacted: number): Expected {
    const { model } = this;
    if (request.kind === "range") {
      const value = model.read(request.value, revision, compacted);
      return typeof value === "string" ? value : { kind: "range", value };
    }
    if (request.kind !== "txn") throw new Error(`${request.kind} is not read`);
    const value = model.readTxn(request.value, revision, compacted);
    return typeof value === "string" ? value : { kind: "txn", value };
  }

  /** From when it was asked for a renewed lease has all its time again. */
  #renewed({ request, invokedUs }: Call, { bytes }: Reply): void {
    if (bytes === undefined) return;
    const { ID, TTL } = decodeLeaseKeepAliveResponse(bytes);
    const grant = this.#grants.get(ID);
    if (TTL === 0 || grant === undefined) return;
    this.renewals++;
    hold(
      // It may have been granted anew while the answer was on its way.
      TTL === grant.ttl || grant.atUs > invokedUs || !this.model.leases.has(ID),
      "answers are the model's",
      () => `${printed(request)} gives ${TTL} s instead of ${grant.ttl}`,
    );
    grant.atUs = Math.max(grant.atUs, invokedUs);
  }

  #checkWrite(call: Call, by: Answering, reply: Reply): number | undefined {
    const index = this.#indexOf.get(call.requestId);
    if (reply.error !== undefined && !modelErrors.has(reply.error.message)) return undefined;
    hold(
      index !== undefined,
      "acknowledged is in the log",
      () => `${by.name} answers request ${call.requestId} of client ${call.client}, not in the log`,
    );
    const { expected } = this.#history[index]!;
    hold(
      expected !== undefined,
      "answers are the model's",
      () => `${by.name} answers an entry without an answer, ${index}`,
    );
    hold(
      index > call.floorIndex,
      "real time order",
      () =>
        `request ${call.requestId} takes effect at ${index}, before it began at ${call.floorIndex}`,
    );
    return this.#compare(call, by, reply, expected);
  }

  #compare(call: Call, by: Answering, reply: Reply, expected: Expected): number | undefined {
    const about = (): string =>
      `${by.name} to client ${call.client} about ${printed(call.request)}`;
    if (typeof expected === "string") {
      hold(
        reply.error?.message === errorTexts[expected],
        "answers are the model's",
        () =>
          `${about()}: ${reply.error?.message ?? "an answer"} instead of ${errorTexts[expected]}`,
      );
      return undefined;
    }
    hold(
      !(reply.error instanceof EtcdError),
      "answers are the model's",
      () => `${about()}: ${reply.error?.message} instead of an answer`,
    );
    const actual = decoded(expected.kind, reply.bytes!);
    const { header } = actual.value;
    hold(header !== undefined, "answers have a header", about);
    hold(
      header.memberId === by.memberId && header.clusterId === by.clusterId,
      "headers tell who answers",
      about,
    );
    hold(header.raftTerm <= by.term, "headers tell the term", about);
    const { revision } = expected.value.header!;
    const wanted = encoded({
      kind: expected.kind,
      value: { ...expected.value, header: { ...header, revision } },
    } as ModelResponse);
    hold(
      equalBytes(encoded(actual), wanted),
      "answers are the model's",
      () => `${about()}: ${printed(actual.value)} instead of ${printed(expected.value)}`,
    );
    return revision;
  }
}

function decoded(kind: ModelResponse["kind"], bytes: Uint8Array): ModelResponse {
  switch (kind) {
    case "put":
      return { kind, value: decodePutResponse(bytes) };
    case "range":
      return { kind, value: decodeRangeResponse(bytes) };
    case "delete":
      return { kind, value: decodeDeleteRangeResponse(bytes) };
    case "txn":
      return { kind, value: decodeTxnResponse(bytes) };
    case "compact":
      return { kind, value: decodeCompactionResponse(bytes) };
    case "grant":
      return { kind, value: decodeLeaseGrantResponse(bytes) };
    case "revoke":
      return { kind, value: decodeLeaseRevokeResponse(bytes) };
  }
}

function encoded(response: ModelResponse): Uint8Array {
  switch (response.kind) {
    case "put":
      return encodePutResponse(response.value);
    case "range":
      return encodeRangeResponse(response.value);
    case "delete":
      return encodeDeleteRangeResponse(response.value);
    case "txn":
      return encodeTxnResponse(response.value);
    case "compact":
      return encodeCompactionResponse(response.value);
    case "grant":
      return encodeLeaseGrantResponse(response.value);
    case "revoke":
      return encodeLeaseRevokeResponse(response.value);
  }
}

export const printed = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "bigint") return `${item}`;
    if (item instanceof Uint8Array) return [...item].map(visible).join("");
    return item;
  });

const visible = (byte: number): string =>
  byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString(16)}`;
