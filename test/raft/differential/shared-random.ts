// Election timeouts as the Go side draws them: crypto/rand.Int over a reader of xorshift bytes.
import type { RandomSource } from "../../../src/base/index.ts";

export function sharedRandom(seed: number): RandomSource {
  let state = (seed | 1) >>> 0;
  const byte = (): number => {
    state = (state ^ (state << 13)) >>> 0;
    state = (state ^ (state >>> 17)) >>> 0;
    state = (state ^ (state << 5)) >>> 0;
    return state >>> 24;
  };
  return {
    bits32: () => ((byte() << 24) | (byte() << 16) | (byte() << 8) | byte()) >>> 0,
    below: (limit) => {
      const bits = 32 - Math.clz32(limit - 1);
      if (bits === 0) return 0;
      const mask = 2 ** (bits % 8 || 8) - 1;
      for (;;) {
        let value = byte() & mask;
        for (let more = Math.ceil(bits / 8) - 1; more > 0; more--) value = value * 256 + byte();
        if (value < limit) return value;
      }
    },
  };
}
