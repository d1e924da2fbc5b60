// The index checkpoint beside the database: blocks of 1 MiB, and behind them a trailer with what they
// are and a sum of each. Nothing depends on the file: it is written without a sync, believed only while
// every sum holds, and a start without it reads the records.
import { type IndexCheckpoint, imageBlockBytes } from "../../core/mvcc/index.ts";
import { wordSum } from "../bbolt/index.ts";
import { type Disk, DiskError, type DiskFile, unlinkIfThere } from "../host/index.ts";

const magic = 0x58494e51;
const version = 1;
/** Words: magic, version, blocks, revision, compacted revision + 1, then a sum a block. */
const headWords = 7;
/** Words at the very end: how many words the trailer has, its sum, the version, the magic. */
const endWords = 4;
const blocksMax = 1 << 15;

export class IndexFile {
  readonly #disk: Disk;
  readonly #path: string;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
  }

  /** Undefined when there is none, or none that is whole. */
  load(): IndexCheckpoint | undefined {
    if (this.#disk.stat(this.#path) === undefined) return undefined;
    try {
      const file = this.#disk.open(this.#path, { readOnly: true });
      try {
        return readCheckpoint(file);
      } finally {
        file.close();
      }
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      return undefined;
    }
  }

  /** It is not of the database any more. Throws DiskError when it cannot be removed. */
  remove(): void {
    unlinkIfThere(this.#disk, this.#path);
    unlinkIfThere(this.#disk, `${this.#path}.tmp`);
  }

  /** Undefined where no file can be made. */
  begin(): IndexFileWriter | undefined {
    try {
      const temporary = `${this.#path}.tmp`;
      const file = this.#disk.open(temporary, { create: true, truncate: true });
      const take = (): void => this.#disk.rename(temporary, this.#path);
      return new IndexFileWriter(file, take, () => unlinkIfThere(this.#disk, temporary));
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      return undefined;
    }
  }
}

/** Takes the blocks in order. An error of the disk ends it; the file before it stays. */
export class IndexFileWriter {
  readonly #file: DiskFile;
  readonly #take: () => void;
  readonly #drop: () => void;
  readonly #sums: number[] = [];
  #isFailed = false;

  constructor(file: DiskFile, take: () => void, drop: () => void) {
    this.#file = file;
    this.#take = take;
    this.#drop = drop;
  }

  append(block: Uint8Array): void {
    const at = this.#sums.push(sumOf(block, this.#sums.length)) - 1;
    this.#attempt(() => this.#file.write(block, at * imageBlockBytes));
  }

  /** True when it has taken the place of the one before. */
  finish(revision: number, compacted: number): boolean {
    const blocks = this.#sums.length;
    const length = Math.ceil((headWords + blocks + endWords) / 4) * 4;
    const words = new Uint32Array(length);
    words.set([magic, version, blocks, ...counter(revision), ...counter(compacted + 1)]);
    words.set(this.#sums, headWords);
    words.set([length, 0, version, magic], length - endWords);
    words[length - 3] = wordSum(magic, words, 0, length);
    this.#attempt(() => this.#file.write(bytesOf(words), blocks * imageBlockBytes));
    this.#file.close();
    this.#attempt(this.#take);
    if (this.#isFailed) this.#attempt(this.#drop);
    return !this.#isFailed;
  }

  abandon(): void {
    this.#file.close();
    this.#attempt(this.#drop);
  }

  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#isFailed = true;
    }
  }
}

function readCheckpoint(file: DiskFile): IndexCheckpoint | undefined {
  const trailer = readTrailer(file);
  if (trailer === undefined) return undefined;
  const count = trailer[2]!;
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < count; at++) {
    const block = new Uint8Array(imageBlockBytes);
    if (file.readInto(block, 0, block.length, at * imageBlockBytes) !== block.length) {
      return undefined;
    }
    if (sumOf(block, at) !== trailer[headWords + at]!) return undefined;
    blocks.push(block);
  }
  const [revision, compacted] = [counterAt(trailer, 3), counterAt(trailer, 5) - 1];
  return { revision, compacted, blocks };
}

function readTrailer(file: DiskFile): Uint32Array | undefined {
  const size = file.size();
  const end = new Uint32Array(endWords);
  if (size < 4 * (headWords + endWords) || size % 16 !== 0) return undefined;
  file.readInto(bytesOf(end), 0, 4 * endWords, size - 4 * endWords);
  const [length = 0, sum = 0, found, last] = end;
  if (last !== magic || found !== version || length % 4 !== 0) return undefined;
  if (length > headWords + blocksMax + 8 || 4 * length > size) return undefined;
  const words = new Uint32Array(length);
  file.readInto(bytesOf(words), 0, 4 * length, size - 4 * length);
  words[length - 3] = 0;
  if (wordSum(magic, words, 0, length) !== sum || words[0] !== magic) return undefined;
  const count = words[2]!;
  const isWhole = headWords + count + endWords <= length;
  return isWhole && count * imageBlockBytes + 4 * length === size ? words : undefined;
}

const sumOf = (block: Uint8Array, at: number): number =>
  wordSum(
    at + 1,
    new Uint32Array(block.buffer, block.byteOffset, block.length >> 2),
    0,
    block.length >> 2,
  );

const bytesOf = (words: Uint32Array): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength);

const counter = (value: number): [number, number] => [value % 2 ** 32, Math.floor(value / 2 ** 32)];
const counterAt = (words: Uint32Array, at: number): number => words[at]! + words[at + 1]! * 2 ** 32;
