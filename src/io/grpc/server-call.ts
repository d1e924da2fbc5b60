// One call: a stream of HTTP/2 that speaks gRPC.
import { emptyBytes, InvariantError, ownBytes } from "../../base/index.ts";
import { Code } from "../../core/errors/index.ts";
import { FieldList, type Http2Connection, Http2Stream, type RequestHead } from "../http2/index.ts";
import { type CallHead, readCallHead } from "./call-head.ts";
import type { CallHost, CallStats, ConnectionState } from "./call-host.ts";
import type { Deadlined } from "./deadline-wheel.ts";
import { quoted } from "./go-text.ts";
import { lengthAt, MessageReader, type MessageSink, prefixBytes } from "./message-reader.ts";
import type { Metadata } from "./metadata.ts";
import type { CancelReason, Peer, RequestSink, ServerCall } from "./method.ts";
import { okTrailers, type Status, trailersOf, trailersOnly } from "./status.ts";

/** What `send` lets wait for one client before it says false; below half of it `onDrain` comes. */
export const sendBufferBytesHigh = 1024 * 1024;

/** What is looked at of the beginning and of the end of an answer in parts. */
const shownBytes = 64;

interface AnswerParts {
  readonly total: number;
  readonly head: Uint8Array;
  tail: Uint8Array;
}

/** Timeouts below it are compared with the clock once more before a call begins. */
const shortTimeoutMs = 20;

// The prefix of the message being sent; copied before the call that uses it returns.
const prefix = new Uint8Array(prefixBytes);

// The words of grpc-go's rpc_util.go for what gzip made of a message.
const tooLargeUnpacked = (max: number): Status => ({
  code: Code.ResourceExhausted,
  message: `grpc: received message after decompression larger than max ${max}`,
});
const unpackFailures = {
  "cut short": "grpc: failed to decompress the message: unexpected EOF",
  "no gzip header": "grpc: failed to decompress the message: gzip: invalid header",
  damaged: "grpc: failed to read decompressed data: gzip: invalid checksum",
};
const notUnpacked = (why: keyof typeof unpackFailures): Status => ({
  code: Code.Internal,
  message: unpackFailures[why],
});

export class GrpcCall extends Http2Stream implements ServerCall, MessageSink, Deadlined {
  readonly path: string;
  readonly deadlineMs: number | undefined;
  onCancel: ((reason: CancelReason) => void) | undefined = undefined;
  onDrain: (() => void) | undefined = undefined;
  context: unknown = undefined;
  wheelNext: Deadlined | undefined = undefined;
  wheelPrevious: Deadlined | undefined = undefined;
  wheelSlot = -1;
  readonly #host: CallHost;
  readonly #call: CallHead;
  #reader: MessageReader | undefined = undefined;
  #sink: RequestSink | undefined = undefined;
  /** The only request of a server-streaming call, until the client has closed its side. */
  #onlyRequest: Uint8Array | undefined = undefined;
  /** Nothing more of the request is wanted. */
  #isSated = false;
  #isPaused = false;
  /** Counted as begun, and not yet as ended. */
  #isStarted = false;
  #bodyEnded = false;
  #wantsDrain = false;
  /** A whole request that waits for its turn (see CallHost.mustPark). */
  #parkedBytes = 0;
  /** Size of a unary request; -1 before it was whole. */
  #requestBytes = -1;
  /** It, while it waits for its answer, for those who want to hear of slow ones. */
  #kept: Uint8Array | undefined = undefined;
  #keptAt = 0;
  /** Of an answer in parts. */
  #parts: AnswerParts | undefined = undefined;

  constructor(
    host: CallHost,
    connection: Http2Connection,
    id: number,
    head: RequestHead,
    isEnd: boolean,
  ) {
    super(connection, id, head, isEnd);
    this.#host = host;
    this.path = head.path;
    const call = (head.memo ??= readCallHead(head, host.methods, host.methodCounts)) as CallHead;
    this.#call = call;
    this.deadlineMs = call.timeoutMs === undefined ? undefined : this.openedMs + call.timeoutMs;
  }

