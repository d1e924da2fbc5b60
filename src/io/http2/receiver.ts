// What each received frame means (RFC 9113 §6), and which streams it may touch.
import type { Http2Connection } from "./connection.ts";
import { ConnectionError, errorCode } from "./error-code.ts";
import type { FloodGuard } from "./flood-guard.ts";
import { FrameReader, type FrameSink } from "./frame-reader.ts";
import { frameFlag, frameType, readUint31, readUint32 } from "./frame.ts";
import { HeaderReader, type HeaderSection } from "./header-reader.ts";
import type { Pings } from "./pings.ts";
import { checkTrailers } from "./request-head.ts";
import { isWindowOverflow } from "./sender.ts";
import { readSettings } from "./settings.ts";
import type { Http2Stream } from "./stream.ts";
import { placeOf, type ReceivedFrame, streamEvent, streamState, verdicts } from "./stream-state.ts";

// A reset of an older stream, or of one we have begun to answer, is a client giving up.
const youngStreamMs = 250;

const { protocolError, frameSizeError, flowControlError } = errorCode;

export class Receiver implements FrameSink {
  readonly #connection: Http2Connection;
  readonly #guard: FloodGuard;
  readonly #pings: Pings;
  readonly #frames = new FrameReader(this);
  readonly headers: HeaderReader;
  /** The highest stream id the peer has opened. */
  lastStreamId = 0;
  /** The client's SETTINGS have come. */
  isOpen = false;

  constructor(connection: Http2Connection, guard: FloodGuard, pings: Pings) {
    this.#connection = connection;
    this.#guard = guard;
    this.#pings = pings;
    this.headers = new HeaderReader(connection.options.headerListBytesMax);
  }

  get wantsFrames(): boolean {
    return !this.#connection.isFailed;
  }

  /** Throws ConnectionError. */
  read(bytes: Uint8Array, start: number, end: number): void {
    this.#frames.read(bytes, start, end);
  }

  onFrame(
    type: number,
    flags: number,
    streamId: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const continues = this.headers.continues;
    if (continues !== 0 && (type !== frameType.continuation || streamId !== continues)) {
      throw failure(protocolError, "a header block interrupted");
    }
    if (!this.isOpen && (type !== frameType.settings || flags & frameFlag.ack)) {
      throw failure(protocolError, "the first frame is not SETTINGS");
    }
    switch (type) {
      case frameType.data:
        return this.#onData(flags, streamId, bytes, start, end);
      case frameType.headers:
        if (streamId === 0) throw failure(protocolError, "HEADERS on stream 0");
        return this.#onSection(
          this.headers.onHeaders(flags, streamId, bytes, start, end, this.#connection.nowMs),
        );
      case frameType.continuation:
        if (continues === 0) throw failure(protocolError, "CONTINUATION without HEADERS");
        return this.#onSection(this.headers.onContinuation(flags, bytes, start, end));
      case frameType.rstStream:
        return this.#onReset(streamId, bytes, start, end);
      case frameType.windowUpdate:
        return this.#onWindowUpdate(streamId, bytes, start, end);
      case frameType.settings:
        return this.#onSettings(flags, streamId, bytes, start, end);
      case frameType.ping:
        return this.#onPing(flags, streamId, bytes, start, end);
      case frameType.priority:
        return this.#onPriority(streamId, bytes, start, end);
      case frameType.goAway:
        if (streamId !== 0) throw failure(protocolError, "GOAWAY on a stream");
        if (end - start < 8) throw failure(frameSizeError, "GOAWAY too short");
        return this.#guard.onControlFrame(this.#connection.nowMs);
      case frameType.pushPromise:
        throw failure(protocolError, "PUSH_PROMISE from a client");
      default:
        // RFC 9113 §4.1: unknown types are ignored.
        return this.#guard.onControlFrame(this.#connection.nowMs);
    }
  }

