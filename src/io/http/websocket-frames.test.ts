import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzzFrames, fuzzWebSocket } from "./websocket-frames.fuzz.ts";

/** A whole text frame of a client. */
const text = (content: string): Buffer =>
  Buffer.concat([Buffer.from([0x81, 0x80 | content.length, 0, 0, 0, 0]), Buffer.from(content)]);

test("a short message after a long one is given on when it comes", () => {
  const [long, short] = ["a long message".repeat(8), "b"];
  const told = [long, short].map((each) => `message ${Buffer.from(each).toString("base64")};`);
  assert.equal(fuzzFrames([text(long), text(short)]), `${told.join("")}open`);
});

test("any bytes make messages within the limit or an error, however they are cut", () => {
  const first = Math.floor(Date.now() / 1000);
  console.log(`seeds from ${first}`);
  assert.ok(fuzzWebSocket(first, 3000).size > 1);
});
