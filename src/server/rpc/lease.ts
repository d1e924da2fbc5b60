// etcdserverpb.Lease. Granting and revoking go through the log; only the leader, the primary lessor,
// renews and knows how much time is left.
import { type Id64, id64High, id64Low } from "../../base/index.ts";
import { checkLeaseRead, checkLeaseWrite } from "../../core/apply/index.ts";
import { EtcdError, errors } from "../../core/errors/index.ts";
import {
  decodeLeaseGrantRequest,
  decodeLeaseKeepAliveRequest,
  decodeLeaseLeasesRequest,
  decodeLeaseRevokeRequest,
  decodeLeaseTimeToLiveRequest,
  encodeLeaseGrantRequest,
  encodeLeaseKeepAliveResponse,
  encodeLeaseLeasesResponse,
  encodeLeaseTimeToLiveResponse,
  makeLeaseKeepAliveResponse,
  makeLeaseLeasesResponse,
  makeLeaseStatus,
  makeLeaseTimeToLiveResponse,
} from "../../core/proto/index.ts";
import type { MethodHandler, ServerCall } from "../../io/grpc/index.ts";
import type { LeaseTime } from "../member/index.ts";
import { fail, headerOf, replying, type RpcContext, unary } from "./context.ts";
import { requireUser } from "./identity.ts";

/** Keepalive streams whose callers asked to be cut off when there is no leader. */
export class LeaseStreams {
  readonly #calls = new Set<ServerCall>();

  add(call: ServerCall): void {
    if (call.metadata?.get("hasleader") !== "true") return;
    this.#calls.add(call);
    call.onCancel = () => this.remove(call);
  }

  remove(call: ServerCall): void {
    this.#calls.delete(call);
  }

  /** As WatchService.endStreamsRequiringLeader. */
  endStreamsRequiringLeader(): void {
    const calls = [...this.#calls];
    this.#calls.clear();
    for (const call of calls) call.end(errors.noLeader());
  }
}

export const leaseMethods = (
  context: RpcContext,
  streams: LeaseStreams,
): [string, MethodHandler][] => [
  ["/etcdserverpb.Lease/LeaseGrant", grant(context)],
  ["/etcdserverpb.Lease/LeaseRevoke", revoke(context)],
  ["/etcdserverpb.Lease/LeaseKeepAlive", keepAlive(context, streams)],
  ["/etcdserverpb.Lease/LeaseTimeToLive", timeToLive(context)],
  ["/etcdserverpb.Lease/LeaseLeases", leases(context)],
];

/** A request without an id gets one: a request id without its sign bit (etcdserver.LeaseGrant). */
function freshLeaseId(context: RpcContext): Id64 {
  for (;;) {
    const id = context.server.member.ids.next();
    const positive = (BigInt(id64High(id) & 0x7fffffff) << 32n) | BigInt(id64Low(id));
    if (positive !== 0n) return positive;
  }
}

const grant = (context: RpcContext): MethodHandler =>
  unary(context, decodeLeaseGrantRequest, (call, request, bytes) => {
    const info = requireUser(context, call);
    let own = bytes;
    if (request.ID === 0n) {
      request.ID = freshLeaseId(context);
      own = encodeLeaseGrantRequest(request);
    }
    context.server.writes.grantLease(own, replying(context, call), info);
  });

const revoke = (context: RpcContext): MethodHandler =>
  unary(context, decodeLeaseRevokeRequest, (call, _request, bytes) => {
    const info = requireUser(context, call);
    context.server.member.propose("leaseRevoke", bytes, replying(context, call), info);
  });

/** Who may not write all keys of a lease may not keep it alive (EtcdServer.checkLeaseRenew). */
function checkRenewal(context: RpcContext, call: ServerCall, id: Id64): void {
  const { server } = context;
  if (server.auth.isEnabled) checkLeaseWrite(server, requireUser(context, call), id);
}

/** Asked while a renewal waits, for the lease and who may write its keys may have changed. */
function isStillPermitted(context: RpcContext, call: ServerCall, id: Id64): boolean {
  try {
    checkRenewal(context, call, id);
    return true;
  } catch (error) {
    fail(context, call, error);
    return false;
  }
}

/**
 * Each request is answered in order; an unknown or expired lease with TTL 0, and the stream lives.
 * While an answer is awaited, or the client does not read those it has, nothing more is taken.
 */
function keepAlive(context: RpcContext, streams: LeaseStreams): MethodHandler {
  const { server } = context;
  const renew = (call: ServerCall, bytes: Uint8Array): void => {
    const { ID } = decodeLeaseKeepAliveRequest(bytes);
    // Made before the renewal: a client must not see that a lease lived at a later revision.
    const header = headerOf(context);
    checkRenewal(context, call, ID);
    let isAnswered = false;
    server.duties.leases.renew(
      ID,
      (outcome) => {
        isAnswered = true;
        if (outcome instanceof EtcdError) {
          streams.remove(call);
          return call.end(outcome);
        }
        const response = makeLeaseKeepAliveResponse({ header, ID, TTL: outcome });
        if (call.send(encodeLeaseKeepAliveResponse(response))) call.resume();
        else call.pause();
      },
      () => call.ended || !isStillPermitted(context, call, ID),
    );
    if (!isAnswered) call.pause();
  };
  return {
    kind: "stream",
    open: (call) => {
      call.onDrain = () => call.resume();
      streams.add(call);
      return {
        message: (bytes) => {
          try {
            renew(call, bytes);
          } catch (error) {
            streams.remove(call);
            fail(context, call, error);
          }
        },
        halfClose: () => {
          streams.remove(call);
          call.end({ code: 0, message: "" });
        },
      };
    },
  };
}

const timeToLive = (context: RpcContext): MethodHandler =>
  unary(context, decodeLeaseTimeToLiveRequest, (call, { ID, keys: wantsKeys }) => {
    const { server } = context;
    const { auth } = server;
    const info = requireUser(context, call);
    const { revision } = auth;
    if (wantsKeys && auth.isEnabled) checkLeaseRead(server, info, ID);
    const told = (time: LeaseTime | undefined | EtcdError): void => {
      if (time instanceof EtcdError) return fail(context, call, time);
      // The keys may be others than those that were checked, and so may be who asks.
      if (wantsKeys && auth.isEnabled) {
        if (auth.revision !== revision) return fail(context, call, errors.authOldRevision());
        try {
          checkLeaseRead(server, info, ID);
        } catch (refusal) {
          return fail(context, call, refusal);
        }
      }
      const header = headerOf(context);
      const fields =
        time === undefined
          ? { TTL: -1 }
          : { TTL: time.ttl, grantedTTL: time.grantedTtl, keys: [...time.keys] };
      const response = makeLeaseTimeToLiveResponse({ header, ID, ...fields });
      call.reply(encodeLeaseTimeToLiveResponse(response));
    };
    server.duties.leases.timeToLive(ID, { wantsKeys }, told, () => call.ended);
  });

const leases = (context: RpcContext): MethodHandler =>
  unary(context, decodeLeaseLeasesRequest, (call) => {
    const { server } = context;
    if (server.auth.isEnabled) {
      const info = requireUser(context, call);
      for (const id of server.lessor.ids()) checkLeaseRead(server, info, id);
    }
    const statuses = server.lessor.ids().map((ID) => makeLeaseStatus({ ID }));
    const response = makeLeaseLeasesResponse({ header: headerOf(context), leases: statuses });
    call.reply(encodeLeaseLeasesResponse(response));
  });
