// Elements of many pages. bbolt puts two elements into a leaf at least (node.go, `splitTwo`), and so
// writes a record of megabytes anew whenever something is put behind it; its format asks for no such
// thing. Ours gives each a leaf of its own, writes that in pieces, and leaves it where it is.
import { headerBytes, type Page } from "./page.ts";

const loneBytesMin = 64 * 1024;

/** Whether an element of a leaf is so long that it gets a page of its own. */
export const isLong = (keyLength: number, valueLength: number): boolean =>
  headerBytes + keyLength + valueLength > loneBytesMin;

/** Whether a page is a leaf with nothing but one long element. Its first 4 KiB are enough to tell. */
export const isLone = (page: Page): boolean =>
  page.isLeaf &&
  page.count === 1 &&
  page.leafFlags(0) === 0 &&
  isLong(page.leafKeyLength(0), page.leafValueLength(0));
