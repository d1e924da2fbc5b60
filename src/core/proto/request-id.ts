// The request id of a raft entry, read without decoding the entry: settling a proposal needs no more.
import { cursor, longTag, readLength, readLow48, skipField } from "./wire-read.ts";

const idTag = 8;
const headerTag = 802;

/**
 * The lower 48 bits of an encoded InternalRaftRequest's id: the millisecond and count its member
 * stamped it with, exact as a number. 0 when it has none. The upper 16 bits tell the members apart
 * (etcd pkg/idutil/id.go). Throws MalformedError.
 */
export function requestIdLow48(bytes: Uint8Array): number {
  let legacy = 0;
  let inHeader = 0;
  let at = 0;
  while (at < bytes.length) {
    const tag = longTag(bytes, at, bytes.length);
    at = cursor;
    if (tag === headerTag) {
      const to = readLength(bytes, at, bytes.length);
      inHeader = idLow48(bytes, cursor, to, inHeader);
      at = to;
    } else if (tag === idTag) {
      legacy = readLow48(bytes, at, bytes.length);
      at = cursor;
    } else {
      at = skipField(bytes, at, bytes.length, tag);
    }
  }
  // etcd takes the header's id only where the old field holds none (apply.go, applyEntryNormal).
  return legacy === 0 ? inHeader : legacy;
}

function idLow48(bytes: Uint8Array, start: number, end: number, before: number): number {
  let id = before;
  let at = start;
  while (at < end) {
    const tag = longTag(bytes, at, end);
    at = cursor;
    if (tag === idTag) {
      id = readLow48(bytes, at, end);
      at = cursor;
    } else {
      at = skipField(bytes, at, end, tag);
    }
  }
  return id;
}
