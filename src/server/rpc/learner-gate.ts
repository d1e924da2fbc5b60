// What a learner answers (api/v3rpc/interceptor.go): its status, reads of its own state, and a copy of
// its database. For everything else clients are to go to a voter.
import { errors } from "../../core/errors/index.ts";
import { decodeRangeRequest } from "../../core/proto/index.ts";
import type { MethodHandler } from "../../io/grpc/index.ts";
import { fail, type RpcContext } from "./context.ts";

const always = new Set(["/etcdserverpb.Maintenance/Status", "/etcdserverpb.Maintenance/Snapshot"]);
const rangePath = "/etcdserverpb.KV/Range";

/** Whether this member is a learner, looked up anew when the configuration has changed. */
export class LearnerGate {
  readonly #context: RpcContext;
  #known: unknown;
  #isLearner = false;

  constructor(context: RpcContext) {
    this.#context = context;
  }

  before(path: string, handler: MethodHandler): MethodHandler {
    if (always.has(path)) return handler;
    const context = this.#context;
    if (handler.kind === "unary") {
      const isRange = path === rangePath;
      return {
        kind: "unary",
        handle: (call, request) => {
          if (!this.#refuses(request, isRange)) return handler.handle(call, request);
          fail(context, call, errors.notSupportedForLearner());
        },
      };
    }
    return {
      ...handler,
      open: (call) => {
        if (!this.#looksLikeLearner()) return handler.open(call);
        call.end(errors.notSupportedForLearner());
        return { message: () => {}, halfClose: () => {} };
      },
    };
  }

  #refuses(request: Uint8Array, isRange: boolean): boolean {
    if (!this.#looksLikeLearner()) return false;
    if (!isRange) return true;
    try {
      return !decodeRangeRequest(request).serializable;
    } catch {
      // What is no message is refused in its own words.
      return false;
    }
  }

  #looksLikeLearner(): boolean {
    const { member, memberId } = this.#context.server;
    const { confState } = member;
    if (confState !== this.#known) {
      this.#known = confState;
      this.#isLearner = confState.learners.includes(memberId);
    }
    return this.#isLearner;
  }
}
