// One HTTP/2 connection of a server, without a socket: bytes in by `receive`, bytes out of `output`.
// RFC 9113, with the limits of this room. It never waits, never throws for what a peer sends, and
// calls the layer above only through the streams that layer makes.
import { ConnectionError, type ErrorCode, errorCode } from "./error-code.ts";
import { defaultFloodLimits, FloodGuard, type FloodLimits } from "./flood-guard.ts";
import { setting } from "./frame.ts";
import { defaultKeepalive, type KeepalivePolicy, Pings } from "./pings.ts";
import { ReceiveBudget } from "./receive-budget.ts";
import { defaultReceiveLimits, type ReceiveLimits, ReceiveWindows } from "./receive-windows.ts";
import { Receiver } from "./receiver.ts";
import type { RequestHead } from "./request-head.ts";
import { Sender } from "./sender.ts";
import type { Http2Stream } from "./stream.ts";
import { streamEvent, streamState } from "./stream-state.ts";
import { StreamTable } from "./stream-table.ts";

export interface ConnectionOptions {
  /** Streams open at once; advertised, and refused above. */
  readonly maxConcurrentStreams: number;
  /** SETTINGS_MAX_HEADER_LIST_SIZE, and the limit of a compressed header block. */
  readonly headerListBytesMax: number;
  /** From accept to the client's SETTINGS, from HEADERS to END_HEADERS, and to each SETTINGS ack. */
  readonly handshakeTimeoutMs: number;
  /** Silence of a peer that owes the rest of a message. */
  readonly bodyTimeoutMs: number;
  /** A complete answer that nobody takes, or a socket. */
  readonly stallTimeoutMs: number;
  readonly keepalive: KeepalivePolicy;
  readonly receive: ReceiveLimits;
  /** Shared by the connections of a server; a connection alone has one to itself. */
  readonly budget?: ReceiveBudget;
  readonly flood: FloodLimits;
}

/** No client is known to want more than this at once; without it a peer could make us hold any. */
export const concurrentStreamsMax = 65_536;
export const defaultConnectionOptions: ConnectionOptions = {
  maxConcurrentStreams: concurrentStreamsMax,
  headerListBytesMax: 64 * 1024,
  handshakeTimeoutMs: 10_000,
  bodyTimeoutMs: 30_000,
  stallTimeoutMs: 60_000,
  keepalive: defaultKeepalive,
  receive: defaultReceiveLimits,
  flood: defaultFloodLimits,
};

/** What a connection asks of its owner. */
export interface ConnectionHost {
  /** A stream for a new request; its `onOpen` follows at once. */
  openStream(
    connection: Http2Connection,
    id: number,
    head: RequestHead,
    isEnd: boolean,
  ): Http2Stream;
  /** There is output to take, now or after `sender.pump()`. */
  wake(connection: Http2Connection): void;
  /** There is output that may wait some milliseconds for more to go with. */
  wakeSoon(connection: Http2Connection): void;
}

/** RFC 9113 §6.8: a GOAWAY that names no stream lets requests under way still arrive. */
const everyStream = 0x7fff_ffff;
const drainPing = Uint8Array.of(1, 6, 1, 8, 0, 3, 3, 9);
const keepalivePing = new Uint8Array(8);
const drainPingTimeoutMs = 5_000;
const streamSweepMs = 5_000;

type Draining = "no" | { readonly announcedMs: number } | { readonly lastStreamId: number };

export class Http2Connection {
  readonly options: ConnectionOptions;
  readonly sender: Sender;
  readonly windows: ReceiveWindows;
  readonly streams = new StreamTable();
  /** Milliseconds on the owner's clock, as of the last `receive` or `tick`. */
  nowMs: number;
  /** A slot for the layer above. */
  owner: unknown = undefined;
  bytesReceived = 0;
  /** Why the peer was told to go, when it was. */
  failure: ConnectionError | undefined = undefined;
  readonly #host: ConnectionHost;
  readonly #pings: Pings;
  readonly #receiver: Receiver;
  readonly #openedMs: number;
  #isClosed = false;
  #draining: Draining = "no";
  #lastReadMs: number;
  #keepalivePingsOut = 0;
  #ackedMs: number;
  #sweptMs: number;

