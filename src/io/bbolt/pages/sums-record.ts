// What the sidecar file is made of: records one after the other, each chained to the one before.
// Words, little-endian: magic, kind, transaction (two words), count, the chain before it; then `count`
// entries, for a base one sum a page from page 0 on, else page and sum; padding to four words less
// one; and the chain up to here, a sum over all the words before it.
import { wordSum } from "./page-sum.ts";

const magic = 0x51534d31;
const headWords = 6;
const kinds = { base: 1, changes: 2 } as const;

/** Words of a record with so many words of entries; the chain is the last. */
const recordWords = (entryWords: number): number => (headWords + entryWords + 1 + 3) & ~3;

/** What a record says. `sums` are words [from, from + count) or pairs of them, in `words`. */
export interface SumsRecord {
  readonly isBase: boolean;
  readonly txid: number;
  readonly chainBefore: number;
  readonly chain: number;
  readonly from: number;
  readonly count: number;
  /** The first word behind it. */
  readonly end: number;
}

/** A base record: the sums of the pages [0, pages). */
export function encodeBase(
  txid: number,
  chainBefore: number,
  sums: Uint32Array,
  pages: number,
): Uint32Array {
  const words = newRecord(kinds.base, txid, chainBefore, pages, pages);
  words.set(sums.subarray(0, pages), headWords);
  return sealed(words);
}

/** A record of changes: the sums of these pages. */
export function encodeChanges(
  txid: number,
  chainBefore: number,
  sums: Uint32Array,
  pages: readonly number[],
): Uint32Array {
  const words = newRecord(kinds.changes, txid, chainBefore, pages.length, 2 * pages.length);
  let at = headWords;
  for (const page of pages) {
    words[at++] = page;
    words[at++] = sums[page]!;
  }
  return sealed(words);
}

function newRecord(
  kind: number,
  txid: number,
  chainBefore: number,
  count: number,
  entryWords: number,
): Uint32Array {
  const words = new Uint32Array(recordWords(entryWords));
  words.set([magic, kind, txid % 2 ** 32, Math.floor(txid / 2 ** 32), count, chainBefore]);
  return words;
}

function sealed(words: Uint32Array): Uint32Array {
  words[words.length - 1] = chainOf(words, 0, words.length);
  return words;
}

/** The last word is not part of it: it is taken as zero. */
function chainOf(words: Uint32Array, from: number, length: number): number {
  const last = from + length - 4;
  const tail = Uint32Array.of(words[last]!, words[last + 1]!, words[last + 2]!, 0);
  const seed = length === 4 ? magic : wordSum(magic, words, from, length - 4);
  return wordSum(seed, tail, 0, 4);
}

/** The record at word `from`, or undefined where there is no whole and sound one. */
export function decodeRecord(words: Uint32Array, from: number): SumsRecord | undefined {
  if (from + headWords > words.length || words[from] !== magic) return undefined;
  const isBase = words[from + 1] === kinds.base;
  if (!isBase && words[from + 1] !== kinds.changes) return undefined;
  const count = words[from + 4]!;
  const length = recordWords(isBase ? count : 2 * count);
  if (from + length > words.length) return undefined;
  const chain = words[from + length - 1]!;
  if (chain !== chainOf(words, from, length)) return undefined;
  return {
    isBase,
    txid: words[from + 2]! + words[from + 3]! * 2 ** 32,
    chainBefore: words[from + 5]!,
    chain,
    from: from + headWords,
    count,
    end: from + length,
  };
}
