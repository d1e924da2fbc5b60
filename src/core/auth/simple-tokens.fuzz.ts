// Of all texts only the token that was given lets in, only within its time, and none names an entry
// that is not a number.
import { mutateText } from "../../../test/fuzz/mutation.ts";
import { assert, seededRandom } from "../../base/index.ts";
import { SimpleTokens, tokenIndex, tokenPrefix } from "./simple-tokens.ts";

const ttlMs = 100;
const forgeries = [
  "x.18446744073709551615",
  ".1",
  "a.",
  "..",
  "aaaaaaaaaaaaaaaa.-1",
  "aaaaaaaaaaaaaaaa.9007199254740993",
  "aaaaaaaaaaaaaaaa.1e9",
];

/** How one token ended; throws only when a promise was broken. */
export function fuzzSimpleToken(seed: number): string {
  const random = seededRandom(seed);
  let nowMs = 0;
  const tokens = new SimpleTokens({ ttlMs, nowMs: () => nowMs });
  tokens.enable();
  const prefix = tokenPrefix((target) => {
    for (let at = 0; at < target.length; at++) target[at] = random.below(256);
  });
  const good = tokens.assign("alice", 3, prefix, random.below(10_000))();
  const seedText = random.below(4) === 0 ? forgeries[random.below(forgeries.length)]! : good;
  const text = mutateText(random, seedText, ".0123456789azAZ-e");
  nowMs = random.below(2 * ttlMs);
  const index = tokenIndex(text);
  assert(index === undefined || (index >= 0 && index <= 1e20), "an index is a number");
  const info = tokens.infoOf(text, 9);
  assert(info === undefined || text === good, `seed ${seed}: ${text} is nobody's`);
  assert(text !== good || (info !== undefined) === nowMs <= ttlMs, "a token lasts its time");
  assert(tokens.size <= 1, "looking keeps nothing");
  return info === undefined ? "out" : "in";
}
