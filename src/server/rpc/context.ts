// What every service of a member needs, and how a unary handler answers.
import { encodeResponse } from "../../core/apply/index.ts";
import { Code, EtcdError } from "../../core/errors/index.ts";
import { MalformedError, makeResponseHeader, type ResponseHeader } from "../../core/proto/index.ts";
import type { MethodHandler, ServerCall } from "../../io/grpc/index.ts";
import type { Server, Settled } from "../member/index.ts";

export interface RpcContext {
  readonly server: Server;
}

/** Header with the current revision, as most responses carry. */
export const headerOf = ({ server }: RpcContext, revision?: number): ResponseHeader =>
  makeResponseHeader({
    clusterId: server.clusterId,
    memberId: server.memberId,
    revision: revision ?? server.store.currentRevision,
    raftTerm: server.member.term,
  });

/** Ends the call with an error: etcd's own as they are, anything else as Unknown, logged. */
export function fail(context: RpcContext, call: ServerCall, error: unknown): void {
  if (error instanceof EtcdError) return call.end(error);
  if (error instanceof MalformedError) {
    const message = `grpc: error unmarshalling request: ${error.message}`;
    return call.end({ code: Code.Internal, message });
  }
  context.server.log.error("a request failed unexpectedly", { path: call.path, error });
  call.end({ code: Code.Unknown, message: error instanceof Error ? error.message : String(error) });
}

/** A unary method: decodes, hands over, and turns what is thrown into a status. */
export const unary = <Request>(
  context: RpcContext,
  decode: (bytes: Uint8Array) => Request,
  handle: (call: ServerCall, request: Request, bytes: Uint8Array) => void,
): MethodHandler => ({
  kind: "unary",
  handle: (call, bytes) => {
    try {
      handle(call, decode(bytes), bytes);
    } catch (error) {
      fail(context, call, error);
    }
  },
});

/** A method answered by a stream to one request: what is thrown before it flows becomes a status. */
export const serverStream = (
  context: RpcContext,
  begin: (call: ServerCall, bytes: Uint8Array) => void,
): MethodHandler => ({
  kind: "stream",
  requests: "one",
  open: (call) => ({
    message: (bytes) => {
      try {
        begin(call, bytes);
      } catch (error) {
        fail(context, call, error);
      }
    },
    halfClose: () => {},
  }),
});

/** Answers a call with what its log entry came to. */
export const replying =
  (context: RpcContext, call: ServerCall) =>
  (outcome: Settled): void => {
    if (call.ended) return;
    if (outcome instanceof EtcdError) return call.end(outcome);
    if ("encode" in outcome) {
      return call.reply(outcome.encode(headerOf(context, outcome.revision)));
    }
    call.reply(encodeResponse(outcome, context.server.header));
  };
