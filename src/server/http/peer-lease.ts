// /leases and /leases/internal of a peer port: what other members ask the primary lessor
// (lease/leasehttp).
import { EtcdError, errors } from "../../core/errors/index.ts";
import {
  decodeLeaseInternalRequest,
  decodeLeaseKeepAliveRequest,
  encodeLeaseInternalResponse,
  encodeLeaseKeepAliveResponse,
  makeLeaseInternalResponse,
  makeLeaseKeepAliveResponse,
  makeLeaseTimeToLiveResponse,
  makeResponseHeader,
} from "../../core/proto/index.ts";
import type { IncomingMessage, ServerResponse } from "../../io/http/index.ts";
import type { Server } from "../member/index.ts";
import { readBody } from "./request-body.ts";
import { type Handler, replyError } from "./reply.ts";

/** A request is an id and a flag (maxLeaseHTTPRequestSize). */
const bodyBytesMax = 64 * 1024;
const notFoundText = "lease not found";
const timeoutText = "waiting for node to catch up its applied index has timed out";

type Answering = (response: ServerResponse, body: Uint8Array) => void;

export const leaseRoutes = (server: Server): [string, Handler][] => [
  ["/leases", posted(renew(server))],
  ["/leases/internal", posted(timeToLive(server))],
];

const posted =
  (answer: Answering): Handler =>
  (request: IncomingMessage, response) => {
    if (request.method !== "POST") return replyError(response, 405, "Method Not Allowed");
    readBody(request, bodyBytesMax, (body) => {
      if (body === "too large") return replyError(response, 413, "request body too large");
      if (body === "broken") return replyError(response, 400, "error reading body");
      try {
        answer(response, body);
      } catch {
        replyError(response, 400, "error unmarshalling request");
      }
    });
  };

function replyProto(response: ServerResponse, body: Uint8Array): void {
  response.setHeader("Content-Type", "application/protobuf");
  response.end(body);
}

function replyFailure(response: ServerResponse, error: EtcdError): void {
  if (error === errors.timeoutWaitAppliedIndex()) return replyError(response, 408, timeoutText);
  replyError(response, error === errors.notPrimaryLessor() ? 400 : 500, error.message);
}

const renew =
  ({ duties }: Server): Answering =>
  (response, body) => {
    const { ID } = decodeLeaseKeepAliveRequest(body);
    const renewed = (outcome: number | EtcdError): void => {
      if (outcome instanceof EtcdError) return replyFailure(response, outcome);
      if (outcome === 0) return replyError(response, 404, notFoundText);
      const answer = makeLeaseKeepAliveResponse({ ID, TTL: outcome });
      replyProto(response, encodeLeaseKeepAliveResponse(answer));
    };
    duties.leases.renewHere(ID, renewed, () => response.destroyed);
  };

const timeToLive =
  ({ duties, lessor }: Server): Answering =>
  (response, body) => {
    const request = decodeLeaseInternalRequest(body).leaseTimeToLiveRequest;
    // Go's member answers this with a panic.
    if (request === undefined) return replyError(response, 400, "error unmarshalling request");
    const { ID, keys: wantsKeys } = request;
    duties.leases.whenKnown(ID, (error) => {
      if (error !== undefined) return replyFailure(response, error);
      const time = duties.leases.timeHere(ID, { wantsKeys });
      if (time === undefined) return replyError(response, 404, notFoundText);
      // Its time would be wrong: only the primary lessor knows it.
      if (!lessor.isPrimary) return replyError(response, 500, errors.notPrimaryLessor().message);
      const answer = makeLeaseTimeToLiveResponse({
        header: makeResponseHeader(),
        ID,
        TTL: time.ttl,
        grantedTTL: time.grantedTtl,
        keys: [...time.keys],
      });
      const internal = makeLeaseInternalResponse({ leaseTimeToLiveResponse: answer });
      replyProto(response, encodeLeaseInternalResponse(internal));
    });
  };
