// For tests of this room: frames by hand, a connection without a socket, and reading what it wrote.
import { type ConnectionHost, type ConnectionOptions } from "./connection.ts";
import { defaultConnectionOptions, Http2Connection } from "./connection.ts";
import { clientPreface, frameFlag, frameType, readUint31, writeFrameHeader } from "./frame.ts";
import { HpackEncoder } from "./hpack/encoder.ts";
import { Http2Stream } from "./stream.ts";

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array | readonly number[] = [],
): Buffer {
  const bytes = Buffer.alloc(9 + payload.length);
  writeFrameHeader(bytes, 0, payload.length, type, flags, streamId);
  bytes.set(payload, 9);
  return bytes;
}

export function readFrames(bytes: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  const all = Buffer.from(bytes);
  for (let at = 0; at + 9 <= all.length;) {
    const end = at + 9 + all.readUIntBE(at, 3);
    const payload = all.subarray(at + 9, end);
    frames.push({
      type: all[at + 3]!,
      flags: all[at + 4]!,
      streamId: readUint31(all, at + 5),
      payload,
    });
    at = end;
  }
  return frames;
}

export const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};

/** SETTINGS with these values. */
export function settingsFrame(...settings: readonly (readonly [number, number])[]): Buffer {
  const payload = settings.map(([id, value]) =>
    Buffer.concat([Buffer.from([0, id]), uint32(value)]),
  );
  return frame(frameType.settings, 0, 0, Buffer.concat(payload));
}

export const goodRequest: readonly (readonly [string, string])[] = [
  [":method", "POST"],
  [":scheme", "http"],
  [":path", "/test.Service/Method"],
  [":authority", "localhost"],
  ["content-type", "application/grpc"],
  ["te", "trailers"],
];

/** The client's half: frames whose header blocks one encoder makes. */
export class TestClient {
  readonly encoder = new HpackEncoder();
  readonly preface: Buffer = Buffer.concat([clientPreface, settingsFrame()]);

  headers(streamId: number, isEnd: boolean, fields = goodRequest): Buffer {
    const block = this.block(fields);
    const flags = frameFlag.endHeaders | (isEnd ? frameFlag.endStream : 0);
    return frame(frameType.headers, flags, streamId, block);
  }

  block(fields: readonly (readonly [string, string])[]): Uint8Array {
    return this.encoder.encode(fields.map(([name, value]) => ({ name, value, repeats: true })));
  }

  data(streamId: number, payload: Uint8Array, isEnd: boolean): Buffer {
    return frame(frameType.data, isEnd ? frameFlag.endStream : 0, streamId, payload);
  }
}

export const settingsAck: Buffer = frame(frameType.settings, frameFlag.ack, 0);

/** A stream that only remembers. */
export class RecordingStream extends Http2Stream {
  readonly events: string[] = [];
  body = Buffer.alloc(0);
  sentCount = 0;

  onOpen(isEnd: boolean): void {
    this.events.push(isEnd ? "open end" : "open");
  }
  onBody(bytes: Uint8Array, start: number, end: number, isEnd: boolean): void {
    this.body = Buffer.concat([this.body, bytes.subarray(start, end)]);
    if (isEnd) this.events.push("end");
  }
  onAborted(cause: "reset" | "connection", code: number): void {
    this.events.push(`${cause} ${code}`);
  }
  onSent(): void {
    this.sentCount++;
  }
}

/** A connection on a clock of its own; `written` empties what it has written. */
export class TestConnection implements ConnectionHost {
  readonly streams: RecordingStream[] = [];
  readonly connection: Http2Connection;
  nowMs = 0;
  wakes = 0;
  wakesSoon = 0;

  constructor(options: Partial<ConnectionOptions> = {}) {
    this.connection = new Http2Connection(this, { ...defaultConnectionOptions, ...options }, 0);
  }

  openStream(...args: ConstructorParameters<typeof RecordingStream>): Http2Stream {
    const stream = new RecordingStream(...args);
    this.streams.push(stream);
    return stream;
  }

  wake(): void {
    this.wakes++;
  }

  wakeSoon(): void {
    this.wakesSoon++;
  }

  receive(...parts: readonly Uint8Array[]): void {
    for (const bytes of parts) this.connection.receive(bytes, 0, bytes.length, this.nowMs);
  }

  written(): Frame[] {
    this.connection.sender.pump();
    return readFrames(Buffer.concat(this.connection.sender.output.take().segments));
  }
}
