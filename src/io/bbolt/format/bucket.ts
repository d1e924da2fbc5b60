// A bucket as its parent's leaf holds it: root page id (8 bytes), sequence (8 bytes), and when the
// root is 0 the whole bucket follows as one leaf page image (bbolt/internal/common/bucket.go).
import { headerBytes, Page, pageProblem } from "./page.ts";

export interface Bucket {
  /** The page its tree begins at; 0 when the bucket is inline. */
  readonly root: number;
  readonly sequence: number;
  /** The bucket's only page, when it is inline: memory of its own. */
  readonly inline: Page | undefined;
}

/** Reads a bucket's value, or says what is wrong with it. */
export function decodeBucket(value: Uint8Array): Bucket | string {
  if (value.length < headerBytes) return `a bucket header of ${value.length} bytes`;
  const data = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const u64 = (at: number): number =>
    data.getUint32(at, true) + data.getUint32(at + 4, true) * 2 ** 32;
  const root = u64(0);
  const sequence = u64(8);
  if (root !== 0)
    return root < 2 ? `a bucket rooted at page ${root}` : { root, sequence, inline: undefined };
  // An element's value has no alignment; the copy has.
  const length = value.length - headerBytes;
  if (length < headerBytes) return "an inline bucket without a page";
  const inline = Page.ofLength((length + 3) & ~3);
  inline.bytes.set(value.subarray(headerBytes));
  inline.id = 0;
  const problem = pageProblem(inline, 0);
  if (problem !== undefined) return `inline ${problem}`;
  if (!inline.isLeaf) return "an inline bucket that is not a leaf";
  return { root, sequence, inline };
}

/** Writes the header of a bucket's value at `start`. */
export function encodeBucketHeader(
  target: Uint8Array,
  start: number,
  bucket: { readonly root: number; readonly sequence: number },
): void {
  const data = new DataView(target.buffer, target.byteOffset, target.byteLength);
  data.setUint32(start, bucket.root % 2 ** 32, true);
  data.setUint32(start + 4, Math.floor(bucket.root / 2 ** 32), true);
  data.setUint32(start + 8, bucket.sequence % 2 ** 32, true);
  data.setUint32(start + 12, Math.floor(bucket.sequence / 2 ** 32), true);
}
