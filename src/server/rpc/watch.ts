// etcdserverpb.Watch: the one bidirectional stream, on the watch hub.
import { errors } from "../../core/errors/index.ts";
import type { ResponseHeader } from "../../core/proto/index.ts";
import type { MethodHandler, ServerCall } from "../../io/grpc/index.ts";
import { WatchCall } from "./watch-call.ts";
import type { WatchHub } from "./watch-port.ts";

/** Where fault suites hold streams up: reached before each response with events. */
export interface WatchPlace {
  /** `sleep` is called when the stream is to wait for so long. */
  reach(name: "beforeSendWatchResponse", sleep: (ms: number) => void): void;
  after(ms: number, fn: () => void): void;
}

export interface WatchServiceOptions {
  readonly hub: WatchHub;
  /** The newest revision of the store: what acknowledgements and cancellations bear. */
  readonly currentRevision: () => number;
  /** The header of a response at a revision, 0 included. */
  readonly header: (revision: number) => ResponseHeader;
  /**
   * Why the caller may not read [key, rangeEnd), one of `watchCancelReasons`; undefined when he may.
   * Asked once, at creation; a permission lost later ends no watch.
   */
  readonly checkPermission: (
    call: ServerCall,
    key: Uint8Array,
    rangeEnd: Uint8Array,
  ) => string | undefined;
  /** Whether the caller asked, with `hasleader: true`, to be cut off when there is no leader. */
  readonly requiresLeader: (call: ServerCall) => boolean;
  /** From this size on a response to a watcher that allows it is split: the receive limit. */
  readonly fragmentBytesMax: number;
  readonly place?: WatchPlace | undefined;
  /** A request of no kind this version knows; it is otherwise ignored. */
  readonly onUnknownRequest?: (call: ServerCall) => void;
}

/** What a stream may hold unread beyond io/grpc's own mark before its watchers are parked. */
const streamBytesMax = 1024 * 1024;
/** When all streams together hold this much, each is held to io/grpc's mark. */
const heldBytesMax = 256 * 1024 * 1024;
const recountEvery = 64;

/**
 * All Watch streams of a member. Memory: a stream holds at most `streamBytesMax` (io/grpc's mark,
 * once all together hold `heldBytesMax`) and one response, which is at most 256 KiB or one revision.
 * A client that asks without reading the answers is not read from any more.
 */
export class WatchService {
  readonly options: WatchServiceOptions;
  readonly #calls = new Set<WatchCall>();
  /** Bytes all streams hold unsent, as last seen. Kept by the calls. */
  heldBytes = 0;
  #asked = 0;

  constructor(options: WatchServiceOptions) {
    this.options = options;
  }

  /** How much one stream may hold now. */
  get allowance(): number {
    if (this.heldBytes >= heldBytesMax && this.#asked++ % recountEvery === 0) {
      // Streams that were written out since they last spoke are still counted as they were then.
      for (const call of this.#calls) call.recount();
    }
    return this.heldBytes < heldBytesMax ? streamBytesMax : 0;
  }

  methods(): [string, MethodHandler][] {
    return [["/etcdserverpb.Watch/Watch", { kind: "stream", open: (call) => this.#open(call) }]];
  }

  /**
   * Ends the streams whose callers require a leader. To be called when three polls in a row, an
   * election timeout apart, saw none (monitorLeader in v3rpc/interceptor.go).
   */
  endStreamsRequiringLeader(): void {
    for (const call of this.#calls) {
      if (this.options.requiresLeader(call.call)) call.end(errors.noLeader());
    }
  }

  /** Takes back what a call that ends held. */
  release(call: WatchCall, heldBytes: number): void {
    this.heldBytes -= heldBytes;
    this.#calls.delete(call);
  }

  #open(call: ServerCall): WatchCall {
    const opened = new WatchCall(this, call);
    this.#calls.add(opened);
    return opened;
  }
}
