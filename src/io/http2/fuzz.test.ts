import { test } from "node:test";
import { fuzzConnection, mutatedTalk } from "./connection.fuzz.ts";
import { fuzzHpackDecoder, mutatedBlocks } from "./hpack/decoder.fuzz.ts";

test("three hundred mutated talks and a thousand mutated blocks break no promise", () => {
  for (let seed = 1; seed <= 300; seed++) fuzzConnection(mutatedTalk(seed), 1 + (seed % 97));
  for (let seed = 1; seed <= 1000; seed++) fuzzHpackDecoder(mutatedBlocks(seed));
});
