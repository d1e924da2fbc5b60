// v3lockpb.Lock (etcdserver/api/v3lock over client/v3/concurrency): sessions queue under `name/` in the
// order in which their keys were created, and whoever's key is the oldest holds the lock.
import { emptyBytes, type Id64 } from "../../../base/index.ts";
import { errors } from "../../../core/errors/index.ts";
import {
  decodeLockRequest,
  decodeUnlockRequest,
  encodeLockResponse,
  encodeUnlockResponse,
  type LockRequest,
  makeLockResponse,
  makeRangeRequest,
  makeUnlockResponse,
  type ResponseHeader,
} from "../../../core/proto/index.ts";
import type { MethodHandler } from "../../../io/grpc/index.ts";
import { type ConcurrencyContext, scripted } from "./answer.ts";
import type { Script } from "./script.ts";
import {
  type Caller,
  deleteKey,
  foundIn,
  get,
  getOp,
  oldest,
  orWithdraw,
  prefixOf,
  putOp,
  sessionKey,
  sessionLease,
  stillAsked,
  txnIfCreatedAt,
  waitForOlder,
} from "./steps.ts";

export const lockMethods = (context: ConcurrencyContext): [string, MethodHandler][] => [
  ["/v3lockpb.Lock/Lock", scripted(context, decodeLockRequest, lock)],
  [
    "/v3lockpb.Lock/Unlock",
    scripted(context, decodeUnlockRequest, function* (caller, { key }): Script<Uint8Array> {
      const header = yield* deleteKey(caller, key);
      return encodeUnlockResponse(makeUnlockResponse({ header }));
    }),
  ],
];

/** A session's place in the queue. */
interface Place {
  readonly key: Uint8Array;
  /** When its key was created. */
  readonly revision: number;
  /** Whether this very call created it. */
  readonly isNew: boolean;
  /** The header of the answer, if the key was the oldest already. */
  readonly heldSince: ResponseHeader | undefined;
}

function* lock(caller: Caller, { name, lease }: LockRequest): Script<Uint8Array> {
  const prefix = prefixOf(name);
  const place = yield* queue(caller, prefix, yield* sessionLease(caller, lease));
  const { key } = place;
  const header = place.heldSince ?? (yield* waitForLock(caller, prefix, place));
  if (place.isNew) yield* orWithdraw(caller, place, stillAsked());
  return encodeLockResponse(makeLockResponse({ header, key }));
}

function* queue(caller: Caller, prefix: Uint8Array, lease: Id64): Script<Place> {
  const key = sessionKey(prefix, lease);
  const owner = getOp(oldest(prefix));
  const entered = yield* txnIfCreatedAt(caller, key, 0, {
    success: [putOp(key, emptyBytes, lease), owner],
    failure: [getOp(makeRangeRequest({ key })), owner],
  });
  const isNew = entered.succeeded;
  const header = entered.header;
  const revision = isNew ? (header?.revision ?? 0) : (foundIn(entered, 0)?.createRevision ?? 0);
  const holder = foundIn(entered, 1);
  const isHeld = holder === undefined || holder.createRevision === revision;
  return { key, revision, isNew, heldSince: isHeld ? header : undefined };
}

/**
 * Waits for all who came before. Then the key must still be the one that queued: its lease may have
 * expired while it waited, and who is no longer in the queue does not get the lock (what Jepsen found
 * in etcd 3.4; etcd since looks whether the key exists, here it must also be the same key).
 */
function* waitForLock(
  caller: Caller,
  prefix: Uint8Array,
  place: Place,
): Script<ResponseHeader | undefined> {
  return yield* orWithdraw(caller, place, afterOlder(caller, prefix, place));
}

function* afterOlder(
  caller: Caller,
  prefix: Uint8Array,
  { key, revision }: Place,
): Script<ResponseHeader | undefined> {
  yield* waitForOlder(caller, prefix, revision);
  const { header, kv } = yield* get(caller, makeRangeRequest({ key }));
  if (kv?.createRevision !== revision) throw errors.sessionExpired();
  return header;
}
