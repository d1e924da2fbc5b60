// What other members ask a peer port about the cluster (etcdserver/api/etcdhttp/peer.go): who is in it,
// whether it is being downgraded; and to promote a learner, for only the leader knows how far it is.
import { id64Hex } from "../../base/index.ts";
import { EtcdError, errors } from "../../core/errors/index.ts";
import { type Member, memberJson } from "../../core/membership/index.ts";
import type { IncomingMessage, ServerResponse } from "../../io/http/index.ts";
import type { Server } from "../member/index.ts";
import { type Handler, onlyGet, replyError, replyJson } from "./reply.ts";

const promotePath = "/members/promote/";

export const clusterRoutes = (server: Server): [string, Handler][] => [
  ["/members", onlyGet(members(server))],
  ["/downgrade/enabled", onlyGet(downgradeEnabled(server))],
  [promotePath, promote(server)],
];

/** The path of the route that a URL goes to: the ids below a path are its own to read. */
export const routeOf = (url: string): string => (url.startsWith(promotePath) ? promotePath : url);

function tellCluster(server: Server, response: ServerResponse): void {
  response.setHeader("X-Etcd-Cluster-ID", id64Hex(server.clusterId));
}

const membersText = (all: readonly Member[]): string =>
  `[${all.map((member) => memberJson(member)).join(",")}]\n`;

const members =
  (server: Server): Handler =>
  (_request, response) => {
    tellCluster(server, response);
    replyJson(response, membersText(server.cluster.members()));
  };

const downgradeEnabled =
  (server: Server): Handler =>
  (_request, response) => {
    tellCluster(server, response);
    server.member.readIndex((error) => {
      if (error !== undefined) {
        return replyError(response, 500, `failed linearized read: ${error.message}`);
      }
      response.setHeader("Content-Type", "text/plain");
      response.end(String(server.downgradeInfo().enabled));
    });
  };

/** Why who shows this header may not change the cluster; undefined when he may. */
function adminRefusal({ auth }: Server, request: IncomingMessage): EtcdError | undefined {
  if (!auth.isEnabled) return undefined;
  const token = request.headers.authorization;
  const info = token === undefined ? undefined : auth.tokens.infoOf(token, auth.revision);
  if (token !== undefined && info === undefined) return errors.invalidAuthToken();
  return auth.adminRefusal(info);
}

const promote =
  (server: Server): Handler =>
  (request, response) => {
    if (request.method !== "POST") {
      response.setHeader("Allow", "POST");
      return replyError(response, 405, "Method Not Allowed");
    }
    tellCluster(server, response);
    const idText = (request.url ?? "").slice(promotePath.length).replace(/\?.*$/, "");
    if (!/^\d{1,20}$/.test(idText) || BigInt(idText) >= 1n << 64n) {
      return replyError(response, 404, `member ${idText} not found in cluster`);
    }
    const id = BigInt(idText);
    const refused = (error: EtcdError): void => {
      const fields = { "member-id": id64Hex(id), error };
      server.log.warn("failed to promote a member", fields);
      const [status, text] = refusals.get(error) ?? [500, "Internal Server Error"];
      replyError(response, status, text);
    };
    const refusal = adminRefusal(server, request);
    if (refusal !== undefined) return refused(refusal);
    const token = request.headers.authorization;
    server.duties.membership.promote(id, { token }, (outcome) => {
      if (outcome instanceof EtcdError) refused(outcome);
      else replyJson(response, membersText(outcome));
    });
  };

/** As membership's own errors read, before they are put into gRPC's words. */
const refusals = new Map<EtcdError, [number, string]>([
  [errors.memberNotFound(), [404, "membership: ID not found"]],
  [errors.memberNotLearner(), [412, "membership: can only promote a learner member"]],
  [errors.learnerNotReady(), [412, errors.learnerNotReady().message]],
]);
