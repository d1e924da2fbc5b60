// A call over WebSocket, as etcd's wsproxy has it: each message is a piece of the request's body, each
// line of the answer is a message.
import {
  type IncomingMessage,
  type UpgradeStream,
  WebSocketConnection,
  type WebSocketOptions,
} from "../../io/http/index.ts";
import type { BodyEvents, Exchange, HeaderFields } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import type { Headers } from "./header-metadata.ts";

const newline = new Uint8Array([0x0a]);

/** Shakes hands and serves one call for the path; whatever is no WebSocket is refused. */
export function serveWebSocket(
  gateway: Gateway,
  path: string,
  request: IncomingMessage,
  stream: UpgradeStream,
  first: Uint8Array,
): void {
  const isBearer = request.headers["sec-websocket-protocol"]?.startsWith("Bearer") === true;
  const options: WebSocketOptions = {
    messageBytesMax: gateway.bodyBytesMax,
    protocol: isBearer ? "Bearer" : undefined,
  };
  const socket = WebSocketConnection.accept(request, stream, options);
  if (socket === undefined) return;
  const exchange = new WebSocketExchange(request, socket);
  gateway.serve("POST", path, exchange);
  exchange.start(first, options);
}

/** The token comes as a sub-protocol or a cookie, because browsers set no other header. */
function headersOf({ headers }: IncomingMessage): Headers {
  const { origin, referer, cookie, host } = headers;
  const token = /(?:^|;\s*)token=([^;]*)/.exec(cookie ?? "")?.[1];
  const [, protocol] = (headers["sec-websocket-protocol"] ?? "").split("Bearer,");
  const authorization = token ?? protocol?.trim();
  return {
    origin,
    referer,
    host,
    authorization: authorization === undefined ? undefined : `Bearer ${authorization}`,
  };
}

class WebSocketExchange implements Exchange {
  readonly headers: Headers;
  readonly remoteAddress: string;
  readonly isEndless = true;
  onDrain: (() => void) | undefined = undefined;
  onGone: (() => void) | undefined = undefined;
  readonly #socket: WebSocketConnection;
  #events: BodyEvents | undefined;

  constructor(request: IncomingMessage, socket: WebSocketConnection) {
    this.headers = headersOf(request);
    const { remoteAddress = "@", remotePort } = request.socket;
    this.remoteAddress =
      remotePort === undefined ? remoteAddress : `${remoteAddress}:${remotePort}`;
    this.#socket = socket;
  }

  start(first: Uint8Array, options: WebSocketOptions): void {
    const events = {
      message: (bytes: Uint8Array): void => {
        // A line break behind every message, so that a method with one request sees it end.
        this.#events?.bytes(bytes);
        this.#events?.bytes(newline);
      },
      drain: () => this.onDrain?.(),
      close: () => {
        this.#events?.end();
        this.onGone?.();
      },
    };
    this.#socket.start(events, first, options);
  }

  get waitingBytes(): number {
    return this.#socket.waitingBytes;
  }

  read(events: BodyEvents): void {
    this.#events = events;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  answer(_status: number, _fields: HeaderFields, json: string): void {
    this.line(json);
    this.finish();
  }

  begin(): void {}

  line(json: string): void {
    this.#socket.send(json.trimEnd());
  }

  finish(): void {
    this.#socket.close();
  }
}
