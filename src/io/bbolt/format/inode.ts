// Finding an element of one page by its key.
import type { Page } from "./page.ts";

/** Compares bytes[start, start + length) with the key; a proper prefix comes first. */
export function compareKeyAt(
  bytes: Uint8Array,
  start: number,
  length: number,
  key: Uint8Array,
): number {
  const keyLength = key.length;
  const shared = length < keyLength ? length : keyLength;
  for (let at = 0; at < shared; at++) {
    const difference = bytes[start + at]! - key[at]!;
    if (difference !== 0) return difference;
  }
  return length - keyLength;
}

/** The first element of a leaf at or after `from` whose key is not below `key`; perhaps `count`. */
export function leafLowerBound(page: Page, key: Uint8Array, from = 0): number {
  let low = from;
  let high = page.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareKeyAt(
      page.bytes,
      page.leafKeyStart(middle),
      page.leafKeyLength(middle),
      key,
    );
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function leafHasKeyAt(page: Page, at: number, key: Uint8Array): boolean {
  if (at >= page.count || page.leafKeyLength(at) !== key.length) return false;
  return compareKeyAt(page.bytes, page.leafKeyStart(at), key.length, key) === 0;
}

/** The child of a branch that holds `key`: the last whose key is not above it, else the first. */
export function childFor(page: Page, key: Uint8Array): number {
  let low = 1;
  let high = page.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareKeyAt(
      page.bytes,
      page.branchKeyStart(middle),
      page.branchKeyLength(middle),
      key,
    );
    if (order <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
