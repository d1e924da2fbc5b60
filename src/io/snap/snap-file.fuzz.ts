// A snapshot file that was changed anywhere is refused in a SnapError, or says what it said before.
import { assert, equalBytes, seededRandom } from "../../base/index.ts";
import { makeConfState, makeSnapshot, makeSnapshotMetadata } from "../../core/proto/index.ts";
import { SnapError } from "./snap-error.ts";
import { decodeSnapFile, encodeSnapFile } from "./snap-file.ts";

/** A snapshot file with up to three changes, and the index it was written with. */
export function changedSnapFile(seed: number): { readonly bytes: Uint8Array; index: number } {
  const random = seededRandom(seed);
  const confState = makeConfState({ voters: [1n, 2n], learners: [3n] });
  const index = 1 + random.below(9);
  const metadata = makeSnapshotMetadata({ confState, index, term: 2 });
  const data = new Uint8Array(random.below(300)).fill(7);
  let bytes = encodeSnapFile(makeSnapshot({ data, metadata })).slice();
  for (let change = random.below(4); change > 0; change--) {
    const at = random.below(bytes.length);
    const kind = random.below(3);
    if (kind === 0) bytes[at] = random.below(256);
    else if (kind === 1) bytes = bytes.slice(0, at);
    else bytes.copyWithin(at, random.below(bytes.length), random.below(bytes.length));
    if (bytes.length === 0) break;
  }
  return { bytes, index };
}

/** How reading one changed file ended; throws only when a promise was broken. */
export function fuzzSnapFile(seed: number): string {
  const { bytes, index } = changedSnapFile(seed);
  try {
    const read = decodeSnapFile(bytes);
    assert(read.metadata?.index === index, `seed ${seed}: it says what was written`);
    const again = decodeSnapFile(encodeSnapFile(read));
    assert(equalBytes(again.data, read.data), `seed ${seed}: what is written again is the same`);
    return "read";
  } catch (error) {
    if (error instanceof SnapError) return error.code;
    throw error;
  }
}

export function fuzzSnapFiles(first: number, rounds: number): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  for (let seed = first; seed < first + rounds; seed++) {
    const end = fuzzSnapFile(seed);
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  return ends;
}
