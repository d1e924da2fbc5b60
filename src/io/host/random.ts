// The Random port: chance from outside. Machines get a seeded generator of base/ whose seed is ours.
import { type RandomSource, seededRandom } from "../../base/index.ts";

export interface Random extends RandomSource {
  /** Fills `target` with bytes nobody can foretell. */
  fill(target: Uint8Array): void;
}

/** Chance that can be repeated: for simulation and tests. */
export function repeatableRandom(seed: number): Random {
  const source = seededRandom(seed);
  return {
    ...source,
    fill: (target) => {
      for (let at = 0; at < target.length; at++) target[at] = source.bits32() & 0xff;
    },
  };
}
