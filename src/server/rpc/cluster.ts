// etcdserverpb.Cluster: who belongs to the cluster.
import {
  decodeMemberListRequest,
  encodeMemberListResponse,
  makeMember,
  makeMemberListResponse,
  type Member as MemberMessage,
} from "../../core/proto/index.ts";
import type { Member } from "../../core/membership/index.ts";
import type { MethodHandler } from "../../io/grpc/index.ts";
import { fail, headerOf, type RpcContext, unary } from "./context.ts";
import { requireUser } from "./identity.ts";

const messageOf = (member: Member): MemberMessage =>
  makeMember({
    ID: member.id,
    name: member.name,
    peerURLs: [...member.peerUrls],
    clientURLs: [...member.clientUrls],
    isLearner: member.isLearner,
  });

export const clusterMethods = (context: RpcContext): [string, MethodHandler][] => [
  [
    "/etcdserverpb.Cluster/MemberList",
    unary(context, decodeMemberListRequest, (call, { linearizable }) => {
      const { server } = context;
      const answer = (): void => {
        requireUser(context, call);
        // Responses of this service carry no revision (etcdserver/api/v3rpc/member.go).
        const header = headerOf(context, 0);
        const members = server.cluster.members().map(messageOf);
        call.reply(encodeMemberListResponse(makeMemberListResponse({ header, members })));
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
    }),
  ],
];
