// A call with one request and one answer, as a promise.
import { Code, EtcdError } from "../../core/errors/index.ts";
import { ownBytes } from "../../base/index.ts";
import type { CallRequest, GrpcChannel } from "./channel.ts";

/** The answer's bytes, the caller's own; rejects with an EtcdError that has the server's status. */
export function callUnary(
  channel: GrpcChannel,
  request: CallRequest,
  message: Uint8Array,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let answer: Uint8Array | undefined = undefined;
    const call = channel.open(request, {
      onMessage: (bytes) => (answer = ownBytes(bytes)),
      onEnd: (status) => {
        if (status.code === Code.OK && answer !== undefined) return resolve(answer);
        const why = status.code === Code.OK ? "the answer has no message" : status.message;
        const code = status.code === Code.OK ? Code.Internal : (status.code as Code);
        reject(new EtcdError(code, why));
      },
    });
    call.send(message);
    call.halfClose();
  });
}
