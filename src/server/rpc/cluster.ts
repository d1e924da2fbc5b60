// etcdserverpb.Cluster: who belongs to the cluster, and who is to.
import { EtcdError, errors } from "../../core/errors/index.ts";
import {
  decodeMemberAddRequest,
  decodeMemberListRequest,
  decodeMemberPromoteRequest,
  decodeMemberRemoveRequest,
  decodeMemberUpdateRequest,
  encodeMemberAddResponse,
  encodeMemberListResponse,
  encodeMemberPromoteResponse,
  encodeMemberRemoveResponse,
  encodeMemberUpdateResponse,
  makeMember,
  makeMemberAddResponse,
  makeMemberListResponse,
  makeMemberPromoteResponse,
  makeMemberRemoveResponse,
  makeMemberUpdateResponse,
  type Member as MemberMessage,
  type ResponseHeader,
} from "../../core/proto/index.ts";
import type { Member } from "../../core/membership/index.ts";
import type { MethodHandler, ServerCall } from "../../io/grpc/index.ts";
import { checkedPeerUrls } from "../member/index.ts";
import { fail, headerOf, type RpcContext, unary } from "./context.ts";
import { requireAdmin, requireUser, tokenOf } from "./identity.ts";

const messageOf = (member: Member): MemberMessage =>
  makeMember({
    ID: member.id,
    name: member.name,
    peerURLs: [...member.peerUrls],
    clientURLs: [...member.clientUrls],
    isLearner: member.isLearner,
  });

/** What every answer of this service says; they carry no revision (etcdserver/api/v3rpc/member.go). */
interface Told {
  readonly header: ResponseHeader;
  readonly members: MemberMessage[];
}

const told = (context: RpcContext, members: readonly Member[]): Told => ({
  header: headerOf(context, 0),
  members: members.map(messageOf),
});

/** Answers a call with the members as they are after a change, or with why there was none. */
const changing =
  (context: RpcContext, call: ServerCall, encode: (answer: Told) => Uint8Array) =>
  (outcome: readonly Member[] | EtcdError): void => {
    if (call.ended) return;
    if (outcome instanceof EtcdError) return call.end(outcome);
    call.reply(encode(told(context, outcome)));
  };

export const clusterMethods = (context: RpcContext): [string, MethodHandler][] => [
  ["/etcdserverpb.Cluster/MemberList", list(context)],
  ["/etcdserverpb.Cluster/MemberAdd", add(context)],
  ["/etcdserverpb.Cluster/MemberRemove", remove(context)],
  ["/etcdserverpb.Cluster/MemberUpdate", update(context)],
  ["/etcdserverpb.Cluster/MemberPromote", promote(context)],
];

const list = (context: RpcContext): MethodHandler =>
  unary(context, decodeMemberListRequest, (call, { linearizable }) => {
    const { server } = context;
    const answer = (): void => {
      requireUser(context, call);
      const response = makeMemberListResponse(told(context, server.cluster.members()));
      call.reply(encodeMemberListResponse(response));
    };
    if (!linearizable) return answer();
    server.member.readIndex((error) => {
      try {
        if (error !== undefined) throw error;
        answer();
      } catch (refusal) {
        fail(context, call, refusal);
      }
    });
  });

const add = (context: RpcContext): MethodHandler =>
  unary(context, decodeMemberAddRequest, (call, { peerURLs, isLearner }) => {
    // Looked at before the caller is, as in ClusterServer.MemberAdd.
    const urls = checkedPeerUrls(peerURLs);
    if (urls === undefined) throw errors.memberBadURLs();
    requireAdmin(context, call);
    context.server.duties.membership.add(urls, { isLearner }, (outcome, added) => {
      const encode = (answer: Told): Uint8Array =>
        encodeMemberAddResponse(makeMemberAddResponse({ ...answer, member: messageOf(added) }));
      changing(context, call, encode)(outcome);
    });
  });

const remove = (context: RpcContext): MethodHandler =>
  unary(context, decodeMemberRemoveRequest, (call, { ID }) => {
    requireAdmin(context, call);
    const encode = (answer: Told): Uint8Array =>
      encodeMemberRemoveResponse(makeMemberRemoveResponse(answer));
    context.server.duties.membership.remove(ID, changing(context, call, encode));
  });

const update = (context: RpcContext): MethodHandler =>
  unary(context, decodeMemberUpdateRequest, (call, { ID, peerURLs }) => {
    requireAdmin(context, call);
    // etcd takes whatever is given, and all members panic when they apply it.
    if (checkedPeerUrls(peerURLs) === undefined) throw errors.memberBadURLs();
    const encode = (answer: Told): Uint8Array =>
      encodeMemberUpdateResponse(makeMemberUpdateResponse(answer));
    context.server.duties.membership.update(ID, peerURLs, changing(context, call, encode));
  });

const promote = (context: RpcContext): MethodHandler =>
  unary(context, decodeMemberPromoteRequest, (call, { ID }) => {
    requireAdmin(context, call);
    const encode = (answer: Told): Uint8Array =>
      encodeMemberPromoteResponse(makeMemberPromoteResponse(answer));
    const { membership } = context.server.duties;
    membership.promote(ID, { token: tokenOf(call) }, changing(context, call, encode));
  });
