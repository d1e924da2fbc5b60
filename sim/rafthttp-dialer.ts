// The calls of one simulated member to others: what `PeerClient` is over Node's sockets, over the
// simulator's. It keeps connections, asks again and fails as that one does.
import type { Cancel } from "../src/io/host/index.ts";
import {
  isAskedAgain,
  type PeerAnswerHead,
  type PeerCall,
  type PeerCallEvents,
  type PeerCallRequest,
  type PeerDialer,
} from "../src/io/http/index.ts";
import type { SimClock } from "./clock.ts";
import type { Process } from "./loop.ts";
import { type ByteEnd, errorOf } from "./rafthttp-end.ts";
import type { Reports } from "./rafthttp-checks.ts";
import type { ByteNetwork } from "./rafthttp-network.ts";
import { headBytes, HttpParser } from "./rafthttp-parser.ts";

export interface DialerPlace {
  readonly network: ByteNetwork;
  readonly place: number;
  readonly process: Process;
  readonly clock: SimClock;
  readonly dialTimeoutMs: number;
  readonly reports: Reports;
}

const idleTimeoutMs = 4000;

export class SimPeerDialer implements PeerDialer {
  readonly place: DialerPlace;
  readonly #idle = new Map<string, ClientConnection[]>();
  readonly #all = new Set<ClientConnection>();

  constructor(place: DialerPlace) {
    this.place = place;
  }

  open(request: PeerCallRequest, events: PeerCallEvents): PeerCall {
    return new SimPeerCall(this, request, events);
  }

  close(): void {
    for (const connection of this.#all) connection.destroy(new Error("socket hang up"));
  }

  /** A connection of the pool, or a new one. */
  connection(host: string, isPooled: boolean): ClientConnection {
    const kept = isPooled ? this.#idle.get(host)?.pop() : undefined;
    if (kept !== undefined) return kept;
    const made = new ClientConnection(this, host);
    this.#all.add(made);
    return made;
  }

  keep(connection: ClientConnection): void {
    const idle = this.#idle.get(connection.host) ?? [];
    idle.push(connection);
    this.#idle.set(connection.host, idle);
  }

  forget(connection: ClientConnection): void {
    this.#all.delete(connection);
    const idle = this.#idle.get(connection.host);
    if (idle?.includes(connection)) idle.splice(idle.indexOf(connection), 1);
  }
}

/** Carries one call after another. */
class ClientConnection {
  readonly host: string;
  readonly #dialer: SimPeerDialer;
  readonly #end: ByteEnd;
  readonly #parser: HttpParser;
  #call: SimPeerCall | undefined;
  /** Whether it has carried a call before this one. */
  isUsedAgain = false;
  #isGone = false;
  #closesAfter = false;
  #isHeard = false;
  readonly #cancelDial: Cancel;
  #cancelIdle: Cancel = () => {};

