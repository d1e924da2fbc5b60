// The few protobuf pieces that a stored record and a spliced response are made of. The store writes
// and reads them in place; whole messages belong to core/proto.
const two32 = 4_294_967_296;

/** Bytes a count takes as a varint. */
export function sizeCount(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  if (value < 0x1000_0000) return 4;
  let size = 5;
  for (let rest = value / 0x8_0000_0000; rest >= 1; rest /= 128) size++;
  return size;
}

/** Writes a count, below 2^53; returns the position behind it. */
export function writeCount(value: number, target: Uint8Array, start: number): number {
  let at = start;
  let rest = value;
  while (rest >= two32) {
    target[at++] = (rest & 127) | 128;
    rest = Math.floor(rest / 128);
  }
  while (rest > 127) {
    target[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}

/** Bytes a 64-bit identity takes as a varint. */
export function sizeId(id: bigint): number {
  let size = 1;
  for (let rest = id >> 7n; rest > 0n; rest >>= 7n) size++;
  return size;
}

export function writeId(id: bigint, target: Uint8Array, start: number): number {
  let at = start;
  let rest = id;
  for (; rest > 127n; rest >>= 7n) target[at++] = Number(rest & 127n) | 128;
  target[at++] = Number(rest);
  return at;
}

/** Where the last read ended. Read it at once. */
export let readEnd = 0;

/** Reads a varint that is below 2^53. */
export function readCount(bytes: Uint8Array, start: number): number {
  let at = start;
  let byte = bytes[at++]!;
  if (byte < 128) {
    readEnd = at;
    return byte;
  }
  let value = byte & 127;
  // Behind the end there are no bytes, and what is not a number ends the loop.
  for (let scale = 128; byte >= 128; scale *= 128) {
    byte = bytes[at++]!;
    value += (byte & 127) * scale;
  }
  readEnd = at;
  return value;
}

/** Reads all 64 bits of a varint. */
export function readId(bytes: Uint8Array, start: number): bigint {
  let at = start;
  let value = 0n;
  let byte = 128;
  for (let shift = 0n; byte >= 128 && shift < 70n; shift += 7n) {
    byte = bytes[at++]!;
    value |= BigInt(byte & 127) << shift;
  }
  readEnd = at;
  return BigInt.asUintN(64, value);
}
