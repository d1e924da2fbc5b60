// gRPC calls over a bare HTTP/2 session: what a client library would hide, a test can see here.
import { type ClientHttp2Session, connect, constants } from "node:http2";

/** How a call ended, as its client saw it. */
export interface End {
  /** grpc-status; undefined when the stream ended without one. */
  status: number | undefined;
  message: string;
  /** Code of the RST_STREAM, of either side; 0 is none. */
  reset: number;
  messages: Uint8Array[];
  atMs: number;
}

export interface RawCall {
  readonly ended: Promise<End>;
  /** Another request message on the stream. */
  send(request: Uint8Array): void;
  /** RST_STREAM with CANCEL, as a client that does not want the answer any more. */
  cancel(): void;
}

export interface GoAway {
  code: number;
  lastStream: number;
}

function frameOf(body: Uint8Array): Buffer {
  const frame = Buffer.alloc(5 + body.length);
  frame.writeUInt32BE(body.length, 1);
  frame.set(body, 5);
  return frame;
}

function messagesOf(body: Buffer): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let at = 0; at + 5 <= body.length;) {
    const end = at + 5 + body.readUInt32BE(at + 1);
    messages.push(body.subarray(at + 5, end));
    at = end;
  }
  return messages;
}

export class RawSession {
  readonly goAways: GoAway[] = [];
  readonly closed: Promise<number>;
  readonly #session: ClientHttp2Session;

  constructor(endpoint: string) {
    this.#session = connect(`http://${endpoint}`);
    // Each stream is told by itself.
    this.#session.on("error", () => {});
    this.#session.on("goaway", (code, lastStream) => {
      this.goAways.push({ code, lastStream: lastStream ?? -1 });
    });
    this.closed = new Promise((resolve) =>
      this.#session.once("close", () => resolve(performance.now())),
    );
  }

  /**
   * `method` as `KV/Put`; `timeout` as grpc-timeout has it. A stream stays open for more requests. What
   * is not read fills the windows of its stream and of the session.
   */
  call(
    method: string,
    request: Uint8Array,
    timeout?: string,
    isStream = false,
    isRead = true,
  ): RawCall {
    const stream = this.#session.request({
      ":method": "POST",
      ":path": `/etcdserverpb.${method}`,
      "content-type": "application/grpc",
      te: "trailers",
      ...(timeout === undefined ? {} : { "grpc-timeout": timeout }),
    });
    let fields: Record<string, unknown> = {};
    const body: Buffer[] = [];
    stream.on("response", (head) => (fields = { ...fields, ...head }));
    stream.on("trailers", (tail) => (fields = { ...fields, ...tail }));
    if (isRead) stream.on("data", (chunk: Buffer) => body.push(chunk));
    stream.on("error", () => {});
    const ended = new Promise<End>((resolve) => {
      stream.once("close", () => {
        const status = fields["grpc-status"] as string | undefined;
        resolve({
          status: status === undefined ? undefined : Number(status),
          message: decodeURIComponent((fields["grpc-message"] as string | undefined) ?? ""),
          reset: stream.rstCode ?? 0,
          messages: messagesOf(Buffer.concat(body)),
          atMs: performance.now(),
        });
      });
    });
    if (isStream) stream.write(frameOf(request));
    else stream.end(frameOf(request));
    return {
      ended,
      send: (more) => void stream.write(frameOf(more)),
      cancel: () => stream.close(constants.NGHTTP2_CANCEL),
    };
  }

  close(): void {
    this.#session.destroy();
  }
}
