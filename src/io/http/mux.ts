import { lstatSync, unlinkSync } from "node:fs";
import type { Server as Http1Server } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { defaultListenerLimits, type ListenerLimits } from "./limits.ts";
import { type Protocol, sniff, sniffTls } from "./sniff.ts";
import { createServer as createHttp1Server } from "./node-http.ts";
import { commonNameOf } from "./tls/common-name.ts";
import type { ServerTls } from "./tls/server-tls.ts";
import {
  type HandshakeCounts,
  type Rejection,
  remoteAddressOf,
  TlsAcceptor,
} from "./tls/tls-acceptor.ts";

/** Where to listen. Port 0 takes a free one. A unix socket left by a dead process is replaced. */
export type ListenAddress =
  | { readonly host: string; readonly port: number; readonly reusePort?: boolean }
  | { readonly path: string };

/** Who is at the other end. */
export interface RemotePeer {
  readonly address: string;
  /** Common name of the client certificate, when TLS verified one. */
  readonly commonName: string | undefined;
}

export interface MuxOptions {
  /** Takes an HTTP/2 connection; `first` are the bytes already read. Without it those are closed. */
  readonly onHttp2?: (stream: Duplex, peer: RemotePeer, first: Uint8Array) => void;
  /** Answers HTTP/1 requests. Without it such connections are closed. */
  readonly onHttp1?: RequestListener;
  /** Takes over an HTTP/1 connection that asks to speak WebSocket where `upgrades` says so. */
  readonly onUpgrade?: (request: IncomingMessage, stream: Duplex, first: Buffer) => void;
  /** Other requests to upgrade are plain requests. */
  readonly upgrades?: (request: IncomingMessage) => boolean;
  /** Speaks TLS; ALPN is this listener's own affair. */
  readonly tls?: ServerTls;
  /** With `tls`: who does not begin with a handshake is served in clear. */
  readonly alsoInClear?: boolean;
  /** A TLS handshake failed, or its certificate was refused. */
  readonly onRejected?: (rejection: Rejection) => void;
  /** Where its handshakes are counted; listeners may share it. */
  readonly handshakes?: HandshakeCounts;
  /** The listening socket failed. */
  readonly onError?: (error: Error) => void;
  readonly limits?: Partial<ListenerLimits>;
}

/** One listening socket that serves gRPC over HTTP/2 and plain HTTP/1 side by side. */
export class Mux {
  readonly #options: MuxOptions;
  readonly #limits: ListenerLimits;
  readonly #server: Server;
  readonly #http1: Http1Server | undefined;
  readonly #tls: TlsAcceptor | undefined;
  readonly #open = new Set<Duplex>();

  constructor(options: MuxOptions) {
    this.#options = options;
    this.#limits = { ...defaultListenerLimits, ...options.limits };
    this.#http1 = this.#makeHttp1();
    this.#tls = options.tls === undefined ? undefined : this.#makeTls(options.tls);
    this.#server = createServer(
      { pauseOnConnect: true, noDelay: true, keepAlive: true },
      (socket) => this.#onSocket(socket),
    );
    this.#server.on("error", (error) => options.onError?.(error));
    if (Number.isFinite(this.#limits.connectionsMax)) {
      this.#server.maxConnections = this.#limits.connectionsMax;
    }
  }

