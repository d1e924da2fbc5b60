// Any bytes at all: the connection goes on, or says GOAWAY and ends every stream; it never throws,
// never holds more than its limits, and its streams hear of their end once.
import { assert, seededRandom } from "../../base/index.ts";
import { FieldList } from "./field-list.ts";
import { frameType } from "./frame.ts";
import {
  frame,
  goodRequest,
  settingsAck,
  settingsFrame,
  TestClient,
  TestConnection,
} from "./testing.ts";

const head = new FieldList([[":status", "200"]]);
const trailers = new FieldList([["grpc-status", "0"]]);

/** Feeds `bytes` to a fresh connection that answers every request; throws on a broken promise. */
export function fuzzConnection(bytes: Uint8Array, cut: number): string {
  const peer = new TestConnection();
  for (let at = 0; at < bytes.length; at += cut) {
    peer.nowMs += 1;
    peer.receive(bytes.subarray(at, at + cut));
    for (const stream of peer.streams) {
      const isWhole = stream.events.at(-1)?.endsWith("end") === true;
      if (isWhole) stream.respond(head, new Uint8Array(5), stream.body, trailers);
    }
    if (at % 7 === 0) peer.written();
  }
  const { connection } = peer;
  assert(connection.sender.output.bytes < 1 << 20, "what waits to be written is small");
  assert(connection.tick(peer.nowMs + 1) || !connection.isFailed, "a failed connection lingers");
  if (connection.isFailed)
    assert(connection.openStreams === 0, "a failed connection has no streams");
  connection.close();
  for (const { events } of peer.streams) {
    const ends = events.filter((event) => /^(reset|connection)/.test(event)).length;
    assert(ends <= 1, "a stream hears of its end once");
  }
  assert(connection.windows.held === 0, "nothing is held for streams that ended");
  assert(connection.sender.queuedBytes === 0, "nothing is queued for streams that ended");
  return connection.failure?.message ?? "alive";
}

/** A client's talk of so many requests, with up to three changes. */
export function mutatedTalk(seed: number, requests = 15): Uint8Array {
  const random = seededRandom(seed);
  const client = new TestClient();
  const parts: Buffer[] = [client.preface, settingsAck];
  for (let id = 1; id < 2 * requests; id += 2) {
    parts.push(client.headers(id, random.below(2) === 0, [...goodRequest, ["n", String(id)]]));
    parts.push(client.data(id, Buffer.alloc(random.below(200)), random.below(2) === 0));
    const kind = random.below(12);
    const length = random.below(12);
    if (kind < 10 && random.below(8) === 0)
      parts.push(frame(kind, random.below(256), random.below(id + 2), Buffer.alloc(length, 1)));
    if (kind === 10) parts.push(settingsFrame([1 + random.below(6), random.bits32()]));
    if (kind === 11)
      parts.push(frame(frameType.windowUpdate, 0, random.below(id), Buffer.alloc(4, 1)));
  }
  const bytes = Buffer.concat(parts);
  for (let change = random.below(4); change > 0; change--) {
    const at = 24 + random.below(bytes.length - 24);
    if (random.below(2) === 0) bytes[at] = random.below(256);
    else bytes.copyWithin(at, random.below(bytes.length), random.below(bytes.length));
  }
  return bytes;
}
