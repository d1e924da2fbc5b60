// Calls handed on as bytes: whatever the client says goes up, whatever the member answers comes down.
import { Code } from "../../core/errors/index.ts";
import { serviceDescriptors } from "../../core/proto/index.ts";
import type { MethodHandler, RequestSink, ServerCall } from "../../io/grpc/index.ts";
import type { CallRequest, ClientCall, GrpcChannel } from "../../io/grpc-client/index.ts";

/** Request metadata that means something to etcd. */
const metadataNames = ["token", "authorization", "hasleader", "client-api-version"];

export interface ForwardingOptions {
  readonly channel: GrpcChannel;
  readonly nowMs: () => number;
  /** The longest message handed on. */
  readonly sendBytesMax: number;
}

/** Every method of etcd's services, by path; health is each server's own. */
export function forwardingMethods(options: ForwardingOptions): Map<string, MethodHandler> {
  const methods = new Map<string, MethodHandler>();
  for (const [service, all] of Object.entries(serviceDescriptors)) {
    if (service.startsWith("grpc.health.")) continue;
    for (const { path, requestStream, responseStream } of all) {
      const isUnary = !requestStream && !responseStream;
      methods.set(path, isUnary ? unaryTo(options) : streamTo(options, !requestStream));
    }
  }
  return methods;
}

function requestOf(call: ServerCall, nowMs: number): CallRequest {
  const metadata: Record<string, string[]> = {};
  for (const name of metadataNames) {
    const values = call.metadata.getAll(name);
    if (values.length > 0) metadata[name] = [...values];
  }
  const timeoutMs = call.deadlineMs === undefined ? undefined : call.deadlineMs - nowMs;
  return { path: call.path, metadata, timeoutMs };
}

const unaryTo = (options: ForwardingOptions): MethodHandler => ({
  kind: "unary",
  handle: (call, request) => {
    if (isTooLarge(call, request, options)) return;
    let isAnswered = false;
    const upstream = options.channel.open(requestOf(call, options.nowMs()), {
      onMessage: (bytes) => {
        isAnswered = true;
        call.reply(bytes);
      },
      onEnd: (status) => {
        if (!isAnswered) call.end(status.code === Code.OK ? noAnswer : status);
      },
    });
    call.onCancel = () => upstream.cancel();
    upstream.send(request);
    upstream.halfClose();
  },
});

const noAnswer = { code: Code.Internal, message: "the member's answer has no message" };

const streamTo = (options: ForwardingOptions, isOneRequest: boolean): MethodHandler => ({
  kind: "stream",
  ...(isOneRequest && { requests: "one" as const }),
  open: (call): RequestSink => {
    const upstream: ClientCall = options.channel.open(requestOf(call, options.nowMs()), {
      onMessage: (bytes) => {
        if (!call.send(bytes)) upstream.pause();
      },
      onDrain: () => call.resume(),
      onEnd: (status) => call.end(status),
    });
    call.onDrain = () => upstream.resume();
    call.onCancel = () => upstream.cancel();
    return {
      message: (bytes) => {
        if (isTooLarge(call, bytes, options)) return upstream.cancel();
        if (!upstream.send(bytes)) call.pause();
        if (isOneRequest) upstream.halfClose();
      },
      halfClose: () => upstream.halfClose(),
    };
  },
});

/** Ends the call as grpc-go's client does, when it is. */
function isTooLarge(
  call: ServerCall,
  bytes: Uint8Array,
  { sendBytesMax }: ForwardingOptions,
): boolean {
  if (bytes.length <= sendBytesMax) return false;
  const sizes = `${bytes.length} vs. ${sendBytesMax}`;
  const message = `trying to send message larger than max (${sizes})`;
  call.end({ code: Code.ResourceExhausted, message });
  return true;
}
