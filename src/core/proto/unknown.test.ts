import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeOurs, plainArbitrary, plainOfOurs } from "../../../tools/protogen/plain.ts";
import { bytesFromHex, concatBytes, seededRandom } from "../../base/index.ts";
import { messageDescriptors, MalformedError } from "./index.ts";
import { fuzzMessages, randomInput } from "./messages.fuzz.ts";

// Field 2000 is nobody's: a varint, 64 bits, bytes, a group with a group inside, 32 bits.
const strangers = [
  "807dffffffffffffffffff01",
  "817d0102030405060708",
  "827d03ffffff",
  "837d0801637a0161648a7d00847d",
  "857d01020304",
].map(bytesFromHex);

test("fields nobody knows are passed over, wherever they stand", () => {
  for (const { fullName, decode } of Object.values(messageDescriptors)) {
    const three = fc.tuple(plainArbitrary(fullName, 1), fc.nat(4), fc.nat(4));
    fc.assert(
      fc.property(three, ([plain, before, behind]) => {
        const known = encodeOurs(fullName, plain);
        const bytes = concatBytes([strangers[before]!, known, strangers[behind]!]);
        assert.deepEqual(plainOfOurs(fullName, decode(bytes)), plain, fullName);
      }),
      { numRuns: 4 },
    );
  }
});

test("a message cut short is malformed or a shorter message, and never anything else", () => {
  for (const { fullName, decode } of Object.values(messageDescriptors)) {
    for (const plain of fc.sample(plainArbitrary(fullName, 2), { numRuns: 2, seed: 7 })) {
      const bytes = encodeOurs(fullName, plain);
      for (let end = 0; end < bytes.length; end++) {
        try {
          decode(bytes.subarray(0, end));
        } catch (error) {
          assert.ok(error instanceof MalformedError, fullName);
        }
      }
    }
  }
});

test("whatever the bytes, a decoder gives a message or MalformedError", () => {
  const seed = 20_261_122;
  const random = seededRandom(seed);
  for (let round = 0; round < 30_000; round++) {
    const input = randomInput(random);
    try {
      fuzzMessages(input);
    } catch (error) {
      throw new Error(`seed ${seed}, round ${round}`, { cause: error });
    }
  }
});
