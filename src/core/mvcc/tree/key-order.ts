// Comparing a key asked for with a key that lies in the arena.

/** How many leading bytes the last two keys compared have in common. Read it at once. */
export let shared = 0;

/**
 * Byte order of `key` against bytes[start, start + length); the first `from` bytes are known to be
 * equal.
 */
export function compareFrom(
  key: Uint8Array,
  from: number,
  bytes: Uint8Array,
  start: number,
  length: number,
): number {
  const limit = key.length < length ? key.length : length;
  let at = from;
  while (at < limit && key[at] === bytes[start + at]) at++;
  shared = at;
  return at < limit ? key[at]! - bytes[start + at]! : key.length - length;
}

/** The four bytes from `at` on as one unsigned number; a missing byte counts as zero. */
export function headOf(bytes: Uint8Array, start: number, length: number, at: number): number {
  if (at + 4 <= length) {
    const place = start + at;
    return (
      ((bytes[place]! << 24) |
        (bytes[place + 1]! << 16) |
        (bytes[place + 2]! << 8) |
        bytes[place + 3]!) >>>
      0
    );
  }
  let head = 0;
  for (let index = at; index < at + 4; index++) {
    head = (head << 8) | (index < length ? bytes[start + index]! : 0);
  }
  return head >>> 0;
}

/** At least so many bytes two heads have in common; a zero may stand for a missing byte. */
export function sharedHead(head: number, other: number): number {
  const same = Math.clz32(head ^ other) >>> 3;
  for (let index = 0; index < same; index++) {
    if (((head >>> (24 - 8 * index)) & 0xff) === 0) return index;
  }
  return same;
}
