// Finding an element of one page by its key.
import { headerBytes, type Page } from "./page.ts";

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
  return search(page, key, from, page.count, 1, true);
}

/**
 * The first element in [low, high) whose key is not below `key`, or with `isAtLeast` false the first
 * above it. `field` is the word of an element that holds its key's position; the length is the next.
 * Whatever the keys on both sides share with `key` all between them share too: it is not compared.
 */
function search(
  page: Page,
  key: Uint8Array,
  from: number,
  to: number,
  field: 0 | 1,
  isAtLeast: boolean,
): number {
  const { bytes, words } = page;
  const keyLength = key.length;
  const elements = page.start + headerBytes;
  let low = from;
  let high = to;
  let sharedLow = 0;
  let sharedHigh = 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const element = elements + 16 * middle;
    const word = (element >> 2) + field;
    const start = element + words[word]!;
    const length = words[word + 1]!;
    const limit = length < keyLength ? length : keyLength;
    let at = sharedLow < sharedHigh ? sharedLow : sharedHigh;
    while (at < limit && bytes[start + at] === key[at]) at++;
    const order = at === limit ? length - keyLength : bytes[start + at]! - key[at]!;
    if (order < 0 || (order === 0 && !isAtLeast)) {
      low = middle + 1;
      sharedLow = at;
    } else {
      high = middle;
      sharedHigh = at;
    }
  }
  return low;
}

export function leafHasKeyAt(page: Page, at: number, key: Uint8Array): boolean {
  if (at >= page.count || page.leafKeyLength(at) !== key.length) return false;
  return compareKeyAt(page.bytes, page.leafKeyStart(at), key.length, key) === 0;
}

/** The child of a branch that holds `key`: the last whose key is not above it, else the first. */
export function childFor(page: Page, key: Uint8Array): number {
  return search(page, key, 1, page.count, 0, false) - 1;
}
