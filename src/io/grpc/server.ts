import type { Clock } from "../host/index.ts";
import {
  concurrentStreamsMax,
  type ConnectionOptions,
  defaultConnectionOptions,
  type DuplexStream,
  Http2Server,
  type Http2Stats,
} from "../http2/index.ts";
import type { CallCounts, CallHost, ConnectionState, Gunzip, SlowCalls } from "./call-host.ts";
import { DeadlineWheel } from "./deadline-wheel.ts";
import { KeptRequests } from "./kept-requests.ts";
import type { MethodHandler, Peer, ServerCall } from "./method.ts";
import type { MethodCounts } from "./method-counts.ts";
import { GrpcCall } from "./server-call.ts";
import type { Status } from "./status.ts";

export interface GrpcServerOptions {
  /** By path, `/package.Service/Method`. */
  readonly methods: ReadonlyMap<string, MethodHandler>;
  /** By the same paths; what is there is counted. */
  readonly methodCounts?: ReadonlyMap<string, MethodCounts>;
  /** The largest request message; etcd: --max-request-bytes and 512 KiB more. */
  readonly maxReceiveBytes: number;
  readonly clock: Clock;
  /** Streams a client may have open at once; values above `concurrentStreamsMax` mean that. */
  readonly maxConcurrentStreams?: number;
  /** Timeouts, keepalive and protocol limits, where they differ from the defaults. */
  readonly connection?: Partial<ConnectionOptions>;
  /** Without it, compressed requests are refused as grpc-go without a compressor does. */
  readonly gunzip?: Gunzip;
  /** Asked before the handler of every call (unary: when the request is whole). */
  readonly intercept?: (call: ServerCall) => Status | undefined;
  readonly slowCalls?: SlowCalls;
  /** A handler threw something; the call has failed with Internal. */
  readonly onFault?: (call: ServerCall, error: unknown) => void;
  /** Answer bytes waiting for one client above which its next unary requests wait. */
  readonly waitingAnswerBytesMax?: number;
}

export interface GrpcStats extends Http2Stats, Readonly<CallCounts> {}

/** Served while one client has this much of its answers still to take. */
export const waitingAnswerBytesMax = 128 * 1024 * 1024;

/** gRPC over HTTP/2 on any duplex streams, with grpc-go's behaviour and words. */
export class GrpcServer {
  readonly #http2: Http2Server;
  readonly #counts: CallCounts = {
    callsStarted: 0,
    callsCancelled: 0,
    messageBytesReceived: 0,
    messageBytesSent: 0,
  };

  constructor(options: GrpcServerOptions) {
    const host = this.#makeHost(options);
    const streams = options.maxConcurrentStreams ?? concurrentStreamsMax;
    const connection = {
      ...defaultConnectionOptions,
      ...options.connection,
      maxConcurrentStreams: Math.min(streams, concurrentStreamsMax),
    };
    this.#http2 = new Http2Server(
      (...args) => new GrpcCall(host, ...args),
      connection,
      options.clock,
    );
  }

  /** Serves a client. `first` are bytes already read from the stream. */
  accept(duplex: DuplexStream, peer: Peer, first?: Uint8Array): void {
    const state: ConnectionState = { peer, parked: [] };
    this.#http2.accept(duplex, state, first);
  }

  /** Lets calls under way end and takes no new ones; after `graceMs` the rest is cut off. */
  drain(graceMs: number): Promise<void> {
    return this.#http2.drain(graceMs);
  }

  /** Ends every connection at once. */
  close(): void {
    this.#http2.close();
  }

  /** Writes the answers given so far now, instead of after this round of the event loop. */
  flush(): void {
    this.#http2.flush();
  }

  get stats(): GrpcStats {
    return { ...this.#http2.stats, ...this.#counts };
  }

  #makeHost(options: GrpcServerOptions): CallHost {
    const limit = options.waitingAnswerBytesMax ?? waitingAnswerBytesMax;
    const waiting = ({ parked }: ConnectionState): number =>
      parked.length === 0 ? 0 : parked[0]!.call.connection.sender.queuedBytes;
    return {
      methods: options.methods,
      methodCounts: options.methodCounts,
      maxReceiveBytes: options.maxReceiveBytes,
      deadlines: new DeadlineWheel(options.clock),
      counts: this.#counts,
      gunzip: options.gunzip,
      intercept: options.intercept,
      slowCalls: options.slowCalls,
      kept: new KeptRequests(),
      nowMs: () => options.clock.nowMs(),
      onFault: options.onFault ?? (() => {}),
      mustPark: (call) =>
        call.connection.sender.queuedBytes > limit || call.shared.parked.length > 0,
      park: (state, call, message) => void state.parked.push({ call, message }),
      unpark: (state) => {
        while (state.parked.length > 0 && waiting(state) <= limit) {
          const { call, message } = state.parked.shift()!;
          call.dispatch(message);
        }
      },
    };
  }
}
