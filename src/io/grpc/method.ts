// What a handler sees of gRPC: a call to answer, and where its requests go.
import type { Metadata } from "./metadata.ts";
import type { Status } from "./status.ts";

export interface Peer {
  readonly address: string;
  /** Of the verified client certificate. */
  readonly commonName: string | undefined;
}

export type CancelReason = "reset" | "connection" | "deadline";

export interface ServerCall {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly metadata: Metadata;
  /** On the server's clock. */
  readonly deadlineMs: number | undefined;
  readonly peer: Peer;
  /** The status is sent, or the stream or connection is gone: sending is then a no-op. */
  readonly ended: boolean;
  /** The answer to a unary call: headers, message and OK in one go. The bytes are copied. */
  reply(message: Uint8Array): void;
  /**
   * A part of the one answer to a unary call, for an answer too large to be copied at once; `total` is
   * the whole answer's length and given with the first part. Then as `send`; `end` follows the last
   * part. Where it is missing, `reply` takes answers of any size.
   */
  sendPart?(part: Uint8Array, total?: number): boolean;
  /**
   * One message of a stream; the bytes are copied. False: more than `sendBufferBytesHigh` waits for
   * the client, or did and half of it has not gone yet; `onDrain` will say when to go on.
   */
  send(message: Uint8Array): boolean;
  /** Message bytes that wait for the client. */
  readonly bufferedBytes: number;
  /** Ends the call after what was sent; a status alone when nothing was. */
  end(status: Status): void;
  /** Stops the delivery of messages, and with it, once the windows are used, the client. */
  pause(): void;
  resume(): void;
  /** The client, its connection or the deadline ended the call before its status was sent. */
  onCancel: ((reason: CancelReason) => void) | undefined;
  onDrain: (() => void) | undefined;
  /** The handler's own. */
  context: unknown;
}

/** Takes the requests of a stream. Views are borrowed until the call returns. */
export interface RequestSink {
  message(bytes: Uint8Array): void;
  /** The client will send no more. */
  halfClose(): void;
}

export type MethodHandler =
  | {
      readonly kind: "unary";
      /** `request` is borrowed until `handle` returns. */
      handle(call: ServerCall, request: Uint8Array): void;
    }
  | {
      readonly kind: "stream";
      /**
       * `one`: a server-streaming method. `message` is then called once, after the client has closed
       * its side; any other number of requests is answered with grpc-go's cardinality violation.
       */
      readonly requests?: "one";
      open(call: ServerCall): RequestSink;
    };
