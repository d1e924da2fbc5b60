// What a key is in memory: bytes, never text (docs/adr/0004-bytes-and-keys.md).
import { emptyBytes } from "../../base/index.ts";

/** Where a range of keys ends: see `rangeEndOf`. */
export type RangeEnd = Uint8Array | "single" | undefined;

/**
 * The end of a request's range: "single" is the one key asked for, undefined the end of all keys.
 * Requests spell the second as one zero byte (etcdserver/txn/delete.go mkGteRange).
 */
export function rangeEndOf(bytes: Uint8Array): RangeEnd {
  if (bytes.length === 0) return "single";
  return bytes.length === 1 && bytes[0] === 0 ? undefined : bytes;
}

/** The least key: below every key a client can write. */
export const leastKey: Uint8Array = emptyBytes;

/** The least key above `key`. */
export function keyAfter(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}
