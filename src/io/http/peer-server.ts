// The requests of other members, as Node's HTTP/1.1 server brings them.
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { HeaderFields, PeerBodyEvents, PeerRequest, PeerResponse } from "./peer-exchange.ts";

/** A listener for `Mux` that hands every request to `handle`. */
export function peerListener(
  handle: (request: PeerRequest, response: PeerResponse) => void,
): RequestListener {
  return (message, answer) => handle(new NodePeerRequest(message), new NodePeerResponse(answer));
}

/** Bytes up to here are copied behind their length, which is cheaper than to write them in pieces. */
const joinedBytesMax = 16 * 1024;

/** Bytes as a chunk of a body (RFC 9112 clause 7.1). */
function chunkOf(bytes: Uint8Array): Buffer {
  const head = `${bytes.length.toString(16)}\r\n`;
  const chunk = Buffer.allocUnsafe(head.length + bytes.length + 2);
  chunk.write(head, 0, "latin1");
  chunk.set(bytes, head.length);
  chunk.write("\r\n", head.length + bytes.length, "latin1");
  return chunk;
}

class NodePeerRequest implements PeerRequest {
  readonly method: string;
  readonly path: string;
  readonly remoteAddress: string;
  readonly #message: IncomingMessage;

  constructor(message: IncomingMessage) {
    this.#message = message;
    this.method = message.method ?? "";
    this.path = pathOf(message.url ?? "/");
    const { remoteAddress = "@", remotePort } = message.socket;
    this.remoteAddress =
      remotePort === undefined ? remoteAddress : `${remoteAddress}:${remotePort}`;
  }

  header(name: string): string {
    const value = this.#message.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(",") : (value ?? "");
  }

  read(events: PeerBodyEvents): void {
    const message = this.#message;
    let isOver = false;
    const fail = (error: Error): void => {
      if (isOver) return;
      isOver = true;
      events.onError(error);
    };
    message.on("error", fail);
    message.on("close", () => fail(new Error("unexpected EOF")));
    message.on("end", () => {
      if (isOver) return;
      isOver = true;
      events.onEnd();
    });
    message.on("data", (chunk: Buffer) => {
      if (!isOver) events.onBytes(chunk);
    });
  }

  pause(): void {
    this.#message.pause();
  }

  resume(): void {
    this.#message.resume();
  }
}

class NodePeerResponse implements PeerResponse {
  readonly #answer: ServerResponse;

  constructor(answer: ServerResponse) {
    this.#answer = answer;
    answer.on("error", () => answer.destroy());
  }

  head(status: number, headers: HeaderFields): void {
    this.#answer.writeHead(status, headers);
    this.#answer.flushHeaders();
  }

  /**
   * At once, as one chunk made here: Node keeps what is written until the running callback has returned, and
   * sends a chunk in four pieces.
   */
  write(bytes: Uint8Array): boolean {
    const answer = this.#answer;
    const { socket } = answer;
    const isOurs = answer.chunkedEncoding && answer.headersSent && !answer.writableEnded;
    if (socket === null || !isOurs || bytes.length === 0) return answer.write(bytes);
    if (bytes.length <= joinedBytesMax) return socket.write(chunkOf(bytes));
    socket.cork();
    socket.write(`${bytes.length.toString(16)}\r\n`, "latin1");
    socket.write(bytes);
    const hasRoom = socket.write("\r\n", "latin1");
    socket.uncork();
    return hasRoom;
  }

  end(): void {
    this.#answer.end();
  }

  abort(): void {
    this.#answer.socket?.destroy();
    this.#answer.destroy();
  }

  watch(events: { onDrain(): void; onClose(): void }): void {
    // Node tells the answer of it only where the answer was written to.
    this.#answer.on("drain", () => events.onDrain());
    this.#answer.socket?.on("drain", () => events.onDrain());
    this.#answer.on("close", () => events.onClose());
  }
}

function pathOf(url: string): string {
  const cut = url.search(/[?#]/);
  const path = cut < 0 ? url : url.slice(0, cut);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
