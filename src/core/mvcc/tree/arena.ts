import { assert } from "../../../base/index.ts";

/** A place in the arena, counted in units of 8 bytes; 0 is nowhere. */
export type Ref = number;

const chunkShift = 17;
/** Units in an ordinary chunk: 2^17 of 8 bytes are 1 MiB. */
export const chunkUnits = 1 << chunkShift;
export const chunkMask = chunkUnits - 1;
const smallUnitsMax = 512;

/**
 * Memory outside the JavaScript heap for what the index keeps of each key: the collector sees a
 * few typed arrays however many keys there are. Blocks never move, so a ref stays good until it is
 * freed. A reference of 32 bits reaches 32 GiB.
 */
export class Arena {
  /** Three views of each chunk; a reader takes the one whose unit it needs. */
  readonly bytes: Uint8Array[] = [];
  readonly words: Uint32Array[] = [];
  readonly doubles: Float64Array[] = [];
  /** First free block of each size in units; a free block begins with the next one's ref. */
  readonly #free = new Uint32Array(smallUnitsMax + 1);
  readonly #freeLarge = new Map<number, Ref[]>();
  #open = -1;
  #next = chunkUnits;
  #usedBytes = 0;

  /** Bytes in blocks that are not free. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Takes whole chunks, in an empty arena; their first word says how many units are in use. */
  adopt(chunks: readonly Uint8Array[]): void {
    assert(this.bytes.length === 0, "an arena is filled once");
    for (const chunk of chunks) {
      assert(chunk.length === chunkUnits * 8, "a chunk is a whole one");
      const { buffer, byteOffset, length } = chunk;
      this.bytes.push(chunk);
      const words = new Uint32Array(buffer, byteOffset, length >>> 2);
      this.words.push(words);
      this.doubles.push(new Float64Array(buffer, byteOffset, length >>> 3));
      this.#usedBytes += words[0]! * 8;
    }
    this.#open = chunks.length - 1;
    this.#next = this.words.at(-1)![0]!;
  }

  /** A block of at least `byteLength` bytes, its content undefined. */
  allocate(byteLength: number): Ref {
    const units = (byteLength + 7) >>> 3;
    this.#usedBytes += units * 8;
    if (units > smallUnitsMax) return this.#allocateLarge(units);
    const free = this.#free[units]!;
    if (free !== 0) {
      this.#free[units] = this.words[free >>> chunkShift]![(free & chunkMask) << 1]!;
      return free;
    }
    if (this.#next + units > chunkUnits) this.#openChunk();
    const ref = ((this.#open << chunkShift) | this.#next) >>> 0;
    this.#next += units;
    return ref;
  }

  /** Gives a block back; `byteLength` is what it was allocated with. */
  free(ref: Ref, byteLength: number): void {
    assert(ref !== 0, "a freed block exists");
    const units = (byteLength + 7) >>> 3;
    this.#usedBytes -= units * 8;
    if (units <= smallUnitsMax) {
      this.words[ref >>> chunkShift]![(ref & chunkMask) << 1] = this.#free[units]!;
      this.#free[units] = ref;
      return;
    }
    const others = this.#freeLarge.get(units);
    if (others === undefined) this.#freeLarge.set(units, [ref]);
    else others.push(ref);
  }

  #allocateLarge(units: number): Ref {
    const others = this.#freeLarge.get(units);
    const free = others?.pop();
    if (free !== undefined) return free;
    if (units >= chunkUnits / 4) return (this.#addChunk(units) << chunkShift) >>> 0;
    if (this.#next + units > chunkUnits) this.#openChunk();
    const ref = ((this.#open << chunkShift) | this.#next) >>> 0;
    this.#next += units;
    return ref;
  }

  #openChunk(): void {
    // What is left of the open chunk still serves small blocks.
    const left = Math.min(chunkUnits - this.#next, smallUnitsMax);
    if (this.#open >= 0 && left > 0) {
      const ref = ((this.#open << chunkShift) | this.#next) >>> 0;
      this.words[this.#open]![this.#next << 1] = this.#free[left]!;
      this.#free[left] = ref;
    }
    this.#open = this.#addChunk(chunkUnits);
    // Ref 0 means nowhere, so the first unit of the first chunk is never given out.
    this.#next = this.#open === 0 ? 1 : 0;
  }

  #addChunk(units: number): number {
    const buffer = new ArrayBuffer((units === chunkUnits ? units : units + 1) * 8);
    if (this.bytes.length === 0 && units !== chunkUnits) this.#openChunk();
    const chunk = this.bytes.length;
    assert(chunk < 1 << 15, "the index fits into 32 GiB");
    this.bytes.push(new Uint8Array(buffer));
    this.words.push(new Uint32Array(buffer));
    this.doubles.push(new Float64Array(buffer));
    return chunk;
  }
}

/** The chunk a ref points into. */
export const chunkOf = (ref: Ref): number => ref >>> chunkShift;
