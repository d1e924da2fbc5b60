import type { Http2Connection } from "./connection.ts";
import type { ErrorCode } from "./error-code.ts";
import type { FieldList } from "./field-list.ts";
import type { FieldToSend } from "./hpack/encoder.ts";
import type { RequestHead } from "./request-head.ts";
import type { SendBlock } from "./send-block.ts";
import {
  isLocalClosed,
  isRemoteClosed,
  stateAfter,
  type StreamEvent,
  streamState,
} from "./stream-state.ts";

/**
 * One request and its answer. The layer above extends it: what it receives comes through the
 * `on…` methods, what it sends goes through the others. After the end every send is a no-op.
 */
export abstract class Http2Stream {
  readonly connection: Http2Connection;
  readonly id: number;
  readonly head: RequestHead;
  readonly openedMs: number;
  state: number;

  // Sending; kept by the Sender.
  sendWindow: number;
  headSent = false;
  firstBlock: SendBlock | undefined = undefined;
  lastBlock: SendBlock | undefined = undefined;
  /** Payload bytes that wait for a window or for the socket. */
  queuedBytes = 0;
  /** What ends the stream once the queue is empty. */
  queuedTrailers: FieldList | readonly FieldToSend[] | undefined = undefined;
  /** Nothing more will be queued. */
  finishing = false;
  isReady = false;
  sentMs: number;

  // Receiving; kept by ReceiveWindows.
  receiveWindow: number;
  /** What the message in arrival counts against the budget of grants, once it is granted. */
  granted = 0;
  grantedMs = 0;
  silentTicks = 0;
  /** Bytes received that the layer above holds and has not used. */
  retained = 0;
  /** Bytes missing of the message in arrival. */
  needs = 0;
  waitsForGrant = false;
  /** Body bytes so far, for content-length. */
  bodyBytes = 0;
  receivedMs: number;
  /** Whether the peer owes us the rest of a message: silence then has a limit. */
  awaitsBody = false;

  constructor(connection: Http2Connection, id: number, head: RequestHead, isEnd: boolean) {
    this.connection = connection;
    this.id = id;
    this.head = head;
    this.openedMs = connection.nowMs;
    this.receivedMs = this.openedMs;
    this.sentMs = this.openedMs;
    this.sendWindow = connection.sender.initialWindow;
    this.receiveWindow = connection.windows.initialStreamWindow;
    this.state = isEnd ? streamState.halfClosedRemote : streamState.open;
  }

  /** The stream is in its connection's table; the request may be answered. */
  abstract onOpen(isEnd: boolean): void;
  /** Body bytes[start, end), borrowed until the call returns. `isEnd`: the last ones. */
  abstract onBody(bytes: Uint8Array, start: number, end: number, isEnd: boolean): void;
  /** The stream is gone before its answer was complete: reset by either side, or the connection. */
  abstract onAborted(cause: "reset" | "connection", code: ErrorCode): void;
  /** Queued bytes have left; `queuedBytes` says what still waits. */
  abstract onSent(): void;

  /** Our side is closed: nothing more can be sent. */
  get localEnded(): boolean {
    return isLocalClosed(this.state);
  }

  get remoteEnded(): boolean {
    return isRemoteClosed(this.state);
  }

  /** Head, one message and trailers in one go. The bytes are copied. */
  respond(head: FieldList, prefix: Uint8Array, payload: Uint8Array, trailers: FieldList): void {
    if (isLocalClosed(this.state) || this.finishing) return;
    this.connection.sender.respond(this, head, prefix, payload, trailers);
  }

  sendHead(fields: FieldList | readonly FieldToSend[], isEnd: boolean): void {
    if (isLocalClosed(this.state) || this.finishing) return;
    this.connection.sender.sendHead(this, fields, isEnd);
  }

  /** Copies `prefix` and `payload` into DATA frames; what does not fit a window waits. */
  sendBody(prefix: Uint8Array, payload: Uint8Array, isEnd: boolean): void {
    if (isLocalClosed(this.state) || this.finishing) return;
    this.connection.sender.sendBody(this, prefix, payload, isEnd);
  }

  /** Ends the stream after what is queued. */
  sendTrailers(fields: FieldList | readonly FieldToSend[]): void {
    if (isLocalClosed(this.state) || this.finishing) return;
    this.connection.sender.sendTrailers(this, fields);
  }

  /** Drops everything queued and resets the stream; no callback follows. */
  reset(code: ErrorCode): void {
    if (this.state === streamState.closed) return;
    this.connection.resetStream(this, code);
  }

  moveTo(event: StreamEvent): void {
    this.state = stateAfter(this.state, event);
  }
}
