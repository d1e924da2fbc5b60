// The two meta pages: which tree is the database (bbolt/internal/common/meta.go). A commit with
// transaction id T writes page T mod 2; the valid one with the greater id counts.
import type { MetaProblem } from "../errors.ts";
import { wordSum } from "../pages/page-sum.ts";
import { headerBytes, pageFlag } from "./page.ts";

const magic = 0xed0cdaed;
const version = 2;
const checksummedBytes = 56;
/** Bytes of a meta page that mean something: its header, 56 bytes and their checksum. */
export const metaBytes = headerBytes + checksummedBytes + 8;
/** Behind that, in bytes that other programs leave zero, our stamp: three words and their sum. */
const stampAt = metaBytes + 8;
const stampMagic = 0x5153544d;
export const stampEnd = stampAt + 16;
/** "No freelist was written": every page that the tree does not reach is free. */
export const noFreelist = -1;

export interface Meta {
  readonly pageBytes: number;
  /** The page of the root bucket, which lists the buckets. */
  readonly root: number;
  readonly sequence: number;
  /** The page of the freelist, or `noFreelist`. */
  readonly freelist: number;
  /** The first page id never given out: the file has this many pages. */
  readonly highWater: number;
  readonly txid: number;
}

const view = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Reads a meta page, or says why it cannot be used. Needs `metaBytes` bytes. */
export function decodeMeta(page: Uint8Array): Meta | MetaProblem {
  if (page.length < metaBytes) return "invalid database";
  const data = view(page);
  if (data.getUint32(headerBytes, true) !== magic) return "invalid database";
  if (data.getUint32(headerBytes + 4, true) !== version) return "version mismatch";
  const [high, low] = fnv1a64(page, headerBytes, headerBytes + checksummedBytes);
  const checksumAt = headerBytes + checksummedBytes;
  if (data.getUint32(checksumAt, true) !== low || data.getUint32(checksumAt + 4, true) !== high) {
    return "checksum error";
  }
  const u64 = (at: number): number =>
    data.getUint32(headerBytes + at, true) + data.getUint32(headerBytes + at + 4, true) * 2 ** 32;
  const meta: Meta = {
    pageBytes: data.getUint32(headerBytes + 8, true),
    root: u64(16),
    sequence: u64(24),
    freelist: u64(32) >= Number.MAX_SAFE_INTEGER ? noFreelist : u64(32),
    highWater: u64(40),
    txid: u64(48),
  };
  return isPlausible(meta) ? meta : "invalid database";
}

/** A checksum says that these are the bytes once written, not that they make sense. */
function isPlausible(meta: Meta): boolean {
  const { pageBytes, root, highWater, freelist } = meta;
  if (pageBytes < 1024 || pageBytes > 65536 || (pageBytes & (pageBytes - 1)) !== 0) return false;
  if (!Number.isSafeInteger(meta.txid) || !Number.isSafeInteger(highWater * pageBytes))
    return false;
  if (freelist !== noFreelist && (freelist < 2 || freelist >= highWater)) return false;
  return root >= 2 && root < highWater;
}

/** Fills `page`, a whole page, with this meta; its place is page `txid % 2`. */
export function encodeMeta(page: Uint8Array, meta: Meta): void {
  page.fill(0);
  const data = view(page);
  const put64 = (at: number, value: number): void => {
    data.setUint32(at, value % 2 ** 32, true);
    data.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
  };
  put64(0, meta.txid % 2);
  data.setUint16(8, pageFlag.meta, true);
  data.setUint32(headerBytes, magic, true);
  data.setUint32(headerBytes + 4, version, true);
  data.setUint32(headerBytes + 8, meta.pageBytes, true);
  put64(headerBytes + 16, meta.root);
  put64(headerBytes + 24, meta.sequence);
  if (meta.freelist === noFreelist) page.fill(0xff, headerBytes + 32, headerBytes + 40);
  else put64(headerBytes + 32, meta.freelist);
  put64(headerBytes + 40, meta.highWater);
  put64(headerBytes + 48, meta.txid);
  const [high, low] = fnv1a64(page, headerBytes, headerBytes + checksummedBytes);
  data.setUint32(headerBytes + 56, low, true);
  data.setUint32(headerBytes + 60, high, true);
}

/** Marks a meta page as ours: `chain` is the sidecar's for this transaction. */
export function encodeStamp(page: Uint8Array, txid: number, chain: number): void {
  const words = stampOf(txid, chain);
  page.set(new Uint8Array(words.buffer), stampAt);
}

/** The chain that a meta page of this transaction is stamped with; undefined without a stamp. */
export function decodeStamp(page: Uint8Array, txid: number): number | undefined {
  if (page.length < stampEnd) return undefined;
  const chain = view(page).getUint32(stampAt + 8, true);
  const expected = new Uint8Array(stampOf(txid, chain).buffer);
  return expected.every((byte, at) => page[stampAt + at] === byte) ? chain : undefined;
}

function stampOf(txid: number, chain: number): Uint32Array {
  const words = Uint32Array.of(stampMagic, txid % 2 ** 32, chain, 0);
  words[3] = wordSum(stampMagic, words, 0, 4);
  return words;
}

/** FNV-1a of 64 bits as two halves. The prime is 2^40 + 0x1b3. */
function fnv1a64(bytes: Uint8Array, start: number, end: number): [high: number, low: number] {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (let at = start; at < end; at++) {
    low = (low ^ bytes[at]!) >>> 0;
    const product = low * 0x1b3;
    high = (high * 0x1b3 + Math.floor(product / 2 ** 32) + low * 256) % 2 ** 32;
    low = product % 2 ** 32;
  }
  return [high, low];
}
