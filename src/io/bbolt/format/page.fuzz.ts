// Feeds arbitrary bytes to the page, bucket and freelist decoders.
import type { RandomSource } from "../../../base/index.ts";
import { decodeBucket } from "./bucket.ts";
import { decodeFreelist } from "./freelist-page.ts";
import { childFor, leafLowerBound } from "./inode.ts";
import { decodeMeta } from "./meta.ts";
import { Page, pageFlag, pageProblem } from "./page.ts";

/** Throws when a page that was accepted gives an element outside its memory. */
export function fuzz(bytes: Uint8Array): void {
  const page = Page.ofLength(Math.max(16, (bytes.length + 3) & ~3));
  page.bytes.set(bytes);
  page.id = 5;
  decodeFreelist(page, 1000);
  decodeMeta(bytes);
  decodeBucket(bytes);
  if (pageProblem(page, page.storedId) !== undefined) return;
  const probe = Buffer.from("k");
  if (page.isLeaf) leafLowerBound(page, probe);
  else childFor(page, probe);
  for (let at = 0; at < page.count; at++) {
    if (page.key(at).length !== page.keyLength(at)) throw new Error("a key outside its page");
    if (page.isLeaf && page.value(at).length !== page.leafValueLength(at)) {
      throw new Error("a value outside its page");
    }
  }
}

/** A page that is nearly right: noise alone never passes the first checks. */
export function nearlyPage(random: RandomSource): Buffer {
  const isLeaf = random.below(2) === 0;
  const page = Page.ofLength(256);
  const count = random.below(6);
  page.writeHeader(5, isLeaf ? pageFlag.leaf : pageFlag.branch, count, 0);
  for (let at = 0; at < count; at++) {
    const words = isLeaf
      ? [random.below(2), 16 * (count - at) + 4 * at, 2, 2]
      : [16 * (count - at) + 4 * at, 4, 7, 0];
    for (const [word, value] of words.entries()) page.words[4 + 4 * at + word] = value;
  }
  for (let flips = random.below(3); flips > 0; flips--) {
    page.bytes[random.below(112)]! ^= 1 << random.below(8);
  }
  return page.bytes;
}
