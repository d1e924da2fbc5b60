// WebSocket frames (RFC 6455 §5) as a server reads and writes them.

export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Close codes (RFC 6455 §7.4.1). */
export const closeCode = { normal: 1000, protocol: 1002, invalidData: 1007, tooBig: 1009 } as const;

/** What makes the connection fail; its code goes into the close frame. */
export class WebSocketError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface FrameSink {
  message(bytes: Uint8Array): void;
  ping(bytes: Uint8Array): void;
  close(code: number): void;
}

const controlBytesMax = 125;

/** Takes a client's bytes apart; a message is given on when its last fragment is there. */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #bytesMax: number;
  #held: Buffer = Buffer.alloc(0);
  #needed = 2;
  #fragments: Buffer[] = [];
  #fragmentBytes = 0;
  #isInMessage = false;

  constructor(sink: FrameSink, bytesMax: number) {
    this.#sink = sink;
    this.#bytesMax = bytesMax;
  }

  /** Throws WebSocketError. */
  push(chunk: Uint8Array): void {
    this.#pieces.push(Buffer.from(chunk));
    this.#pieceBytes += chunk.length;
    if (this.#held.length + this.#pieceBytes < this.#needed) return;
    this.#held = Buffer.concat([this.#held, ...this.#pieces]);
    this.#pieces = [];
    this.#pieceBytes = 0;
    while (this.#takeFrame());
  }

  // Pieces of a frame that is not whole: joined once it is.
  #pieces: Buffer[] = [];
  #pieceBytes = 0;

  #takeFrame(): boolean {
    const held = this.#held;
    this.#needed = 2;
    if (held.length < 2) return false;
    const first = held[0]!;
    const second = held[1]!;
    if ((first & 0x70) !== 0) throw new WebSocketError(closeCode.protocol, "reserved bits are set");
    if ((second & 0x80) === 0)
      throw new WebSocketError(closeCode.protocol, "a frame is not masked");
    const short = second & 0x7f;
    const headBytes = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + 4;
    this.#needed = headBytes;
    if (held.length < headBytes) return false;
    const length =
      short === 126
        ? held.readUInt16BE(2)
        : short === 127
          ? Number(held.readBigUInt64BE(2))
          : short;
    if (length + this.#fragmentBytes > this.#bytesMax) {
      throw new WebSocketError(closeCode.tooBig, "a message is too large");
    }
    this.#needed = headBytes + length;
    if (held.length < this.#needed) return false;
    const content = unmasked(held, headBytes, length);
    this.#held = held.subarray(headBytes + length);
    this.#needed = 2;
    this.#onFrame(first & 0x0f, (first & 0x80) !== 0, content);
    return this.#held.length > 0;
  }

  #onFrame(code: number, isLast: boolean, content: Buffer): void {
    if (code >= opcode.close) {
      if (!isLast || content.length > controlBytesMax) {
        throw new WebSocketError(closeCode.protocol, "a control frame is fragmented or too long");
      }
      return this.#onControl(code, content);
    }
    if (code > opcode.binary || (code === opcode.continuation) !== this.#isInMessage) {
      throw new WebSocketError(closeCode.protocol, "a data frame out of order");
    }
    this.#fragments.push(content);
    this.#fragmentBytes += content.length;
    this.#isInMessage = !isLast;
    if (!isLast) return;
    const message = Buffer.concat(this.#fragments);
    this.#fragments = [];
    this.#fragmentBytes = 0;
    this.#sink.message(message);
  }

  #onControl(code: number, content: Buffer): void {
    if (code === opcode.ping) this.#sink.ping(content);
    else if (code === opcode.close) {
      this.#sink.close(content.length >= 2 ? content.readUInt16BE(0) : closeCode.normal);
    } else if (code !== opcode.pong) {
      throw new WebSocketError(closeCode.protocol, "an unknown control frame");
    }
  }
}

function unmasked(held: Buffer, headBytes: number, length: number): Buffer {
  const content = Buffer.from(held.subarray(headBytes, headBytes + length));
  for (let at = 0; at < length; at++) content[at]! ^= held[headBytes - 4 + (at & 3)]!;
  return content;
}

/** One whole frame; servers do not mask. */
export function frame(code: number, content: Uint8Array): Buffer {
  const { length } = content;
  const head =
    length < 126
      ? Buffer.from([0x80 | code, length])
      : length < 65_536
        ? Buffer.from([0x80 | code, 126, length >> 8, length & 0xff])
        : Buffer.alloc(10);
  if (length >= 65_536) {
    head[0] = 0x80 | code;
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, content]);
}
