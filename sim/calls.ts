// A client's call, as the gRPC services make it of a request, without gRPC: the same checks, the same
// doors of the member, the same bytes of the answer.
import { bytesFromLatin1 } from "../src/base/index.ts";
import { EtcdError } from "../src/core/errors/index.ts";
import {
  type Answer,
  applyTxn,
  checkDeleteRangeRequest,
  checkPutRequest,
  checkRangeRequest,
  checkTxnRequest,
  encodeResponse,
  isReadOnlyTxn,
  isSerializableTxn,
  type KvResponse,
  readRange,
} from "../src/core/apply/index.ts";
import {
  type AuthenticateRequest,
  type Compare,
  CompareTarget,
  type CompareTargetUnion,
  type CompactionRequest,
  type DeleteRangeRequest,
  encodeCompactionRequest,
  encodeDeleteRangeRequest,
  encodeLeaseGrantRequest,
  encodeLeaseRevokeRequest,
  encodePutRequest,
  encodeTxnRequest,
  type LeaseGrantRequest,
  type LeaseKeepAliveRequest,
  type LeaseRevokeRequest,
  makeCompactionRequest,
  makeCompare,
  makeDeleteRangeRequest,
  makeLeaseGrantRequest,
  makeLeaseKeepAliveRequest,
  makeLeaseRevokeRequest,
  makeLeaseKeepAliveResponse,
  encodeLeaseKeepAliveResponse,
  makePutRequest,
  makeRangeRequest,
  makeResponseHeader,
  makeTxnRequest,
  type PutRequest,
  type RangeRequest,
  type RequestOp,
  SortOrder,
  type TxnRequest,
} from "../src/core/proto/index.ts";
import type { Server, Settled } from "../src/server/member/index.ts";
import { Caller, proposeAuth } from "./auth-calls.ts";
import type { Ago, AuthMethod, PlannedAction, PlannedAuth, PlannedCompare } from "./plan.ts";

export type Request =
  | { readonly kind: "put"; readonly value: PutRequest }
  | { readonly kind: "range"; readonly value: RangeRequest }
  | { readonly kind: "delete"; readonly value: DeleteRangeRequest }
  | { readonly kind: "txn"; readonly value: TxnRequest }
  | { readonly kind: "compact"; readonly value: CompactionRequest }
  | { readonly kind: "grant"; readonly value: LeaseGrantRequest }
  | { readonly kind: "revoke"; readonly value: LeaseRevokeRequest }
  | { readonly kind: "renew"; readonly value: LeaseKeepAliveRequest }
  | { readonly kind: "auth"; readonly method: AuthMethod; readonly value: PlannedAuth }
  | { readonly kind: "login"; readonly value: AuthenticateRequest };

export type Reply =
  | { readonly bytes: Uint8Array; readonly error?: undefined }
  | { readonly error: EtcdError; readonly bytes?: undefined };

const maxTxnOps = 128;
const noBytes = new Uint8Array(0);
const bytesOf = (text: string | undefined): Uint8Array =>
  text === undefined ? noBytes : bytesFromLatin1(text);
const revisionOf = (ago: Ago | undefined, seen: number): number =>
  ago === undefined ? 0 : Math.max(1, seen - ago.ago);

/** The request of a planned action, for a client that has seen revision `seen`. */
export function requestOf(action: PlannedAction, seen: number): Request {
  switch (action.kind) {
    case "put":
      return { kind: "put", value: putOf(action) };
    case "range":
      return { kind: "range", value: rangeOf(action, seen) };
    case "delete":
      return { kind: "delete", value: deleteOf(action) };
    case "txn":
      return { kind: "txn", value: txnOf(action, seen) };
    case "compact": {
      const revision = revisionOf(action.revision, seen);
      return {
        kind: "compact",
        value: makeCompactionRequest({ revision, physical: action.physical ?? false }),
      };
    }
    case "grant":
      return {
        kind: "grant",
        value: makeLeaseGrantRequest({ ID: BigInt(action.lease), TTL: action.ttl }),
      };
    case "revoke":
      return { kind: "revoke", value: makeLeaseRevokeRequest({ ID: BigInt(action.lease) }) };
    case "renew":
      return { kind: "renew", value: makeLeaseKeepAliveRequest({ ID: BigInt(action.lease) }) };
    case "auth":
      return { kind: "auth", method: action.method, value: action };
  }
}

