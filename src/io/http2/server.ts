import type { Duplex } from "node:stream";
import type { Cancel, Clock } from "../host/index.ts";
import { type ConnectionHost, type ConnectionOptions, type Http2Connection } from "./connection.ts";
import { ConnectionSocket, type SocketOwner } from "./connection-socket.ts";
import { ReceiveBudget } from "./receive-budget.ts";

/** Any stream of bytes both ways: a TCP or unix socket, a TLSSocket, a pair made for a test. */
export type DuplexStream = Duplex;

const tickMs = 1_000;
/** Longer than most answers take, and nothing beside what a client waits for an ack. */
const soonMs = 10;

/** Counters since the server was made. */
export interface Http2Stats {
  readonly openConnections: number;
  readonly openStreams: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** Answer bytes that wait for windows or sockets. */
  readonly bytesQueued: number;
}

/**
 * The connections of one server. It accepts any duplex stream; for the fastest reads that is a
 * net.Socket fresh from its listener.
 */
export class Http2Server {
  readonly #owner: SocketOwner;
  readonly #clock: Clock;
  readonly #sockets = new Set<ConnectionSocket>();
  #isDraining = false;
  #dirty: ConnectionSocket[] = [];
  #dirtySoon: ConnectionSocket[] = [];
  #cancelTick: Cancel | undefined;
  #whenEmpty: (() => void)[] = [];
  #closedReceived = 0;
  #closedSent = 0;
  readonly #flushAll = (): void => this.flush();
  readonly #flushSoon = (): void => {
    const sockets = this.#dirtySoon;
    this.#dirtySoon = [];
    for (const socket of sockets) socket.flushSoon();
  };

  constructor(openStream: ConnectionHost["openStream"], options: ConnectionOptions, clock: Clock) {
    this.#clock = clock;
    this.#owner = {
      openStream,
      options: { ...options, budget: options.budget ?? new ReceiveBudget() },
      nowMs: () => clock.nowMs(),
      enqueue: (socket) => {
        if (this.#dirty.push(socket) === 1) clock.later(this.#flushAll);
      },
      enqueueSoon: (socket) => {
        if (this.#dirtySoon.push(socket) === 1) clock.after(soonMs, this.#flushSoon);
      },
      onClosed: (socket) => this.#onClosed(socket),
    };
  }

  /**
   * Serves HTTP/2 on the stream until either side ends it. `owner` goes to `connection.owner`;
   * `first` are bytes that were read from the stream already.
   */
  accept(duplex: Duplex, owner: unknown, first?: Uint8Array): Http2Connection {
    const socket = new ConnectionSocket(this.#owner, duplex, owner, first);
    this.#sockets.add(socket);
    if (this.#isDraining) socket.connection.drain();
    this.#cancelTick ??= this.#clock.after(tickMs, () => this.#tick());
    return socket.connection;
  }

  /** Writes what has gathered now, instead of after this round of the event loop. */
  flush(): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const socket of dirty) socket.flush();
  }

  /** Lets streams under way end and takes no new ones; after `graceMs` the rest is closed. */
  drain(graceMs: number): Promise<void> {
    this.#isDraining = true;
    for (const socket of this.#sockets) socket.connection.drain();
    if (this.#sockets.size === 0) return Promise.resolve();
    const cancel = this.#clock.after(graceMs, () => this.close());
    return new Promise((resolve) => {
      this.#whenEmpty.push(() => {
        cancel();
        resolve();
      });
    });
  }

  /** Ends every connection at once. */
  close(): void {
    this.#cancelTick?.();
    this.#cancelTick = undefined;
    for (const socket of this.#sockets) socket.destroy();
  }

  get stats(): Http2Stats {
    const stats = {
      openConnections: this.#sockets.size,
      openStreams: 0,
      bytesReceived: this.#closedReceived,
      bytesSent: this.#closedSent,
      bytesQueued: 0,
    };
    for (const { connection, bytesSent } of this.#sockets) {
      stats.openStreams += connection.openStreams;
      stats.bytesReceived += connection.bytesReceived;
      stats.bytesSent += bytesSent;
      stats.bytesQueued += connection.sender.queuedBytes + connection.sender.output.bytes;
    }
    return stats;
  }

  #tick(): void {
    const nowMs = this.#clock.nowMs();
    for (const socket of this.#sockets) socket.tick(nowMs);
    this.#cancelTick =
      this.#sockets.size > 0 ? this.#clock.after(tickMs, () => this.#tick()) : undefined;
  }

  #onClosed(socket: ConnectionSocket): void {
    this.#sockets.delete(socket);
    this.#closedReceived += socket.connection.bytesReceived;
    this.#closedSent += socket.bytesSent;
    if (this.#sockets.size > 0) return;
    const waiting = this.#whenEmpty;
    this.#whenEmpty = [];
    for (const done of waiting) done();
  }
}
