// v3electionpb.Election (etcdserver/api/v3election over client/v3/concurrency): candidates queue under
// `name/`, the oldest key leads, and its value is what the leader proclaims.
import { equalBytes, type Id64 } from "../../../base/index.ts";
import { errors } from "../../../core/errors/index.ts";
import {
  type CampaignRequest,
  decodeCampaignRequest,
  decodeLeaderRequest,
  decodeProclaimRequest,
  decodeResignRequest,
  encodeCampaignResponse,
  encodeLeaderResponse,
  encodeProclaimResponse,
  encodeResignResponse,
  type LeaderRequest,
  makeCampaignResponse,
  makeLeaderKey,
  makeLeaderResponse,
  makeProclaimResponse,
  makeRangeRequest,
  makeResignResponse,
  type ProclaimRequest,
  type ResignRequest,
  type ResponseHeader,
} from "../../../core/proto/index.ts";
import type { MethodHandler } from "../../../io/grpc/index.ts";
import { type ConcurrencyContext, scripted } from "./answer.ts";
import { observe } from "./observe.ts";
import type { Script } from "./script.ts";
import {
  type Caller,
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
  withdraw,
} from "./steps.ts";

export const electionMethods = (context: ConcurrencyContext): [string, MethodHandler][] => [
  ["/v3electionpb.Election/Campaign", scripted(context, decodeCampaignRequest, campaign)],
  ["/v3electionpb.Election/Proclaim", scripted(context, decodeProclaimRequest, proclaim)],
  ["/v3electionpb.Election/Leader", scripted(context, decodeLeaderRequest, leader)],
  ["/v3electionpb.Election/Observe", observe(context)],
  ["/v3electionpb.Election/Resign", scripted(context, decodeResignRequest, resign)],
];

interface Candidacy {
  readonly key: Uint8Array;
  readonly revision: number;
  readonly lease: Id64;
  readonly isNew: boolean;
}

function* campaign(caller: Caller, request: CampaignRequest): Script<Uint8Array> {
  const { name, value } = request;
  const prefix = prefixOf(name);
  const lease = yield* sessionLease(caller, request.lease);
  const key = sessionKey(prefix, lease);
  const entered = yield* txnIfCreatedAt(caller, key, 0, {
    success: [putOp(key, value, lease)],
    failure: [getOp(makeRangeRequest({ key }))],
  });
  const earlier = entered.succeeded ? undefined : foundIn(entered, 0);
  const revision = earlier?.createRevision ?? entered.header?.revision ?? 0;
  const candidacy: Candidacy = { key, revision, lease, isNew: entered.succeeded };
  if (earlier !== undefined && !equalBytes(earlier.value, value)) {
    yield* orWithdraw(caller, candidacy, announce(caller, candidacy, value));
  }
  yield* untilElected(caller, prefix, candidacy);
  const elected = makeLeaderKey({ name, key, rev: revision, lease });
  // The header is that of the entry into the queue, however long the wait was (Election.Campaign).
  const { header } = entered;
  return encodeCampaignResponse(makeCampaignResponse({ header, leader: elected }));
}

/**
 * Waits until all who came before are gone. The candidate may be gone, too, if its lease expired
 * meanwhile; etcd calls it elected all the same.
 */
function* untilElected(caller: Caller, prefix: Uint8Array, candidacy: Candidacy): Script<void> {
  const { key, revision, isNew } = candidacy;
  try {
    yield* waitForOlder(caller, prefix, revision);
    const { kv } = yield* get(caller, makeRangeRequest({ key }));
    if (kv?.createRevision !== revision) throw errors.electionNotLeader();
    if (isNew) yield* stillAsked();
  } catch (error) {
    if (isGone(error)) yield* withdraw(caller, key, revision, { isCleanUp: true });
    throw error;
  }
}

/** The caller does not wait for the outcome any more. */
const isGone = (error: unknown): boolean =>
  error === errors.contextCanceled() || error === errors.contextDeadlineExceeded();

function* announce(
  caller: Caller,
  { key, revision, lease }: { key: Uint8Array; revision: number; lease: Id64 },
  value: Uint8Array,
): Script<ResponseHeader | undefined> {
  const txn = yield* txnIfCreatedAt(caller, key, revision, { success: [putOp(key, value, lease)] });
  if (!txn.succeeded) throw errors.electionNotLeader();
  return txn.header;
}

function* proclaim(caller: Caller, request: ProclaimRequest): Script<Uint8Array> {
  const elected = request.leader;
  if (elected === undefined) throw errors.leaderFieldMissing();
  const lease = yield* sessionLease(caller, elected.lease);
  const { key, rev: revision } = elected;
  const header = yield* announce(caller, { key, revision, lease }, request.value);
  return encodeProclaimResponse(makeProclaimResponse({ header }));
}

function* leader(caller: Caller, { name }: LeaderRequest): Script<Uint8Array> {
  const { header, bytes } = yield* get(caller, oldest(prefixOf(name)));
  if (bytes === undefined) throw errors.electionNoLeader();
  return encodeLeaderResponse(makeLeaderResponse({ header, kv: bytes }));
}

function* resign(caller: Caller, request: ResignRequest): Script<Uint8Array> {
  if (request.leader === undefined) throw errors.leaderFieldMissing();
  const { key, rev } = request.leader;
  const { header } = yield* withdraw(caller, key, rev, { isCleanUp: false });
  return encodeResignResponse(makeResignResponse({ header }));
}
