// Knows everything: every member's applied entries in one order, what each of them answers by an
// independent model, and when. So a whole history is checked in linear time, where a client that only
// sees answers would have to search (docs/simulation.md).
import { equalBytes, hexOf, type Id64, zeroId } from "../src/base/index.ts";
import { EtcdError, errors } from "../src/core/errors/index.ts";
import {
  AlarmAction,
  type AlarmRequest,
  AlarmType,
  decodeAlarmRequest,
  decodeCompactionRequest,
  decodeDeleteRangeRequest,
  decodeInternalRaftRequest,
  decodeLeaseGrantRequest,
  decodeLeaseKeepAliveResponse,
  decodeLeaseRevokeRequest,
  decodePutRequest,
  decodeTxnRequest,
  type InternalRaftRequestRequest,
  type LeaseGrantRequest,
  makeCompactionResponse,
  makeLeaseGrantResponse,
  makeLeaseRevokeResponse,
  makeResponseHeader,
  type ResponseHeader,
} from "../src/core/proto/index.ts";
import { type Entry, EntryType } from "../src/core/raft/index.ts";
import { isLogged, isSerializable, type Reply, type Request } from "./calls.ts";
import { AuthChecks, authTexts } from "./auth-checks.ts";
import type { Asking } from "./auth-model.ts";
import { mayPut, Model, type ModelError } from "./model.ts";
import { decoded, encoded, type ModelResponse, printed } from "./model-response.ts";
import { hold } from "./violation.ts";

type Expected = ModelResponse | ModelError;

/** One entry of the one history. */
interface HistoryEntry {
  readonly entry: Entry;
  readonly expected: Expected | undefined;
  readonly by: Asking;
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
  /** What the member had applied when it took the call. */
  readonly calledIndex: number;
  /** Who the client says it is, and what it shows for that. */
  readonly user: string | undefined;
  readonly token: string | undefined;
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

const nobody: Asking = { username: "", revision: 0 };
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
  ...authTexts,
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

interface CheckedServer {
  readonly store: { readonly currentRevision: number; readonly compactedRevision: number };
  readonly auth: { readonly isEnabled: boolean; readonly revision: number };
}

export class Oracle {
  readonly model = new Model();
  readonly auth = new AuthChecks(this.model);
  readonly #minTtl: number;
  readonly #history: HistoryEntry[] = [
    {
      entry: { term: 0, index: 0, type: 0, data: new Uint8Array(0) },
      expected: undefined,
      by: nobody,
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
    this.model.auth.index = entry.index;
    const by = askingOf(entry);
    const expected = this.#run(entry, by);
    const { revision, compacted } = this.model;
    this.#history.push({ entry, expected, by, revision, compacted });
  }

  /** After everything applied was told: the member's store is where the model was. */
  checkStore(who: string, index: number, { store, auth }: CheckedServer): void {
    const { revision, compacted } = this.#history[index]!;
    const users = this.model.auth.at(index);
    const same = (what: string, is: unknown, wanted: unknown): void =>
      hold(
        is === wanted,
        "prefix of one history",
        () =>
          `${who}: ${what} is ${String(is)} after entry ${index}, it should be ${String(wanted)}`,
      );
    same("the revision", store.currentRevision, revision);
    same("the compacted revision", store.compactedRevision, compacted);
    same("the revision of users and roles", auth.revision, users.revision);
    same("whether auth is enabled", auth.isEnabled, users.isEnabled);
  }

  #run(entry: Entry, by: Asking): Expected | undefined {
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
    return request === undefined ? undefined : this.#runRequest(request, by);
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