  constructor(dialer: SimPeerDialer, host: string) {
    const { network, place, process, clock, dialTimeoutMs } = dialer.place;
    this.#dialer = dialer;
    this.host = host;
    this.#parser = new HttpParser({
      onHead: ({ start, header }) => {
        this.#isHeard = true;
        this.#closesAfter = header("Connection") === "close";
        this.#call?.head({ status: Number(start[1]), header });
      },
      onBody: (bytes) => this.#call?.events.onBytes(bytes),
      onMessageEnd: () => this.#answered(),
    });
    this.#end = network.dial(
      { place, process, target: host },
      {
        onBytes: (bytes) => {
          this.#parser.feed(bytes, () => !this.#isGone);
        },
        onEnd: () => this.#broke("socket hang up"),
        onDrain: () => this.#call?.drained(),
        onClosed: (error) => {
          this.#gone();
          this.#call?.broke(error, !this.#isHeard);
        },
      },
    );
    this.#end.onConnected = () => this.#cancelDial();
    this.#cancelDial = clock.after(dialTimeoutMs, () => this.destroy(new Error("dial timeout")));
  }

  begin(call: SimPeerCall, head: Uint8Array): void {
    this.#cancelIdle();
    this.#call = call;
    this.#isHeard = false;
    this.#end.write(head);
  }

  write(bytes: Uint8Array): boolean {
    return this.#end.write(bytes);
  }

  /** The call's owner has gone: nothing is told. */
  abandon(): void {
    this.#call = undefined;
    this.destroy(new Error("abandoned"));
  }

  destroy(error: Error): void {
    if (this.#isGone) return;
    this.#gone();
    this.#end.destroy();
    const { network, process } = this.#dialer.place;
    const call = this.#call;
    if (call === undefined) return;
    network.loop.after(0, process, "call fails", () => call.broke(error, !this.#isHeard));
  }

  /** The other side closed it, as Node tells of that. */
  #broke(words: string): void {
    this.#gone();
    this.#end.destroy();
    const said = this.#isHeard ? "aborted" : words;
    this.#call?.broke(errorOf("ECONNRESET", said), !this.#isHeard);
  }

  #gone(): void {
    this.#isGone = true;
    this.#cancelDial();
    this.#cancelIdle();
    this.#dialer.forget(this);
  }

  #answered(): void {
    const call = this.#call;
    this.#call = undefined;
    // An answer before the body was sent leaves a connection that nobody can use.
    if (call?.isPooled !== true || this.#closesAfter || !call.isWhole) {
      this.#gone();
      this.#end.destroy();
    } else {
      this.isUsedAgain = true;
      this.#cancelIdle = this.#dialer.place.clock.after(idleTimeoutMs, () => {
        this.destroy(new Error("idle"));
      });
      this.#dialer.keep(this);
    }
    call?.answered();
  }
}

class SimPeerCall implements PeerCall {
  readonly events: PeerCallEvents;
  readonly isPooled: boolean;
  /** Whether all of the request was written. */
  isWhole = false;
  readonly #dialer: SimPeerDialer;
  readonly #request: PeerCallRequest;
  #connection: ClientConnection;
  #isOver = false;
  #isAgain = false;

  constructor(dialer: SimPeerDialer, request: PeerCallRequest, events: PeerCallEvents) {
    this.#dialer = dialer;
    this.#request = request;
    this.events = events;
    this.isPooled = request.connection === "pooled";
    this.#connection = this.#begin();
  }

  write(bytes: Uint8Array): boolean {
    return this.#isOver || this.#connection.write(bytes);
  }

  end(): void {
    this.isWhole = true;
  }

  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#connection.abandon();
  }

  // What its connection says --------------------------------------------------------------------

  head(head: PeerAnswerHead): void {
    if (!this.#isOver) this.events.onHead(head);
  }

  drained(): void {
    if (!this.#isOver) this.events.onDrain();
  }

  answered(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.events.onEnd();
  }

  broke(error: Error, isUnheard: boolean): void {
    if (this.#isOver) return;
    const { isUsedAgain } = this.#connection;
    const { code } = error as { code?: string };
    if (isUnheard && isUsedAgain && !this.#isAgain && isAskedAgain(this.#request, code)) {
      this.#isAgain = true;
      this.#connection = this.#begin();
      return;
    }
    this.#isOver = true;
    const { method, url } = this.#request;
    const path = method === "POST" ? url.slice(url.indexOf("/raft")) : "";
    this.#dialer.place.reports.during(path, () => this.events.onError(error));
  }

  #begin(): ClientConnection {
    const { method, url, headers, body } = this.#request;
    const [, host = "", path = ""] = /^http:\/\/([^/:]+)[^/]*(\/.*)$/.exec(url)!;
    const size = typeof body === "number" ? body : body?.length;
    const length = size === undefined ? {} : { "Content-Length": String(size) };
    const start = `${method} ${path} HTTP/1.1`;
    const connection = this.#dialer.connection(host, this.isPooled);
    connection.begin(this, headBytes(start, { Host: host, ...headers, ...length }));
    if (typeof body !== "number") {
      if (body !== undefined) connection.write(body);
      this.isWhole = true;
    }
    return connection;
  }
}