  constructor(host: ConnectionHost, options: ConnectionOptions, nowMs: number) {
    this.options = options;
    this.nowMs = nowMs;
    this.#openedMs = nowMs;
    this.#lastReadMs = nowMs;
    this.#ackedMs = nowMs;
    this.#sweptMs = nowMs;
    this.#host = host;
    this.#pings = new Pings(options.keepalive);
    const guard = new FloodGuard(options.flood);
    const events = {
      wake: () => host.wake(this),
      wakeSoon: () => host.wakeSoon(this),
      onLocalEnd: (stream: Http2Stream) => this.#onLocalEnd(stream),
    };
    this.sender = new Sender(events, this.#pings, guard);
    const budget = options.budget ?? new ReceiveBudget();
    this.windows = new ReceiveWindows(this.sender, options.receive, budget, {
      all: () => this.streams.all(),
      refuse: (stream) => this.#abort(stream, errorCode.enhanceYourCalm),
    });
    this.#receiver = new Receiver(this, guard, this.#pings);
    this.sender.writeSettings([
      [setting.maxConcurrentStreams, options.maxConcurrentStreams],
      [setting.maxHeaderListSize, options.headerListBytesMax],
    ]);
    this.windows.open();
  }

  get openStreams(): number {
    return this.streams.size;
  }

  /** Nothing more will be received; what `output` holds should still be written. */
  get isFailed(): boolean {
    return this.#isClosed || this.failure !== undefined;
  }

  /** The last stream is done, and the peer knows that no other will be served. */
  get isDrained(): boolean {
    return this.streams.size === 0 && this.#draining !== "no" && "lastStreamId" in this.#draining;
  }

  /** Takes bytes[start, end) as they came from the peer; borrowed until the call returns. */
  receive(bytes: Uint8Array, start: number, end: number, nowMs: number): void {
    if (this.isFailed) return;
    this.nowMs = nowMs;
    this.#lastReadMs = nowMs;
    this.bytesReceived += end - start;
    try {
      this.#receiver.read(bytes, start, end);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#fail(error);
    }
  }

  /** Time has passed: about once a second. Returns false when the socket should go at once. */
  tick(nowMs: number): boolean {
    this.nowMs = nowMs;
    if (this.isFailed) return true;
    const isLate = (sinceMs: number): boolean => nowMs - sinceMs > this.options.handshakeTimeoutMs;
    const { headers, isOpen } = this.#receiver;
    if (!isOpen && isLate(this.#openedMs)) return false;
    if (this.windows.settingsUnacked === 0) this.#ackedMs = nowMs;
    if (isLate(this.#ackedMs)) {
      this.#fail(new ConnectionError(errorCode.settingsTimeout, "SETTINGS not acknowledged"));
    } else if (headers.continues !== 0 && isLate(headers.openedMs)) {
      this.#fail(new ConnectionError(errorCode.enhanceYourCalm, "headers without an end"));
    } else {
      const action = this.#pings.afterSilence(nowMs, this.#lastReadMs);
      if (action === "close") return false;
      if (action === "ping") {
        this.sender.writePing(keepalivePing);
        this.#keepalivePingsOut++;
      }
      this.#drainTick(nowMs);
      this.windows.sweepGrants(nowMs);
      this.#sweep(nowMs);
    }
    return true;
  }

  /**
   * Asks the peer to leave (RFC 9113 §6.8): first a GOAWAY that still lets requests arrive, and when
   * the peer has seen it, one that names the last stream to be served.
   */
  drain(): void {
    if (this.isFailed || this.#draining !== "no") return;
    this.#draining = { announcedMs: this.nowMs };
    this.sender.writeGoAway(everyStream, errorCode.noError, "graceful_stop");
    this.sender.writePing(drainPing);
  }

  /** The socket is gone, or will be at once: every stream ends. */
  close(): void {
    this.#isClosed = true;
    this.#endAll();
    this.windows.budget.leave(this.windows);
  }

  // What follows is for this room.

  wake(): void {
    this.#host.wake(this);
  }

  /** Whether a stream that would open now may, and if not, how it is turned away. */
  refusalOf(streamId: number): "no" | "silently" | "busy" {
    const draining = this.#draining;
    if (draining !== "no" && "lastStreamId" in draining && streamId > draining.lastStreamId) {
      return "silently";
    }
    return this.streams.size >= this.options.maxConcurrentStreams ? "busy" : "no";
  }

  open(streamId: number, head: RequestHead, isEnd: boolean): void {
    const stream = this.#host.openStream(this, streamId, head, isEnd);
    this.streams.add(stream);
    stream.onOpen(isEnd);
  }

  /** Whether the ack was one we wait for. */
  onPingAck(data: Uint8Array, start: number): boolean {
    const isOf = (ping: Uint8Array): boolean => ping.every((byte, at) => data[start + at] === byte);
    if (this.#draining !== "no" && "announcedMs" in this.#draining && isOf(drainPing)) {
      this.#drainNow();
      return true;
    }
    if (this.#keepalivePingsOut === 0 || !isOf(keepalivePing)) return false;
    this.#keepalivePingsOut--;
    return true;
  }

  /** Resets a live stream from our side. */
  resetStream(stream: Http2Stream, code: ErrorCode): void {
    this.sender.writeReset(stream.id, code);
    this.remove(stream, true);
  }

  remove(stream: Http2Stream, byReset: boolean): void {
    stream.state = streamState.closed;
    this.streams.remove(stream, byReset);
    this.sender.forget(stream);
    this.windows.forget(stream);
    if (this.#draining !== "no") this.wake();
  }

  #fail(failure: ConnectionError): void {
    this.failure = failure;
    this.sender.writeGoAway(this.#receiver.lastStreamId, failure.code, failure.message);
    this.#endAll();
  }

  #endAll(): void {
    for (const stream of this.streams.all()) {
      this.remove(stream, true);
      stream.onAborted("connection", errorCode.cancel);
    }
  }

  #onLocalEnd(stream: Http2Stream): void {
    stream.moveTo(streamEvent.sendEnd);
    if (stream.state === streamState.closed) this.remove(stream, false);
    // As grpc-go: the rest of the request is not wanted (RFC 9113 §8.1).
    else this.resetStream(stream, errorCode.noError);
  }

  #drainTick(nowMs: number): void {
    if (this.#draining === "no" || "lastStreamId" in this.#draining) return;
    if (nowMs - this.#draining.announcedMs >= drainPingTimeoutMs) this.#drainNow();
  }

  #drainNow(): void {
    const { lastStreamId } = this.#receiver;
    this.#draining = { lastStreamId };
    this.sender.writeGoAway(lastStreamId, errorCode.noError, "graceful_stop");
  }

  #sweep(nowMs: number): void {
    const { bodyTimeoutMs, stallTimeoutMs } = this.options;
    if (nowMs - this.#sweptMs < Math.min(streamSweepMs, bodyTimeoutMs, stallTimeoutMs)) return;
    this.#sweptMs = nowMs;
    for (const stream of this.streams.all()) {
      const isSilent = stream.awaitsBody && nowMs - stream.receivedMs > bodyTimeoutMs;
      const waits = stream.finishing && stream.queuedBytes > 0;
      if (!isSilent && !(waits && nowMs - stream.sentMs > stallTimeoutMs)) continue;
      // What the answer speaks of is done. CANCEL would tell clientv3 that it may ask once more.
      this.#abort(stream, isSilent ? errorCode.cancel : errorCode.enhanceYourCalm);
    }
  }

  #abort(stream: Http2Stream, code: ErrorCode): void {
    this.resetStream(stream, code);
    stream.onAborted("reset", code);
  }
}
