// Handshakes on sockets that were accepted elsewhere.
import { isIP, type Socket } from "node:net";
import type { Server, TLSSocket } from "node:tls";
import { nodeTls } from "../node-tls.ts";
import { BadCertificateAlerts } from "./bad-certificate.ts";
import { handshakeError } from "./handshake-error.ts";
import { type HandshakePace, HandshakeQueue } from "./handshake-queue.ts";
import { namesOf } from "./host-names.ts";
import { NotAllowed, type ServerTls } from "./server-tls.ts";

/** A connection that came to nothing: what etcd logs of it. */
export interface Rejection {
  readonly error: Error;
  /** `host:port`, "@" of a unix socket. */
  readonly remoteAddress: string;
  /** The name the client asked for. */
  readonly serverName: string;
  /** Of the client's certificate, when it showed one. */
  readonly names: { readonly ipAddresses: string[]; readonly dnsNames: string[] } | undefined;
  /** It left without a word: a port scan or a probe, not worth a warning. */
  readonly isEof: boolean;
}

/** How handshakes ended, since the process started. */
export interface HandshakeCounts {
  completed: number;
  /** By what the client said or showed, its silence, or its leaving. */
  failed: number;
  /** Ended by us, because too many were under way or waited. */
  crowdedOut: number;
}

export interface TlsAcceptorOptions {
  readonly tls: ServerTls;
  readonly handshakeTimeoutMs: number;
  /** At once. One more ends the oldest: who means it is done in a moment, who stalls is not. */
  readonly handshakesMax: number;
  readonly pace: HandshakePace;
  readonly counts: HandshakeCounts;
  readonly chooseProtocol: (offered: readonly string[]) => string | undefined;
  readonly onSecure: (socket: TLSSocket) => void;
  readonly onRejected: (rejection: Rejection) => void;
}

/** How often those who wait are looked at. */
const turnMs = 20;

export class TlsAcceptor {
  readonly #options: TlsAcceptorOptions;
  readonly #server: Server;
  readonly #alerts: BadCertificateAlerts | undefined;
  /** A socket that is gone no longer tells where it came from. */
  readonly #addresses = new WeakMap<object, string>();
  /** Sockets whose handshakes are under way, the oldest first. */
  readonly #pending = new Set<Socket>();
  readonly #queue: HandshakeQueue<Socket>;
  #isServing = false;

