// Any bytes at all are fields or a COMPRESSION_ERROR, within bounds of time and memory.
import { assert, seededRandom } from "../../../base/index.ts";
import { ConnectionError } from "../error-code.ts";
import { HpackDecoder } from "./decoder.ts";
import { HpackEncoder } from "./encoder.ts";

const listBytesMax = 8192;

/** Feeds `bytes` to one decoder as blocks; throws only when the decoder broke a promise. */
export function fuzzHpackDecoder(bytes: Uint8Array): string {
  const decoder = new HpackDecoder(listBytesMax);
  let at = 0;
  while (at < bytes.length) {
    const end = Math.min(bytes.length, at + 1 + bytes[at]!);
    try {
      let size = 0;
      for (const field of decoder.decode(bytes, at + 1, end)) size += field.size;
      assert(size <= listBytesMax, "a list is never larger than its limit");
    } catch (error) {
      if (error instanceof ConnectionError) return "compression error";
      throw error;
    }
    at = end;
  }
  return "fields";
}

/** Blocks of a real encoder, with up to three changes. */
export function mutatedBlocks(seed: number): Uint8Array {
  const random = seededRandom(seed);
  const encoder = new HpackEncoder();
  const bytes: number[] = [];
  for (let block = 0; block < 4; block++) {
    const fields = Array.from({ length: random.below(6) }, () => ({
      name: `name-${random.below(8)}`,
      value: "v".repeat(random.below(30)),
      repeats: random.below(2) === 0,
    }));
    const encoded = encoder.encode(fields).subarray(0, 255);
    bytes.push(encoded.length, ...encoded);
  }
  for (let change = random.below(4); change > 0; change--) {
    bytes[random.below(bytes.length)] = random.below(256);
  }
  return Uint8Array.from(bytes);
}

if (import.meta.main) {
  const rounds = Number(process.argv[2] ?? 100_000);
  const first = Number(process.argv[3] ?? 1);
  const ends = new Map<string, number>();
  for (let seed = first; seed < first + rounds; seed++) {
    try {
      const end = fuzzHpackDecoder(mutatedBlocks(seed));
      ends.set(end, (ends.get(end) ?? 0) + 1);
    } catch (error) {
      console.error(`seed ${seed}`);
      throw error;
    }
  }
  console.log(`${rounds} inputs from seed ${first}:`, Object.fromEntries(ends));
}
