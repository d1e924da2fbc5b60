import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/index.ts";
import { errorCode } from "./error-code.ts";
import { FieldList } from "./field-list.ts";
import { frameFlag, frameType, setting } from "./frame.ts";
import { HpackDecoder } from "./hpack/decoder.ts";
import {
  frame,
  goodRequest,
  readFrames,
  settingsAck,
  settingsFrame,
  TestClient,
  TestConnection,
  uint32,
} from "./testing.ts";

const head = new FieldList([
  [":status", "200"],
  ["content-type", "application/grpc"],
]);
const trailers = new FieldList([["grpc-status", "0"]]);
const none = new Uint8Array(0);

function opened(options = {}): { peer: TestConnection; client: TestClient } {
  const peer = new TestConnection(options);
  const client = new TestClient();
  peer.receive(client.preface, settingsAck);
  peer.written();
  return { peer, client };
}

const goAwayCode = (peer: TestConnection): number | undefined =>
  peer
    .written()
    .find(({ type }) => type === frameType.goAway)
    ?.payload.readUInt32BE(4);

test("a request cut anywhere arrives as if it came at once", () => {
  const client = new TestClient();
  const bytes = Buffer.concat([
    client.preface,
    settingsAck,
    client.headers(1, false),
    client.data(1, Buffer.alloc(300, 1), false),
    client.data(1, Buffer.alloc(20, 2), true),
  ]);
  const random = seededRandom(3);
  for (let round = 0; round < 200; round++) {
    const peer = new TestConnection();
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + 1 + random.below(round < 20 ? 1 : 150));
      peer.receive(bytes.subarray(at, end));
      at = end;
    }
    const [stream] = peer.streams;
    assert.deepEqual(stream!.events, ["open", "end"]);
    assert.equal(stream!.body.length, 320);
    assert.equal(stream!.head.path, "/test.Service/Method");
  }
});

test("PING and SETTINGS are acknowledged ahead of answers that wait", () => {
  const { peer, client } = opened();
  peer.receive(client.headers(1, true));
  peer.streams[0]!.sendHead(head, false);
  peer.streams[0]!.sendBody(none, Buffer.alloc(60_000), true);
  const ping = frame(frameType.ping, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]);
  peer.receive(settingsFrame([setting.maxHeaderListSize, 1000]), ping);
  const types = peer.written().map(({ type }) => type);
  assert.ok(types.indexOf(frameType.ping) < types.indexOf(frameType.data));
  assert.ok(types.indexOf(frameType.settings) < types.indexOf(frameType.data));
});

test("the same block decodes once and gives the same head", () => {
  const { peer, client } = opened();
  peer.receive(client.headers(1, true), client.headers(3, true), client.headers(5, true));
  const [first, second, third] = peer.streams;
  assert.notEqual(first!.head, second!.head, "the first block fills the table");
  assert.equal(second!.head, third!.head);
  peer.receive(client.headers(7, true, [...goodRequest, ["x-new", "1"]]));
  peer.receive(client.headers(9, true));
  assert.notEqual(peer.streams[4]!.head, third!.head, "an insertion makes old blocks unknown");
  assert.equal(peer.streams[4]!.head.path, third!.head.path);
});

test("an answer in one go is a head, one message and trailers that a decoder reads", () => {
  const { peer, client } = opened();
  const decoder = new HpackDecoder(4096);
  for (const id of [1, 3, 5]) {
    peer.receive(client.headers(id, true));
    peer.streams.at(-1)!.respond(head, Buffer.from([0, 0, 0, 0, 2]), Buffer.from("ok"), trailers);
    const [first, body, last, ...rest] = peer.written();
    const names = ({ payload }: { payload: Buffer }): string[] =>
      decoder.decode(payload, 0, payload.length).map(({ name, value }) => `${name}=${value}`);
    assert.deepEqual(names(first!), [":status=200", "content-type=application/grpc"]);
    assert.equal(body!.payload.toString("latin1"), "\0\0\0\0\x02ok");
    assert.deepEqual(names(last!), ["grpc-status=0"]);
    assert.equal(last!.flags, frameFlag.endHeaders | frameFlag.endStream);
    assert.equal(rest.length, 0, "the stream was closed by both: no reset");
    if (id > 1) assert.ok(first!.payload.length === 2 && last!.payload.length === 1);
  }
  assert.equal(peer.connection.openStreams, 0);
});

test("an answer before the request is whole ends with a reset that is no error", () => {
  const { peer, client } = opened();
  peer.receive(client.headers(1, false));
  peer.streams[0]!.respond(head, none, Buffer.from("x"), trailers);
  const last = peer.written().at(-1)!;
  assert.equal(last.type, frameType.rstStream);
  assert.equal(last.payload.readUInt32BE(0), errorCode.noError);
  peer.receive(client.data(1, Buffer.alloc(10), false));
  assert.deepEqual(peer.written(), [], "what was under way is ignored");
});

