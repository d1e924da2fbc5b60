// A call that one service makes to another of the same member for a client: without a socket, with the
// client's metadata, so that permissions, quota and limits are those the client itself would meet
// (etcd's v3client over its in-process adapters).
import { Code, errors, EtcdError } from "../../../core/errors/index.ts";
import { ownBytes } from "../../../base/index.ts";
import type {
  CancelReason,
  Metadata,
  MethodHandler,
  Peer,
  RequestSink,
  ServerCall,
  Status,
} from "../../../io/grpc/index.ts";

export type Methods = ReadonlyMap<string, MethodHandler>;

export class InnerCall implements ServerCall {
  readonly path: string;
  readonly metadata: Metadata;
  readonly peer: Peer;
  /** The client's deadline ends the outer call, and that one ends this. */
  readonly deadlineMs = undefined;
  readonly context: unknown;
  onCancel: ((reason: CancelReason) => void) | undefined = undefined;
  onDrain: (() => void) | undefined = undefined;
  #ended = false;
  readonly #outer: ServerCall;
  readonly #onMessage: (message: Uint8Array) => boolean;
  readonly #onEnd: (error: EtcdError | undefined) => void;

  constructor(
    path: string,
    outer: ServerCall,
    onMessage: (message: Uint8Array) => boolean,
    onEnd: (error: EtcdError | undefined) => void,
  ) {
    this.path = path;
    this.peer = outer.peer;
    this.context = outer.context;
    this.#outer = outer;
    this.#onMessage = onMessage;
    this.#onEnd = onEnd;
    const { metadata } = outer;
    // A stream that requires a leader is cut without one. The client asked that of its own call,
    // which was looked at when it began.
    this.metadata = {
      get: (name) => (name === "hasleader" ? undefined : metadata.get(name)),
      getAll: (name) => (name === "hasleader" ? [] : metadata.getAll(name)),
      getBinary: (name) => metadata.getBinary(name),
    };
  }

  get ended(): boolean {
    return this.#ended;
  }

  get bufferedBytes(): number {
    return this.#outer.bufferedBytes;
  }

  reply(message: Uint8Array): void {
    if (this.#ended) return;
    this.#onMessage(message);
    this.end({ code: Code.OK, message: "" });
  }

  send(message: Uint8Array): boolean {
    return this.#ended || this.#onMessage(message);
  }

  end({ code, message }: Status): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd(code === Code.OK ? undefined : new EtcdError(code as Code, message));
  }

  // Only who asks without reading is paused, and scripts ask once.
  pause(): void {}
  resume(): void {}

  /** Gives the call up from the client's side. */
  cancel(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.onCancel?.("reset");
  }
}

/** One unary call; `done` gets the response message or the error. */
export function callUnary(
  methods: Methods,
  outer: ServerCall,
  path: string,
  request: Uint8Array,
  done: (answer: Uint8Array | EtcdError) => void,
): void {
  const handler = methods.get(path);
  if (handler?.kind !== "unary") return done(errors.unknownMethod());
  let answer: Uint8Array | undefined;
  const onMessage = (message: Uint8Array): boolean => {
    answer = ownBytes(message);
    return true;
  };
  const onEnd = (error: EtcdError | undefined): void =>
    done(error ?? answer ?? errors.contextCanceled());
  handler.handle(new InnerCall(path, outer, onMessage, onEnd), request);
}

/** One stream, with its first request. */
export function callStream(
  methods: Methods,
  path: string,
  request: Uint8Array,
  open: () => InnerCall,
): InnerCall {
  const call = open();
  const handler = methods.get(path);
  if (handler?.kind !== "stream") {
    call.end(errors.unknownMethod());
    return call;
  }
  const sink: RequestSink = handler.open(call);
  sink.message(request);
  return call;
}
