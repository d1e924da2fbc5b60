// Reading the protobuf wire format: varints, lengths, and fields nobody knows.
// A reader takes (bytes, at, end), returns the value and leaves the next position in `cursor`, so
// that reading a message allocates nothing but the message (docs/adr/0006).
import { invalidText, malformed, tooDeep } from "./malformed.ts";
import { textOf } from "./utf8.ts";

/** Where the last reader stopped. Read it at once: the next reader overwrites it. */
export let cursor = 0;

// The two halves of the last varint, kept as int32: a larger number would be boxed for each store.
let low = 0;
let high = 0;

const two32 = 4_294_967_296;
const scratch32 = new Uint32Array(2);
const scratch64 = new BigUint64Array(scratch32.buffer);
scratch64[0] = 1n;
/** Which half of the scratch is the lower one on this machine. */
const lowHalf = scratch32[0] === 1 ? 0 : 1;
const highHalf = 1 - lowHalf;

/** Reads one varint into `low` and `high`; at most 10 bytes, as Go does. */
function readVarint(bytes: Uint8Array, start: number, end: number): void {
  let at = start;
  let shift = 0;
  let value = 0;
  for (; shift < 28; shift += 7) {
    if (at >= end) throw malformed();
    const byte = bytes[at++]!;
    value |= (byte & 127) << shift;
    if (byte < 128) {
      low = value;
      high = 0;
      cursor = at;
      return;
    }
  }
  if (at >= end) throw malformed();
  const middle = bytes[at++]!;
  low = value | ((middle & 127) << 28);
  value = (middle & 127) >>> 4;
  if (middle >= 128) {
    for (shift = 3; ; shift += 7) {
      if (at >= end) throw malformed();
      const byte = bytes[at++]!;
      // The tenth byte has room for one bit only.
      if (shift === 31 && byte > 1) throw malformed();
      value |= (byte & 127) << shift;
      if (byte < 128) break;
    }
  }
  high = value;
  cursor = at;
}

/** A field's tag; called where its first byte said that more follow. */
export function longTag(bytes: Uint8Array, at: number, end: number): number {
  readVarint(bytes, at, end);
  if (high !== 0) throw malformed();
  return low >>> 0;
}

/** A varint's lower 32 bits, unsigned. */
export function readUint32(bytes: Uint8Array, at: number, end: number): number {
  if (at < end) {
    const byte = bytes[at]!;
    if (byte < 128) {
      cursor = at + 1;
      return byte;
    }
  }
  readVarint(bytes, at, end);
  return low >>> 0;
}

/** A varint's lower 32 bits, signed: int32 and enums. */
export function readInt32(bytes: Uint8Array, at: number, end: number): number {
  return readUint32(bytes, at, end) | 0;
}

export function readBool(bytes: Uint8Array, at: number, end: number): boolean {
  if (at < end) {
    const byte = bytes[at]!;
    if (byte < 128) {
      cursor = at + 1;
      return byte !== 0;
    }
  }
  readVarint(bytes, at, end);
  return (low | high) !== 0;
}

/** An int64 counter. One that a number cannot count exactly becomes ±Infinity. */
export function readInt64(bytes: Uint8Array, at: number, end: number): number {
  if (at < end) {
    const byte = bytes[at]!;
    if (byte < 128) {
      cursor = at + 1;
      return byte;
    }
  }
  readVarint(bytes, at, end);
  if (high === 0) return low >>> 0;
  const value = high * two32 + (low >>> 0);
  if (Number.isSafeInteger(value)) return value;
  return value < 0 ? -Infinity : Infinity;
}

/** A uint64 counter. One that a number cannot count exactly becomes Infinity. */
export function readUint64(bytes: Uint8Array, at: number, end: number): number {
  if (at < end) {
    const byte = bytes[at]!;
    if (byte < 128) {
      cursor = at + 1;
      return byte;
    }
  }
  readVarint(bytes, at, end);
  if (high === 0) return low >>> 0;
  const value = (high >>> 0) * two32 + (low >>> 0);
  return Number.isSafeInteger(value) ? value : Infinity;
}

/** A 64-bit identity, unsigned. */
export function readId64(bytes: Uint8Array, at: number, end: number): bigint {
  readVarint(bytes, at, end);
  scratch32[lowHalf] = low;
  scratch32[highHalf] = high;
  return scratch64[0]!;
}

/** The lower 48 bits of a 64-bit identity, which a number holds exactly. */
export function readLow48(bytes: Uint8Array, at: number, end: number): number {
  readVarint(bytes, at, end);
  return (high & 0xffff) * two32 + (low >>> 0);
}

/** The end of a length-delimited value; `cursor` is left at its first byte. */
export function readLength(bytes: Uint8Array, at: number, end: number): number {
  if (at < end) {
    const byte = bytes[at]!;
    if (byte < 128) {
      cursor = at + 1;
      const to = at + 1 + byte;
      if (to > end) throw malformed();
      return to;
    }
  }
  readVarint(bytes, at, end);
  const to = cursor + (low >>> 0);
  if (high !== 0 || to > end) throw malformed();
  return to;
}

/** A view of a length-delimited value. */
export function readBytes(bytes: Uint8Array, at: number, end: number): Uint8Array {
  const to = readLength(bytes, at, end);
  const from = cursor;
  cursor = to;
  return bytes.subarray(from, to);
}

/** A `string` field, which must be UTF-8. */
export function readText(bytes: Uint8Array, at: number, end: number): string {
  const to = readLength(bytes, at, end);
  const from = cursor;
  cursor = to;
  const text = textOf(bytes, from, to);
  if (text === undefined) throw invalidText();
  return text;
}

/** How deep unknown groups may nest, as in Go. */
const groupDepthMax = 10_001;

/** Passes over the value of an unknown field and returns the position behind it. */
export function skipField(bytes: Uint8Array, at: number, end: number, tag: number): number {
  if (tag < 8) throw malformed();
  switch (tag & 7) {
    case 0:
      readVarint(bytes, at, end);
      return cursor;
    case 1:
      if (at + 8 > end) throw malformed();
      return at + 8;
    case 2:
      return readLength(bytes, at, end);
    case 3:
      return skipGroup(bytes, at, end, tag >>> 3);
    case 5:
      if (at + 4 > end) throw malformed();
      return at + 4;
    default:
      throw malformed();
  }
}

function skipGroup(bytes: Uint8Array, start: number, end: number, number: number): number {
  const open = [number];
  let at = start;
  while (open.length > 0) {
    const tag = longTag(bytes, at, end);
    at = cursor;
    if ((tag & 7) === 3) {
      if (tag < 8 || open.length === groupDepthMax) throw malformed();
      open.push(tag >>> 3);
    } else if ((tag & 7) === 4) {
      if (open.pop() !== tag >>> 3) throw malformed();
    } else {
      at = skipField(bytes, at, end, tag);
    }
  }
  return at;
}

/** How deep messages that contain themselves may nest; Go allows 10,000 (docs/adr/0006). */
const nestingMax = 2500;

/** One level further into a message that contains itself. */
export function deeper(depth: number): number {
  if (depth >= nestingMax) throw tooDeep();
  return depth + 1;
}
