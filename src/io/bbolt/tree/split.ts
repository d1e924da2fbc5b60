// Where a row of elements is cut into pages. The numbers are bbolt's (node.go, `splitIndex`); other
// cuts would be as valid in the format, and readers do not see them.

/** Each page but the last of its level has at least this many elements. */
export const keysPerPageMin = 2;

/**
 * How many of `count` elements the next page takes: those up to `threshold` bytes, but two at least,
 * and leaving two at least. `sizeOf(i)` is the size of the i-th with its 16-byte element.
 */
export function cut(
  count: number,
  pageHeaderBytes: number,
  threshold: number,
  sizeOf: (at: number) => number,
): number {
  let size = pageHeaderBytes;
  for (let at = 0; at < count - keysPerPageMin; at++) {
    size += sizeOf(at);
    if (at >= keysPerPageMin && size > threshold) return at;
  }
  return Math.max(count - keysPerPageMin, Math.min(count, keysPerPageMin));
}
