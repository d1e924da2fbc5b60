// OpenSSL's reasons in the words of Go's crypto/tls and crypto/x509: operators and suites know those.
import type { TLSSocket } from "node:tls";

/** What verifying a certificate found wrong, by Node's code for it. */
function verifyFailure(code: string): string | undefined {
  switch (code) {
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "CERT_SIGNATURE_FAILURE":
      return "x509: certificate signed by unknown authority";
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return "x509: certificate has expired or is not yet valid";
    case "INVALID_PURPOSE":
      return "x509: certificate specifies an incompatible key usage";
    default:
      return undefined;
  }
}

const verifyError = (code: string): Error => {
  const what = verifyFailure(code) ?? `x509: ${code.toLowerCase().replaceAll("_", " ")}`;
  return new Error(`tls: failed to verify certificate: ${what}`);
};

// The alerts of RFC 8446 §6.2 and before, as OpenSSL names them and as Go does.
const alerts: Readonly<Record<string, string>> = {
  UNEXPECTED_MESSAGE: "unexpected message",
  BAD_RECORD_MAC: "bad record MAC",
  HANDSHAKE_FAILURE: "handshake failure",
  BAD_CERTIFICATE: "bad certificate",
  UNSUPPORTED_CERTIFICATE: "unsupported certificate",
  CERTIFICATE_REVOKED: "revoked certificate",
  CERTIFICATE_EXPIRED: "expired certificate",
  CERTIFICATE_UNKNOWN: "unknown certificate",
  ILLEGAL_PARAMETER: "illegal parameter",
  UNKNOWN_CA: "unknown certificate authority",
  ACCESS_DENIED: "access denied",
  DECODE_ERROR: "error decoding message",
  DECRYPT_ERROR: "error decrypting message",
  PROTOCOL_VERSION: "protocol version not supported",
  INSUFFICIENT_SECURITY: "insufficient security level",
  INTERNAL_ERROR: "internal error",
  USER_CANCELLED: "user canceled",
  NO_RENEGOTIATION: "no renegotiation",
  CERTIFICATE_REQUIRED: "certificate required",
  NO_APPLICATION_PROTOCOL: "no application protocol",
};

const reasons: Readonly<Record<string, string>> = {
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: "tls: client didn't provide a certificate",
  ERR_SSL_NO_SHARED_CIPHER: "tls: no cipher suite supported by both client and server",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "tls: client offered only unsupported versions",
  ERR_SSL_NO_APPLICATION_PROTOCOL: "tls: client requested unsupported application protocols",
  ERR_SSL_WRONG_VERSION_NUMBER: "tls: first record does not look like a TLS handshake",
  ERR_SSL_HTTP_REQUEST: "tls: first record does not look like a TLS handshake",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "tls: first record does not look like a TLS handshake",
  ERR_TLS_HANDSHAKE_TIMEOUT: "i/o timeout",
  ECONNRESET: "EOF",
};

/** A failed handshake, by Node's error and by what the socket says of the certificate. */
export function handshakeError(error: Error, socket: TLSSocket | undefined): Error {
  // Node says only "socket hang up" when it has refused a certificate.
  const refusal: unknown = socket?.authorizationError;
  if (typeof refusal === "string") return verifyError(refusal);
  const { code = "" } = error as NodeJS.ErrnoException;
  const text = alertText(code) ?? reasons[code];
  return text === undefined ? error : new Error(text);
}

/** A connection of our own that failed; what TLS has no part in stays as it is. */
export function dialError(error: Error): Error {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (verifyFailure(code) !== undefined) return verifyError(code);
  const text = alertText(code);
  return text === undefined ? error : new Error(text);
}

function alertText(code: string): string | undefined {
  const alert = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13|SSL\/TLS)_ALERT_(\w+)$/.exec(code)?.[1];
  return alert && `remote error: tls: ${alerts[alert] ?? alert.toLowerCase()}`;
}