  /** Begins to accept. Rejects with Node's error when the address cannot be had. */
  listen(address: ListenAddress): Promise<AddressInfo | string> {
    if ("path" in address) removeStaleSocket(address.path);
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(address, () => {
        this.#server.off("error", reject);
        resolve(this.#server.address()!);
      });
    });
  }

  /** Connections of either protocol, and those that have not said which. */
  get connections(): number {
    return this.#open.size;
  }

  /** Accepts no more; what is open stays. */
  stopAccepting(): void {
    this.#server.close();
    this.#http1?.closeIdleConnections();
  }

  /**
   * Accepts no more and ends what is open here: HTTP/1, and connections that said nothing yet.
   * Resolves when those handed to `onHttp2` are closed too, which is their server's business.
   */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const stream of this.#open) stream.destroy();
    this.#http1?.closeAllConnections();
    return closed;
  }

  #makeTls(tls: ServerTls): TlsAcceptor {
    const limits = this.#limits;
    return new TlsAcceptor({
      tls,
      handshakeTimeoutMs: limits.tlsHandshakeTimeoutMs,
      handshakesMax: limits.tlsHandshakesMax,
      pace: {
        perSecond: limits.tlsHandshakesPerSecond,
        burst: limits.tlsHandshakesBurst,
        waitingMax: limits.tlsHandshakesWaitingMax,
      },
      counts: this.#options.handshakes ?? { completed: 0, failed: 0, crowdedOut: 0 },
      chooseProtocol: (offered) => this.#chooseProtocol(offered),
      onSecure: (socket) => this.#onStream(socket),
      onRejected: (rejection) => this.#options.onRejected?.(rejection),
    });
  }

  /**
   * gRPC clients offer h2 alone. Whoever offers http/1.1 as well is a browser or curl, and gets what
   * the HTTP handlers here speak; only without those is it h2.
   */
  #chooseProtocol(offered: readonly string[]): string | undefined {
    const { onHttp1, onHttp2 } = this.#options;
    if (onHttp1 !== undefined && offered.includes("http/1.1")) return "http/1.1";
    return onHttp2 !== undefined && offered.includes("h2") ? "h2" : undefined;
  }

  #makeHttp1(): Http1Server | undefined {
    const { onHttp1, onUpgrade, upgrades } = this.#options;
    if (onHttp1 === undefined) return undefined;
    const server = createHttp1Server(
      {
        maxHeaderSize: this.#limits.http1HeaderBytesMax,
        headersTimeout: this.#limits.http1HeadersTimeoutMs,
        requestTimeout: this.#limits.http1RequestTimeoutMs,
        keepAliveTimeout: this.#limits.http1KeepAliveTimeoutMs,
        connectionsCheckingInterval: Math.min(5_000, this.#limits.http1HeadersTimeoutMs),
        ...(upgrades !== undefined && { shouldUpgradeCallback: upgrades }),
      },
      onHttp1,
    );
    if (onUpgrade !== undefined) server.on("upgrade", onUpgrade);
    return server;
  }

  #onSocket(socket: Socket): void {
    const tls = this.#tls;
    if (tls === undefined) return this.#onStream(socket);
    this.#own(socket);
    if (this.#options.alsoInClear !== true) return tls.take(socket);
    sniffTls(socket, this.#limits.sniffTimeoutMs, (isTls) => {
      if (isTls) return tls.take(socket);
      this.#open.delete(socket);
      this.#onStream(socket);
    });
  }

  #own(stream: Socket): void {
    this.#open.add(stream);
    stream.on("close", () => this.#open.delete(stream));
    stream.on("error", () => stream.destroy());
  }

  #onStream(stream: Socket): void {
    // Read now: a socket that has been handed on no longer knows.
    const peer = { address: remoteAddressOf(stream), commonName: commonNameOf(stream) };
    this.#own(stream);
    sniff(stream, this.#limits.sniffTimeoutMs, (protocol, first) =>
      this.#hand(protocol, stream, peer, first),
    );
  }

  #hand(protocol: Protocol, stream: Socket, peer: RemotePeer, first: Uint8Array): void {
    const { onHttp2 } = this.#options;
    if (protocol === "http2" && onHttp2 !== undefined) {
      this.#open.delete(stream);
      onHttp2(stream, peer, first);
    } else if (protocol === "http1" && this.#http1 !== undefined) {
      stream.unshift(first);
      this.#http1.emit("connection", stream);
    } else {
      stream.destroy();
    }
  }
}

/** As etcd's unix listener: the name is ours, whoever left a socket there. */
function removeStaleSocket(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isSocket() === true) unlinkSync(path);
}
