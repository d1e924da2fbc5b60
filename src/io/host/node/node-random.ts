import { randomFillSync } from "node:crypto";
import type { Random } from "../random.ts";

const pool = new Uint32Array(1024);
let unused = 0;

function bits32(): number {
  if (unused === 0) {
    randomFillSync(pool);
    unused = pool.length;
  }
  return pool[--unused]!;
}

/** The operating system's randomness behind the Random port. */
export const nodeRandom: Random = {
  bits32,
  // 53 bits divided by 2^53: the bias below 2^32 is under one in two million.
  below: (limit) =>
    Math.floor((((bits32() >>> 5) * 67108864 + (bits32() >>> 6)) / 9007199254740992) * limit),
  fill: (target) => {
    randomFillSync(target);
  },
};
