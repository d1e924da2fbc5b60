// The exhaustive power losses under the log, in the scope a mutant needs to show itself: short call
// sequences, every state each loss may leave.
import { callSequences, enumerateWalCrashes, walCalls, type WalCall } from "./wal-crash.ts";

const sizes = { segmentBytes: 2048, zeroAheadBytes: 0 };
/** Longer ones that fill and change segments. */
const long: readonly (readonly WalCall[])[] = [
  ["save large", "save large", "save large", "reopen", "save large", "save large", "save one"],
  ["save many", "save large", "snapshot", "reopen", "overwrite", "save large", "reopen", "vote"],
  ["save large", "save large", "reopen", "save large", "reopen", "save many", "save large"],
];

/**
 * Throws at the first state that does not hold; returns how many were looked at. `scale` times as many
 * random histories and states as CI takes.
 */
export function runCrashSuite(scale = 1): number {
  let states = 0;
  for (const calls of callSequences(2)) {
    states += enumerateWalCrashes({ calls, seed: 1, statesPerLoss: 64, ...sizes });
  }
  for (const calls of long) {
    for (let seed = 1; seed <= 20 * scale; seed++) {
      states += enumerateWalCrashes({ calls, seed, statesPerLoss: 16, ...sizes });
    }
  }
  for (let seed = 1; seed <= 20 * scale; seed++) {
    const calls = walCalls.flatMap((call) => [call, walCalls[seed % walCalls.length]!]);
    states += enumerateWalCrashes({ calls, seed, statesPerLoss: 8, ...sizes });
  }
  return states;
}
