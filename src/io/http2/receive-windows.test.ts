import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/index.ts";
import { frameType, setting } from "./frame.ts";
import { defaultReceiveLimits } from "./receive-windows.ts";
import { type RecordingStream, settingsAck, TestClient, TestConnection } from "./testing.ts";

const KiB = 1024;
const limits = {
  connectionWindowBytes: 256 * KiB,
  heldBytesHigh: 512 * KiB,
  grantBytesMax: 512 * KiB,
};
const bound = limits.heldBytesHigh + limits.connectionWindowBytes + limits.grantBytesMax;

/** A client that has one message of a size to send on each stream, and keeps to its windows. */
class Uploader {
  readonly peer = new TestConnection({ receive: limits });
  readonly client = new TestClient();
  readonly left = new Map<number, number>();
  readonly streams = new Map<number, RecordingStream>();
  readonly windows = new Map<number, number>();
  connectionWindow = 65_535;
  initialWindow = 65_535;
  maxHeld = 0;
  done = 0;

  constructor() {
    this.peer.receive(this.client.preface, settingsAck);
    this.listen();
  }

  open(id: number, bytes: number): void {
    this.peer.receive(this.client.headers(id, false));
    this.streams.set(id, this.peer.streams.at(-1)!);
    this.left.set(id, bytes);
    this.windows.set(id, this.initialWindow);
  }

  /** Reads what the server wrote and acknowledges its SETTINGS. */
  listen(): void {
    for (const { type, flags, streamId, payload } of this.peer.written()) {
      if (type === frameType.windowUpdate) {
        const bytes = payload.readUInt32BE(0);
        if (streamId === 0) this.connectionWindow += bytes;
        else this.windows.set(streamId, (this.windows.get(streamId) ?? 0) + bytes);
      } else if (type === frameType.settings && (flags & 1) === 0) {
        for (let at = 0; at < payload.length; at += 6) {
          if (payload.readUInt16BE(at) === setting.initialWindowSize)
            this.resize(payload.readUInt32BE(at + 2));
        }
        this.peer.receive(settingsAck);
      }
    }
  }

  resize(initialWindow: number): void {
    for (const [id, window] of this.windows) {
      this.windows.set(id, window + initialWindow - this.initialWindow);
    }
    this.initialWindow = initialWindow;
  }

  /** Sends up to `most` on the stream; the "handler" holds it until the message is whole. */
  push(id: number, most: number): boolean {
    const left = this.left.get(id)!;
    const bytes = Math.min(most, left, this.windows.get(id)!, this.connectionWindow, 16_384);
    if (bytes <= 0) return false;
    this.connectionWindow -= bytes;
    this.windows.set(id, this.windows.get(id)! - bytes);
    this.left.set(id, left - bytes);
    const stream = this.streams.get(id)!;
    this.peer.receive(this.client.data(id, Buffer.alloc(bytes), left === bytes));
    const { windows } = this.peer.connection;
    assert.notEqual(stream.state, 4, "a client within its windows is not reset");
    windows.hold(stream, bytes);
    this.maxHeld = Math.max(this.maxHeld, windows.held);
    windows.expect(stream, left - bytes);
    if (left === bytes) this.finish(stream);
    return true;
  }

  finish(stream: RecordingStream): void {
    this.peer.connection.windows.release(stream, stream.retained);
    stream.reset(0);
    this.left.delete(stream.id);
    this.windows.delete(stream.id);
    this.done++;
  }
}

test("a large message is granted at once and flows without another word", () => {
  const uploader = new Uploader();
  uploader.open(1, 300 * KiB);
  uploader.push(1, 1000);
  uploader.listen();
  assert.ok(uploader.windows.get(1)! >= 299 * KiB);
  while (uploader.left.size > 0) {
    uploader.listen();
    assert.ok(uploader.push(1, 16_384));
  }
});

test("any number of large messages at once all arrive, within one bound", () => {
  const seed = 31;
  const random = seededRandom(seed);
  for (const streams of [3, 40, 120]) {
    const uploader = new Uploader();
    for (let at = 0; at < streams; at++) uploader.open(2 * at + 1, 1 + random.below(400 * KiB));
    for (let idle = 0; idle < 50 && uploader.left.size > 0;) {
      const ids = [...uploader.left.keys()];
      let moved = false;
      for (let turn = 0; turn < ids.length; turn++) {
        const id = ids[random.below(ids.length)]!;
        if (uploader.left.has(id)) moved = uploader.push(id, 1 + random.below(16_384)) || moved;
      }
      if (random.below(3) === 0 || !moved) uploader.listen();
      idle = moved ? 0 : idle + 1;
    }
    assert.equal(uploader.left.size, 0, `seed ${seed}: ${streams} streams, none is stuck`);
    assert.ok(uploader.maxHeld <= bound, `seed ${seed}: ${uploader.maxHeld} of ${bound}`);
    assert.equal(uploader.peer.connection.windows.held, 0);
  }
});

test("a client that never acknowledges cannot make us hold more than its connection window", () => {
  const uploader = new Uploader();
  for (let at = 0; at < 300; at++) uploader.open(2 * at + 1, 60 * KiB);
  // It reads WINDOW_UPDATEs and ignores SETTINGS.
  let moved = true;
  while (moved) {
    moved = false;
    for (const { type, streamId, payload } of uploader.peer.written()) {
      if (type === frameType.windowUpdate && streamId === 0) {
        uploader.connectionWindow += payload.readUInt32BE(0);
      }
    }
    for (const id of uploader.left.keys()) {
      if (uploader.left.get(id)! > 20 * KiB) moved = uploader.push(id, 16_384) || moved;
    }
  }
  assert.ok(uploader.maxHeld <= limits.heldBytesHigh + limits.connectionWindowBytes);
});

test("streams that were cut short give back what they held and were granted", () => {
  const uploader = new Uploader();
  for (let at = 0; at < 20; at++) uploader.open(2 * at + 1, 400 * KiB);
  for (const id of uploader.left.keys()) uploader.push(id, 10_000);
  const { windows } = uploader.peer.connection;
  assert.equal(windows.held, 200_000);
  for (const stream of uploader.peer.streams) {
    stream.reset(8);
    uploader.left.delete(stream.id);
  }
  assert.equal(windows.held, 0);
  uploader.open(101, 500 * KiB);
  uploader.push(101, 10);
  uploader.listen();
  assert.ok(uploader.windows.get(101)! >= 490 * KiB, "nothing of the budget was lost");
});

test("the default bound is 9 MiB a connection", () => {
  const { connectionWindowBytes, heldBytesHigh, grantBytesMax } = defaultReceiveLimits;
  assert.equal(connectionWindowBytes + heldBytesHigh + grantBytesMax, 9 * 1024 * KiB);
});
