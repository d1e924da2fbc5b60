import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { type Id64, seededRandom } from "../../../base/index.ts";
import { jointCommittedIndex, jointVoteResult } from "./joint.ts";
import { majorityCommittedIndex, majorityVoteResult } from "./majority.ts";

/** By definition: the highest index that more than half have acknowledged. */
function committedByCounting(voters: ReadonlySet<Id64>, acked: ReadonlyMap<Id64, number>): number {
  let best = 0;
  for (const index of acked.values()) {
    const count = [...voters].filter((id) => (acked.get(id) ?? 0) >= index).length;
    if (count * 2 > voters.size && index > best) best = index;
  }
  return best;
}

test("the committed index is the highest that more than half have acknowledged", (t) => {
  const seed = randomInt(2 ** 32);
  t.diagnostic(`seed ${seed}`);
  const random = seededRandom(seed);
  for (let round = 0; round < 3000; round++) {
    const ids = Array.from({ length: 1 + random.below(9) }, (_, at) => BigInt(at + 1));
    const voters = new Set(ids);
    const acked = new Map<Id64, number>();
    for (const id of ids) if (random.below(4) > 0) acked.set(id, random.below(12));
    const index = majorityCommittedIndex(voters, (id) => acked.get(id));
    assert.equal(index, committedByCounting(voters, acked), `seed ${seed}`);
  }
});

test("an election is lost when the missing votes cannot win it any more", () => {
  const voters = new Set([1n, 2n, 3n, 4n, 5n]);
  const result = (votes: Readonly<Record<string, boolean>>): string =>
    majorityVoteResult(voters, (id) => votes[String(id)]);
  assert.equal(result({}), "pending");
  assert.equal(result({ 1: true, 2: true }), "pending");
  assert.equal(result({ 1: true, 2: true, 5: true }), "won");
  assert.equal(result({ 1: false, 2: false }), "pending");
  assert.equal(result({ 1: false, 2: false, 3: false }), "lost");
});

test("an empty half never stands in the way of the other", () => {
  const voters = { incoming: new Set([1n, 2n, 3n]), outgoing: new Set<Id64>() };
  assert.equal(
    jointCommittedIndex(voters, (id) => Number(id)),
    2,
  );
  assert.equal(
    jointVoteResult(voters, () => true),
    "won",
  );
  assert.equal(
    jointVoteResult(voters, () => false),
    "lost",
  );
});
