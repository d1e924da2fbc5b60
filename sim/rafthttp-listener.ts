// The requests of other simulated members: what `peerListener` is over Node's server, over the
// simulator's connections.
import type {
  HeaderFields,
  PeerBodyEvents,
  PeerRequest,
  PeerResponse,
} from "../src/io/http/index.ts";
import type { Loop, Process } from "./loop.ts";
import type { Reports } from "./rafthttp-checks.ts";
import type { ByteEnd } from "./rafthttp-end.ts";
import {
  chunkEnd,
  chunkHead,
  headBytes,
  type HttpHead,
  HttpParser,
  lastChunk,
} from "./rafthttp-parser.ts";

export interface ListenerPlace {
  readonly loop: Loop;
  readonly process: Process;
  readonly handle: (request: PeerRequest, response: PeerResponse) => void;
  readonly reports: Reports;
}

/** One connection that another member has dialled. */
export class ServerConnection {
  readonly place: ListenerPlace;
  readonly end: ByteEnd;
  readonly #parser: HttpParser;
  #request: SimPeerRequest | undefined;
  #response: SimPeerResponse | undefined;
  #isGone = false;

  constructor(place: ListenerPlace, end: ByteEnd) {
    this.place = place;
    this.end = end;
    this.#parser = new HttpParser({
      onHead: (head) => this.#asked(head),
      onBody: (bytes) => this.#request!.body(bytes),
      onMessageEnd: () => this.#request!.ended(),
    });
    end.listen({
      onBytes: (bytes) => this.#parser.feed(bytes, () => !this.#isGone),
      onEnd: () => this.gone(new Error("aborted")),
      onDrain: () => this.#response?.watcher?.onDrain(),
      onClosed: (error) => this.gone(error),
    });
  }

  /** The connection is no more, or no longer used. */
  gone(error: Error): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#request?.broke(error);
    this.#response?.closed();
    this.end.destroy();
  }

  /** The rest of a body that nobody wants would be taken for the next request. */
  answered(isLast: boolean): void {
    const request = this.#request!;
    const leave = (): void => {
      if (this.#isGone || (!isLast && request.isWhole)) return;
      this.#isGone = true;
      this.end.endThenDestroy();
    };
    if (isLast) leave();
    else this.place.loop.after(0, this.place.process, "answered", leave);
  }

  #asked(head: HttpHead): void {
    this.#request = new SimPeerRequest(head, this.end);
    this.#response = new SimPeerResponse(this, this.#request);
    this.place.handle(this.#request, this.#response);
  }
}

class SimPeerRequest implements PeerRequest {
  readonly method: string;
  readonly path: string;
  readonly remoteAddress: string;
  readonly #head: HttpHead;
  readonly #end: ByteEnd;
  #events: PeerBodyEvents | undefined;
  isWhole = false;
  #isOver = false;

  constructor(head: HttpHead, end: ByteEnd) {
    [this.method, this.path] = head.start;
    this.remoteAddress = `m${end.peer!.place}:4711`;
    this.#head = head;
    this.#end = end;
  }

  header(name: string): string {
    return this.#head.header(name);
  }

  read(events: PeerBodyEvents): void {
    this.#events = events;
  }

  pause(): void {
    this.#end.pause();
  }

  resume(): void {
    this.#end.resume();
  }

  // What its connection says --------------------------------------------------------------------

  body(bytes: Uint8Array): void {
    if (!this.#isOver) this.#events?.onBytes(bytes);
  }

  ended(): void {
    this.isWhole = true;
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events?.onEnd();
  }

  broke(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events?.onError(error);
  }
}

class SimPeerResponse implements PeerResponse {
  readonly #connection: ServerConnection;
  readonly #request: SimPeerRequest;
  #isChunked = false;
  #isLast = false;
  #isOver = false;
  watcher: { onDrain(): void; onClose(): void } | undefined;

  constructor(connection: ServerConnection, request: SimPeerRequest) {
    this.#connection = connection;
    this.#request = request;
  }

  head(status: number, headers: HeaderFields): void {
    this.#isLast = headers["Connection"] === "close";
    this.#isChunked = status !== 204 && headers["Content-Length"] === undefined;
    const framing = this.#isChunked ? { "Transfer-Encoding": "chunked" } : {};
    this.#connection.end.write(headBytes(`HTTP/1.1 ${status} -`, { ...headers, ...framing }));
  }

  write(bytes: Uint8Array): boolean {
    const { end } = this.#connection;
    if (!this.#isChunked) return end.write(bytes);
    end.write(chunkHead(bytes.length));
    end.write(bytes);
    return end.write(chunkEnd);
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#isChunked) this.#connection.end.write(lastChunk);
    this.#connection.answered(this.#isLast);
    this.#tellClosed();
  }

  abort(): void {
    this.#isOver = true;
    this.#connection.gone(new Error("aborted"));
    this.#tellClosed();
  }

  watch(events: { onDrain(): void; onClose(): void }): void {
    this.watcher = events;
  }

  /** By the other side. */
  closed(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { watcher } = this;
    if (watcher === undefined) return;
    this.#connection.place.reports.during(this.#request.path, () => watcher.onClose());
  }

  /** Also at a good end, and never at once. */
  #tellClosed(): void {
    const { loop, process } = this.#connection.place;
    if (this.watcher !== undefined) {
      loop.after(0, process, "closed", () => this.watcher!.onClose());
    }
  }
}