  constructor(options: TlsAcceptorOptions) {
    this.#options = options;
    this.#queue = new HandshakeQueue(options.pace, performance.now());
    this.#server = nodeTls().createServer({
      ...options.tls.options,
      noDelay: true,
      handshakeTimeout: options.handshakeTimeoutMs,
      ALPNCallback: ({ protocols }) => options.chooseProtocol(protocols),
    });
    trustIntermediates(this.#server);
    if (options.tls.hasAllowedNames) this.#alerts = new BadCertificateAlerts(this.#server);
    this.#server.on("secureConnection", (socket) => this.#onSecure(socket));
    this.#server.on("tlsClientError", (error, socket) => this.#reject(error, socket));
  }

  /** Begins a handshake, or lets it wait for its turn. */
  take(socket: Socket): void {
    const { isNow, dropped } = this.#queue.offer(
      socket,
      socket.remoteAddress ?? "",
      performance.now(),
    );
    if (isNow) return this.#begin(socket);
    if (dropped !== undefined) this.#crowdOut(dropped);
    if (!this.#isServing) this.#serveLater();
  }

  #serveLater(): void {
    this.#isServing = true;
    setTimeout(this.#serveWaiting, turnMs).unref();
  }

  readonly #serveWaiting = (): void => {
    this.#isServing = false;
    const nowMs = performance.now();
    const { handshakeTimeoutMs } = this.#options;
    for (let next = this.#queue.next(nowMs); next !== undefined; next = this.#queue.next(nowMs)) {
      if (next.item.destroyed) this.#queue.giveBack();
      else if (nowMs - next.sinceMs > handshakeTimeoutMs) this.#crowdOut(next.item);
      else this.#begin(next.item);
    }
    if (this.#queue.waiting > 0) this.#serveLater();
  };

  /** The files are read anew first, as etcd does for every connection. */
  #begin(socket: Socket): void {
    const { tls } = this.#options;
    if (tls.refresh()) {
      this.#server.setSecureContext(tls.options);
      trustIntermediates(this.#server);
    }
    this.#addresses.set(socket, remoteAddressOf(socket));
    this.#makeRoom();
    this.#pending.add(socket);
    socket.once("close", () => this.#pending.delete(socket));
    // node:tls has no other way in for a socket from elsewhere; STARTTLS servers all do this.
    this.#server.emit("connection", socket);
  }

  #crowdOut(socket: Socket): void {
    this.#options.counts.crowdedOut++;
    socket.destroy();
  }

  #makeRoom(): void {
    if (this.#pending.size < this.#options.handshakesMax) return;
    const [oldest] = this.#pending;
    if (oldest === undefined) return;
    this.#pending.delete(oldest);
    this.#crowdOut(oldest);
  }

  /** Whether it was under way until now. */
  #handshakeEnded(socket: TLSSocket): boolean {
    const raw = rawOf(socket);
    return raw !== undefined && this.#pending.delete(raw);
  }

  #onSecure(socket: TLSSocket): void {
    this.#handshakeEnded(socket);
    socket.on("error", () => socket.destroy());
    const verdict = this.#options.tls.admit(socket);
    if (!(verdict instanceof Promise)) return this.#judge(socket, verdict);
    const since = setTimeout(() => socket.destroy(), this.#options.handshakeTimeoutMs);
    void verdict.then((error) => {
      clearTimeout(since);
      if (!socket.destroyed) this.#judge(socket, error);
    });
  }

  #judge(socket: TLSSocket, error: Error | undefined): void {
    const { counts, onSecure } = this.#options;
    if (error === undefined) {
      counts.completed++;
      return onSecure(socket);
    }
    counts.failed++;
    this.#options.onRejected(this.#rejectionOf(socket, error));
    if (error instanceof NotAllowed && this.#alerts !== undefined) this.#alerts.refuse(socket);
    else socket.destroy();
  }

  #reject(error: Error, socket: TLSSocket): void {
    // Who was crowded out has been counted.
    if (this.#handshakeEnded(socket)) this.#options.counts.failed++;
    this.#options.onRejected(this.#rejectionOf(socket, handshakeError(error, socket)));
    socket.destroy();
  }

  #rejectionOf(socket: TLSSocket, error: Error): Rejection {
    const certificate = socket.getPeerX509Certificate?.();
    const names = certificate === undefined ? undefined : namesOf(certificate);
    const raw = rawOf(socket);
    return {
      error,
      remoteAddress: (raw && this.#addresses.get(raw)) ?? remoteAddressOf(socket),
      serverName: typeof socket.servername === "string" ? socket.servername : "",
      names: names && { ipAddresses: [...names.ipAddresses], dnsNames: [...names.dnsNames] },
      isEof: error.message === "EOF",
    };
  }
}

/** The accepted socket under a TLS socket, as node:tls keeps it. */
const rawOf = (socket: TLSSocket): Socket | undefined =>
  (socket as { readonly _parent?: Socket })._parent;

/** A server's context, as node:tls keeps it. */
interface ContextHolder {
  readonly _sharedCreds?: { readonly context?: { setAllowPartialTrustChain?(): void } };
}

/**
 * Takes any certificate of the pool for an anchor, an intermediate one too, as Go does. node:tls has
 * `allowPartialTrustChain` for contexts, but its server does not hand the option on.
 */
function trustIntermediates(server: Server): void {
  (server as ContextHolder)._sharedCreds?.context?.setAllowPartialTrustChain?.();
}

/** As Go prints it: `host:port`, or "@" of a unix socket. */
export function remoteAddressOf(socket: Socket): string {
  const { remoteAddress, remotePort } = socket;
  if (remoteAddress === undefined) return "@";
  return isIP(remoteAddress) === 6
    ? `[${remoteAddress}]:${remotePort}`
    : `${remoteAddress}:${remotePort}`;
}
