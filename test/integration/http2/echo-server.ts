// A plain HTTP/2 server on the engine: answers every request with five bytes once the request is
// whole. For protocol tests; gRPC has its own.
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { nodeClock } from "../../../src/io/host/node/index.ts";
import {
  type ConnectionOptions,
  defaultConnectionOptions,
  FieldList,
  Http2Server,
  Http2Stream,
} from "../../../src/io/http2/index.ts";

const head = new FieldList([
  [":status", "200"],
  ["content-type", "text/plain"],
]);
const nothing = new Uint8Array(0);

class EchoStream extends Http2Stream {
  answer: Uint8Array = Buffer.from("hello");

  onOpen(isEnd: boolean): void {
    if (isEnd) this.#answer();
  }
  onBody(_bytes: Uint8Array, _start: number, _end: number, isEnd: boolean): void {
    if (isEnd) this.#answer();
  }
  onAborted(): void {}
  onSent(): void {}

  #answer(): void {
    this.sendHead(head, false);
    this.sendBody(nothing, this.answer, true);
  }
}

export interface EchoServer {
  readonly port: number;
  readonly http2: Http2Server;
  close(): Promise<void>;
}

export async function startEchoServer(
  options: Partial<ConnectionOptions> = {},
  answer?: Uint8Array,
): Promise<EchoServer> {
  const http2 = new Http2Server(
    (connection, id, requestHead, isEnd) => {
      const stream = new EchoStream(connection, id, requestHead, isEnd);
      if (answer !== undefined) stream.answer = answer;
      return stream;
    },
    { ...defaultConnectionOptions, ...options },
    nodeClock,
  );
  const listener = createServer({ pauseOnConnect: true, noDelay: true }, (socket: Socket) => {
    http2.accept(socket, undefined);
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  return {
    port: (listener.address() as AddressInfo).port,
    http2,
    close: () => closeBoth(listener, http2),
  };
}

function closeBoth(listener: Server, http2: Http2Server): Promise<void> {
  http2.close();
  return new Promise((resolve) => listener.close(() => resolve()));
}
