// Keys of bucket `key`: eight bytes of main revision, `_`, eight bytes of sub revision, both big
// endian, and a `t` behind them for a tombstone (storage/mvcc/revision.go). Byte order is revision
// order.
import { assert } from "../../../base/index.ts";

export const revisionKeyLength = 17;
export const tombstoneKeyLength = 18;
const separator = 0x5f;
const tombstoneMark = 0x74;
const two32 = 4_294_967_296;

/** Writes a revision's key at `at`; returns the position behind it. */
export function writeRevisionKey(
  main: number,
  sub: number,
  tombstone: boolean,
  target: Uint8Array,
  at: number,
): number {
  writeUint64(main, target, at);
  target[at + 8] = separator;
  writeUint64(sub, target, at + 9);
  if (!tombstone) return at + revisionKeyLength;
  target[at + revisionKeyLength] = tombstoneMark;
  return at + tombstoneKeyLength;
}

export function revisionKey(main: number, sub: number, tombstone = false): Uint8Array {
  const key = new Uint8Array(tombstone ? tombstoneKeyLength : revisionKeyLength);
  writeRevisionKey(main, sub, tombstone, key, 0);
  return key;
}

/** Whether bytes have the form of a revision's key. A backend file may hold anything. */
export function isRevisionKey(key: Uint8Array): boolean {
  const { length } = key;
  if (length !== revisionKeyLength && length !== tombstoneKeyLength) return false;
  return key[8] === separator && key[0]! < 0x20 && key[9]! < 0x20;
}

export const mainOfKey = (key: Uint8Array): number => readUint64(key, 0);
export const subOfKey = (key: Uint8Array): number => readUint64(key, 9);

export const isTombstoneKey = (key: Uint8Array): boolean =>
  key.length === tombstoneKeyLength && key[revisionKeyLength] === tombstoneMark;

function writeUint64(value: number, target: Uint8Array, at: number): void {
  let high = Math.floor(value / two32);
  let low = value >>> 0;
  for (let index = 3; index >= 0; index--) {
    target[at + index] = high & 0xff;
    target[at + 4 + index] = low & 0xff;
    high >>>= 8;
    low >>>= 8;
  }
}

function readUint64(key: Uint8Array, at: number): number {
  let high = 0;
  let low = 0;
  for (let index = 0; index < 4; index++) {
    high = high * 256 + key[at + index]!;
    low = low * 256 + key[at + 4 + index]!;
  }
  const value = high * two32 + low;
  assert(Number.isSafeInteger(value), "a revision on disk is a safe integer");
  return value;
}
