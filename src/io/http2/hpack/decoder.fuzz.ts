// Any bytes at all are fields or a COMPRESSION_ERROR, within bounds of time and memory.
import { assert, seededRandom } from "../../../base/index.ts";
import { ConnectionError } from "../error-code.ts";
import { HpackDecoder } from "./decoder.ts";
import { HpackEncoder } from "./encoder.ts";
import type { HeaderField } from "./header-field.ts";

const listBytesMax = 8192;

/** Feeds `bytes` to one decoder as blocks; throws only when the decoder broke a promise. */
export function fuzzHpackDecoder(bytes: Uint8Array): string {
  const decoder = new HpackDecoder(listBytesMax);
  let at = 0;
  while (at < bytes.length) {
    const end = Math.min(bytes.length, at + 1 + bytes[at]!);
    try {
      let size = 0;
      const fields = decoder.decode(bytes, at + 1, end);
      for (const field of fields) size += field.size;
      assertSurvives(fields);
      assert(size <= listBytesMax, "a list is never larger than its limit");
    } catch (error) {
      if (error instanceof ConnectionError) return "compression error";
      throw error;
    }
    at = end;
  }
  return "fields";
}

// Nothing is put into their tables, so that one pair serves for all inputs.
const survivor = new HpackEncoder();
const survived = new HpackDecoder(2 * listBytesMax);

/** Fields come out of their own encoding unchanged. */
function assertSurvives(fields: readonly HeaderField[]): void {
  const sent = fields.map(({ name, value }) => ({ name, value, repeats: false }));
  const block = survivor.encode(sent);
  const again = survived.decode(block, 0, block.length);
  assert(again.length === sent.length, "as many fields come back");
  for (const [at, { name, value }] of again.entries()) {
    assert(name === sent[at]!.name && value === sent[at]!.value, "a field survives its encoding");
  }
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
