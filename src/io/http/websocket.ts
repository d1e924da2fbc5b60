// The server side of a WebSocket (RFC 6455) on a stream that Node's HTTP/1.1 server gave away.
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { closeCode, frame, FrameReader, opcode, WebSocketError } from "./websocket-frames.ts";

/** RFC 6455 §1.3. */
const acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export interface WebSocketOptions {
  /** A longer message closes the connection with 1009. */
  readonly messageBytesMax: number;
  /** The sub-protocol to agree to. */
  readonly protocol?: string | undefined;
}

export interface WebSocketEvents {
  message(bytes: Uint8Array): void;
  drain(): void;
  /** Once, whoever closes. */
  close(): void;
}

export class WebSocketConnection {
  readonly #stream: Duplex;
  #isOver = false;
  #events: WebSocketEvents | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** Shakes hands; what is no WebSocket request is refused as gorilla's upgrader does. */
  static accept(
    request: IncomingMessage,
    stream: Duplex,
    { protocol }: WebSocketOptions,
  ): WebSocketConnection | undefined {
    if (request.method !== "GET") {
      refuseUpgrade(stream, 405, "Method Not Allowed", "Method Not Allowed");
      return undefined;
    }
    if (!isHandshake(request)) {
      refuseUpgrade(stream, 400, "Bad Request", "Bad Request");
      return undefined;
    }
    const key = `${request.headers["sec-websocket-key"]}${acceptSuffix}`;
    const accept = createHash("sha1").update(key).digest("base64");
    stream.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${accept}\r\n` +
        `${protocol === undefined ? "" : `Sec-WebSocket-Protocol: ${protocol}\r\n`}\r\n`,
    );
    return new WebSocketConnection(stream);
  }

  /** Begins to read; `first` are bytes that came with the request. */
  start(events: WebSocketEvents, first: Uint8Array, { messageBytesMax }: WebSocketOptions): void {
    const stream = this.#stream;
    this.#events = events;
    const frames = new FrameReader(
      {
        message: (bytes) => events.message(bytes),
        ping: (bytes) => this.#write(frame(opcode.pong, bytes)),
        close: (code) => this.close(code),
      },
      messageBytesMax,
    );
    const push = (chunk: Uint8Array): void => {
      if (this.#isOver) return;
      try {
        frames.push(chunk);
      } catch (error) {
        if (!(error instanceof WebSocketError)) throw error;
        this.close(error.code);
      }
    };
    stream.on("error", () => stream.destroy());
    stream.on("close", () => this.#end());
    stream.on("end", () => stream.destroy());
    stream.on("drain", () => events.drain());
    if (first.length > 0) push(first);
    stream.on("data", push);
  }

  /** Bytes that wait for the client. */
  get waitingBytes(): number {
    return this.#stream.writableLength;
  }

  send(text: string): void {
    this.#write(frame(opcode.text, Buffer.from(text)));
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  close(code: number = closeCode.normal): void {
    if (this.#isOver) return;
    this.#write(frame(opcode.close, Buffer.from([code >> 8, code & 0xff])));
    this.#end();
    this.#stream.end();
  }

  #write(bytes: Uint8Array): void {
    if (!this.#isOver && !this.#stream.destroyed) this.#stream.write(bytes);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events?.close();
  }
}

/** Answers a request to upgrade as if it had been a plain one, and closes. */
export function refuseUpgrade(stream: Duplex, status: number, name: string, text: string): void {
  stream.on("error", () => stream.destroy());
  const body = `${text}\n`;
  // What is wrong with a handshake may be its version.
  const version = text === name ? "Sec-Websocket-Version: 13\r\n" : "";
  stream.end(
    `HTTP/1.1 ${status} ${name}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `X-Content-Type-Options: nosniff\r\n${version}Connection: close\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function isHandshake({ headers }: IncomingMessage): boolean {
  if (headers["sec-websocket-version"] !== "13") return false;
  return Buffer.from(headers["sec-websocket-key"] ?? "", "base64").length === 16;
}