type Planned<Kind extends PlannedAction["kind"]> = Extract<PlannedAction, { kind: Kind }>;

const putOf = (action: Planned<"put">): PutRequest =>
  makePutRequest({
    key: bytesOf(action.key),
    value: action.ignoreValue ? noBytes : bytesOf(action.value),
    lease: action.ignoreLease ? 0n : BigInt(action.lease ?? 0),
    prevKv: action.prevKv ?? false,
    ignoreValue: action.ignoreValue ?? false,
    ignoreLease: action.ignoreLease ?? false,
  });

const rangeOf = (action: Planned<"range">, seen: number): RangeRequest =>
  makeRangeRequest({
    key: bytesOf(action.key),
    rangeEnd: bytesOf(action.end),
    revision: revisionOf(action.revision, seen),
    serializable: action.serializable ?? false,
    limit: action.limit ?? 0,
    countOnly: action.countOnly ?? false,
    keysOnly: action.keysOnly ?? false,
    sortOrder: action.descending ? SortOrder.DESCEND : SortOrder.NONE,
    minModRevision: revisionOf(action.minMod, seen),
    maxCreateRevision: revisionOf(action.maxCreate, seen),
  });

const deleteOf = (action: Planned<"delete">): DeleteRangeRequest =>
  makeDeleteRangeRequest({
    key: bytesOf(action.key),
    rangeEnd: bytesOf(action.end),
    prevKv: action.prevKv ?? false,
  });

const txnOf = (action: Planned<"txn">, seen: number): TxnRequest =>
  makeTxnRequest({
    compare: action.compare.map((compare) => compareOf(compare, seen)),
    success: action.success.map((inner) => operationOf(inner, seen)),
    failure: action.failure.map((inner) => operationOf(inner, seen)),
  });

function operationOf(action: PlannedAction, seen: number): RequestOp {
  switch (action.kind) {
    case "put":
      return { request: { case: "requestPut", value: putOf(action) } };
    case "range":
      return { request: { case: "requestRange", value: rangeOf(action, seen) } };
    case "delete":
      return { request: { case: "requestDeleteRange", value: deleteOf(action) } };
    case "txn":
      return { request: { case: "requestTxn", value: txnOf(action, seen) } };
    case "compact":
    case "grant":
    case "revoke":
    case "renew":
    case "auth":
      throw new Error(`a transaction has no ${action.kind}`);
  }
}

const targets = {
  version: CompareTarget.VERSION,
  create: CompareTarget.CREATE,
  mod: CompareTarget.MOD,
  value: CompareTarget.VALUE,
  lease: CompareTarget.LEASE,
};

function compareOf(planned: PlannedCompare, seen: number): Compare {
  const number = planned.ago === undefined ? (planned.number ?? 0) : seen - planned.ago;
  const union = {
    version: { case: "version", value: number },
    create: { case: "createRevision", value: number },
    mod: { case: "modRevision", value: number },
    value: { case: "value", value: bytesOf(planned.text) },
    lease: { case: "lease", value: BigInt(number) },
  } as const satisfies Record<string, CompareTargetUnion>;
  return makeCompare({
    key: bytesOf(planned.key),
    rangeEnd: bytesOf(planned.end),
    result: planned.result,
    target: targets[planned.target],
    targetUnion: union[planned.target],
  });
}

/** Whether the request goes through the log. */
export const isLogged = ({ kind, value }: Request): boolean =>
  kind !== "range" &&
  kind !== "renew" &&
  kind !== "login" &&
  !(kind === "txn" && isReadOnlyTxn(value));

export const isSerializable = ({ kind, value }: Request): boolean =>
  (kind === "range" && value.serializable) ||
  (kind === "txn" && isReadOnlyTxn(value) && isSerializableTxn(value));

/** Makes the call, showing a token or none; `done` comes once, unless the member dies. */
export function callMember(
  server: Server,
  request: Request,
  token: string | undefined,
  done: (reply: Reply) => void,
): void {
  const caller = new Caller(server, token);
  try {
    if (request.kind === "renew") renew(server, request.value, caller, done);
    else if (request.kind === "login") logIn(server, request.value, done);
    else if (isLogged(request)) propose(server, request, caller, done);
    else read(server, request, caller, done);
  } catch (error) {
    if (!(error instanceof EtcdError)) throw error;
    done({ error });
  }
}

