// What locks and elections ask of the member's KV, Lease and Watch services, as steps of a script.
import {
  bytesFromLatin1,
  concatBytes,
  emptyBytes,
  type Id64,
  id64Signed,
  ownBytes,
} from "../../../base/index.ts";
import { Code, EtcdError, errors } from "../../../core/errors/index.ts";
import {
  type Compare,
  CompareTarget,
  decodeDeleteRangeResponse,
  decodeEvent,
  decodeKeyValue,
  decodeLeaseGrantResponse,
  decodeRangeResponse,
  decodeTxnResponse,
  decodeWatchResponse,
  encodeDeleteRangeRequest,
  encodeLeaseGrantRequest,
  encodeRangeRequest,
  encodeTxnRequest,
  encodeWatchRequest,
  EventType,
  type KeyValue,
  makeCompare,
  makeDeleteRangeRequest,
  makeLeaseGrantRequest,
  makePutRequest,
  makeRangeRequest,
  makeRequestOp,
  makeTxnRequest,
  makeWatchCreateRequest,
  makeWatchRequest,
  type RangeRequest,
  type RequestOp,
  type ResponseHeader,
  SortOrder,
  SortTarget,
  type TxnResponse,
  type WatchResponse,
} from "../../../core/proto/index.ts";
import type { ServerCall } from "../../../io/grpc/index.ts";
import { callStream, callUnary, InnerCall, type Methods } from "./inner-call.ts";
import type { Script, Step } from "./script.ts";

/** Where the steps of one call go. */
export interface Caller {
  readonly methods: Methods;
  readonly call: ServerCall;
  /** Runs something when the callback under way has returned: a watch may not be answered within. */
  readonly soon: (fn: () => void) => void;
}

export interface Found {
  readonly header: ResponseHeader | undefined;
  readonly bytes: Uint8Array | undefined;
  readonly kv: KeyValue | undefined;
}

const unary = (
  { methods, call }: Caller,
  path: string,
  request: Uint8Array,
  isCleanUp = false,
): Step => ({
  begin: (done) => {
    callUnary(methods, call, path, request, done);
    return undefined;
  },
  isCleanUp,
});

/** The key of one session under a name: `name/` and the lease in hexadecimal, signed as Go prints it. */
export const sessionKey = (prefix: Uint8Array, lease: Id64): Uint8Array =>
  concatBytes([prefix, bytesFromLatin1(id64Signed(lease).toString(16))]);

/** `name/`, under which all sessions of a name stand. */
export const prefixOf = (name: Uint8Array): Uint8Array => concatBytes([name, bytesFromLatin1("/")]);

/** The first key that no longer begins with `name/`. */
export function prefixEnd(prefix: Uint8Array): Uint8Array {
  const end = ownBytes(prefix);
  end[end.length - 1] = prefix.at(-1)! + 1;
  return end;
}

const byCreation = (prefix: Uint8Array, sortOrder: SortOrder): RangeRequest =>
  makeRangeRequest({
    key: prefix,
    rangeEnd: prefixEnd(prefix),
    limit: 1,
    sortOrder,
    sortTarget: SortTarget.CREATE,
  });

/** The oldest key under a prefix: whoever put it holds the lock or leads. */
export const oldest = (prefix: Uint8Array): RangeRequest => byCreation(prefix, SortOrder.ASCEND);

export const getOp = (value: RangeRequest): RequestOp =>
  makeRequestOp({ request: { case: "requestRange", value } });

export const putOp = (key: Uint8Array, value: Uint8Array, lease: Id64): RequestOp =>
  makeRequestOp({
    request: { case: "requestPut", value: makePutRequest({ key, value, lease }) },
  });

const deleteOp = (key: Uint8Array): RequestOp =>
  makeRequestOp({
    request: { case: "requestDeleteRange", value: makeDeleteRangeRequest({ key }) },
  });

const createdAt = (key: Uint8Array, revision: number): Compare =>
  makeCompare({
    target: CompareTarget.CREATE,
    key,
    targetUnion: { case: "createRevision", value: revision },
  });

/** What a range inside a transaction found first. */
export function foundIn(response: TxnResponse, at: number): KeyValue | undefined {
  const op = response.responses[at]?.response;
  const bytes = op?.case === "responseRange" ? op.value.kvs[0] : undefined;
  return bytes === undefined ? undefined : decodeKeyValue(bytes);
}

/** Runs `success` if the key was created at `revision` (0: does not exist), else `failure`. */
export function* txnIfCreatedAt(
  caller: Caller,
  key: Uint8Array,
  revision: number,
  ops: { success: RequestOp[]; failure?: RequestOp[]; isCleanUp?: boolean },
): Script<TxnResponse> {
  const { success, failure = [], isCleanUp = false } = ops;
  const txn = makeTxnRequest({ compare: [createdAt(key, revision)], success, failure });
  const answer = yield unary(caller, "/etcdserverpb.KV/Txn", encodeTxnRequest(txn), isCleanUp);
  return decodeTxnResponse(answer);
}

