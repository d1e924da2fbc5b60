import type { IncomingMessage, ServerResponse } from "../../io/http/index.ts";
import type { BodyEvents, Exchange, HeaderFields } from "./exchange.ts";
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
  readonly #fields: HeaderFields;

  /** `fields` every answer begins with. Nothing may have been set on the response: see `answer`. */
  constructor(request: IncomingMessage, response: ServerResponse, fields: HeaderFields) {
    this.#request = request;
    this.#response = response;
    this.#fields = fields;
    this.headers = request.headers;
    const { remoteAddress = "@", remotePort } = request.socket;
    this.remoteAddress =
      remotePort === undefined ? remoteAddress : `${remoteAddress}:${remotePort}`;
    response.on("close", () => {
      if (!response.writableFinished) this.onGone?.();
    });
    response.on("error", destroy);
  }

  get waitingBytes(): number {
    return this.#response.writableLength;
  }

  read(events: BodyEvents): void {
    const request = this.#request;
    request.on("error", destroy);
    request.on("data", (chunk: Buffer) => events.bytes(chunk));
    request.on("end", () => events.end());
  }

  pause(): void {
    this.#request.pause();
  }

  resume(): void {
    this.#request.resume();
  }

  /** In one write: Node puts head and body together when both are text, and its head is a list. */
  answer(status: number, fields: HeaderFields, json: string): void {
    const response = this.#response;
    if (response.headersSent || response.destroyed) return;
    const length = Buffer.byteLength(json);
    const head = [...this.#fields, ...fields, "Content-Length", String(length)];
    // What is left of the body is not wanted: the connection cannot be used again.
    if (!this.#request.complete) head.push("Connection", "close");
    response.writeHead(status, head);
    // What is all ASCII needs no conversion.
    response.end(json, length === json.length ? "latin1" : "utf8");
  }

  begin(status: number, fields: HeaderFields): void {
    const response = this.#response;
    if (response.headersSent || response.destroyed) return;
    response.on("drain", () => this.onDrain?.());
    response.writeHead(status, [...this.#fields, ...fields]);
    response.flushHeaders();
  }

  line(json: string): void {
    if (!this.#response.destroyed) this.#response.write(json);
  }

  finish(): void {
    this.#response.end();
  }
}

function destroy(this: IncomingMessage | ServerResponse): void {
  this.destroy();
}
