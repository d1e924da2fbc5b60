// Whom the proxy calls: the endpoints it was given, or the members of the cluster they belong to.
import {
  decodeMemberListResponse,
  encodeMemberListRequest,
  makeMemberListRequest,
} from "../../core/proto/index.ts";
import type { Log } from "../../io/host/index.ts";
import { callUnary, type GrpcChannel, parseEndpoint } from "../../io/grpc-client/index.ts";

const memberList = "/etcdserverpb.Cluster/MemberList";
const syncTimeoutMs = 5_000;

/** Asks the cluster who is in it and calls those from then on (clientv3's Sync). */
export async function syncEndpoints(channel: GrpcChannel, log: Log): Promise<void> {
  const request = encodeMemberListRequest(makeMemberListRequest({ linearizable: true }));
  try {
    const call = { path: memberList, timeoutMs: syncTimeoutMs };
    const { members } = decodeMemberListResponse(await callUnary(channel, call, request));
    const found = members
      .filter(({ name, isLearner }) => name !== "" && !isLearner)
      .flatMap(({ clientURLs }) => clientURLs);
    const known = channel.endpoints.map(({ text }) => text);
    if (found.length === 0 || found.join() === known.join()) return;
    channel.setEndpoints(found.map(parseEndpoint));
    log.info("endpoints are those of the cluster's members", { endpoints: found });
  } catch (error) {
    log.warn("Auto sync endpoints failed.", { error });
  }
}
