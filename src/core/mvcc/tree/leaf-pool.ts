// Leaves of the index tree, packed into few large typed arrays.
//
//   word 0        how many entries          word 1     length of the prefix all its keys share
//   words 2, 3    one bit an entry: alive   from 4     the entries' refs, in key order
//   from 4 + 64   each key's four bytes behind the shared prefix, for a search that rarely has to
//                 look at the key itself
const leafShift = 11;
const leafMask = (1 << leafShift) - 1;

export const leafCapacity = 64;
export const leafRefs = 4;
export const leafHeads = leafRefs + leafCapacity;
const leafWords = leafHeads + leafCapacity;

/** A leaf's number in its pool. */
export type LeafId = number;

export class LeafPool {
  readonly #chunks: Uint32Array[] = [];
  readonly #free: LeafId[] = [];
  #next = 0;

  /** An empty leaf. */
  allocate(): LeafId {
    const free = this.#free.pop();
    const id = free ?? this.#next++;
    if (id >> leafShift === this.#chunks.length) {
      this.#chunks.push(new Uint32Array(leafWords << leafShift));
    }
    const words = this.words(id);
    words.fill(0, this.base(id), this.base(id) + leafRefs);
    return id;
  }

  free(id: LeafId): void {
    this.#free.push(id);
  }

  /** The array a leaf lies in; `base` says where. */
  words(id: LeafId): Uint32Array {
    return this.#chunks[id >> leafShift]!;
  }

  base(id: LeafId): number {
    return (id & leafMask) * leafWords;
  }
}

export function popCount(bits: number): number {
  let v = bits - ((bits >>> 1) & 0x5555_5555);
  v = (v & 0x3333_3333) + ((v >>> 2) & 0x3333_3333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** How many of the first `position` entries are alive. */
export function liveBefore(words: Uint32Array, base: number, position: number): number {
  const low = words[base + 2]!;
  if (position < 32) return popCount(low & ((1 << position) - 1));
  const high = words[base + 3]!;
  if (position === 64) return popCount(low) + popCount(high);
  return popCount(low) + popCount(high & ((1 << (position - 32)) - 1));
}

export function isLive(words: Uint32Array, base: number, position: number): boolean {
  return ((words[base + 2 + (position >>> 5)]! >>> (position & 31)) & 1) !== 0;
}

export function setLive(words: Uint32Array, base: number, position: number, live: boolean): void {
  const word = base + 2 + (position >>> 5);
  const bit = 1 << (position & 31);
  words[word] = live ? words[word]! | bit : words[word]! & ~bit;
}

/** Makes room at `position` for one entry and puts its bit there. */
export function insertLiveBit(
  words: Uint32Array,
  base: number,
  position: number,
  live: boolean,
): void {
  const low = words[base + 2]!;
  const high = words[base + 3]!;
  if (position < 32) {
    const below = (1 << position) - 1;
    words[base + 3] = (high << 1) | (low >>> 31);
    words[base + 2] = (low & below) | ((low & ~below) << 1);
  } else {
    const below = (1 << (position - 32)) - 1;
    words[base + 3] = (high & below) | ((high & ~below) << 1);
  }
  setLive(words, base, position, live);
}

/** Takes the bit at `position` out and closes the gap. */
export function removeLiveBit(words: Uint32Array, base: number, position: number): void {
  const low = words[base + 2]!;
  const high = words[base + 3]!;
  if (position < 32) {
    const below = (1 << position) - 1;
    words[base + 2] = (low & below) | ((low >>> 1) & ~below & 0x7fff_ffff) | (high << 31);
    words[base + 3] = high >>> 1;
  } else {
    const below = (1 << (position - 32)) - 1;
    words[base + 3] = (high & below) | ((high >>> 1) & ~below);
  }
}
