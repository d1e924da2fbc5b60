// What a fuzzer does to bytes that were right.
import type { RandomSource } from "../../src/base/index.ts";

/** Numbers at which lengths and counters turn. */
const edges = [0, 1, 2, 0x7f, 0x80, 0xff, 0x10, 0x20, 0x40, 0xfe];

/**
 * `seed` with up to `changesMax` changes: bytes flipped, replaced (by one of `marks`, if given), cut off,
 * taken out, doubled, moved, or set to what lengths turn at. Never longer than twice the seed.
 */
export function mutate(
  random: RandomSource,
  seed: Uint8Array,
  changesMax = 4,
  marks?: Uint8Array,
): Uint8Array {
  // Not slice(): the seed may be a Buffer, whose slices are views.
  let bytes = new Uint8Array(seed);
  for (let change = random.below(changesMax + 1); change > 0 && bytes.length > 0; change--) {
    const at = random.below(bytes.length);
    switch (random.below(8)) {
      case 0:
        bytes[at]! ^= 1 << random.below(8);
        break;
      case 1:
        bytes[at] = random.below(256);
        break;
      case 2:
        bytes[at] = marks?.[random.below(marks.length)] ?? edges[random.below(edges.length)]!;
        break;
      case 3:
        bytes = bytes.slice(0, at);
        break;
      case 4:
        bytes.copyWithin(at, random.below(bytes.length), random.below(bytes.length));
        break;
      case 5:
        bytes.fill(random.below(256), at, at + 1 + random.below(9));
        break;
      case 6:
        bytes = spliced(bytes, at, at + 1 + random.below(8), new Uint8Array(0));
        break;
      default:
        bytes = doubled(random, bytes, at, 2 * seed.length);
    }
  }
  return bytes;
}

function doubled(
  random: RandomSource,
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  bytesMax: number,
): Uint8Array<ArrayBuffer> {
  const part = bytes.subarray(at, at + 1 + random.below(16));
  if (bytes.length + part.length > bytesMax) return bytes;
  return spliced(bytes, at, at, part);
}

function spliced(
  bytes: Uint8Array,
  from: number,
  to: number,
  part: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const end = Math.min(to, bytes.length);
  const result = new Uint8Array(bytes.length - (end - from) + part.length);
  result.set(bytes.subarray(0, from));
  result.set(part, from);
  result.set(bytes.subarray(end), from + part.length);
  return result;
}

/** The same for text, whose `marks` are what its grammar is made of. */
export function mutateText(random: RandomSource, seed: string, marks: string): string {
  return Buffer.from(mutate(random, Buffer.from(seed), 4, Buffer.from(marks))).toString("latin1");
}
