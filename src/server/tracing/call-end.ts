import { Code } from "../../core/errors/index.ts";
import type { CancelReason, ServerCall } from "../../io/grpc/index.ts";

/** Calls back once, when the call has its status or its client is gone. For traced calls alone. */
export function observeEnd(call: ServerCall, ended: (code: number) => void): void {
  let isOver = false;
  const once = (code: number): void => {
    if (isOver) return;
    isOver = true;
    ended(code);
  };
  const reply = call.reply.bind(call);
  call.reply = (message) => {
    reply(message);
    once(Code.OK);
  };
  const end = call.end.bind(call);
  call.end = (status) => {
    end(status);
    once(status.code);
  };
  let own = call.onCancel;
  Object.defineProperty(call, "onCancel", {
    configurable: true,
    get: () => (reason: CancelReason) => {
      once(reason === "deadline" ? Code.DeadlineExceeded : Code.Canceled);
      own?.(reason);
    },
    set: (handler: ServerCall["onCancel"]) => {
      own = handler;
    },
  });
}
