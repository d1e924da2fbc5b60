// Finding the meta page that counts, and making a file that has one.
import { type Disk, type DiskFile, parentDirectory } from "../host/index.ts";
import { InvalidDatabaseError, type MetaProblem } from "./errors.ts";
import {
  decodeMeta,
  decodeStamp,
  encodeMeta,
  type Meta,
  metaBytes,
  stampEnd,
} from "./format/meta.ts";
import { pageFlag, wordsOf, writePageHeader } from "./format/page.ts";

/** Where the second meta page may begin, page sizes being powers of two (bbolt/db.go). */
const pageBytesTried = Array.from({ length: 7 }, (_, shift) => 1024 << shift);

/**
 * The newer of the two valid meta pages. Throws InvalidDatabaseError when neither is valid, with
 * what is wrong with the first, as bbolt does.
 */
export function readMeta(file: DiskFile): Meta {
  const found = metaAt(file, 0);
  if (typeof found !== "string") {
    const other = metaAt(file, found.pageBytes);
    return typeof other !== "string" && other.txid > found.txid ? other : found;
  }
  for (const position of pageBytesTried) {
    const other = metaAt(file, position);
    if (typeof other !== "string" && other.pageBytes === position) return other;
  }
  throw new InvalidDatabaseError(file.path, found);
}

function metaAt(file: DiskFile, position: number): Meta | MetaProblem {
  const page = Buffer.alloc(metaBytes);
  const got = file.readInto(page, 0, metaBytes, position);
  return got < metaBytes ? "invalid database" : decodeMeta(page);
}

/** The sidecar's chain that the meta page in force is stamped with, if it is. */
export function readStamp(file: DiskFile, { txid, pageBytes }: Meta): number | undefined {
  const page = Buffer.alloc(stampEnd);
  const got = file.readInto(page, 0, page.length, (txid % 2) * pageBytes);
  return got < page.length ? undefined : decodeStamp(page, txid);
}

/**
 * Makes a new database at `path`, durable and whole or not at all: the file is made under the name
 * that etcd clears away at start (`db.tmp…`) and renamed.
 */
export function createDatabaseFile(
  disk: Disk,
  path: string,
  pageBytes: number,
  mode: number | undefined,
): void {
  const temporary = `${path}.tmp.new`;
  const options = { create: true, truncate: true, ...(mode === undefined ? {} : { mode }) };
  const file = disk.open(temporary, options);
  try {
    file.write(freshPages(pageBytes), 0);
    file.syncNow();
  } finally {
    file.close();
  }
  disk.rename(temporary, path);
  disk.syncDirectoryNow(parentDirectory(path));
}

/** Two metas, an empty freelist, an empty root bucket (bbolt/db.go, `init`). */
function freshPages(pageBytes: number): Buffer {
  const pages = Buffer.alloc(4 * pageBytes);
  for (const txid of [0, 1]) {
    const page = pages.subarray(txid * pageBytes, (txid + 1) * pageBytes);
    encodeMeta(page, { pageBytes, root: 3, sequence: 0, freelist: 2, highWater: 4, txid });
  }
  const words = wordsOf(pages);
  writePageHeader(words, 2 * pageBytes, 2, pageFlag.freelist, 0, 0);
  writePageHeader(words, 3 * pageBytes, 3, pageFlag.leaf, 0, 0);
  return pages;
}