test("whatever the windows are, a body arrives whole, in order, in frames that fit", () => {
  const seed = 21;
  const random = seededRandom(seed);
  for (let round = 0; round < 60; round++) {
    const peer = new TestConnection();
    const client = new TestClient();
    const initial = random.below(30_000);
    peer.receive(client.preface, settingsFrame([setting.initialWindowSize, initial]));
    const sizes = [random.below(70_000), random.below(200), random.below(40_000)];
    peer.receive(client.headers(1, true));
    const stream = peer.streams[0]!;
    const sent = Buffer.concat(
      sizes.map((size) => Buffer.from(Array.from({ length: size }, () => random.below(256)))),
    );
    stream.sendHead(head, false);
    let at = 0;
    for (const size of sizes) {
      stream.sendBody(sent.subarray(at, at + 3), sent.subarray(at + 3, at + size), false);
      at += Math.max(size, 0);
    }
    stream.sendTrailers(trailers);
    const got: Buffer[] = [];
    let window = initial;
    let connectionWindow = 65_535;
    let isEnded = false;
    for (let turn = 0; turn < 5000 && !isEnded; turn++) {
      for (const { type, payload, flags, streamId } of peer.written()) {
        if (streamId !== 1) continue;
        if (type === frameType.data) {
          assert.ok(payload.length <= 16_384, `seed ${seed} round ${round}`);
          window -= payload.length;
          connectionWindow -= payload.length;
          assert.ok(window >= 0 && connectionWindow >= 0, `seed ${seed} round ${round}`);
          got.push(payload);
        }
        isEnded ||= (flags & frameFlag.endStream) !== 0 && type === frameType.headers;
      }
      const [more, moreAll] = [1 + random.below(9000), 1 + random.below(20_000)];
      peer.nowMs += 100;
      peer.receive(
        frame(frameType.windowUpdate, 0, 1, uint32(more)),
        frame(frameType.windowUpdate, 0, 0, uint32(moreAll)),
      );
      window += more;
      connectionWindow += moreAll;
    }
    assert.ok(isEnded && Buffer.concat(got).equals(sent), `seed ${seed} round ${round}`);
    assert.equal(peer.connection.sender.queuedBytes, 0);
  }
});

test("small answers overtake large ones, and large ones share by turns", () => {
  const { peer, client } = opened();
  peer.receive(
    settingsFrame([setting.initialWindowSize, 10_000_000]),
    frame(frameType.windowUpdate, 0, 0, uint32(100_000_000)),
  );
  peer.receive(client.headers(1, true), client.headers(3, true), client.headers(5, true));
  const [big, other, small] = peer.streams;
  for (const stream of [big!, other!]) {
    stream.sendHead(head, false);
    stream.sendBody(none, Buffer.alloc(1_000_000), true);
  }
  const first = peer.written();
  small!.respond(head, none, Buffer.from("now"), trailers);
  const second = peer.written();
  const dataOf = (frames: typeof first, id: number): number =>
    frames
      .filter(({ type, streamId }) => type === frameType.data && streamId === id)
      .reduce((sum, { payload }) => sum + payload.length, 0);
  assert.ok(Math.abs(dataOf(first, 1) - dataOf(first, 3)) <= 32_768);
  assert.ok(dataOf(first, 1) + dataOf(first, 3) < 320 * 1024, "one write has a limit");
  assert.equal(second[0]!.streamId, 5, "the small answer leads the next write");
});

test("SETTINGS may make a window negative, and it must be filled before more is sent", () => {
  const { peer, client } = opened();
  peer.receive(client.headers(1, true));
  peer.streams[0]!.sendHead(head, false);
  peer.streams[0]!.sendBody(none, Buffer.alloc(100_000), true);
  peer.written();
  peer.receive(settingsFrame([setting.initialWindowSize, 10]));
  peer.receive(frame(frameType.windowUpdate, 0, 0, uint32(1_000_000)));
  peer.receive(frame(frameType.windowUpdate, 0, 1, uint32(65_525)));
  const isData = ({ type }: { type: number }): boolean => type === frameType.data;
  assert.equal(peer.written().filter(isData).length, 0);
  peer.receive(frame(frameType.windowUpdate, 0, 1, uint32(1)));
  const [one] = peer.written().filter(isData);
  assert.equal(one!.payload.length, 1);
});

test("a drained connection first warns, then names its last stream, and is done when that is", () => {
  const { peer, client } = opened();
  peer.receive(client.headers(1, true));
  peer.connection.drain();
  const [warning, ping] = peer.written();
  assert.equal(warning!.payload.readUInt32BE(0), 0x7fff_ffff);
  peer.receive(client.headers(3, true));
  assert.equal(peer.streams.length, 2, "what was under way is still served");
  peer.receive(frame(frameType.ping, frameFlag.ack, 0, ping!.payload));
  const [last] = peer.written();
  assert.equal(last!.payload.readUInt32BE(0), 3);
  peer.receive(client.headers(5, true));
  assert.equal(peer.streams.length, 2);
  for (const stream of peer.streams) stream.respond(head, none, none, trailers);
  assert.ok(peer.connection.isDrained);
});

