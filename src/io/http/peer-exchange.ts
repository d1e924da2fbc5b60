// How members ask each other over HTTP/1.1, as ports: the transport between members stands on these,
// and so runs the same over Node's sockets and over the simulator's byte streams.

/** Header fields by name; names are compared without regard to case. */
export type HeaderFields = Readonly<Record<string, string>>;

/** A request to another member. */
export interface PeerCallRequest {
  readonly method: "GET" | "POST";
  /** Whole, as `http://10.0.0.1:2380/raft`; also `https`, `unix` and `unixs`. */
  readonly url: string;
  readonly headers: HeaderFields;
  /** "own": a connection for this call alone; "pooled": one that is kept and used again. */
  readonly connection: "own" | "pooled";
  /** The body, or the number of bytes that will be written piece by piece. */
  readonly body?: Uint8Array | number;
}

export interface PeerAnswerHead {
  readonly status: number;
  /** The field's value, or "" when there is none. */
  header(name: string): string;
}

/** What becomes of a call. Nothing comes before `open` returned, or after `abort`. */
export interface PeerCallEvents {
  onHead(head: PeerAnswerHead): void;
  /** A piece of the answer's body; the bytes belong to the receiver. */
  onBytes(bytes: Uint8Array): void;
  /** The answer is whole. Nothing follows. */
  onEnd(): void;
  /** The call failed, or the answer broke off. Nothing follows. */
  onError(error: Error): void;
  /** After a `write` that said no: all has left, its bytes may be used again, there is room. */
  onDrain(): void;
}

export interface PeerCall {
  /**
   * Sends a piece of the body, whose bytes must not change before the next `onDrain`. False asks to
   * wait for that; the piece is taken all the same.
   */
  write(bytes: Uint8Array): boolean;
  /** The body is whole. */
  end(): void;
  /** Gives up, at once and without a word. */
  abort(): void;
}

export interface PeerDialer {
  open(request: PeerCallRequest, events: PeerCallEvents): PeerCall;
  /** Ends connections that are kept for later. */
  close(): void;
}

/** A request of another member. */
export interface PeerRequest {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  /** `host:port` of the other end. */
  readonly remoteAddress: string;
  /** The field's value, or "" when there is none. */
  header(name: string): string;
  /** Begins to read the body. To be called once, or not at all. */
  read(events: PeerBodyEvents): void;
  /** Asks for no more of the body until `resume`; a piece may still come. */
  pause(): void;
  resume(): void;
}

export interface PeerBodyEvents {
  /** A piece of the body; the bytes belong to the receiver. */
  onBytes(bytes: Uint8Array): void;
  onEnd(): void;
  /** The body broke off. */
  onError(error: Error): void;
}

export interface PeerResponse {
  /** Sends status and fields now. */
  head(status: number, headers: HeaderFields): void;
  /** False asks to wait for `onDrain`; the bytes are taken all the same, and must not change. */
  write(bytes: Uint8Array): boolean;
  /** The answer is whole. */
  end(): void;
  /** Ends the connection, at once. */
  abort(): void;
  /** Called when there is room again, and when the connection is gone before or after the end. */
  watch(events: { onDrain(): void; onClose(): void }): void;
}
