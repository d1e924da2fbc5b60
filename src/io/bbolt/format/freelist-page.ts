// The freelist as a file may hold it (bbolt/internal/freelist/shared.go). We read both forms and
// write none: etcd sets NoFreelistSync, so its own files have none either.
import { headerBytes, type Page, pageFlag } from "./page.ts";

/** The page ids a freelist page holds, ascending; or what is wrong with it. */
export function decodeFreelist(page: Page, highWater: number): number[] | string {
  if (page.flags !== pageFlag.freelist) {
    return `invalid freelist page: ${page.id}, page type is ${page.flags.toString(16)}`;
  }
  const firstWord = (page.start + headerBytes) >> 2;
  const u64 = (at: number): number =>
    page.words[firstWord + 2 * at]! + page.words[firstWord + 2 * at + 1]! * 2 ** 32;
  // A count of 0xffff says that the first id is the real count.
  const isLong = page.count === 0xffff;
  const capacity = Math.floor((page.length - headerBytes) / 8);
  const first = isLong ? 1 : 0;
  if (first > capacity) return `page ${page.id}: a freelist too short for its own count`;
  const count = isLong ? u64(0) : page.count;
  if (first + count > capacity) return `page ${page.id}: ${count} free pages do not fit`;
  const ids: number[] = [];
  let previous = 1;
  for (let at = first; at < first + count; at++) {
    const id = u64(at);
    if (id <= previous || id >= highWater) return `page ${page.id}: free page ${id} out of order`;
    ids.push(id);
    previous = id;
  }
  return ids;
}
