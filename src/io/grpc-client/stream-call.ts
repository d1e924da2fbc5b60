// One call on an HTTP/2 stream: frames of messages out, messages and a status in.
import { type ClientHttp2Session, type ClientHttp2Stream, constants } from "node:http2";
import { Code } from "../../core/errors/index.ts";
import { MessageSplitter } from "./message-splitter.ts";
import { type AnswerFields, type CallStatus, httpFault, statusOf } from "./status.ts";

export interface CallRequest {
  /** `/package.Service/Method`. */
  readonly path: string;
  /** Under lower-case names; one value or several. */
  readonly metadata?: Readonly<Record<string, string | string[]>>;
  /** The server is told, and the call ends by itself with DeadlineExceeded. */
  readonly timeoutMs?: number | undefined;
}

export interface CallEvents {
  /** Borrowed until it returns. */
  onMessage(bytes: Uint8Array): void;
  onDrain?(): void;
  /** The last event; comes once. */
  onEnd(status: CallStatus): void;
}

export interface ClientCall {
  /** False: much waits to be sent, `onDrain` will say when to go on. The bytes are copied. */
  send(message: Uint8Array): boolean;
  halfClose(): void;
  /** Ends the call at once; `onEnd` comes with Canceled. */
  cancel(): void;
  /** Messages stop coming, and in the end the server stops sending. */
  pause(): void;
  resume(): void;
}

export class StreamCall implements ClientCall {
  readonly #request: CallRequest;
  readonly #events: Required<CallEvents>;
  readonly #splitter: MessageSplitter;
  /** What was sent before there was a connection. */
  #waiting: Uint8Array[] | undefined = [];
  #isHalfClosed = false;
  #isPaused = false;
  #stream: ClientHttp2Stream | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #status: CallStatus | undefined;
  #hasEnded = false;

  constructor(request: CallRequest, receiveBytesMax: number, events: Required<CallEvents>) {
    this.#request = request;
    this.#events = events;
    this.#splitter = new MessageSplitter(receiveBytesMax);
    const { timeoutMs } = request;
    if (timeoutMs === undefined) return;
    const expired = { code: Code.DeadlineExceeded, message: "context deadline exceeded" };
    this.#deadline = setTimeout(() => this.fail(expired), Math.max(0, timeoutMs));
  }

  send(message: Uint8Array): boolean {
    if (this.#hasEnded) return true;
    const frame = Buffer.allocUnsafe(5 + message.length);
    frame[0] = 0;
    frame.writeUInt32BE(message.length, 1);
    frame.set(message, 5);
    if (this.#waiting !== undefined) {
      this.#waiting.push(frame);
      return false;
    }
    return this.#stream!.write(frame);
  }

  halfClose(): void {
    this.#isHalfClosed = true;
    if (!this.#hasEnded) this.#stream?.end();
  }

  cancel(): void {
    this.fail({ code: Code.Canceled, message: "context canceled" });
  }

  pause(): void {
    this.#isPaused = true;
    this.#stream?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#stream?.resume();
  }

  start(session: ClientHttp2Session, authority: string): void {
    if (this.#hasEnded) return;
    let stream: ClientHttp2Stream;
    try {
      stream = session.request(this.#head(authority), { endStream: false });
    } catch (error) {
      return this.fail(unavailable(error));
    }
    this.#stream = stream;
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const frame of waiting) stream.write(frame);
    if (this.#isHalfClosed) stream.end();
    stream.on("response", (fields: AnswerFields) => this.#answered(fields));
    stream.on("trailers", (fields: AnswerFields) => (this.#status ??= statusOf(fields)));
    stream.on("data", (chunk: Buffer) => this.#received(chunk));
    stream.on("drain", () => this.#hasEnded || this.#events.onDrain());
    stream.on("error", (error) => this.fail(unavailable(error)));
    stream.on("close", () => this.fail(this.#status ?? endOf(stream, session)));
    if (this.#isPaused) stream.pause();
    else if (waiting.length > 0) this.#events.onDrain();
  }

  /** Ends the call; after its end nothing happens. */
  fail(status: CallStatus): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearTimeout(this.#deadline);
    this.#waiting = undefined;
    this.#stream?.close(constants.NGHTTP2_CANCEL);
    this.#events.onEnd(status);
  }

  #head(authority: string): Record<string, string | string[]> {
    const { path, metadata, timeoutMs } = this.#request;
    return {
      ...metadata,
      ":method": "POST",
      ":scheme": "http",
      ":authority": authority,
      ":path": path,
      "content-type": "application/grpc",
      "user-agent": "quorate",
      te: "trailers",
      ...(timeoutMs !== undefined && { "grpc-timeout": `${Math.max(1, Math.ceil(timeoutMs))}m` }),
    };
  }

  #answered(fields: AnswerFields): void {
    this.#status = statusOf(fields);
    const fault = this.#status === undefined ? httpFault(fields) : undefined;
    if (fault !== undefined) this.fail(fault);
  }

  #received(chunk: Buffer): void {
    if (this.#hasEnded) return;
    const fault = this.#splitter.push(chunk, (message) => {
      if (!this.#hasEnded) this.#events.onMessage(message);
    });
    if (fault !== undefined) this.fail(fault);
  }
}

const unavailable = (error: unknown): CallStatus => ({
  code: Code.Unavailable,
  message: `error reading from server: ${error instanceof Error ? error.message : String(error)}`,
});

/** Without a status: Node ends the streams of a lost connection as if they had been cancelled. */
function endOf({ rstCode }: ClientHttp2Stream, session: ClientHttp2Session): CallStatus {
  if (session.destroyed) return unavailable("EOF");
  const what = `stream terminated by RST_STREAM with error code: ${rstCode ?? 0}`;
  const isCancel = rstCode === constants.NGHTTP2_CANCEL;
  return { code: isCancel ? Code.Canceled : Code.Unavailable, message: what };
}
