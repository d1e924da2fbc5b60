// WatchResponse bytes on the hot path. Watchers that receive the same events differ in nothing but
// their id, so a response is built once for all ids of one length, and each watcher's id is written
// over the last one's: io/grpc copies a message before `send` returns.
import { encodeWatchResponse, makeWatchResponse } from "../../core/proto/index.ts";
import type { WatchEvents } from "./watch-port.ts";

const headerTag = 0x0a;
const watchIdTag = 0x10;
const fragmentField = Uint8Array.of(0x38, 0x01);
const noBytes = new Uint8Array(0);
// Ids past this are rare, and encoded the slow way.
const smallIdMax = 0x0fffffff;

/** The bytes of field 2; none for id 0, as proto3 has it. */
export function watchIdField(watchId: number): Uint8Array {
  if (watchId === 0) return noBytes;
  // Negative and huge ids fill ten bytes: leave those to the generated codec.
  return encodeWatchResponse(makeWatchResponse({ watchId }));
}

function smallIdLength(watchId: number): number {
  if (watchId === 0) return 0;
  if (watchId < 0x80) return 2;
  if (watchId < 0x4000) return 3;
  return watchId < 0x200000 ? 4 : 5;
}

/** `header` as field 1, then the id, then the fields that follow. */
export function response(
  header: Uint8Array,
  idField: Uint8Array,
  rest: readonly Uint8Array[],
): Uint8Array {
  let length = 1 + varintLength(header.length) + header.length + idField.length;
  for (const part of rest) length += part.length;
  const bytes = Buffer.allocUnsafe(length);
  bytes[0] = headerTag;
  let at = writeVarint(bytes, 1, header.length);
  bytes.set(header, at);
  at += header.length;
  bytes.set(idField, at);
  at += idField.length;
  for (const part of rest) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** One run's responses, for every watcher that receives it. */
export class RunResponses {
  readonly #header: Uint8Array;
  readonly #run: WatchEvents;
  /** By length of the id field. */
  readonly #byIdLength: (Uint8Array | undefined)[] = [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ];
  readonly #idAt: number;

  /** `header` is the ResponseHeader of the run's header revision. */
  constructor(run: WatchEvents, header: Uint8Array) {
    this.#run = run;
    this.#header = header;
    this.#idAt = 1 + varintLength(header.length) + header.length;
  }

  /** The response for one watcher; valid until the next is asked for. */
  for(watchId: number): Uint8Array {
    if (watchId < 0 || watchId > smallIdMax) {
      return response(this.#header, watchIdField(watchId), this.#run.frames);
    }
    const length = smallIdLength(watchId);
    let bytes = this.#byIdLength[length];
    if (bytes === undefined) {
      bytes = response(this.#header, new Uint8Array(length), this.#run.frames);
      this.#byIdLength[length] = bytes;
    }
    if (length > 0) {
      bytes[this.#idAt] = watchIdTag;
      writeVarint(bytes, this.#idAt + 1, watchId);
    }
    return bytes;
  }

  /**
   * The response in parts below `bytesMax`, or one event each where that is larger; all but the
   * last say that more follows. A run of one event or below the limit stays whole (sendFragments in
   * v3rpc/watch.go).
   */
  fragments(watchId: number, bytesMax: number): Uint8Array[] {
    const { frames, byteLength } = this.#run;
    const idField = watchIdField(watchId);
    const overhead = this.#idAt + idField.length;
    if (overhead + byteLength < bytesMax || frames.length < 2) return [this.for(watchId)];
    const parts: Uint8Array[] = [];
    const limit = bytesMax - overhead - fragmentField.length;
    let from = 0;
    let bytes = 0;
    for (const [at, frame] of frames.entries()) {
      if (at > from && bytes + frame.length >= limit) {
        const some = frames.slice(from, at);
        parts.push(response(this.#header, idField, [fragmentField, ...some]));
        from = at;
        bytes = 0;
      }
      bytes += frame.length;
    }
    parts.push(response(this.#header, idField, frames.slice(from)));
    return parts;
  }
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest > 0x7f; rest >>>= 7) length++;
  return length;
}

function writeVarint(bytes: Uint8Array, from: number, value: number): number {
  let at = from;
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at++] = rest;
  return at;
}
