// Everything that leaves a connection: control frames at once, answers as far as windows allow, the
// rest round by round so that no large answer starves a small one.
import { type ErrorCode, errorCode } from "./error-code.ts";
import { FieldList } from "./field-list.ts";
import type { FloodGuard } from "./flood-guard.ts";
import {
  defaultWindowBytes,
  frameFlag,
  frameHeaderBytes,
  framePayloadBytesMax,
  frameType,
  windowBytesMax,
  writeFrameHeader,
  writeUint32,
} from "./frame.ts";
import { type FieldToSend, HpackEncoder } from "./hpack/encoder.ts";
import { OutputBuffer } from "./output-buffer.ts";
import type { Pings } from "./pings.ts";
import { SendBlock } from "./send-block.ts";
import type { Http2Stream } from "./stream.ts";

/** Frames waiting for the socket above which payloads stay with their streams. */
export const outputBytesHigh = 256 * 1024;
/** What one stream may send before the next has its turn. */
const turnBytes = 2 * framePayloadBytesMax;

type Fields = FieldList | readonly FieldToSend[];

interface KeptBlock {
  readonly generation: number;
  readonly block: Uint8Array;
}

/** What the sender tells its connection. */
export interface SenderEvents {
  /** There are bytes to write, or there will be when `pump` is called. */
  wake(): void;
  /** There are bytes that may wait a little for others to go with. */
  wakeSoon(): void;
  /** END_STREAM has been written. */
  onLocalEnd(stream: Http2Stream): void;
}

export class Sender {
  readonly output = new OutputBuffer();
  /** What new streams may send (the peer's SETTINGS_INITIAL_WINDOW_SIZE). */
  initialWindow = defaultWindowBytes;
  /** The connection's send window (RFC 9113 §6.9.1). */
  window = defaultWindowBytes;
  /** The peer's SETTINGS_MAX_HEADER_LIST_SIZE. */
  headerListBytesMax = Infinity;
  /** Payload bytes of all streams that wait. */
  queuedBytes = 0;
  readonly #encoder = new HpackEncoder();
  readonly #events: SenderEvents;
  readonly #pings: Pings;
  readonly #guard: FloodGuard;
  readonly #kept: (KeptBlock | undefined)[] = [];
  #ready: Http2Stream[] = [];
  #readyAt = 0;

  constructor(events: SenderEvents, pings: Pings, guard: FloodGuard) {
    this.#events = events;
    this.#pings = pings;
    this.#guard = guard;
  }

  /** Whether `pump` could move anything now. */
  get hasReady(): boolean {
    return this.window > 0 && this.#readyAt < this.#ready.length;
  }

  limitHeaderTable(bytes: number): void {
    this.#encoder.limitTable(bytes);
    this.#kept.length = 0;
  }

  respond(
    stream: Http2Stream,
    head: FieldList,
    prefix: Uint8Array,
    payload: Uint8Array,
    trailers: FieldList,
  ): void {
    const output = this.output;
    const size = prefix.length + payload.length;
    if (stream.headSent || !this.#fitsNow(stream, size)) {
      if (!stream.headSent) this.sendHead(stream, head, false);
      this.sendBody(stream, prefix, payload, false);
      this.sendTrailers(stream, trailers);
      return;
    }
    const headBlock = this.#block(head);
    const tailBlock = this.#block(trailers);
    output.reserve(3 * frameHeaderBytes + headBlock.length + size + tailBlock.length);
    const { chunk } = output;
    const id = stream.id;
    const flags = frameFlag.endHeaders;
    let at = writeFrameHeader(chunk, output.at, headBlock.length, frameType.headers, flags, id);
    at = copyShort(headBlock, chunk, at);
    at = writeFrameHeader(chunk, at, size, frameType.data, 0, id);
    at = copyShort(prefix, chunk, at);
    chunk.set(payload, at);
    at += payload.length;
    const endFlags = flags | frameFlag.endStream;
    at = writeFrameHeader(chunk, at, tailBlock.length, frameType.headers, endFlags, id);
    output.at = copyShort(tailBlock, chunk, at);
    stream.headSent = true;
    stream.sendWindow -= size;
    this.window -= size;
    this.#guard.onDataFrameSent();
    this.#pings.forgiven = true;
    this.#events.wake();
    this.#events.onLocalEnd(stream);
  }

  sendHead(stream: Http2Stream, fields: Fields, isEnd: boolean): void {
    stream.headSent = true;
    this.#writeHeaders(stream, fields, isEnd);
  }

