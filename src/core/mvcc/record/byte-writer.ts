import { assert } from "../../../base/index.ts";
import { sizeCount, writeCount } from "./varint.ts";

/**
 * Room left in front of what is written, so that a response header, and a frame around it, can be
 * put there later without copying the rest.
 */
export const headroomBytes = 64;

const poolBytes = 1 << 16;
/** Larger buffers are not taken from the pool. */
const pooledBytesMax = poolBytes / 16;
/** Below this many bytes a loop is quicker than a view and `set` (bench/mvcc.ts). */
const loopBytesMax = 24;
let pool: Uint8Array = new Uint8Array(0);
let poolUsed = 0;

// Buffers of large messages that were given back. Each new one would count as memory outside the
// heap, and a full collection comes with every few dozen megabytes of that.
const spareBytesMax = 8 << 20;
const sparesBytesMax = 24 << 20;
const spares: Uint8Array[] = [];
let sparesBytes = 0;

function largeBuffer(bytes: number): Uint8Array {
  const at = spares.findIndex(({ length }) => length >= bytes);
  return at < 0 ? new Uint8Array(bytes) : takeSpare(at);
}

function takeSpare(at: number): Uint8Array {
  const spare = spares.splice(at, 1)[0]!;
  sparesBytes -= spare.length;
  return spare;
}

function giveBack(buffer: Uint8Array): void {
  const { length } = buffer;
  if (length <= poolBytes || length > spareBytesMax) return;
  // The smallest make room: a larger one serves more.
  while (sparesBytes + length > sparesBytesMax) {
    const least = spares.reduce((small, one) => (one.length < small.length ? one : small));
    if (least.length >= length) return;
    takeSpare(spares.indexOf(least));
  }
  spares.push(buffer);
  sparesBytes += length;
}

/** Where in `pool` so many bytes are free; they are now taken. */
function takeFromPool(bytes: number): number {
  // A place between two bytes would be no place: what is written there is lost.
  assert(Number.isInteger(bytes), "bytes are whole");
  if (poolUsed + bytes > pool.length) {
    pool = new Uint8Array(poolBytes);
    poolUsed = 0;
  }
  const at = poolUsed;
  poolUsed += bytes;
  return at;
}

/** A buffer that grows as one message is written into it. Its memory is used again only by `release`. */
export class ByteWriter {
  buffer: Uint8Array;
  /** The message is buffer[start, at). */
  start: number;
  at: number;
  #end: number;

  constructor(bytesExpected: number) {
    const bytes = headroomBytes + bytesExpected;
    const isPooled = bytes <= pooledBytesMax;
    const origin = isPooled ? takeFromPool(bytes) : 0;
    this.buffer = isPooled ? pool : largeBuffer(bytes);
    this.start = origin + headroomBytes;
    this.at = this.start;
    this.#end = origin + bytes;
  }

  /** Bytes written. */
  get length(): number {
    return this.at - this.start;
  }

  /** Makes sure that `bytes` more can be written. */
  ensure(bytes: number): void {
    if (this.at + bytes > this.#end) this.#grow(bytes);
  }

  #grow(bytes: number): void {
    const origin = this.start - headroomBytes;
    const used = this.at - origin;
    const wanted = Math.max(used + bytes, (this.#end - origin) * 2);
    const isPooled = wanted <= pooledBytesMax;
    const to = isPooled ? takeFromPool(wanted) : 0;
    const grown = isPooled ? pool : largeBuffer(wanted);
    grown.set(this.buffer.subarray(this.start, this.at), to + headroomBytes);
    this.buffer = grown;
    this.start = to + headroomBytes;
    this.at = to + used;
    this.#end = isPooled ? to + wanted : grown.length;
  }

  /** Gives the memory back: neither the writer nor what was taken from it may be used any more. */
  release(): void {
    giveBack(this.buffer);
    this.buffer = pool;
    this.start = pool.length;
    this.at = pool.length;
    this.#end = pool.length;
  }

  byte(value: number): void {
    this.ensure(1);
    this.buffer[this.at++] = value;
  }

  /** A tag of one byte and a count; nothing when the count is 0. */
  countField(tag: number, value: number): void {
    if (value === 0) return;
    this.ensure(12);
    this.buffer[this.at] = tag;
    this.at = writeCount(value, this.buffer, this.at + 1);
  }

  /** A tag of one byte, the length of from[start, end), and those bytes. */
  bytesField(tag: number, from: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.ensure(length + 6);
    const { buffer } = this;
    buffer[this.at] = tag;
    this.at = writeCount(length, buffer, this.at + 1);
    this.bytes(from, start, end);
  }

  bytes(from: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.ensure(length);
    const { buffer, at } = this;
    if (length > loopBytesMax) buffer.set(from.subarray(start, end), at);
    else for (let index = 0; index < length; index++) buffer[at + index] = from[start + index]!;
    this.at = at + length;
  }

  /** Begins a message inside this one; give what it returns to `endMessage`. */
  beginMessage(tag: number): number {
    this.ensure(2);
    this.buffer[this.at] = tag;
    this.at += 2;
    return this.length;
  }

  /** Writes the length of the message begun, moving its body when that needs more room. */
  endMessage(begun: number): void {
    const length = this.length - begun;
    const more = sizeCount(length) - 1;
    this.ensure(more);
    const start = this.start + begun;
    if (more > 0) {
      this.buffer.copyWithin(start + more, start, this.at);
      this.at += more;
    }
    writeCount(length, this.buffer, start - 1);
  }
}