/** Deletes a session's key if it still is the one that was created at `revision`. */
export function* withdraw(
  caller: Caller,
  key: Uint8Array,
  revision: number,
  options: { readonly isCleanUp: boolean },
): Script<TxnResponse> {
  return yield* txnIfCreatedAt(caller, key, revision, { success: [deleteOp(key)], ...options });
}

/** Leaves the queue when `script` fails: nobody is to wait for one who does not wait himself. */
export function* orWithdraw<Result>(
  caller: Caller,
  { key, revision }: { readonly key: Uint8Array; readonly revision: number },
  script: Script<Result>,
): Script<Result> {
  try {
    return yield* script;
  } catch (error) {
    yield* withdraw(caller, key, revision, { isCleanUp: true });
    throw error;
  }
}

/** Throws, as every step does, when the caller went away while the step before was under way. */
export function* stillAsked(): Script<void> {
  yield {
    begin: (done) => {
      done(emptyBytes);
      return undefined;
    },
  };
}

export function* get(caller: Caller, request: RangeRequest): Script<Found> {
  const answer = yield unary(caller, "/etcdserverpb.KV/Range", encodeRangeRequest(request));
  const { header, kvs } = decodeRangeResponse(answer);
  const bytes = kvs[0];
  return { header, bytes, kv: bytes === undefined ? undefined : decodeKeyValue(bytes) };
}

export function* deleteKey(caller: Caller, key: Uint8Array): Script<ResponseHeader | undefined> {
  const request = encodeDeleteRangeRequest(makeDeleteRangeRequest({ key }));
  const answer = yield unary(caller, "/etcdserverpb.KV/DeleteRange", request);
  return decodeDeleteRangeResponse(answer).header;
}

/** Seconds of the lease that a call without one is given (concurrency.defaultSessionTTL). */
const sessionTtl = 60;

/** The lease of a session: the caller's, or one of 60 seconds that nobody but he keeps alive. */
export function* sessionLease(caller: Caller, lease: Id64): Script<Id64> {
  if (lease !== 0n) return lease;
  const request = encodeLeaseGrantRequest(makeLeaseGrantRequest({ TTL: sessionTtl }));
  const answer = yield unary(caller, "/etcdserverpb.Lease/LeaseGrant", request);
  return decodeLeaseGrantResponse(answer).ID;
}

/** Waits until every key under the prefix created before `revision` is gone. */
export function* waitForOlder(caller: Caller, prefix: Uint8Array, revision: number): Script<void> {
  for (;;) {
    const request = byCreation(prefix, SortOrder.DESCEND);
    request.maxCreateRevision = revision - 1;
    const { header, kv } = yield* get(caller, request);
    if (kv === undefined) return;
    yield* waitForDelete(caller, kv.key, header?.revision ?? 0);
  }
}

function* waitForDelete(caller: Caller, key: Uint8Array, revision: number): Script<void> {
  yield {
    begin: (done) => {
      const onResponse = (response: WatchResponse): boolean => {
        const isGone = response.events.some(isDeletion);
        const error = isGone ? undefined : refusalOf(response);
        if (isGone || error !== undefined) {
          caller.soon(() => {
            watch.cancel();
            done(error ?? emptyBytes);
          });
        }
        return true;
      };
      const onEnd = (error: EtcdError | undefined): void =>
        caller.soon(() => done(error ?? errors.lostWatcher()));
      const watch = openWatch(caller, { key, startRevision: revision }, onResponse, onEnd);
      return () => watch.cancel();
    },
  };
}

const isDeletion = (bytes: Uint8Array): boolean => decodeEvent(bytes).type === EventType.DELETE;

/** Why a watch ended, as a client reads it out of the response (clientv3.WatchResponse.Err). */
export function refusalOf(response: WatchResponse): EtcdError | undefined {
  if (response.compactRevision !== 0) return errors.compacted();
  if (!response.canceled) return undefined;
  return response.cancelReason === ""
    ? errors.lostWatcher()
    : new EtcdError(Code.FailedPrecondition, response.cancelReason);
}

/**
 * Watches for a call. `onResponse` must not ask anything of the member before it has returned; it
 * returns false when the client reads too slowly.
 */
export function openWatch(
  caller: Caller,
  watched: { key: Uint8Array; rangeEnd?: Uint8Array; startRevision: number },
  onResponse: (response: WatchResponse) => boolean,
  onEnd: (error: EtcdError | undefined) => void,
): InnerCall {
  const path = "/etcdserverpb.Watch/Watch";
  const value = makeWatchCreateRequest(watched);
  const request = encodeWatchRequest(
    makeWatchRequest({ requestUnion: { case: "createRequest", value } }),
  );
  return callStream(
    caller.methods,
    path,
    request,
    () =>
      new InnerCall(path, caller.call, (bytes) => onResponse(decodeWatchResponse(bytes)), onEnd),
  );
}