  sendBody(stream: Http2Stream, prefix: Uint8Array, payload: Uint8Array, isEnd: boolean): void {
    const size = prefix.length + payload.length;
    if (this.#fitsNow(stream, size)) {
      const output = this.output;
      output.reserve(frameHeaderBytes + size);
      const flags = isEnd ? frameFlag.endStream : 0;
      const { chunk } = output;
      const at = writeFrameHeader(chunk, output.at, size, frameType.data, flags, stream.id);
      chunk.set(prefix, at);
      chunk.set(payload, at + prefix.length);
      output.at = at + size;
      this.#spend(stream, size, 1);
      this.#events.wake();
      if (isEnd) this.#events.onLocalEnd(stream);
      return;
    }
    const block = new SendBlock(stream.id, prefix, payload, isEnd);
    if (stream.lastBlock === undefined) {
      stream.firstBlock = block;
      stream.sentMs = stream.connection.nowMs;
    } else {
      stream.lastBlock.next = block;
    }
    stream.lastBlock = block;
    stream.finishing = isEnd;
    stream.queuedBytes += size;
    this.queuedBytes += size;
    this.makeReady(stream);
  }

  sendTrailers(stream: Http2Stream, fields: Fields): void {
    if (stream.firstBlock === undefined) {
      this.#writeHeaders(stream, fields, true);
      return;
    }
    stream.queuedTrailers = fields;
    stream.finishing = true;
  }

  /** Lets the stream take part in the rounds, when it has something and a window for it. */
  makeReady(stream: Http2Stream): void {
    if (stream.isReady || stream.firstBlock === undefined) return;
    if (stream.sendWindow <= 0 && stream.firstBlock.left > 0) return;
    stream.isReady = true;
    this.#ready.push(stream);
    this.#events.wake();
  }

  /** Writes queued payloads, stream by stream in turns, until windows or `outputBytesHigh` end it. */
  pump(): void {
    while (this.hasReady && this.output.bytes < outputBytesHigh) {
      const stream = this.#ready[this.#readyAt]!;
      this.#readyAt++;
      stream.isReady = false;
      if (stream.firstBlock !== undefined) this.#turn(stream);
      if (this.#readyAt > 64 && this.#readyAt * 2 > this.#ready.length) {
        this.#ready = this.#ready.slice(this.#readyAt);
        this.#readyAt = 0;
      }
    }
    if (this.#readyAt === this.#ready.length && this.#readyAt > 0) {
      this.#ready.length = 0;
      this.#readyAt = 0;
    }
  }

  /** The stream is gone: what it had queued is dropped. */
  forget(stream: Http2Stream): void {
    this.queuedBytes -= stream.queuedBytes;
    stream.queuedBytes = 0;
    stream.firstBlock = undefined;
    stream.lastBlock = undefined;
    stream.queuedTrailers = undefined;
  }

  writeReset(streamId: number, code: ErrorCode): void {
    this.#writeControl(frameType.rstStream, 0, streamId, 4);
    writeUint32(this.output.chunk, this.output.at - 4, code);
  }

  writeWindowUpdate(streamId: number, increment: number): void {
    this.#writeControl(frameType.windowUpdate, 0, streamId, 4);
    writeUint32(this.output.chunk, this.output.at - 4, increment);
  }

  writePing(data: Uint8Array): void {
    this.#addPing(0, data, 0);
    this.#events.wake();
  }

  /**
   * grpc-go pings after nearly every answer, to measure the line (its BDP estimator): two in five of
   * all writes were nothing but such an ack. That of a ping that answers traffic goes with the next
   * answers, or a moment later; never a second one waits.
   */
  writePingAck(data: Uint8Array, start: number): void {
    const isAlone = this.output.bytes === 0;
    this.#addPing(frameFlag.ack, data, start);
    if (isAlone && this.#pings.forgiven) this.#events.wakeSoon();
    else this.#events.wake();
  }

  #addPing(flags: number, data: Uint8Array, start: number): void {
    this.#addControl(frameType.ping, flags, 0, 8);
    const { chunk, at } = this.output;
    for (let byte = 0; byte < 8; byte++) chunk[at - 8 + byte] = data[start + byte]!;
  }

  writeSettingsAck(): void {
    this.#writeControl(frameType.settings, frameFlag.ack, 0, 0);
  }

  writeSettings(settings: readonly (readonly [id: number, value: number])[]): void {
    this.#writeControl(frameType.settings, 0, 0, settings.length * 6);
    let at = this.output.at - settings.length * 6;
    for (const [id, value] of settings) {
      this.output.chunk[at] = 0;
      this.output.chunk[at + 1] = id;
      writeUint32(this.output.chunk, at + 2, value);
      at += 6;
    }
  }

