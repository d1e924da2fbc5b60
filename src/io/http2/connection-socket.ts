// Joins a connection to a duplex stream: reads go in, and what gathered in one round of the event
// loop leaves in one write.
import type { Duplex } from "node:stream";
import { type ConnectionHost, type ConnectionOptions, Http2Connection } from "./connection.ts";
import { type Outgoing, recycleChunks } from "./output-buffer.ts";
import type { RequestHead } from "./request-head.ts";
import { outputBytesHigh } from "./sender.ts";
import { beginReading, copiesOnWrite } from "./socket-reader.ts";
import type { Http2Stream } from "./stream.ts";

/** Answers that wait behind a blocked socket above which we stop reading requests. */
export const blockedBytesMax = 4 * outputBytesHigh;
/** After a GOAWAY the peer has this long to read it before the socket goes. */
const lingerMs = 1_000;

/** What a socket asks of the server that owns it. */
export interface SocketOwner {
  readonly nowMs: () => number;
  readonly options: ConnectionOptions;
  readonly openStream: ConnectionHost["openStream"];
  /** Calls `flush` once this round's work is done. */
  enqueue(socket: ConnectionSocket): void;
  /** Calls `flushSoon` within some milliseconds. */
  enqueueSoon(socket: ConnectionSocket): void;
  onClosed(socket: ConnectionSocket): void;
}

export class ConnectionSocket implements ConnectionHost {
  readonly connection: Http2Connection;
  bytesSent = 0;
  readonly #owner: SocketOwner;
  readonly #duplex: Duplex;
  readonly #recycles: boolean;
  readonly #onWritten = (): void => this.#written();
  #isQueued = false;
  #isQueuedSoon = false;
  #isPaused = false;
  #isClosed = false;
  #endedMs: number | undefined;
  #writesIssued = 0;
  #writesDone = 0;
  /** The write that has not finished, and since when. */
  #blocked: { readonly outgoing: Outgoing; readonly sinceMs: number } | undefined;

  constructor(owner: SocketOwner, duplex: Duplex, streamOwner: unknown, first?: Uint8Array) {
    this.#owner = owner;
    this.connection = new Http2Connection(this, owner.options, owner.nowMs());
    this.connection.owner = streamOwner;
    this.#duplex = beginReading(duplex, (bytes, length) => this.#onBytes(bytes, length));
    this.#recycles = copiesOnWrite(this.#duplex);
    this.#duplex.on("end", () => this.#onEnd());
    this.#duplex.on("close", () => this.#onClose());
    this.#duplex.on("error", () => this.#duplex.destroy());
    if (first !== undefined && first.length > 0) this.#onBytes(first, first.length);
  }

  openStream(
    connection: Http2Connection,
    id: number,
    head: RequestHead,
    isEnd: boolean,
  ): Http2Stream {
    return this.#owner.openStream(connection, id, head, isEnd);
  }

  wake(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#owner.enqueue(this);
  }

  wakeSoon(): void {
    if (this.#isQueued || this.#isQueuedSoon) return;
    this.#isQueuedSoon = true;
    this.#owner.enqueueSoon(this);
  }

  /** What had to wait may have gone with something else since. */
  flushSoon(): void {
    this.#isQueuedSoon = false;
    if (!this.#isQueued) this.flush();
  }

  flush(): void {
    this.#isQueued = false;
    if (this.#blocked !== undefined) return this.#throttle();
    if (this.#isClosed || this.#endedMs !== undefined) return;
    const { sender } = this.connection;
    sender.pump();
    if (sender.output.bytes > 0) this.#write(sender.output.take());
    if (this.#blocked === undefined) this.#afterWrite();
  }

  /** Once a second. */
  tick(nowMs: number): void {
    const since = this.#blocked?.sinceMs;
    const isStuck = since !== undefined && nowMs - since > this.#owner.options.stallTimeoutMs;
    const isLeft = this.#endedMs !== undefined && nowMs - this.#endedMs > lingerMs;
    if (isStuck || isLeft || !this.connection.tick(nowMs)) this.destroy();
  }

  destroy(): void {
    this.#duplex.destroy();
    this.#onClose();
  }

  #onBytes(bytes: Uint8Array, length: number): void {
    const { connection } = this;
    connection.receive(bytes, 0, length, this.#owner.nowMs());
    if (connection.isFailed) this.wake();
  }

  #write(outgoing: Outgoing): void {
    const duplex = this.#duplex;
    const { segments } = outgoing;
    const last = segments.length - 1;
    this.bytesSent += outgoing.bytes;
    this.#writesIssued++;
    if (last === 0) {
      duplex.write(segments[0], this.#onWritten);
    } else {
      duplex.cork();
      for (let at = 0; at < last; at++) duplex.write(segments[at]);
      duplex.write(segments[last], this.#onWritten);
      duplex.uncork();
    }
    if (this.#recycles && duplex.writableLength === 0) recycleChunks(outgoing.chunks);
    else this.#blocked = { outgoing, sinceMs: this.connection.nowMs };
  }

  #written(): void {
    this.#writesDone++;
    if (this.#blocked === undefined || this.#writesDone < this.#writesIssued) return;
    if (this.#recycles) recycleChunks(this.#blocked.outgoing.chunks);
    this.#blocked = undefined;
    if (this.#isClosed) return;
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#duplex.resume();
    }
    this.flush();
  }

  #throttle(): void {
    if (this.#isPaused || this.connection.sender.output.bytes < blockedBytesMax) return;
    this.#isPaused = true;
    this.#duplex.pause();
  }

  #afterWrite(): void {
    const { connection } = this;
    if (connection.sender.hasReady) return this.wake();
    if (!connection.isFailed && !connection.isDrained) return;
    if (connection.sender.output.bytes > 0) return this.wake();
    this.#endedMs = this.#owner.nowMs();
    connection.close();
    this.#duplex.end();
  }

  /** The peer has closed its side; nothing it asked for is wanted any more (as grpc-go). */
  #onEnd(): void {
    this.#endedMs ??= this.#owner.nowMs();
    this.connection.close();
    this.#duplex.end();
  }

  #onClose(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.connection.close();
    this.#owner.onClosed(this);
  }
}
