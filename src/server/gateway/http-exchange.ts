import type { IncomingMessage, ServerResponse } from "../../io/http/index.ts";
import type { BodyEvents, Exchange } from "./exchange.ts";
import type { Headers } from "./header-metadata.ts";

/** A request and its answer on Node's HTTP/1.1 server. */
export class HttpExchange implements Exchange {
  readonly headers: Headers;
  readonly remoteAddress: string;
  readonly isEndless = false;
  onDrain: (() => void) | undefined = undefined;
  onGone: (() => void) | undefined = undefined;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
    this.headers = request.headers;
    const { remoteAddress = "@", remotePort } = request.socket;
    this.remoteAddress =
      remotePort === undefined ? remoteAddress : `${remoteAddress}:${remotePort}`;
    response.on("drain", () => this.onDrain?.());
    response.on("close", () => {
      if (!response.writableFinished) this.onGone?.();
    });
    response.on("error", () => response.destroy());
  }

  get waitingBytes(): number {
    return this.#response.writableLength;
  }

  read(events: BodyEvents): void {
    const request = this.#request;
    request.on("error", () => request.destroy());
    request.on("data", (chunk: Buffer) => events.bytes(chunk));
    request.on("end", () => events.end());
  }

  pause(): void {
    this.#request.pause();
  }

  resume(): void {
    this.#request.resume();
  }

  answer(status: number, headers: Readonly<Record<string, string>>, json: string): void {
    const response = this.#response;
    if (response.headersSent || response.destroyed) return;
    // What is left of the body is not wanted: the connection cannot be used again.
    if (!this.#request.complete) response.setHeader("Connection", "close");
    response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(json) });
    response.end(json);
  }

  begin(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.#response.headersSent || this.#response.destroyed) return;
    this.#response.writeHead(status, { ...headers });
    this.#response.flushHeaders();
  }

  line(json: string): void {
    if (!this.#response.destroyed) this.#response.write(json);
  }

  finish(): void {
    this.#response.end();
  }
}
