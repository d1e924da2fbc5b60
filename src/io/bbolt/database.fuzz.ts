// A small database damaged anywhere gives data or an error of its own, whole and through every reader.
import { MemoryDisk, MemoryFile } from "../../../test/bbolt/memory-disk.ts";
import { readModel } from "../../../test/bbolt/model.ts";
import { assert, type RandomSource, seededRandom } from "../../base/index.ts";
import { Batch, CorruptFileError, Database, InvalidDatabaseError, type View } from "./index.ts";

const path = "db";
const pageBytes = 1024;
/** More than a file of sixteen pages can show, each page seen once from each of the others. */
const elementsMax = 20_000;
let sound: Uint8Array | undefined;

function soundFile(): Uint8Array {
  const disk = new MemoryDisk();
  const database = Database.open({ disk, path, pageBytes });
  const batch = new Batch();
  for (const name of ["key", "meta"]) batch.createBucket(name);
  for (let key = 0; key < 40; key++) {
    batch.put("key", Buffer.from(`k${key}`), Buffer.alloc(key === 20 ? 1500 : 40, key));
  }
  batch.put("meta", Buffer.from("term"), Buffer.alloc(8));
  database.commitNow(batch);
  // The pages in use; what lies behind them is free.
  const size = Math.min(database.size, 16 * pageBytes);
  database.close();
  const bytes = new Uint8Array(size);
  disk.files.get(path)!.read(bytes, 0, size, 0);
  return bytes;
}

function damage(random: RandomSource, bytes: Uint8Array): void {
  for (let count = random.below(3); count >= 0; count--) {
    const at = random.below(bytes.length);
    const page = at - (at % pageBytes);
    const kind = random.below(5);
    if (kind === 0) bytes[at]! ^= 1 << random.below(8);
    else if (kind === 1) bytes.fill(0, page, page + 512);
    else if (kind === 2) bytes.copyWithin(page, random.below(16) * pageBytes, bytes.length);
    else if (kind === 3) bytes[page + random.below(48)] = random.below(256);
    else bytes[page + 16 + random.below(64)]! ^= 1 << random.below(8);
  }
}

/** Every element by cursor, by scan and by its key. */
function readAll(view: View): void {
  for (const name of view.bucketNames()) {
    const bucket = view.bucket(name);
    if (bucket === undefined) continue;
    let elements = 0;
    const cursor = view.cursor(bucket);
    for (let more = cursor.first(); more; more = cursor.next()) {
      elements += Math.min(1, cursor.key.length + cursor.value.length + 1);
      assert(elements < elementsMax, "a cursor comes to its end");
    }
    let scanned = 0;
    view.scan(bucket, {}, () => ++scanned < elementsMax);
    assert(scanned < elementsMax, "a scan comes to its end");
    cursor.seek(Buffer.from("k2"));
    cursor.last();
  }
}

/** How one file ended; throws only when a promise was broken. */
export function fuzzDatabase(seed: number): string {
  sound ??= soundFile();
  const random = seededRandom(seed);
  const bytes = Uint8Array.from(sound);
  damage(random, bytes);
  const disk = new MemoryDisk();
  disk.files.set(path, MemoryFile.of(bytes));
  let end = "read";
  const attempt = (use: () => void): void => {
    try {
      use();
    } catch (error) {
      if (!(error instanceof CorruptFileError || error instanceof InvalidDatabaseError))
        throw error;
      end = error.name;
    }
  };
  attempt(() => {
    const database = Database.open({ disk, path, cacheBytesMax: 64 * 1024 });
    attempt(() => {
      if (database.check().length > 0) end = "found by the check";
    });
    // What the check finds sound, every reader reads alike; keys out of order may be read or missed.
    if (end === "read") attempt(() => void readModel(database.view));
    else attempt(() => readAll(database.view));
    database.close();
  });
  return end;
}