function logIn(server: Server, request: AuthenticateRequest, done: (reply: Reply) => void): void {
  server.authenticator.authenticate(request, (outcome) => {
    if (outcome instanceof Error && !(outcome instanceof EtcdError)) throw outcome;
    done(replyOf(server, outcome));
  });
}

function propose(
  server: Server,
  request: Request,
  caller: Caller,
  done: (reply: Reply) => void,
): void {
  const settle = (outcome: Settled | Error): void => {
    if (outcome instanceof Error && !(outcome instanceof EtcdError)) throw outcome;
    done(replyOf(server, outcome));
  };
  const { member, writes } = server;
  switch (request.kind) {
    case "put":
      checkPutRequest(request.value);
      return writes.put(request.value, encodePutRequest(request.value), settle, caller.info);
    case "delete": {
      checkDeleteRangeRequest(request.value);
      const bytes = encodeDeleteRangeRequest(request.value);
      return member.propose("deleteRange", bytes, settle, caller.info);
    }
    case "txn":
      checkTxnRequest(request.value, maxTxnOps);
      return writes.txn(request.value, encodeTxnRequest(request.value), settle, caller.info);
    case "compact": {
      const compacted = (outcome: Settled): void => {
        if (outcome instanceof EtcdError || !request.value.physical) return settle(outcome);
        server.compactions.whenDone(() => settle(outcome));
      };
      const bytes = encodeCompactionRequest(request.value);
      return member.propose("compaction", bytes, compacted, caller.admin());
    }
    case "grant":
      return writes.grantLease(encodeLeaseGrantRequest(request.value), settle, caller.user());
    case "revoke": {
      const bytes = encodeLeaseRevokeRequest(request.value);
      return member.propose("leaseRevoke", bytes, settle, caller.user());
    }
    case "auth":
      return proposeAuth(server, request.value, caller, settle);
    case "range":
    case "renew":
    case "login":
      throw new Error(`a ${request.kind} is not logged`);
  }
}

/** At the member that is asked alone: who does not lead says so, and the client asks again. */
function renew(
  server: Server,
  { ID }: LeaseKeepAliveRequest,
  caller: Caller,
  done: (reply: Reply) => void,
): void {
  caller.mayRenew(ID);
  const renewed = (outcome: number | EtcdError): void => {
    if (outcome instanceof EtcdError) return done({ error: outcome });
    const response = makeLeaseKeepAliveResponse({ ID, TTL: outcome });
    done({ bytes: encodeLeaseKeepAliveResponse(response) });
  };
  server.renewals.renew(ID, renewed, () => false);
}

function read(
  server: Server,
  request: Request,
  caller: Caller,
  done: (reply: Reply) => void,
): void {
  const answer = (): void => {
    try {
      caller.mayRead(request);
      done({ bytes: encodeResponse(answerOf(server, request), server.header) });
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      done({ error });
    }
  };
  if (request.kind === "range") checkRangeRequest(request.value);
  if (request.kind === "txn") checkTxnRequest(request.value, maxTxnOps);
  if (isSerializable(request)) return answer();
  server.member.readIndex((error) => {
    if (error === undefined) answer();
    else done({ error });
  });
}

function answerOf(server: Server, request: Request): KvResponse {
  if (request.kind === "range") return readRange(server.store, request.value);
  if (request.kind !== "txn") throw new Error(`${request.kind} is not a read`);
  return applyTxn(server.store, request.value, { leaseExists: () => false }).response;
}

function replyOf(server: Server, outcome: Settled): Reply {
  if (outcome instanceof EtcdError) return { error: outcome };
  if (isAnswer(outcome)) {
    const header = makeResponseHeader({
      clusterId: server.clusterId,
      memberId: server.memberId,
      revision: outcome.revision,
      raftTerm: server.member.term,
    });
    return { bytes: outcome.encode(header) };
  }
  return { bytes: encodeResponse(outcome, server.header) };
}

const isAnswer = (response: KvResponse | Answer): response is Answer => "encode" in response;
