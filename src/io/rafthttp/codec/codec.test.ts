import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, concatBytes, hexOf, seededRandom } from "../../../base/index.ts";
import { encodeMessage } from "../../../core/proto/index.ts";
import {
  EntryType,
  type Message,
  MessageType,
  newEntry,
  newMessage,
} from "../../../core/raft/index.ts";
import {
  capturedFollower,
  capturedLeader,
  capturedMessages,
  capturedMsgApp,
} from "./captured-streams.ts";
import { fuzzStreamDecoders, mutatedStream } from "./codec.fuzz.ts";
import { FrameBuffer } from "./frame-buffer.ts";
import { MessageDecoder, MessageEncoder } from "./message-codec.ts";
import { MsgAppDecoder, MsgAppEncoder } from "./msgapp-codec.ts";
import { linkHeartbeat, type StreamDecoder, type StreamEncoder } from "./stream-codec.ts";
import { readUint64, writeUint64 } from "./uint64.ts";

function decodeAll(decoder: StreamDecoder, chunks: Iterable<Uint8Array>): Message[] {
  const messages: Message[] = [];
  for (const chunk of chunks) {
    decoder.feed(chunk);
    for (let next = decoder.next(); next !== undefined; next = decoder.next()) messages.push(next);
  }
  return messages;
}

function encodeAll(encoder: StreamEncoder, messages: readonly Message[]): Uint8Array {
  const frames = new FrameBuffer();
  for (const message of messages) encoder.append(message, frames);
  const size = frames.size;
  const bytes = concatBytes(frames.take());
  assert.equal(bytes.length, size);
  return bytes;
}

function* cut(bytes: Uint8Array, pieceBytes: () => number): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + pieceBytes());
    yield bytes.slice(at, end);
    at = end;
  }
}

const newMsgAppDecoder = (): MsgAppDecoder => new MsgAppDecoder(capturedFollower, capturedLeader);

test("the msgapp stream of a Go leader is read and written back byte for byte", () => {
  const bytes = bytesFromHex(capturedMsgApp);
  const messages = decodeAll(newMsgAppDecoder(), [bytes]);
  assert.equal(hexOf(encodeAll(new MsgAppEncoder(), messages)), capturedMsgApp);
  const linked = messages[1]!;
  assert.equal(linked.from, capturedLeader);
  assert.equal(linked.to, capturedFollower);
  assert.deepEqual([linked.term, linked.logTerm, linked.index, linked.commit], [2, 2, 4, 4]);
  assert.deepEqual(
    linked.entries.map(({ index, term }) => [index, term]),
    [
      [5, 2],
      [6, 2],
      [7, 2],
    ],
  );
  const last = messages.findLast((message) => message !== linkHeartbeat)!;
  assert.deepEqual([last.index, last.commit, last.entries.length], [8, 8, 0]);
});

test("the general stream of a Go member is read and written back byte for byte", () => {
  const messages = decodeAll(new MessageDecoder(), [bytesFromHex(capturedMessages)]);
  assert.deepEqual(
    messages.map(({ type }) => type),
    [17, 5, 8, 8, 8],
  );
  assert.equal(hexOf(encodeAll(new MessageEncoder(), messages)), capturedMessages);
});

test("streams may be cut anywhere: byte by byte and at random they say the same", () => {
  const seed = 20_261_122;
  const random = seededRandom(seed);
  for (const [hex, decoder] of [
    [capturedMsgApp, newMsgAppDecoder],
    [capturedMessages, () => new MessageDecoder()],
  ] as const) {
    const bytes = bytesFromHex(hex);
    const whole = decodeAll(decoder(), [bytes]);
    assert.deepEqual(
      decodeAll(
        decoder(),
        cut(bytes, () => 1),
      ),
      whole,
    );
    for (let round = 0; round < 200; round++) {
      const chunks = cut(bytes, () => 1 + random.below(60));
      assert.deepEqual(decodeAll(decoder(), chunks), whole, `seed ${seed} round ${round}`);
    }
  }
});

test("large entries, empty ones and heartbeats between them arrive as they were", () => {
  const append = (index: number, logTerm: number, sizes: readonly number[]): Message => {
    const message = newMessage(MessageType.MsgApp, capturedFollower);
    message.from = capturedLeader;
    message.term = 7;
    message.logTerm = logTerm;
    message.index = index;
    message.commit = index;
    message.entries = sizes.map((size, at) => ({
      ...newEntry(EntryType.EntryNormal, new Uint8Array(size).fill(at + 1)),
      tag: undefined,
      term: 7,
      index: index + 1 + at,
    }));
    return message;
  };
  const messages = [
    append(10, 6, [0, 40_000, 100_000]),
    append(13, 7, []),
    linkHeartbeat,
    append(13, 7, [2_000_000, 0, 1]),
    append(
      16,
      7,
      Array.from({ length: 500 }, () => 300),
    ),
    append(3, 2, [5]),
    append(4, 7, [0]),
  ];
  const bytes = encodeAll(new MsgAppEncoder(), messages);
  const pieces = cut(bytes, () => 65_536);
  const back = decodeAll(newMsgAppDecoder(), pieces);
  assert.equal(back.length, messages.length);
  for (const [at, message] of messages.entries()) {
    assert.deepEqual(encodeMessage(back[at]!), encodeMessage(message));
  }
  // The second and the last two follow on what was before them and need no whole message.
  const kinds = [2, 1, 0, 1, 1, 2, 1];
  const seen: number[] = [];
  const encoder = new MsgAppEncoder();
  for (const message of messages) seen.push(encodeAll(encoder, [message])[0]!);
  assert.deepEqual(seen, kinds);
});

test("what announces more than the limits is refused before it comes", () => {
  const announce = (size: number): Uint8Array => {
    const bytes = new Uint8Array(8);
    writeUint64(size, bytes, 0);
    return bytes;
  };
  const refusal = { message: "rafthttp: error limit exceeded" };
  const tooLarge = announce(512 * 1024 * 1024 + 1);
  assert.throws(() => decodeAll(new MessageDecoder(), [tooLarge]), refusal);
  assert.throws(() => decodeAll(new MessageDecoder(10), [announce(11)]), refusal);
  for (const kind of [1, 2]) {
    const chunks = [new Uint8Array([kind]), announce(2 ** 40)];
    assert.throws(() => decodeAll(newMsgAppDecoder(), chunks), refusal);
  }
  const entry = [new Uint8Array([1]), announce(1), tooLarge];
  assert.throws(() => decodeAll(newMsgAppDecoder(), entry), refusal);
  const all = new Uint8Array(8).fill(255);
  assert.equal(readUint64(all, 0), Infinity);
  assert.throws(() => decodeAll(new MessageDecoder(), [all]), refusal);
});

test("a kind of frame that nobody knows ends the stream in etcd's words", () => {
  const unknown = [new Uint8Array([3])];
  const refusal = { message: "failed to parse type 3 in msgappv2 stream" };
  assert.throws(() => decodeAll(newMsgAppDecoder(), unknown), refusal);
});

test("streams with damage are read, refused or cut short, and nothing else", () => {
  const first = 1;
  for (let seed = first; seed < first + 1_500; seed++) {
    assert.doesNotThrow(() => fuzzStreamDecoders(mutatedStream(seed), seed), `seed ${seed}`);
  }
});

test("eight-byte numbers hold all that a number counts exactly", () => {
  const bytes = new Uint8Array(8);
  for (const value of [0, 1, 255, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 7, Number.MAX_SAFE_INTEGER]) {
    writeUint64(value, bytes, 0);
    assert.equal(readUint64(bytes, 0), value);
  }
});
