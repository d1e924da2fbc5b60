// A simple token names the log entry that made it. A member that has not applied that entry yet lets
// the call wait for it; etcd does so without end and for any number, which pins calls of people who
// never logged in (auth/simple_token.go, isValidSimpleToken). Here the entry must be near, the wait is
// short, and few may wait.
import { ownBytes } from "../../base/index.ts";
import { tokenIndex } from "../../core/auth/index.ts";
import type { MethodHandler, RequestSink, ServerCall } from "../../io/grpc/index.ts";
import type { RpcContext } from "./context.ts";
import { tokenOf } from "./identity.ts";

/** Entries between what is applied here and what a token may name: as many as a member may lag. */
const entriesAheadMax = 5000;
const waitMsMax = 1000;
const retryMs = 5;
const waitingCallsMax = 1000;

/** Each method, with the wait before it. */
export class LateTokens {
  readonly #context: RpcContext;
  #waiting = 0;
  /** The token read last: requests come by the frame, many of one connection after the other. */
  #token: string | undefined;
  #index: number | undefined;

  constructor(context: RpcContext) {
    this.#context = context;
  }

  before(handler: MethodHandler): MethodHandler {
    const { auth } = this.#context.server;
    if (handler.kind === "unary") {
      return {
        kind: "unary",
        handle: (call, request) => {
          if (!auth.isEnabled || !this.#isLate(call)) return handler.handle(call, request);
          const own = ownBytes(request);
          this.#wait(call, () => handler.handle(call, own));
        },
      };
    }
    const open = (call: ServerCall): RequestSink =>
      auth.isEnabled && this.#isLate(call) ? this.#openLater(handler, call) : handler.open(call);
    return { ...handler, open };
  }

  #openLater(handler: MethodHandler & { kind: "stream" }, call: ServerCall): RequestSink {
    let sink: RequestSink | undefined;
    // A call between services has its one request with it and cannot be paused.
    let first: Uint8Array | undefined;
    call.pause();
    this.#wait(call, () => {
      sink = handler.open(call);
      if (first !== undefined) sink.message(first);
      call.resume();
    });
    return {
      message: (bytes) => {
        if (sink === undefined) first ??= ownBytes(bytes);
        else sink.message(bytes);
      },
      halfClose: () => sink?.halfClose(),
    };
  }

  #isLate(call: ServerCall): boolean {
    const { auth, member } = this.#context.server;
    if (!auth.tokens.wantsPrefix || this.#waiting >= waitingCallsMax) return false;
    const index = this.#indexOf(tokenOf(call));
    if (index === undefined) return false;
    return index > member.appliedIndex && index <= member.appliedIndex + entriesAheadMax;
  }

  #indexOf(token: string | undefined): number | undefined {
    if (token !== this.#token) {
      this.#token = token;
      this.#index = token === undefined ? undefined : tokenIndex(token);
    }
    return this.#index;
  }

  #wait(call: ServerCall, go: () => void): void {
    const { clock, member } = this.#context.server;
    const index = tokenIndex(tokenOf(call)!)!;
    const untilMs = clock.nowMs() + waitMsMax;
    this.#waiting++;
    const look = (): void => {
      if (!call.ended && member.appliedIndex < index && clock.nowMs() < untilMs) {
        clock.after(retryMs, look);
        return;
      }
      this.#waiting--;
      if (!call.ended) go();
    };
    look();
  }
}
