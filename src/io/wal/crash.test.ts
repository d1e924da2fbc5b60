import assert from "node:assert/strict";
import { env } from "node:process";
import { test } from "node:test";
import { seededRandom } from "../../base/index.ts";
import { callSequences, enumerateWalCrashes, walCalls } from "../../../sim/wal-crash.ts";

/** 1 for every run; 10 and more for a long one. `QUORATE_CRASH_SCALE=20 node --test …` */
const scale = Number(env["QUORATE_CRASH_SCALE"] ?? 1);

test("after any power loss in any short sequence of calls the log opens with all it confirmed", (t) => {
  const length = scale >= 100 ? 4 : scale >= 10 ? 3 : 2;
  let states = 0;
  let seed = 1;
  for (const calls of callSequences(length)) {
    const scope = { calls, seed: seed++, statesPerLoss: 5 * scale };
    states += enumerateWalCrashes({ ...scope, segmentBytes: 2048, zeroAheadBytes: 0 });
  }
  t.diagnostic(`${states} states`);
  assert.ok(states > 3_000, `${states} states`);
});

test("longer sequences by chance, with segments that are cut and zeros written ahead", (t) => {
  const random = seededRandom(2026);
  let states = 0;
  for (let seed = 1; seed <= 6 * scale; seed++) {
    const calls = Array.from({ length: 12 }, () => walCalls[random.below(walCalls.length)]!);
    const zeroAheadBytes = random.below(2) * 4096;
    const segmentBytes = [1024, 8192, 8192][random.below(3)]!;
    states += enumerateWalCrashes({ calls, seed, statesPerLoss: 8, segmentBytes, zeroAheadBytes });
  }
  t.diagnostic(`${states} states`);
  assert.ok(states > 1_000, `${states} states`);
});
