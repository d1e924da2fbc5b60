import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromLatin1, concatBytes, latin1FromBytes, seededRandom } from "../src/base/index.ts";
import { Loop, Process, runEvent } from "./loop.ts";
import type { ByteEnd, EndEvents } from "./rafthttp-end.ts";
import { ByteNetwork } from "./rafthttp-network.ts";
import { chunkEnd, chunkHead, headBytes, HttpParser, lastChunk } from "./rafthttp-parser.ts";
import { faultlessNetwork } from "./plan.ts";
import type { BytesPlan } from "./rafthttp-plan.ts";

const bytes: BytesPlan = {
  splitPpm: 500_000,
  windowBytes: 64,
  sendBufferBytes: 16,
  refusePpm: 0,
  halfOpenPpm: 0,
  readTimeoutMs: 1000,
  writeTimeoutMs: 1000,
  postTimeoutMs: 1000,
  snapshotStallMs: 1000,
};

class Noted implements EndEvents {
  readonly pieces: Uint8Array[] = [];
  readonly notes: string[] = [];

  onBytes(piece: Uint8Array): void {
    this.pieces.push(piece);
  }
  onEnd(): void {
    this.notes.push("end");
  }
  onDrain(): void {
    this.notes.push("drain");
  }
  onClosed(error: Error): void {
    this.notes.push(error.message);
  }
  get text(): string {
    return latin1FromBytes(concatBytes(this.pieces));
  }
}

interface Pair {
  readonly network: ByteNetwork;
  readonly client: ByteEnd;
  readonly there: Noted;
  readonly here: Noted;
  readonly run: (untilUs?: number) => void;
}

function pair(seed = 1): Pair {
  const loop = new Loop();
  const endpoints = [0, 1].map(() => ({ process: undefined, receive: () => {} }));
  const network = new ByteNetwork(loop, seededRandom(seed), faultlessNetwork, endpoints, bytes);
  const there = new Noted();
  const here = new Noted();
  network.listen("m1", 1, new Process("m1"), (end) => end.listen(there));
  const client = network.dial({ place: 0, process: new Process("m0"), target: "m1" }, here);
  const run = (untilUs = 1e9): void => {
    for (let event = loop.next(untilUs); event !== undefined; event = loop.next(untilUs)) {
      runEvent(event);
    }
  };
  return { network, client, there, here, run };
}

const long = "abcdefghij".repeat(100);

test("bytes arrive in order and whole, however they are cut, and who writes hears of room", () => {
  const { client, there, here, run } = pair();
  assert.equal(client.write(bytesFromLatin1(long)), false);
  client.end();
  run();
  assert.equal(there.text, long);
  assert.ok(there.pieces.length > 1000 / bytes.windowBytes);
  assert.deepEqual(there.notes, ["end"]);
  assert.deepEqual(here.notes, ["drain"]);
});

test("a reset leaves a beginning that may end in the middle of anything", () => {
  const lengths = new Set<number>();
  for (let seed = 1; seed <= 20; seed++) {
    const { network, client, there, here, run } = pair(seed);
    client.write(bytesFromLatin1(long));
    run(1200);
    while (there.notes.length === 0) {
      network.reset(0, 1);
      run(network.loop.nowUs + 2000);
    }
    assert.ok(long.startsWith(there.text));
    assert.deepEqual(there.notes, ["read ECONNRESET"]);
    assert.deepEqual(here.notes, ["read ECONNRESET"]);
    lengths.add(there.text.length);
  }
  assert.ok(lengths.size > 5);
});

test("a host without power says nothing, and with it again resets what it does not know", () => {
  const { network, client, here, run } = pair();
  run(5000);
  network.hostDied("m1", true);
  client.write(bytesFromLatin1("hello"));
  run(3_000_000);
  assert.deepEqual(here.notes, []);
  network.listen("m1", 1, new Process("m1"), () => {});
  run();
  assert.deepEqual(here.notes, ["read ECONNRESET"]);
});

test("a killed process ends its connections, and who dials it is refused", () => {
  const { network, here, run } = pair();
  run(5000);
  network.hostDied("m1", false);
  run();
  assert.equal(here.notes.length, 1);
  const again = new Noted();
  network.dial({ place: 0, process: new Process("m0"), target: "m1" }, again);
  run();
  assert.deepEqual(again.notes, ["connect ECONNREFUSED m1"]);
});

test("what a partition holds up comes when it ends", () => {
  const { network, client, there, run } = pair();
  run(5000);
  network.block(0, 1);
  client.write(bytesFromLatin1("hello"));
  run(2_000_000);
  assert.equal(there.text, "");
  network.unblock(0, 1);
  run();
  assert.equal(there.text, "hello");
});

test("the parser reads heads, lengths and chunks wherever they are cut", () => {
  const stream = concatBytes([
    headBytes("POST /raft HTTP/1.1", { "Content-Length": "5" }),
    bytesFromLatin1("first"),
    headBytes("HTTP/1.1 200 -", { "Transfer-Encoding": "chunked" }),
    ...["second", "third\r\n0"].flatMap((text) => [
      chunkHead(text.length),
      bytesFromLatin1(text),
      chunkEnd,
    ]),
    lastChunk,
    headBytes("HTTP/1.1 204 -", {}),
  ]);
  const random = seededRandom(7);
  for (let round = 0; round < 200; round++) {
    let seen = "";
    const parser = new HttpParser({
      onHead: ({ start }) => void (seen += `[${start.join(" ")}|`),
      onBody: (part) => void (seen += latin1FromBytes(part)),
      onMessageEnd: () => void (seen += "]"),
    });
    for (let at = 0; at < stream.length;) {
      const size = 1 + random.below(30);
      parser.feed(stream.subarray(at, at + size), () => true);
      at += size;
    }
    assert.equal(
      seen,
      "[POST /raft HTTP/1.1|first][HTTP/1.1 200 -|secondthird\r\n0][HTTP/1.1 204 -|]",
    );
  }
});
