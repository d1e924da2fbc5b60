import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeWatchResponse,
  encodeResponseHeader,
  encodeWatchResponse,
  makeResponseHeader,
  makeWatchResponse,
} from "../../core/proto/index.ts";
import type { WatchEvents } from "./watch-port.ts";
import { RunResponses } from "./watch-response.ts";

const header = makeResponseHeader({
  clusterId: 1n << 63n,
  memberId: 2n,
  revision: 300,
  raftTerm: 4,
});

/** Events whose bodies are `sizes` bytes of rubbish: a response does not look into them. */
function runOf(sizes: readonly number[]): { run: WatchEvents; events: Uint8Array[] } {
  const events = sizes.map((size, at) => new Uint8Array(size).fill(at + 1));
  const frames = events.map((event) => encodeWatchResponse(makeWatchResponse({ events: [event] })));
  const byteLength = frames.reduce((sum, frame) => sum + frame.length, 0);
  return { run: { headerRevision: 300, frames, byteLength, carried: undefined }, events };
}

test("for every id the bytes are those of the generated codec", () => {
  const { run, events } = runOf([10, 200, 0]);
  const responses = new RunResponses(run, encodeResponseHeader(header));
  const ids = [0, 1, 127, 128, 16383, 16384, 2097151, 2097152, 268435455, 268435456];
  for (const watchId of [...ids, ...ids.toReversed(), -1, 2 ** 40, Infinity]) {
    const expected = encodeWatchResponse(makeWatchResponse({ header, watchId, events }));
    assert.deepEqual(Buffer.from(responses.for(watchId)), Buffer.from(expected), `id ${watchId}`);
  }
});

test("a large response splits below the limit, whole events each, and only the last says it ends", () => {
  const { run, events } = runOf([400, 400, 400, 1500, 100, 700]);
  const responses = new RunResponses(run, encodeResponseHeader(header));
  for (const bytesMax of [300, 500, 1000, 1300, 2000, 3000]) {
    const bytes = responses.fragments(5, bytesMax);
    const parts = bytes.map((part) => decodeWatchResponse(part));
    assert.deepEqual(
      parts.flatMap((part) => part.events.map((event) => Buffer.from(event))),
      events.map((event) => Buffer.from(event)),
    );
    assert.deepEqual(
      parts.map((part) => part.fragment),
      parts.map((_, at) => at < parts.length - 1),
    );
    for (const [at, part] of parts.entries()) {
      assert.equal(part.watchId, 5);
      assert.deepEqual(part.header, header);
      assert.ok(bytes[at]!.length < bytesMax || part.events.length === 1);
    }
  }
});

test("a response of one event, or one below the limit, is not split", () => {
  const one = new RunResponses(runOf([5000]).run, encodeResponseHeader(header));
  assert.equal(one.fragments(0, 100).length, 1);
  const two = new RunResponses(runOf([500, 500]).run, encodeResponseHeader(header));
  assert.equal(two.fragments(0, 2000).length, 1);
  assert.equal(decodeWatchResponse(two.fragments(0, 2000)[0]!).fragment, false);
});
