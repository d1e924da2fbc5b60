// A seeded generator (xoshiro128**): the only pure source of chance. The host's Random port gives
// the seed; the same seed gives the same numbers on every machine.

/** What a machine may ask of chance. */
export interface RandomSource {
  /** An integer in [0, limit). */
  below(limit: number): number;
  /** 32 random bits, unsigned. */
  bits32(): number;
}

export function seededRandom(seed: number): RandomSource {
  let mix = seed >>> 0;
  const splitMix = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let [a, b, c, d] = [splitMix(), splitMix(), splitMix(), splitMix()];
  const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
  const bits32 = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
  return {
    bits32,
    // 53 bits divided by 2^53: the bias below 2^32 is under one in two million.
    below: (limit) =>
      Math.floor((((bits32() >>> 5) * 67108864 + (bits32() >>> 6)) / 9007199254740992) * limit),
  };
}
