// What one listener lets strangers hold, before anything knows who they are.

export interface ListenerLimits {
  /** Connections at once; further ones are closed as they are accepted. */
  readonly connectionsMax: number;
  /** From accept (with TLS: from the handshake's end) to the bytes that tell the protocol. */
  readonly sniffTimeoutMs: number;
  readonly tlsHandshakeTimeoutMs: number;
  /** Handshakes under way at once; one more lets go of the one that is at it the longest. */
  readonly tlsHandshakesMax: number;
  /** Handshakes begun a second, and at once after a quiet time; others wait, by address. */
  readonly tlsHandshakesPerSecond: number;
  readonly tlsHandshakesBurst: number;
  readonly tlsHandshakesWaitingMax: number;
  /** HTTP/1: request line and header fields. */
  readonly http1HeaderBytesMax: number;
  readonly http1HeadersTimeoutMs: number;
  /** HTTP/1: the whole request; answers may take longer. */
  readonly http1RequestTimeoutMs: number;
  readonly http1KeepAliveTimeoutMs: number;
}

export const defaultListenerLimits: ListenerLimits = {
  connectionsMax: Infinity,
  sniffTimeoutMs: 10_000,
  tlsHandshakeTimeoutMs: 10_000,
  tlsHandshakesMax: 1_024,
  tlsHandshakesPerSecond: 500,
  tlsHandshakesBurst: 1_000,
  tlsHandshakesWaitingMax: 4_096,
  http1HeaderBytesMax: 16 * 1024,
  http1HeadersTimeoutMs: 10_000,
  http1RequestTimeoutMs: 300_000,
  http1KeepAliveTimeoutMs: 75_000,
};