  get metadata(): Metadata {
    return this.#call.metadata;
  }

  get peer(): Peer {
    return this.shared.peer;
  }

  get ended(): boolean {
    return this.finishing || this.localEnded;
  }

  get bufferedBytes(): number {
    return this.queuedBytes;
  }

  get isDone(): boolean {
    return this.#isSated || this.ended;
  }

  get wantsMessages(): boolean {
    return !this.#isPaused && !this.isDone;
  }

  reply(message: Uint8Array): void {
    if (this.ended) return;
    this.#finish();
    this.#countSent(message.length);
    this.#tellIfSlow(message.length, { head: message, tail: message });
    this.#countEnd(Code.OK);
    const { replyHead } = this.#call;
    if (replyHead instanceof FieldList) {
      this.respond(replyHead, prefix, message, okTrailers);
      return;
    }
    if (!this.headSent) this.sendHead(replyHead, false);
    this.sendBody(prefix, message, false);
    this.sendTrailers(okTrailers);
  }

  send(message: Uint8Array): boolean {
    if (this.ended) return true;
    this.#countSent(message.length);
    if (!this.headSent) this.sendHead(this.#call.replyHead, false);
    this.sendBody(prefix, message, false);
    return this.#isBelowMark();
  }

  sendPart(part: Uint8Array, total?: number): boolean {
    if (this.ended) return true;
    if (total !== undefined) {
      this.#countSent(total);
      this.#parts = { total, head: ownBytes(part.subarray(0, shownBytes)), tail: emptyBytes };
      if (!this.headSent) this.sendHead(this.#call.replyHead, false);
    }
    if (this.#parts !== undefined) this.#parts.tail = ownBytes(part.subarray(-shownBytes));
    this.sendBody(total === undefined ? emptyBytes : prefix, part, false);
    return this.#isBelowMark();
  }

  end(status: Status): void {
    if (this.ended) return;
    this.#finish();
    this.#tellIfSlow(this.#parts?.total ?? -1, this.#parts);
    this.#countEnd(status.code);
    if (this.headSent) {
      this.sendTrailers(trailersOf(status));
    } else if (status.code === Code.OK) {
      this.sendHead(this.#call.replyHead, false);
      this.sendTrailers(okTrailers);
    } else {
      this.sendHead(trailersOnly(200, this.#call.contentType, status), true);
    }
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#reader?.drain();
    this.#account();
    if (this.#bodyEnded && this.wantsMessages) this.#onBodyEnd();
  }

  onOpen(isEnd: boolean): void {
    const { refusal, method, encoding } = this.#call;
    if (refusal !== undefined) {
      this.#isSated = true;
      this.sendHead(trailersOnly(refusal.httpStatus, this.#call.contentType, refusal), true);
      return;
    }
    if (encoding !== "" && (encoding !== "gzip" || this.#host.gunzip === undefined)) {
      const what = `grpc: Decompressor is not installed for grpc-encoding ${quoted(encoding)}`;
      return this.end({ code: Code.Unimplemented, message: what });
    }
    if (this.deadlineMs !== undefined) this.#host.deadlines.add(this);
    this.#host.counts.callsStarted++;
    const { counts } = this.#call;
    this.#isStarted = true;
    if (counts !== undefined) counts.started++;
    if (method!.kind === "unary") this.awaitsBody = true;
    else if (!this.#isRefused()) this.#guarded(() => void (this.#sink = method!.open(this)));
    if (isEnd) this.#onBodyEnd();
  }

  onBody(bytes: Uint8Array, start: number, end: number, isEnd: boolean): void {
    if (this.isDone) return;
    const length = end - start - prefixBytes;
    const isWhole = length >= 0 && this.#reader === undefined && lengthAt(bytes, start) === length;
    // A whole message in one frame: nearly every request.
    if (isWhole && this.wantsMessages) {
      if (this.admits(length)) this.onMessage(bytes[start]!, bytes, start + prefixBytes, end);
    } else if (start < end) {
      this.#reader ??= new MessageReader(this);
      this.#reader.push(bytes, start, end);
      this.#account();
    }
    if (isEnd) this.#onBodyEnd();
  }

  admits(length: number): boolean {
    const max = this.#host.maxReceiveBytes;
    if (length <= max) return true;
    const message = `grpc: received message larger than max (${length} vs. ${max})`;
    this.end({ code: Code.ResourceExhausted, message });
    return false;
  }

  onMessage(flag: number, bytes: Uint8Array, start: number, end: number): void {
    const { encoding } = this.#call;
    const view = bytes.subarray(start, end);
    if (flag === 0) return this.#take(view);
    if (flag !== 1) {
      const message = `grpc: received unexpected payload format ${flag}`;
      return this.end({ code: Code.Internal, message });
    }
    if (encoding === "") {
      const message = "grpc: compressed flag set with identity or empty encoding";
      return this.end({ code: Code.Internal, message });
    }
    const max = this.#host.maxReceiveBytes;
    const plain = this.#host.gunzip!(view, max);
    if (typeof plain !== "string") return this.#take(plain);
    this.end(plain === "too large" ? tooLargeUnpacked(max) : notUnpacked(plain));
  }

  onAborted(cause: "reset" | "connection"): void {
    this.#finish();
    this.#countEnd(Code.Canceled);
    this.#host.counts.callsCancelled++;
    this.onCancel?.(cause);
    this.#host.unpark(this.shared);
  }

  onSent(): void {
    if (this.#wantsDrain && this.queuedBytes * 2 <= sendBufferBytesHigh && !this.ended) {
      this.#wantsDrain = false;
      this.onDrain?.();
    }
    this.#host.unpark(this.shared);
  }

  onDeadline(): void {
    if (this.ended) return;
    this.end({ code: Code.DeadlineExceeded, message: "context deadline exceeded" });
    this.#host.counts.callsCancelled++;
    this.onCancel?.("deadline");
  }

  /** Hands a unary request to its method. */
  dispatch(message: Uint8Array): void {
    this.#parkedBytes = 0;
    if (this.ended || this.#isLate() || this.#isRefused()) return;
    const method = this.#call.method!;
    if (method.kind !== "unary") return;
    if (this.#host.slowCalls !== undefined) this.#keep(message);
    try {
      method.handle(this, message);
    } catch (error) {
      this.#onFault(error);
    }
  }

  get shared(): ConnectionState {
    return this.connection.owner as ConnectionState;
  }

  /** The wheel looks after long deadlines; a short one may be over before it has turned. */
  #isLate(): boolean {
    const { timeoutMs = Infinity } = this.#call;
    if (timeoutMs > shortTimeoutMs || this.#host.nowMs() < this.deadlineMs!) return false;
    this.onDeadline();
    return true;
  }

  #isRefused(): boolean {
    const refused = this.#host.intercept?.(this);
    if (refused !== undefined) this.end(refused);
    return refused !== undefined;
  }

  #countEnd(code: number): void {
    const { counts } = this.#call;
    if (counts === undefined || !this.#isStarted) return;
    this.#isStarted = false;
    counts.end(code);
    counts.seconds?.observe((this.#host.nowMs() - this.openedMs) / 1000);
  }

  #countSent(length: number): void {
    this.#host.counts.messageBytesSent += length;
    const { counts } = this.#call;
    if (counts !== undefined) counts.sent++;
    prefix[1] = length >>> 24;
    prefix[2] = length >>> 16;
    prefix[3] = length >>> 8;
    prefix[4] = length;
  }

  #keep(message: Uint8Array): void {
    const { kept } = this.#host;
    const at = kept.keep(message);
    if (at === undefined) return;
    this.#kept = kept.piece;
    this.#keptAt = at;
  }

  #tellIfSlow(responseBytes: number, response?: CallStats["response"]): void {
    const { slowCalls } = this.#host;
    const requestBytes = this.#requestBytes;
    if (slowCalls === undefined || requestBytes < 0) return;
    const tookMs = this.#host.nowMs() - this.openedMs;
    if (tookMs >= slowCalls.thresholdMs) {
      const request = this.#kept?.subarray(this.#keptAt, this.#keptAt + requestBytes);
      slowCalls.report(this, { tookMs, requestBytes, responseBytes, request, response });
    }
    this.#kept = undefined;
  }

  /** Once false, false until `onDrain`: a small message between the two marks must not forget it. */
  #isBelowMark(): boolean {
    if (this.queuedBytes > sendBufferBytesHigh) this.#wantsDrain = true;
    return !this.#wantsDrain;
  }

  /** Nothing of the request matters from here on. */
  #finish(): void {
    this.#isSated = true;
    this.awaitsBody = false;
    this.#reader = undefined;
    this.#onlyRequest = undefined;
    if (this.wheelSlot >= 0) this.#host.deadlines.remove(this);
  }

  /** Tells the windows what this call holds and what it still needs. */
  #account(): void {
    if (this.localEnded) return;
    const { windows } = this.connection;
    const holds = (this.#reader?.held ?? 0) + this.#parkedBytes;
    if (holds > this.retained) windows.hold(this, holds - this.retained);
    else if (holds < this.retained) windows.release(this, this.retained - holds);
    const missing = this.isDone || this.remoteEnded ? 0 : (this.#reader?.missing ?? 0);
    windows.expect(this, missing);
    if (!this.isDone) this.awaitsBody = missing > 0 || this.#call.method!.kind === "unary";
    windows.refill(this);
  }

  #take(message: Uint8Array): void {
    this.#host.counts.messageBytesReceived += message.length;
    const { counts } = this.#call;
    if (counts !== undefined) counts.received++;
    const method = this.#call.method!;
    if (method.kind === "unary") return this.#takeUnary(message);
    if (method.requests !== "one") return this.#deliver(message);
    if (this.#onlyRequest === undefined) {
      this.#onlyRequest = ownBytes(message);
      return;
    }
    this.#violation("received multiple request messages for non-client-streaming RPC");
  }

  #takeUnary(message: Uint8Array): void {
    this.#isSated = true;
    this.awaitsBody = false;
    this.#requestBytes = message.length;
    if (!this.#host.mustPark(this)) return this.dispatch(message);
    this.#parkedBytes = message.length;
    this.#host.park(this.shared, this, ownBytes(message));
    this.#account();
  }

  #deliver(message: Uint8Array): void {
    try {
      this.#sink!.message(message);
    } catch (error) {
      this.#onFault(error);
    }
  }

  #onBodyEnd(): void {
    this.#bodyEnded = true;
    if (this.isDone || this.#isPaused) return;
    const isCut = this.#reader?.endsInMessage === true;
    const method = this.#call.method!;
    if (method.kind === "unary") {
      // grpc-go's words for a request that never came, or came in part.
      this.end({ code: Code.Unknown, message: isCut ? "unexpected EOF" : "EOF" });
    } else if (isCut) {
      this.end({ code: Code.Internal, message: "unexpected EOF" });
    } else if (method.requests === "one" && this.#onlyRequest === undefined) {
      this.#violation("received no request message from non-client-streaming RPC");
    } else {
      if (this.#onlyRequest !== undefined) this.#deliver(this.#onlyRequest);
      this.#isSated = true;
      if (!this.ended) this.#guarded(() => this.#sink!.halfClose());
    }
  }

  #violation(what: string): void {
    this.end({ code: Code.Internal, message: `cardinality violation: ${what}` });
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#onFault(error);
    }
  }

  /** A handler threw: its call fails and the process lives, unless the program contradicts itself. */
  #onFault(error: unknown): void {
    if (error instanceof InvariantError) throw error;
    this.#host.onFault(this, error);
    this.end({ code: Code.Internal, message: "internal error" });
  }
}
