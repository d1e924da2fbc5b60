// etcdserverpb.Lease. Granting and revoking go through the log; only the leader, the primary lessor,
// renews and knows how much time is left.
import { type Id64, id64High, id64Low } from "../../base/index.ts";
import { EtcdError, errors } from "../../core/errors/index.ts";
import { leaseTtlMax } from "../../core/lease/index.ts";
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
import { fail, headerOf, replying, type RpcContext, unary } from "./context.ts";

export const leaseMethods = (context: RpcContext): [string, MethodHandler][] => [
  ["/etcdserverpb.Lease/LeaseGrant", grant(context)],
  ["/etcdserverpb.Lease/LeaseRevoke", revoke(context)],
  ["/etcdserverpb.Lease/LeaseKeepAlive", keepAlive(context)],
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
    if (request.TTL > leaseTtlMax) throw errors.leaseTTLTooLarge();
    let own = bytes;
    if (request.ID === 0n) {
      request.ID = freshLeaseId(context);
      own = encodeLeaseGrantRequest(request);
    }
    context.server.grantLease(own, replying(context, call));
  });

const revoke = (context: RpcContext): MethodHandler =>
  unary(context, decodeLeaseRevokeRequest, (call, _request, bytes) => {
    context.server.member.propose("leaseRevoke", bytes, replying(context, call));
  });

/**
 * Each request is answered in order; an unknown or expired lease with TTL 0, and the stream lives.
 * While an answer is awaited, or the client does not read those it has, nothing more is taken.
 */
function keepAlive(context: RpcContext): MethodHandler {
  const { lessor, renewals } = context.server;
  const renew = (call: ServerCall, bytes: Uint8Array): void => {
    const { ID } = decodeLeaseKeepAliveRequest(bytes);
    // Made before the renewal: a client must not see that a lease lived at a later revision.
    const header = headerOf(context);
    if (!lessor.isPrimary) throw errors.noLeader();
    let isAnswered = false;
    renewals.renew(
      ID,
      (outcome) => {
        isAnswered = true;
        if (outcome instanceof EtcdError) return call.end(outcome);
        const response = makeLeaseKeepAliveResponse({ header, ID, TTL: outcome });
        if (call.send(encodeLeaseKeepAliveResponse(response))) call.resume();
        else call.pause();
      },
      () => call.ended,
    );
    if (!isAnswered) call.pause();
  };
  return {
    kind: "stream",
    open: (call) => {
      call.onDrain = () => call.resume();
      return {
        message: (bytes) => {
          try {
            renew(call, bytes);
          } catch (error) {
            fail(context, call, error);
          }
        },
        halfClose: () => call.end({ code: 0, message: "" }),
      };
    },
  };
}

const timeToLive = (context: RpcContext): MethodHandler =>
  unary(context, decodeLeaseTimeToLiveRequest, (call, { ID, keys: wantsKeys }) => {
    const { server } = context;
    server.member.readIndex((error) => {
      if (error !== undefined) return fail(context, call, error);
      const view = server.lessor.view(ID, server.clock.nowMs());
      const header = headerOf(context);
      const fields =
        view === undefined
          ? { TTL: -1 }
          : {
              TTL: view.remainingSeconds,
              grantedTTL: view.grantedTtl,
              keys: wantsKeys ? [...view.keys] : [],
            };
      const response = makeLeaseTimeToLiveResponse({ header, ID, ...fields });
      call.reply(encodeLeaseTimeToLiveResponse(response));
    });
  });

const leases = (context: RpcContext): MethodHandler =>
  unary(context, decodeLeaseLeasesRequest, (call) => {
    const statuses = context.server.lessor.ids().map((ID) => makeLeaseStatus({ ID }));
    const response = makeLeaseLeasesResponse({ header: headerOf(context), leases: statuses });
    call.reply(encodeLeaseLeasesResponse(response));
  });
