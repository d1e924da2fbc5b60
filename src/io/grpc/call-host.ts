import type { DeadlineWheel } from "./deadline-wheel.ts";
import type { KeptRequests } from "./kept-requests.ts";
import type { MethodHandler, Peer, ServerCall } from "./method.ts";
import type { MethodCounts } from "./method-counts.ts";
import type { GrpcCall } from "./server-call.ts";
import type { Status } from "./status.ts";

/** Plain counters; read when somebody scrapes. */
export interface CallCounts {
  callsStarted: number;
  callsCancelled: number;
  /** Message bytes, without prefixes and frames (etcd_network_client_grpc_*_bytes_total). */
  messageBytesReceived: number;
  messageBytesSent: number;
}

/** Hears of unary calls that took long. */
export interface SlowCalls {
  /** From here on a call is slow. */
  readonly thresholdMs: number;
  report(call: ServerCall, stats: CallStats): void;
}

export interface CallStats {
  readonly tookMs: number;
  readonly requestBytes: number;
  /** -1 for a call that ended with an error. */
  readonly responseBytes: number;
  /** Undefined when it is longer than KeptRequests keeps. */
  readonly request: Uint8Array | undefined;
  /** The answer, or of one in parts its beginning and its end; undefined after an error. */
  readonly response: { readonly head: Uint8Array; readonly tail: Uint8Array } | undefined;
}

/** Uncompresses at most `bytesMax` bytes, or says why it cannot. */
export type Gunzip = (
  bytes: Uint8Array,
  bytesMax: number,
) => Uint8Array | "cut short" | "no gzip header" | "too large" | "damaged";

/** What the calls of one connection share. */
export interface ConnectionState {
  readonly peer: Peer;
  /** Unary requests that wait until the client has taken more of its answers. */
  readonly parked: { readonly call: GrpcCall; readonly message: Uint8Array }[];
}

/** What a call asks of its server. */
export interface CallHost {
  readonly methods: ReadonlyMap<string, MethodHandler>;
  readonly methodCounts: ReadonlyMap<string, MethodCounts> | undefined;
  readonly maxReceiveBytes: number;
  readonly deadlines: DeadlineWheel;
  readonly counts: CallCounts;
  readonly gunzip: Gunzip | undefined;
  readonly intercept: ((call: ServerCall) => Status | undefined) | undefined;
  readonly slowCalls: SlowCalls | undefined;
  readonly kept: KeptRequests;
  nowMs(): number;
  onFault(call: ServerCall, error: unknown): void;
  /** Whether the connection has so many answers waiting that its next request must wait too. */
  mustPark(call: GrpcCall): boolean;
  park(state: ConnectionState, call: GrpcCall, message: Uint8Array): void;
  /** Answers have left: requests that waited may go on. */
  unpark(state: ConnectionState): void;
}