  #onData(flags: number, id: number, bytes: Uint8Array, start: number, end: number): void {
    if (id === 0) throw failure(protocolError, "DATA on stream 0");
    const connection = this.#connection;
    const length = end - start;
    connection.windows.onConnectionData(length);
    let from = start;
    let to = end;
    if (flags & frameFlag.padded) {
      if (length === 0) throw failure(frameSizeError, "padded DATA without a pad length");
      to -= bytes[from++]!;
      if (from > to) throw failure(protocolError, "DATA padding longer than the frame");
    }
    const isEnd = (flags & frameFlag.endStream) !== 0;
    if (from === to && !isEnd) this.#guard.onControlFrame(connection.nowMs);
    const stream = this.#streamFor("data", id);
    if (stream === undefined) return;
    if (!connection.windows.onStreamData(stream, length)) {
      return this.#abort(stream, flowControlError);
    }
    stream.receivedMs = connection.nowMs;
    stream.bodyBytes += to - from;
    if (isEnd) {
      if (!lengthFits(stream)) return this.#abort(stream, protocolError);
      stream.moveTo(streamEvent.receiveEnd);
    }
    stream.onBody(bytes, from, to, isEnd);
    const { windows } = connection;
    windows.refill(stream);
    windows.budget.relieve();
  }

  #onSection(section: HeaderSection | undefined): void {
    if (section === undefined) return;
    const id = section.streamId;
    if ((id & 1) === 1 && id > this.lastStreamId) return this.#onRequest(section);
    // Whatever becomes of the section, the table has to follow it.
    const fields = this.headers.fields(section);
    if ((id & 1) === 0) throw failure(protocolError, "an even stream id");
    const stream = this.#streamFor("headers", id);
    if (stream === undefined) return;
    if (!section.isEnd || checkTrailers(fields) !== undefined || !lengthFits(stream)) {
      return this.#abort(stream, protocolError);
    }
    stream.receivedMs = this.#connection.nowMs;
    stream.moveTo(streamEvent.receiveEnd);
    stream.onBody(noBytes, 0, 0, true);
  }

  #onRequest(section: HeaderSection): void {
    const connection = this.#connection;
    const { streamId, isEnd } = section;
    this.lastStreamId = streamId;
    const head = this.headers.requestHead(section);
    const refusal = connection.refusalOf(streamId);
    if (refusal === "silently") return;
    if (typeof head === "string" || section.dependsOnItself || (isEnd && head.contentLength > 0)) {
      this.#refuse(streamId, protocolError);
    } else if (head.truncated) {
      // As grpc-go, which finds the list too large only after reading it.
      this.#refuse(streamId, frameSizeError);
    } else if (refusal === "busy") {
      this.#refuse(streamId, errorCode.refusedStream);
    } else {
      connection.open(streamId, head, isEnd);
    }
  }

  /** Resets a stream that never was one for the layer above. */
  #refuse(streamId: number, code: number): void {
    const connection = this.#connection;
    connection.streams.noteEnded(streamId, true);
    connection.sender.writeReset(streamId, code);
    this.#guard.onReset(connection.nowMs);
  }

  #onReset(id: number, bytes: Uint8Array, start: number, end: number): void {
    if (id === 0) throw failure(protocolError, "RST_STREAM on stream 0");
    if (end - start !== 4) throw failure(frameSizeError, "RST_STREAM of a wrong length");
    const stream = this.#streamFor("rstStream", id);
    if (stream === undefined) return this.#guard.onControlFrame(this.#connection.nowMs);
    const { nowMs } = this.#connection;
    const isYoung = !stream.headSent && nowMs - stream.openedMs < youngStreamMs;
    this.#connection.remove(stream, false);
    stream.onAborted("reset", readUint32(bytes, start));
    if (isYoung) this.#guard.onReset(nowMs);
  }

  #onWindowUpdate(id: number, bytes: Uint8Array, start: number, end: number): void {
    const { sender, nowMs } = this.#connection;
    if (end - start !== 4) throw failure(frameSizeError, "WINDOW_UPDATE of a wrong length");
    const increment = readUint31(bytes, start);
    this.#guard.onWindowUpdate(nowMs);
    if (id === 0) {
      if (increment === 0) throw failure(protocolError, "WINDOW_UPDATE of 0");
      if (isWindowOverflow(sender.window, increment)) {
        throw failure(flowControlError, "connection window overflow");
      }
      sender.window += increment;
      if (sender.hasReady) this.#connection.wake();
      return;
    }
    const stream = this.#streamFor("windowUpdate", id);
    if (stream === undefined) return;
    if (increment === 0) return this.#abort(stream, protocolError);
    if (isWindowOverflow(stream.sendWindow, increment)) {
      return this.#abort(stream, flowControlError);
    }
    stream.sendWindow += increment;
    sender.makeReady(stream);
  }

  #onSettings(flags: number, id: number, bytes: Uint8Array, start: number, end: number): void {
    const connection = this.#connection;
    if (id !== 0) throw failure(protocolError, "SETTINGS on a stream");
    this.#guard.onControlFrame(connection.nowMs);
    if (flags & frameFlag.ack) {
      if (end > start) throw failure(frameSizeError, "a SETTINGS ack with a payload");
      connection.windows.onSettingsAck();
      return;
    }
    const settings = readSettings(bytes, start, end);
    const { sender } = connection;
    if (settings.headerTableSize !== undefined) sender.limitHeaderTable(settings.headerTableSize);
    sender.headerListBytesMax = settings.maxHeaderListSize ?? sender.headerListBytesMax;
    if (settings.initialWindowSize !== undefined) this.#resizeWindows(settings.initialWindowSize);
    this.isOpen = true;
    sender.writeSettingsAck();
  }

  /** RFC 9113 §6.9.2: the change applies to every stream, and may leave windows below zero. */
  #resizeWindows(initialWindow: number): void {
    const { sender, streams } = this.#connection;
    const change = initialWindow - sender.initialWindow;
    sender.initialWindow = initialWindow;
    if (change === 0) return;
    for (const stream of streams.all()) {
      if (isWindowOverflow(stream.sendWindow, change)) {
        throw failure(flowControlError, "stream window overflow by SETTINGS");
      }
      stream.sendWindow += change;
      sender.makeReady(stream);
    }
  }

  #onPing(flags: number, id: number, bytes: Uint8Array, start: number, end: number): void {
    const connection = this.#connection;
    if (id !== 0) throw failure(protocolError, "PING on a stream");
    if (end - start !== 8) throw failure(frameSizeError, "PING of a wrong length");
    if (flags & frameFlag.ack) {
      if (!connection.onPingAck(bytes, start)) this.#guard.onControlFrame(connection.nowMs);
      return;
    }
    connection.sender.writePingAck(bytes, start);
    this.#pings.onPing(connection.nowMs, connection.openStreams);
  }

  /** RFC 9113 §5.3.2: checked and then ignored. */
  #onPriority(id: number, bytes: Uint8Array, start: number, end: number): void {
    if (id === 0) throw failure(protocolError, "PRIORITY on stream 0");
    this.#guard.onControlFrame(this.#connection.nowMs);
    const stream = this.#connection.streams.get(id);
    if (end - start !== 5) {
      if (stream === undefined) throw failure(frameSizeError, "PRIORITY of a wrong length");
      return this.#abort(stream, frameSizeError);
    }
    if (readUint31(bytes, start) !== id) return;
    if (stream === undefined) throw failure(protocolError, "a stream that depends on itself");
    this.#abort(stream, protocolError);
  }

  /** The stream this frame is for; undefined when it was dealt with here. */
  #streamFor(frame: ReceivedFrame, id: number): Http2Stream | undefined {
    const { streams, sender } = this.#connection;
    const stream = streams.get(id);
    // An open stream takes every frame; the table below says so too.
    if (stream !== undefined && stream.state === streamState.open) return stream;
    const place = stream === undefined ? this.#placeOfId(id) : placeOf(stream.state);
    const verdict = verdicts[place][frame];
    switch (verdict.act) {
      case "accept":
        return stream;
      case "ignore":
        return undefined;
      case "fail":
        throw failure(verdict.code, `${frame} on a stream that is not open`);
      case "reset":
        if (stream !== undefined) {
          this.#abort(stream, verdict.code);
        } else {
          streams.noteEnded(id, true);
          sender.writeReset(id, verdict.code);
          this.#guard.onReset(this.#connection.nowMs);
        }
        return undefined;
    }
  }

  #placeOfId(id: number): "idle" | "ended" | "ended long ago" | "reset by us" {
    if ((id & 1) === 0 || id > this.lastStreamId) return "idle";
    const ended = this.#connection.streams.endedLately(id);
    if (ended === "no") return "ended long ago";
    return ended === "yes" ? "ended" : "reset by us";
  }

  /** A stream error (RFC 9113 §5.4.2). */
  #abort(stream: Http2Stream, code: number): void {
    this.#connection.resetStream(stream, code);
    stream.onAborted("reset", code);
    this.#guard.onReset(this.#connection.nowMs);
  }
}

const noBytes = new Uint8Array(0);

const lengthFits = (stream: Http2Stream): boolean =>
  stream.head.contentLength < 0 || stream.head.contentLength === stream.bodyBytes;

const failure = (code: number, reason: string): ConnectionError =>
  new ConnectionError(code, reason);
