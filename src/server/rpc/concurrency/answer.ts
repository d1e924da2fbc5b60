import { ownBytes } from "../../../base/index.ts";
import { Code, errorByMessage, EtcdError } from "../../../core/errors/index.ts";
import type { MethodHandler, ServerCall } from "../../../io/grpc/index.ts";
import { fail, type RpcContext, unary } from "../context.ts";
import type { Methods } from "./inner-call.ts";
import { runScript, type Script } from "./script.ts";
import type { Caller } from "./steps.ts";

/** The member's other services, and the member. */
export interface ConcurrencyContext extends RpcContext {
  readonly methods: Methods;
}

export const callerOf = ({ methods, server }: ConcurrencyContext, call: ServerCall): Caller => ({
  methods,
  call,
  soon: (fn) => server.clock.soon(fn),
});

/**
 * etcd's client inside the server gives an error of etcd a type that gRPC does not know, so its code
 * is lost on the way out: Unknown, with the text. An error that is not etcd's keeps its code.
 */
export const outward = (error: unknown): unknown =>
  error instanceof EtcdError && errorByMessage(error.message) !== undefined
    ? new EtcdError(Code.Unknown, error.message)
    : error;

/** A unary method that is a script; its result is the response message. */
export const scripted = <Request>(
  context: ConcurrencyContext,
  decode: (bytes: Uint8Array) => Request,
  script: (caller: Caller, request: Request) => Script<Uint8Array>,
): MethodHandler =>
  unary(
    context,
    // The request outlives the frame it came in.
    (bytes) => decode(ownBytes(bytes)),
    (call, request) => {
      runScript(call, script(callerOf(context, call), request), (outcome) => {
        if ("error" in outcome) fail(context, call, outward(outcome.error));
        else call.reply(outcome.result);
      });
    },
  );
