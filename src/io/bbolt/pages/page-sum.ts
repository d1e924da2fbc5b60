const [primeA, primeB, primeC] = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d];

/**
 * A checksum of words[from, from + count), 32 bits, never 0; `count` is a multiple of 4. Four lanes
 * of xxHash32's kind run beside each other; every step is a bijection of its lane, so that damage to
 * a single word, as a flipped bit is, always shows. The seed is where the words belong.
 */
export function wordSum(seed: number, words: Uint32Array, from: number, count: number): number {
  let a = (seed + primeA) | 0;
  let b = (seed + primeB) | 0;
  let c = seed | 0;
  let d = (seed - primeA) | 0;
  const end = from + count;
  for (let at = from; at < end; at += 4) {
    a = Math.imul(a ^ words[at]!, primeA);
    a ^= a >>> 15;
    b = Math.imul(b ^ words[at + 1]!, primeB);
    b ^= b >>> 13;
    c = Math.imul(c ^ words[at + 2]!, primeC);
    c ^= c >>> 16;
    d = Math.imul(d ^ words[at + 3]!, primeA);
    d ^= d >>> 14;
  }
  let sum = mixed(a);
  for (const lane of [b, c, d]) sum = mixed(Math.imul(sum, primeB) + lane);
  sum >>>= 0;
  return sum === 0 ? 1 : sum;
}

function mixed(value: number): number {
  let mixing = Math.imul(value ^ (value >>> 15), primeB);
  mixing = Math.imul(mixing ^ (mixing >>> 13), primeC);
  return mixing ^ (mixing >>> 16);
}
