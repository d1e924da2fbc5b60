// Writing the protobuf wire format. A `size…` gives the exact number of bytes its `write…` takes;
// a `write…` returns the position behind what it wrote.
import { textLength, writeTextAt } from "./utf8.ts";

const two32 = 4_294_967_296;
const scratch32 = new Uint32Array(2);
const scratch64 = new BigUint64Array(scratch32.buffer);
scratch64[0] = 1n;
const lowHalf = scratch32[0] === 1 ? 0 : 1;
const highHalf = 1 - lowHalf;

const sizeLow = (low: number): number =>
  low < 0x80 ? 1 : low < 0x4000 ? 2 : low < 0x20_0000 ? 3 : low < 0x1000_0000 ? 4 : 5;

function sizeHalves(low: number, high: number): number {
  if (high === 0) return sizeLow(low);
  if (high < 0x8) return 5;
  return high < 0x400
    ? 6
    : high < 0x2_0000
      ? 7
      : high < 0x100_0000
        ? 8
        : high < 0x8000_0000
          ? 9
          : 10;
}

function writeHalves(lower: number, higher: number, target: Uint8Array, start: number): number {
  let low = lower;
  let high = higher;
  let at = start;
  while (high !== 0) {
    target[at++] = (low & 127) | 128;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  return writeUint32(low, target, at);
}

/** For lengths, tags and uint32 values. */
export const sizeUint32 = sizeLow;

export function writeUint32(value: number, target: Uint8Array, start: number): number {
  let rest = value;
  let at = start;
  while (rest > 127) {
    target[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}

/** Enums and int32: a negative one takes ten bytes. */
export const sizeInt32 = (value: number): number => (value < 0 ? 10 : sizeLow(value));

export function writeInt32(value: number, target: Uint8Array, at: number): number {
  if (value >= 0) return writeUint32(value, target, at);
  return writeHalves(value >>> 0, 0xffff_ffff, target, at);
}

/** A signed counter; ±Infinity stands for the int64 limits. */
export function sizeInt64(value: number): number {
  if (value < 0) return 10;
  if (value < two32) return sizeLow(value);
  return value === Infinity ? 9 : sizeHalves(0, Math.floor(value / two32));
}

export function writeInt64(value: number, target: Uint8Array, at: number): number {
  if (value >= 0 && value < two32) return writeUint32(value, target, at);
  if (value === Infinity) return writeHalves(0xffff_ffff, 0x7fff_ffff, target, at);
  if (value === -Infinity) return writeHalves(0, 0x8000_0000, target, at);
  return writeHalves(value >>> 0, Math.floor(value / two32) >>> 0, target, at);
}

/** An unsigned counter; Infinity stands for the uint64 limit. */
export function sizeUint64(value: number): number {
  if (value < two32) return sizeLow(value);
  return value === Infinity ? 10 : sizeHalves(0, Math.floor(value / two32));
}

export function writeUint64(value: number, target: Uint8Array, at: number): number {
  if (value < two32) return writeUint32(value, target, at);
  if (value === Infinity) return writeHalves(0xffff_ffff, 0xffff_ffff, target, at);
  return writeHalves(value >>> 0, Math.floor(value / two32), target, at);
}

/** A 64-bit identity: its lower 64 bits, unsigned. */
export function sizeId64(value: bigint): number {
  scratch64[0] = value;
  return sizeHalves(scratch32[lowHalf]!, scratch32[highHalf]!);
}

export function writeId64(value: bigint, target: Uint8Array, at: number): number {
  scratch64[0] = value;
  return writeHalves(scratch32[lowHalf]!, scratch32[highHalf]!, target, at);
}

/** A value of `length` bytes together with its length. */
export const sizeDelimited = (length: number): number => sizeLow(length) + length;

export function writeBytes(value: Uint8Array, target: Uint8Array, start: number): number {
  const length = value.length;
  const at = writeUint32(length, target, start);
  target.set(value, at);
  return at + length;
}

export const sizeText = (text: string): number => sizeDelimited(textLength(text));

export function writeText(text: string, target: Uint8Array, at: number): number {
  return writeTextAt(text, target, writeUint32(textLength(text), target, at));
}
