// Writing a leaf that is one long element, in pieces.
import { headerBytes, pageFlag, writePageHeader } from "../format/page.ts";
import type { Pager } from "../pages/pager.ts";
import type { Work } from "./tree.ts";

/** Pages written between two looks at the work that is left. */
const piecePages = 16;

/** One element on its way into a leaf: its key, and its value behind it. */
export interface LoneElement {
  readonly source: Buffer;
  readonly start: number;
  readonly keyLength: number;
  readonly valueLength: number;
}

/** Writes a leaf of one element into pages [id, id + pages). Yields when the work is used up. */
export function* writeLone(
  pager: Pager,
  element: LoneElement,
  { id, pages }: { readonly id: number; readonly pages: number },
  work: Work,
): Generator<void, void> {
  const { pageBytes, writer } = pager;
  const { source, keyLength, valueLength } = element;
  const end = element.start + keyLength + valueLength;
  let next = element.start;
  for (let done = 0; done < pages;) {
    const count = Math.min(piecePages, pages - done);
    const start = writer.stage(id + done, count);
    const { bytes, words } = writer;
    let target = start;
    if (done === 0) {
      writePageHeader(words, start, id, pageFlag.leaf, 1, pages - 1);
      const word = (start + headerBytes) >> 2;
      words[word] = 0;
      words[word + 1] = headerBytes;
      words[word + 2] = keyLength;
      words[word + 3] = valueLength;
      target += 2 * headerBytes;
    }
    const limit = start + count * pageBytes;
    const copied = source.copy(bytes, target, next, Math.min(end, next + limit - target));
    next += copied;
    bytes.fill(0, target + copied, limit);
    pager.publishPiece(id + done, start, count);
    done += count;
    work.left -= count;
    if (work.left <= 0) yield;
  }
}
