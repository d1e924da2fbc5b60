// RFC 9113 §7: why a stream or a connection ended.

export const errorCode = {
  noError: 0,
  protocolError: 1,
  internalError: 2,
  flowControlError: 3,
  settingsTimeout: 4,
  streamClosed: 5,
  frameSizeError: 6,
  refusedStream: 7,
  cancel: 8,
  compressionError: 9,
  connectError: 10,
  enhanceYourCalm: 11,
} as const;

export type ErrorCode = number;

/**
 * The peer broke the protocol in a way that the whole connection does not survive (RFC 9113 §5.4.1):
 * it is answered with GOAWAY and closed. Thrown only while its bytes are parsed, caught by the
 * connection; no handler ever sees it.
 */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, reason: string) {
    super(reason);
    this.code = code;
  }
}