test("acknowledgements of pings nobody sent are a flood like any other", () => {
  const { peer } = opened();
  const ack = frame(frameType.ping, frameFlag.ack, 0, new Uint8Array(8));
  for (let at = 0; at < 5_000; at++) peer.receive(ack);
  const last = peer.written().findLast(({ type }) => type === frameType.goAway);
  assert.equal(last?.payload.readUInt32BE(4), errorCode.enhanceYourCalm);
});

test("a client that does not answer the drain ping is drained after five seconds", () => {
  const { peer } = opened();
  peer.connection.drain();
  assert.ok(peer.connection.tick(4_000) && !peer.connection.isDrained);
  assert.ok(peer.connection.tick(6_000) && peer.connection.isDrained);
});

test("streams above the limit are refused, and the table still follows", () => {
  const { peer, client } = opened({ maxConcurrentStreams: 2 });
  peer.receive(client.headers(1, true), client.headers(3, true));
  peer.receive(client.headers(5, true, [...goodRequest, ["x-added", "by the refused one"]]));
  const [reset] = peer.written();
  assert.equal(reset!.type, frameType.rstStream);
  assert.equal(reset!.payload.readUInt32BE(0), errorCode.refusedStream);
  peer.streams[0]!.respond(head, none, none, trailers);
  peer.receive(client.headers(7, true, [...goodRequest, ["x-added", "by the refused one"]]));
  assert.equal(peer.streams.at(-1)!.head.fields.at(-1)!.value, "by the refused one");
});

test("a peer that says nothing, or not enough, in ten seconds is let go", () => {
  const silent = new TestConnection();
  assert.ok(silent.connection.tick(9_000) && !silent.connection.tick(10_001));
  const client = new TestClient();
  const halfway = new TestConnection();
  halfway.receive(client.preface, settingsAck);
  halfway.receive(frame(frameType.headers, 0, 1, client.block(goodRequest)));
  halfway.connection.tick(10_001);
  assert.equal(goAwayCode(halfway), errorCode.enhanceYourCalm);
  const unacked = new TestConnection();
  unacked.receive(new TestClient().preface);
  unacked.connection.tick(10_001);
  assert.equal(goAwayCode(unacked), errorCode.settingsTimeout);
});

test("a message that stops in the middle, and an answer nobody takes, are reset in time", () => {
  const { peer, client } = opened({ bodyTimeoutMs: 30_000, stallTimeoutMs: 60_000 });
  peer.receive(client.headers(1, false), client.headers(3, true), client.headers(5, false));
  const [slow, stuck, idle] = peer.streams;
  slow!.awaitsBody = true;
  stuck!.sendHead(head, false);
  stuck!.sendBody(none, Buffer.alloc(100_000), true);
  peer.written();
  for (let at = 1000; at <= 40_000; at += 1000) peer.connection.tick(at);
  assert.deepEqual(slow!.events.at(-1), `reset ${errorCode.cancel}`);
  assert.equal(stuck!.events.length, 1);
  for (let at = 41_000; at <= 70_000; at += 1000) peer.connection.tick(at);
  assert.deepEqual(stuck!.events.at(-1), `reset ${errorCode.enhanceYourCalm}`);
  assert.deepEqual(idle!.events, ["open"], "a stream that owes nothing may be silent");
  assert.equal(peer.connection.sender.queuedBytes, 0);
});

test("after two hours of silence we ping, and after twenty seconds more we close", () => {
  const { peer } = opened();
  const hours = 2 * 3600 * 1000;
  assert.ok(peer.connection.tick(hours + 1));
  assert.deepEqual(
    peer.written().map(({ type }) => type),
    [frameType.ping],
  );
  assert.ok(peer.connection.tick(hours + 15_000));
  assert.ok(!peer.connection.tick(hours + 20_002));
});

test("what is written ends at a chunk's border or not, and reads back the same", () => {
  const { peer, client } = opened();
  peer.receive(settingsFrame([setting.initialWindowSize, 0x7fff_ffff]));
  peer.receive(frame(frameType.windowUpdate, 0, 0, uint32(0x7000_0000)));
  peer.written();
  const random = seededRandom(9);
  let expected = 0;
  for (let id = 1; id < 400; id += 2) {
    peer.receive(client.headers(id, true));
    const size = random.below(3000);
    expected += size;
    peer.streams.at(-1)!.respond(head, none, Buffer.alloc(size, id), trailers);
  }
  const { sender } = peer.connection;
  const written: Buffer[] = [];
  do {
    sender.pump();
    const { segments, bytes } = sender.output.take();
    written.push(Buffer.concat(segments));
    assert.equal(written.at(-1)!.length, bytes);
  } while (sender.hasReady);
  const data = readFrames(Buffer.concat(written)).filter(({ type }) => type === frameType.data);
  assert.equal(
    data.reduce((sum, { payload }) => sum + payload.length, 0),
    expected,
  );
  assert.ok(data.every(({ payload, streamId }) => payload.every((b) => b === (streamId & 255))));
});
