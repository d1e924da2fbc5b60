// A copy of a file that stores its freelist, as bbolt does without NoFreelistSync.
import { readFileSync, writeFileSync } from "node:fs";
import { Database } from "../../src/io/bbolt/index.ts";
import { encodeMeta } from "../../src/io/bbolt/format/meta.ts";
import { nodeDisk } from "../../src/io/host/node/index.ts";

/** Adds `pages` free pages at the end and a freelist page that lists every free page. */
export function writeFreelist(source: string, target: string, pages: number): void {
  const database = Database.open({ disk: nodeDisk, path: source, readOnly: true });
  const { meta } = database;
  const { pageBytes } = meta;
  const used = usedPages(database);
  database.close();
  const free = Array.from({ length: meta.highWater + pages }, (_, id) => id).filter(
    (id) => id >= 2 && !used.has(id),
  );
  const isLong = free.length >= 0xffff;
  const words = isLong ? [free.length, ...free] : free;
  const freelist = meta.highWater + pages;
  const length = Math.ceil((16 + 8 * words.length) / pageBytes);
  const file = Buffer.alloc((freelist + length) * pageBytes);
  readFileSync(source).copy(file, 0, 0, meta.highWater * pageBytes);
  const page = file.subarray(freelist * pageBytes);
  page.writeUInt32LE(freelist, 0);
  page.writeUInt16LE(0x10, 8);
  page.writeUInt16LE(isLong ? 0xffff : free.length, 10);
  page.writeUInt32LE(length - 1, 12);
  for (const [at, word] of words.entries()) page.writeUInt32LE(word, 16 + 8 * at);
  for (const txid of [meta.txid + 1, meta.txid + 2]) {
    const place = (txid % 2) * pageBytes;
    const next = { ...meta, freelist, highWater: freelist + length, txid };
    encodeMeta(file.subarray(place, place + pageBytes), next);
  }
  writeFileSync(target, file);
}

function usedPages(database: Database): Set<number> {
  database.listFreePages(Number.POSITIVE_INFINITY);
  const used = new Set<number>();
  for (let id = 2, below = 0; id < database.meta.highWater; id++) {
    const upTo = database.freePagesBelow(id + 1);
    if (upTo === below) used.add(id);
    below = upTo;
  }
  return used;
}
