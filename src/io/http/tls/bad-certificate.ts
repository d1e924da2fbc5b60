// The alert `bad certificate` after a handshake. node:tls knows no way to refuse a client's certificate by
// rules of our own before the handshake's end, and none to send an alert after it; a client that is told
// nothing but "closed" does not know what to mend. TLS 1.3 takes an alert at any time (RFC 8446 §6), so the
// record is made here, with the key that the handshake's key log tells.
import { createCipheriv, createHmac } from "node:crypto";
import type { Server, TLSSocket } from "node:tls";

/** RFC 8446 §6: fatal, bad_certificate; then the type of the inner record (§5.2). */
const badCertificate = Uint8Array.of(2, 42, 21);
const tagBytes = 16;
const nonceBytes = 12;

/** A suite of TLS 1.3 as node:crypto knows it. */
const suites: Readonly<Record<string, readonly [cipher: string, keyBytes: number, hash: string]>> =
  {
    TLS_AES_128_GCM_SHA256: ["aes-128-gcm", 16, "sha256"],
    TLS_AES_256_GCM_SHA384: ["aes-256-gcm", 32, "sha384"],
    TLS_CHACHA20_POLY1305_SHA256: ["chacha20-poly1305", 32, "sha256"],
  };

/** HKDF-Expand-Label with an empty context, for at most one block (RFC 8446 §7.1). */
function expandLabel(hash: string, secret: Uint8Array, label: string, length: number): Uint8Array {
  const full = Buffer.from(`tls13 ${label}`, "latin1");
  const info = [Uint8Array.of(0, length, full.length), full, Uint8Array.of(0, 1)];
  return createHmac(hash, secret).update(Buffer.concat(info)).digest().subarray(0, length);
}

/** The alert as a record of TLS 1.3; undefined for a suite that has no such records. */
export function badCertificateRecord(
  suite: string,
  secret: Uint8Array,
  sequence: number,
): Uint8Array | undefined {
  const [cipher, keyBytes, hash] = suites[suite] ?? [];
  if (cipher === undefined || keyBytes === undefined || hash === undefined) return undefined;
  const key = expandLabel(hash, secret, "key", keyBytes);
  const nonce = Uint8Array.from(expandLabel(hash, secret, "iv", nonceBytes));
  nonce[nonceBytes - 1]! ^= sequence;
  const header = Uint8Array.of(23, 3, 3, 0, badCertificate.length + tagBytes);
  const sealed = createCipheriv(cipher as "aes-128-gcm", key, nonce, { authTagLength: tagBytes });
  sealed.setAAD(header);
  const body = sealed.update(badCertificate);
  return Buffer.concat([header, body, sealed.final(), sealed.getAuthTag()]);
}

/** The socket below, as node:tls keeps it. */
interface Wrapped {
  readonly _parent?: { write(bytes: Uint8Array): unknown; end(): unknown } | null;
}

/** What OpenSSL has sent with these keys when a handshake is over: the session tickets. */
const recordsSent = (socket: TLSSocket): number => (socket.isSessionReused() ? 1 : 2);

/** How long a client has to take leave. */
const lingerMs = 1000;

export class BadCertificateAlerts {
  readonly #secrets = new WeakMap<TLSSocket, Uint8Array>();

  /** Of connections to this server alerts can be sent from now on. */
  constructor(server: Server) {
    server.on("keylog", (line, socket) => {
      const [label, , secret = ""] = line.toString("latin1").trim().split(" ");
      if (label === "SERVER_TRAFFIC_SECRET_0") {
        this.#secrets.set(socket, Buffer.from(secret, "hex"));
      }
    });
  }

  /** Says why, where the protocol allows it, and closes. To be called when a handshake ends. */
  refuse(socket: TLSSocket): void {
    const secret = this.#secrets.get(socket);
    const raw = (socket as Wrapped)._parent;
    const isKnown = socket.getProtocol() === "TLSv1.3" && secret !== undefined && raw != null;
    const suite = socket.getCipher().standardName;
    const record = isKnown && badCertificateRecord(suite, secret, recordsSent(socket));
    if (!record) return void socket.destroy();
    const since = setTimeout(() => socket.destroy(), lingerMs);
    socket.once("close", () => clearTimeout(since));
    socket.once("end", () => socket.destroy());
    socket.resume();
    // Behind the tickets, which OpenSSL has made but node:tls not yet written.
    setImmediate(() => {
      if (socket.destroyed) return;
      raw.write(record);
      raw.end();
    });
  }
}
