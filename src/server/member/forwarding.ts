// What a follower sends to its leader in one message.
import type { Entry } from "../../core/raft/index.ts";

// Well below what a post of another member may hold (64 MiB), and about what one append holds.
const messageBytesMax = 1024 * 1024;

/** Parts a turn's proposals, in their order, so that no message grows beyond all bounds. */
export function forwardable(entries: Entry[]): Entry[][] {
  const parts: Entry[][] = [];
  let part: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (part.length > 0 && bytes + entry.data.length > messageBytesMax) {
      parts.push(part);
      part = [];
      bytes = 0;
    }
    part.push(entry);
    bytes += entry.data.length;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
