// A snapshot file that was changed anywhere is refused in a SnapError, or says what it said before.
import { assert, seededRandom } from "../../base/index.ts";
import { makeConfState, makeSnapshot, makeSnapshotMetadata } from "../../core/proto/index.ts";
import { SnapError } from "./snap-error.ts";
import { decodeSnapFile, encodeSnapFile } from "./snap-file.ts";

/** How reading one changed file ended; throws only when a promise was broken. */
export function fuzzSnapFile(seed: number): string {
  const random = seededRandom(seed);
  const confState = makeConfState({ voters: [1n, 2n], learners: [3n] });
  const metadata = makeSnapshotMetadata({ confState, index: 1 + random.below(9), term: 2 });
  const data = new Uint8Array(random.below(300)).fill(7);
  const original = encodeSnapFile(makeSnapshot({ data, metadata }));
  let bytes = original.slice();
  for (let change = random.below(4); change > 0; change--) {
    const at = random.below(bytes.length);
    const kind = random.below(3);
    if (kind === 0) bytes[at] = random.below(256);
    else if (kind === 1) bytes = bytes.slice(0, at);
    else bytes.copyWithin(at, random.below(bytes.length), random.below(bytes.length));
    if (bytes.length === 0) break;
  }
  try {
    const read = decodeSnapFile(bytes);
    assert(read.metadata?.index === metadata.index, `seed ${seed}: it says what was written`);
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

if (import.meta.main) {
  console.log(fuzzSnapFiles(Number(process.argv[3] ?? 1), Number(process.argv[2] ?? 100_000)));
}
