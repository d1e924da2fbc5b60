// The sizes that raft's limits are stated in.
import { type Entry, sizeEntry } from "../messages.ts";

/** No limit: what etcd's raft writes as the largest uint64. */
export const noLimit = Number.POSITIVE_INFINITY;

/** The bytes the entries take on the wire, each without its own length prefix. */
export function encodedSize(entries: readonly Entry[]): number {
  let size = 0;
  for (const entry of entries) size += sizeEntry(entry);
  return size;
}

/** The bytes of what was proposed in them; an empty entry costs nothing. */
export function payloadSize(entries: readonly Entry[]): number {
  let size = 0;
  for (const entry of entries) size += entry.data.length;
  return size;
}