  writeGoAway(lastStreamId: number, code: ErrorCode, reason: string): void {
    this.#writeControl(frameType.goAway, 0, 0, 8);
    const { chunk, at } = this.output;
    writeUint32(chunk, at - 8, lastStreamId);
    writeUint32(chunk, at - 4, code);
    const text = Buffer.from(reason.slice(0, 200), "latin1");
    writeFrameHeader(chunk, at - 17, 8 + text.length, frameType.goAway, 0, 0);
    this.output.append(text);
  }

  #writeControl(type: number, flags: number, streamId: number, payloadBytes: number): void {
    this.#addControl(type, flags, streamId, payloadBytes);
    this.#events.wake();
  }

  #addControl(type: number, flags: number, streamId: number, payloadBytes: number): void {
    const output = this.output;
    output.reserve(frameHeaderBytes + payloadBytes);
    const at = writeFrameHeader(output.chunk, output.at, payloadBytes, type, flags, streamId);
    output.at = at + payloadBytes;
  }

  #fitsNow(stream: Http2Stream, size: number): boolean {
    return (
      size <= stream.sendWindow &&
      size <= this.window &&
      size <= framePayloadBytesMax &&
      stream.firstBlock === undefined &&
      this.output.bytes < outputBytesHigh
    );
  }

  #spend(stream: Http2Stream, bytes: number, frames: number): void {
    stream.sendWindow -= bytes;
    this.window -= bytes;
    for (let frame = 0; frame < frames; frame++) this.#guard.onDataFrameSent();
    this.#pings.forgiven = true;
  }

  #turn(stream: Http2Stream): void {
    let budget = Math.min(turnBytes, stream.sendWindow, this.window);
    const before = stream.queuedBytes;
    let block = stream.firstBlock;
    while (block !== undefined && (budget > 0 || block.left === 0)) {
      const left = block.left;
      const frames = block.writeTo(this.output, budget);
      const sent = left - block.left;
      budget -= sent;
      stream.queuedBytes -= sent;
      this.queuedBytes -= sent;
      this.#spend(stream, sent, frames);
      if (block.done) block = block.next;
    }
    stream.firstBlock = block;
    if (stream.queuedBytes < before) stream.sentMs = stream.connection.nowMs;
    if (block === undefined) this.#queueEmptied(stream);
    else this.makeReady(stream);
    stream.onSent();
  }

  #queueEmptied(stream: Http2Stream): void {
    stream.lastBlock = undefined;
    if (!stream.finishing) return;
    const trailers = stream.queuedTrailers;
    if (trailers !== undefined) this.#writeHeaders(stream, trailers, true);
    else this.#events.onLocalEnd(stream);
  }

  #writeHeaders(stream: Http2Stream, fields: Fields, isEnd: boolean): void {
    if (!(fields instanceof FieldList) && this.#listBytes(fields) > this.headerListBytesMax) {
      // grpc-go resets rather than send what the peer said it will not take.
      stream.reset(errorCode.internalError);
      return;
    }
    const block = fields instanceof FieldList ? this.#block(fields) : this.#encoder.encode(fields);
    let start = 0;
    do {
      const length = Math.min(block.length - start, framePayloadBytesMax);
      const isLast = start + length === block.length;
      const type = start === 0 ? frameType.headers : frameType.continuation;
      const ends = start === 0 && isEnd ? frameFlag.endStream : 0;
      const flags = (isLast ? frameFlag.endHeaders : 0) | ends;
      this.#writeControl(type, flags, stream.id, length);
      this.output.chunk.set(block.subarray(start, start + length), this.output.at - length);
      start += length;
    } while (start < block.length);
    this.#pings.forgiven = true;
    if (isEnd) this.#events.onLocalEnd(stream);
  }

  #listBytes(fields: readonly FieldToSend[]): number {
    let bytes = 0;
    for (const { name, value } of fields) bytes += name.length + value.length + 32;
    return bytes;
  }

  #block(list: FieldList): Uint8Array {
    const kept = this.#kept[list.slot];
    if (kept !== undefined && kept.generation === this.#encoder.generation) return kept.block;
    const { generation, announces } = this.#encoder;
    const block = this.#encoder.encode(list.fields);
    // A block that added to the table says "add" and must not be said twice.
    if (generation === this.#encoder.generation && !announces) {
      this.#kept[list.slot] = { generation, block };
    }
    return block;
  }
}

function copyShort(from: Uint8Array, into: Uint8Array, at: number): number {
  for (let index = 0; index < from.length; index++) into[at + index] = from[index]!;
  return at + from.length;
}

/** RFC 9113 §6.9.1: a window past 2^31-1 is a flow control error. */
export const isWindowOverflow = (window: number, increment: number): boolean =>
  window + increment > windowBytesMax;
