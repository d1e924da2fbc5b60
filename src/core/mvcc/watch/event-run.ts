// Events as bytes. Each is encoded once, in one or both of two variants, and shared by every
// watcher and stream that receives it.
import { assert } from "../../../base/index.ts";
import type { FrameMemory } from "./frame-memory.ts";
import type { StoreEvent } from "./source.ts";
import { option, variantMask } from "./watcher.ts";

/** One event, framed as WatchResponse.events (field 11), so that frames in a row are a message. */
export interface EncodedEvent {
  readonly revision: number;
  readonly tombstone: boolean;
  /** Without prev_kv; undefined when no receiver wanted it so. */
  readonly plain: Uint8Array | undefined;
  /** With prev_kv; undefined when no receiver wanted it so. */
  readonly withPrevious: Uint8Array | undefined;
}

/** Events of whole revisions, in order, for one response to one or more watchers. */
export interface EventRun {
  /** The revision of the first event. */
  readonly firstRevision: number;
  /** The revision the response's header bears. */
  readonly headerRevision: number;
  /** One frame an event: tag, length and Event message. */
  readonly frames: readonly Uint8Array[];
  /** The sum of the frames. */
  readonly byteLength: number;
  /** Room for what a carrier made of this run and may use again for its other watchers. */
  carried: object | undefined;
}

// Several revisions may share a response, but only up to this size: clients with gRPC's usual
// receive limit of 4 MiB must be able to read what etcd would have sent them in pieces.
const sharedRunBytesMax = 256 * 1024;

// (field << 3) | 2, length-delimited.
const eventsTag = 0x5a;
const kvTag = 0x12;
const previousTag = 0x1a;
// Event.type = DELETE; PUT is zero and not written.
const typeTag = 0x08;
const typeDelete = 1;

/** Encodes in the variants asked for. `previous` is the KeyValue before this change. */
export function encodeEvent(
  memory: FrameMemory,
  event: StoreEvent,
  wanted: { plain: boolean; withPrevious: boolean },
  previous: Uint8Array | undefined,
): EncodedEvent {
  const plain = wanted.plain ? frame(memory, event, undefined) : undefined;
  const withPrevious = !wanted.withPrevious
    ? undefined
    : previous === undefined && plain !== undefined
      ? plain
      : frame(memory, event, previous);
  return { revision: event.mainRevision, tombstone: event.tombstone, plain, withPrevious };
}

function frame(
  memory: FrameMemory,
  event: StoreEvent,
  previous: Uint8Array | undefined,
): Uint8Array {
  const { kv } = event;
  let length = 1 + varintLength(kv.length) + kv.length;
  if (event.tombstone) length += 2;
  if (previous !== undefined) length += 1 + varintLength(previous.length) + previous.length;
  const bytes = memory.allocate(1 + varintLength(length) + length);
  bytes[0] = eventsTag;
  let at = writeVarint(bytes, 1, length);
  if (event.tombstone) {
    bytes[at++] = typeTag;
    bytes[at++] = typeDelete;
  }
  bytes[at++] = kvTag;
  at = writeVarint(bytes, at, kv.length);
  bytes.set(kv, at);
  at += kv.length;
  if (previous !== undefined) {
    bytes[at++] = previousTag;
    at = writeVarint(bytes, at, previous.length);
    bytes.set(previous, at);
    at += previous.length;
  }
  assert(at === bytes.length, "an event fills its frame");
  return bytes;
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

/**
 * The runs a watcher with these options receives of `events` from revision `from` on: none when all
 * is filtered away, otherwise whole revisions, more than one to a run only while it stays small.
 * The header of the last run bears `coveredRevision`; without one, each bears its last event's.
 */
export function runsOf(
  events: readonly EncodedEvent[],
  options: number,
  from: number,
  coveredRevision: number | undefined,
): EventRun[] {
  const runs: EventRun[] = [];
  let frames: Uint8Array[] = [];
  let [byteLength, firstRevision, lastRevision] = [0, 0, 0];
  const variant = options & variantMask;
  for (const event of events) {
    if (event.revision < from) continue;
    if ((variant & (event.tombstone ? option.noDelete : option.noPut)) !== 0) continue;
    const bytes = (variant & option.previous) !== 0 ? event.withPrevious : event.plain;
    assert(bytes !== undefined, "an event was encoded for each of its receivers");
    const full = event.revision !== lastRevision && byteLength + bytes.length > sharedRunBytesMax;
    if (full && frames.length > 0) {
      runs.push(run(firstRevision, lastRevision, frames, byteLength));
      [frames, byteLength] = [[], 0];
    }
    if (frames.length === 0) firstRevision = event.revision;
    lastRevision = event.revision;
    frames.push(bytes);
    byteLength += bytes.length;
  }
  if (frames.length > 0) {
    runs.push(run(firstRevision, coveredRevision ?? lastRevision, frames, byteLength));
  }
  return runs;
}

const run = (
  firstRevision: number,
  headerRevision: number,
  frames: readonly Uint8Array[],
  byteLength: number,
): EventRun => ({ firstRevision, headerRevision, frames, byteLength, carried: undefined });
