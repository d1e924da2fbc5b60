import { randomInt } from "node:crypto";
import { test } from "node:test";
import { seededRandom } from "../../base/index.ts";
import { fuzzStep, randomInput } from "./step.fuzz.ts";

test("no message of a broken or hostile peer brings a node to contradict itself", (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  for (let round = 0; round < 2000; round++) fuzzStep(randomInput(seededRandom(seed + round)));
});
