// A client that says exactly what it is told: frames over a socket, and what came back.
import { connect, type Socket } from "node:net";
import { frameType } from "../../../src/io/http2/frame.ts";
import {
  type Frame,
  readFrames,
  settingsAck,
  settingsFrame,
  TestClient,
} from "../../../src/io/http2/testing.ts";
import { clientPreface } from "../../../src/io/http2/frame.ts";

export class RawClient {
  readonly client = new TestClient();
  readonly socket: Socket;
  readonly #received: Uint8Array[] = [];
  readonly closed: Promise<void>;

  /** Connects and says the preface with these SETTINGS, acknowledging the server's. */
  constructor(port: number, settings: readonly (readonly [number, number])[] = []) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.setNoDelay(true);
    this.socket.on("data", (bytes: Buffer) => {
      this.receivedBytes += bytes.length;
      // A flood of answers is counted, not kept.
      if (this.receivedBytes < 16 * 1024 * 1024) this.#received.push(bytes);
    });
    this.closed = new Promise((resolve) => {
      this.socket.on("error", () => this.socket.destroy());
      this.socket.on("close", () => resolve());
    });
    this.socket.write(Buffer.concat([clientPreface, settingsFrame(...settings), settingsAck]));
  }

  get isOpen(): boolean {
    return !this.socket.destroyed && !this.socket.readableEnded;
  }

  receivedBytes = 0;

  frames(): Frame[] {
    return readFrames(Buffer.concat(this.#received));
  }

  /** The error code of the GOAWAY the server sent, if it did. */
  goAwayCode(): number | undefined {
    const last = this.frames().findLast(({ type }) => type === frameType.goAway);
    return last?.payload.readUInt32BE(4);
  }

  resetCodes(): number[] {
    return this.frames()
      .filter(({ type }) => type === frameType.rstStream)
      .map(({ payload }) => payload.readUInt32BE(0));
  }

  /** Sends `make(0)`, `make(1)`, … until the server hangs up or `count` are sent. */
  async flood(count: number, make: (at: number) => Uint8Array): Promise<number> {
    let sent = 0;
    while (sent < count && this.isOpen) {
      const batch: Uint8Array[] = [];
      for (let size = 0; size < 32_768 && sent < count; sent++) {
        const bytes = make(sent);
        size += bytes.length;
        batch.push(bytes);
      }
      if (!this.socket.write(Buffer.concat(batch))) await this.#drained();
      else await nextTurn();
    }
    return sent;
  }

  send(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** Resolves once `done` holds; rejects when it has not for ten seconds. */
  async until(done: (client: RawClient) => boolean): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!done(this)) {
      if (Date.now() > deadline) throw new Error("what was waited for did not come");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.socket.off("drain", done);
        this.socket.off("close", done);
        resolve();
      };
      this.socket.on("drain", done);
      this.socket.on("close", done);
    });
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A gRPC message with its prefix. */
export function envelope(message: Uint8Array | string, flag = 0, length?: number): Buffer {
  const bytes = typeof message === "string" ? Buffer.from(message) : message;
  const prefix = Buffer.from([flag, 0, 0, 0, 0]);
  prefix.writeUInt32BE(length ?? bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

/** Request fields for a path of the echo server. */
export const requestTo = (
  path: string,
  ...more: readonly (readonly [string, string])[]
): (readonly [string, string])[] => [
  [":method", "POST"],
  [":scheme", "http"],
  [":path", path],
  [":authority", "localhost"],
  ["content-type", "application/grpc"],
  ["te", "trailers"],
  ...more,
];