  #runRequest(request: InternalRaftRequestRequest, by: Asking): Expected | undefined {
    const { model } = this;
    const { case: kind, value: bytes } = request;
    const isFull = model.full.size > 0;
    const denied = (asked: Request): ModelError | undefined =>
      this.auth.refusalOf(model.auth.now, by, asked);
    // Everything else changes no key; its effects are held against those of the other members.
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- see above
    switch (kind) {
      case "put": {
        const value = decodePutRequest(bytes);
        const refused = isFull ? undefined : denied({ kind, value });
        return expectedOf("put", refused ?? model.put(value));
      }
      case "deleteRange": {
        const value = decodeDeleteRangeRequest(bytes);
        return expectedOf("delete", denied({ kind: "delete", value }) ?? model.deleteRange(value));
      }
      case "txn": {
        const value = decodeTxnRequest(bytes);
        const refused = isFull && mayPut(value) ? undefined : denied({ kind, value });
        return expectedOf("txn", refused ?? model.txn(value));
      }
      case "compaction": {
        const refused = model.compact(decodeCompactionRequest(bytes).revision);
        return expectedOf("compact", refused ?? makeCompactionResponse({ header: this.#header() }));
      }
      case "leaseGrant":
        return this.#grant(decodeLeaseGrantRequest(bytes));
      case "leaseRevoke": {
        const value = decodeLeaseRevokeRequest(bytes);
        const refused = denied({ kind: "revoke", value }) ?? model.revoke(value.ID);
        if (refused === undefined) this.#noteEnd(value.ID);
        const header = this.#header();
        return expectedOf("revoke", refused ?? makeLeaseRevokeResponse({ header }));
      }
      case "alarm":
        this.#runAlarm(decodeAlarmRequest(bytes));
        return undefined;
      default: {
        const encode = this.auth.run(request, by);
        if (encode === undefined || typeof encode === "string") return encode;
        return expectedOf("auth", { header: this.#header(), encode });
      }
    }
  }

  #grant({ ID, TTL }: LeaseGrantRequest): Expected {
    const granted = { header: this.#header(), ID, TTL: Math.max(TTL, this.#minTtl) };
    const refused = this.model.grant(ID);
    if (refused === undefined) this.#grants.set(ID, { atUs: this.#nowUs(), ttl: granted.TTL });
    return expectedOf("grant", refused ?? makeLeaseGrantResponse(granted));
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

  /** The answer that a call would have had; undefined when it is not in the log, or was refused. */
  effectOf({ requestId }: Call): Uint8Array | undefined {
    const index = requestId === zeroId ? undefined : this.#indexOf.get(requestId);
    const expected = index === undefined ? undefined : this.#history[index]!.expected;
    return expected === undefined || typeof expected === "string" ? undefined : encoded(expected);
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
    if (request.kind === "login") {
      this.auth.loggedIn(call, reply, this.lastIndex);
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
    const asking = this.auth.identityAt(call, appliedIndex);
    const refused = this.auth.refusalOf(this.model.auth.at(appliedIndex), asking, request);
    const expected = refused ?? this.#expectedRead(request, revision, compacted);
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
  #renewed(call: Call, { bytes }: Reply): void {
    if (bytes === undefined) return;
    const { request, invokedUs } = call;
    this.auth.identityAt(call, call.calledIndex);
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
    if (index === undefined && reply.error !== undefined) {
      const early = this.auth.earlyRefusal(call);
      if (early !== undefined) return this.#compare(call, by, reply, early);
    }
    hold(
      index !== undefined,
      "acknowledged is in the log",
      () => `${by.name} answers request ${call.requestId} of client ${call.client}, not in the log`,
    );
    const { expected, by: asking } = this.#history[index]!;
    this.auth.checkAsking(call, asking);
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

const expectedOf = (
  kind: ModelResponse["kind"],
  value: ModelResponse["value"] | ModelError,
): Expected => (typeof value === "string" ? value : ({ kind, value } as ModelResponse));

/** Who proposed an entry, as it says. */
function askingOf({ type, data }: Entry): Asking {
  if (type !== EntryType.EntryNormal || data.length === 0) return nobody;
  const { header } = decodeInternalRaftRequest(data);
  if (header === undefined) return nobody;
  return { username: header.username, revision: header.authRevision };
}
