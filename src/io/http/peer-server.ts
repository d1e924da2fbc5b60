// The requests of other members, as Node's HTTP/1.1 server brings them.
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { HeaderFields, PeerBodyEvents, PeerRequest, PeerResponse } from "./peer-exchange.ts";

/** A listener for `Mux` that hands every request to `handle`. */
export function peerListener(
  handle: (request: PeerRequest, response: PeerResponse) => void,
): RequestListener {
  return (message, answer) => handle(new NodePeerRequest(message), new NodePeerResponse(answer));
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

  write(bytes: Uint8Array): boolean {
    return this.#answer.write(bytes);
  }

  end(): void {
    this.#answer.end();
  }

  abort(): void {
    this.#answer.socket?.destroy();
    this.#answer.destroy();
  }

  watch(events: { onDrain(): void; onClose(): void }): void {
    this.#answer.on("drain", () => events.onDrain());
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
