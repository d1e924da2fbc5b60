import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes, decodeUtf8, humanSize } from "../../../base/index.ts";
import { type Message, MessageType, newMessage } from "../../../core/raft/index.ts";
import type { DatabaseReceiver } from "../../snap/index.ts";
import { FrameBuffer } from "../codec/frame-buffer.ts";
import { appendMessage } from "../codec/message-codec.ts";
import {
  ask,
  type HandCall,
  type HandTransport,
  handTransport,
  localId,
  peerId,
} from "../testing.ts";
import type { SnapshotSource } from "./snapshot-sender.ts";

const size = 1_000_000;

function snapshotMessage(to: bigint, from: bigint, index = 40): Message {
  const message = newMessage(MessageType.MsgSnap, to);
  message.from = from;
  const metadata = { confState: undefined, index, term: 5 };
  message.snapshot = { data: new Uint8Array([1, 2, 3]), metadata };
  return message;
}

function envelope(message: Message): Uint8Array {
  const frames = new FrameBuffer();
  appendMessage(message, frames);
  return concatBytes(frames.take());
}

class NotedSource implements SnapshotSource {
  readonly size = size;
  readonly closed: (string | undefined)[] = [];

  readInto(target: Uint8Array, start: number, length: number, position: number): number {
    target.fill(Math.floor(position / 131_072), start, start + length);
    return length;
  }
  close(error: Error | undefined): void {
    this.closed.push(error?.message);
  }
}

function sending(limits: Parameters<typeof handTransport>[0] = {}): {
  readonly hand: HandTransport;
  readonly source: NotedSource;
  readonly call: HandCall;
} {
  const hand = handTransport(limits);
  hand.transport.addPeer(peerId, ["http://10.0.0.2:2380"]);
  const source = new NotedSource();
  hand.transport.sendSnapshot({ message: snapshotMessage(peerId, localId), source });
  return { hand, source, call: hand.dialer.to("/raft/snapshot")[0]! };
}

const bytesOf = (call: HandCall): number =>
  call.written.reduce((sum, piece) => sum + piece.length, 0);

test("a database is sent behind its message, with its length told and its end awaited", () => {
  const { hand, source, call } = sending();
  const head = envelope(snapshotMessage(peerId, localId));
  assert.equal(call.request.body, head.length + size);
  assert.equal(call.request.headers["Content-Type"], "application/octet-stream");
  hand.clock.advance(1);
  assert.equal(call.isEnded, true);
  assert.deepEqual(call.written[0], head);
  assert.equal(bytesOf(call), head.length + size);
  assert.deepEqual(source.closed, []);
  call.answer(204);
  assert.deepEqual(source.closed, [undefined]);
  assert.deepEqual(hand.raft.notes, ["snapshot to 187 finished"]);
});

test("no more is read than the connection takes", () => {
  const { hand, call } = sending();
  call.hasRoom = false;
  hand.clock.advance(1_000);
  const before = call.written.length;
  call.events.onDrain();
  call.events.onDrain();
  assert.equal(call.written.length, before + 2, "one piece for each room");
  hand.clock.advance(30_000);
  assert.equal(call.isAborted, true, "a receiver that stands still is given up");
  assert.deepEqual(hand.raft.notes, ["unreachable 187", "snapshot to 187 failed"]);
});

test("the rate is kept, whether or not there is room", () => {
  const { hand, call } = sending({ limits: { snapshotBytesPerSecond: 262_144 } });
  const sentAt: number[] = [];
  for (let second = 0; second < 4; second++) {
    hand.clock.advance(1_000);
    sentAt.push(Math.round(bytesOf(call) / 262_144));
  }
  // A piece is sent when those before it are paid for.
  assert.deepEqual(sentAt, [2, 3, 4, 4]);
});

test("a failed or stopped sending lets go of its database, once", () => {
  const first = sending();
  first.call.fail("ECONNRESET");
  assert.deepEqual(first.source.closed, ["ECONNRESET"]);
  const second = sending();
  second.hand.transport.stop();
  assert.deepEqual(second.source.closed, ["stopped"]);
  const third = sending();
  third.call.answer(500, "failed to save KV snapshot (disk)\n");
  assert.equal(third.source.closed.length, 1);
  const source = new NotedSource();
  const unknown = { message: snapshotMessage(0x99n, localId), source };
  third.hand.transport.sendSnapshot(unknown);
  assert.deepEqual(source.closed, ["member not found"]);
});

/** A disk that works only when told to. */
class SlowReceiver {
  readonly pieces: Uint8Array[] = [];
  isAborted = false;
  isFinished = false;
  writing: ((error: Error | undefined) => void) | undefined;

  write(bytes: Uint8Array, done: (error: Error | undefined) => void): void {
    assert.equal(this.writing, undefined, "one write at a time");
    this.pieces.push(bytes);
    this.writing = done;
  }
  finish(done: (error: Error | undefined) => void): void {
    assert.equal(this.writing, undefined);
    this.isFinished = true;
    done(undefined);
  }
  abort(): void {
    assert.equal(this.writing, undefined, "the disk still has the bytes");
    this.isAborted = true;
  }
  wrote(error?: Error): void {
    const done = this.writing!;
    this.writing = undefined;
    done(error);
  }
}

function receiving(more: { freeBytes?: () => number; message?: Message } = {}): {
  readonly hand: HandTransport;
  readonly disk: SlowReceiver;
  readonly request: ReturnType<typeof ask>["request"];
  readonly response: ReturnType<typeof ask>["response"];
} {
  const disk = new SlowReceiver();
  const receiveDatabase = (): never => disk as unknown as DatabaseReceiver as never;
  const { freeBytes } = more;
  const hand = handTransport({
    receiveDatabase,
    ...(freeBytes === undefined ? {} : { freeBytes }),
  });
  const { request, response } = ask(hand, "POST", "/raft/snapshot");
  request.body!.onBytes(envelope(more.message ?? snapshotMessage(localId, peerId)));
  return { hand, disk, request, response };
}

test("a database is taken in as fast as the disk writes it, and raft hears of it at the end", () => {
  const { hand, disk, request, response } = receiving();
  const piece = new Uint8Array(400_000).fill(9);
  for (let at = 0; at < 4; at++) request.body!.onBytes(piece.slice());
  assert.equal(request.isPaused, true);
  assert.equal(disk.pieces.length, 1);
  disk.wrote();
  assert.equal(disk.pieces[1]!.length, 1_200_000);
  assert.equal(request.isPaused, false);
  request.body!.onEnd();
  assert.equal(disk.isFinished, false, "what is being written is part of it");
  disk.wrote();
  assert.equal(disk.isFinished, true);
  assert.equal(hand.raft.messages[0]!.snapshot!.metadata!.index, 40);
  assert.equal(response.status, 204);
});

test("the rest of the chunk with the message is the beginning of the database", () => {
  const disk = new SlowReceiver();
  const receiveDatabase = (): never => disk as unknown as never;
  const hand = handTransport({ receiveDatabase });
  const { request } = ask(hand, "POST", "/raft/snapshot");
  const message = envelope(snapshotMessage(localId, peerId));
  request.body!.onBytes(concatBytes([message, new Uint8Array([5, 6])]));
  assert.deepEqual(disk.pieces, [new Uint8Array([5, 6])]);
});

test("a broken body, a full disk, a failing disk and a silent sender leave nothing behind", () => {
  const broken = receiving();
  broken.request.body!.onBytes(new Uint8Array(10));
  broken.request.body!.onError(new Error("aborted"));
  assert.equal(broken.disk.isAborted, false);
  broken.disk.wrote();
  assert.equal(broken.disk.isAborted, true);
  assert.equal(broken.response.status, 500);

  const full = receiving({ freeBytes: () => 1_000_000 });
  full.request.body!.onBytes(new Uint8Array(33 * 1024 * 1024));
  full.disk.wrote();
  assert.equal(full.disk.isAborted, true);
  const said = decodeUtf8(full.response.bytes);
  assert.equal(said, "failed to save KV snapshot (no space left on device)\n");

  const failing = receiving();
  failing.request.body!.onBytes(new Uint8Array(10));
  failing.disk.wrote(new Error("EIO"));
  assert.deepEqual([failing.response.status, failing.disk.isAborted], [500, true]);

  const silent = receiving();
  silent.hand.clock.advance(30_000);
  assert.deepEqual([silent.response.status, silent.response.isAborted], [500, true]);
  assert.equal(silent.disk.isAborted, true);
  for (const { hand } of [broken, full, failing, silent]) {
    assert.equal(hand.raft.messages.length, 0);
    assert.equal(hand.transport.counters.of("bb").snapshotReceiveFailures, 1);
    assert.equal(hand.transport.counters.of("bb").snapshotsBeingReceived, 0);
  }
});

test("a message without a snapshot, of which Go's handler would die, is refused", () => {
  const message = snapshotMessage(localId, peerId);
  message.snapshot = undefined;
  const { response } = receiving({ message });
  assert.equal(response.status, 400);
  const otherType = receiving({ message: newMessage(MessageType.MsgApp, localId) });
  assert.equal(decodeUtf8(otherType.response.bytes), "wrong raft message type\n");
});

test("a disk that takes no file is told to the sender", () => {
  const receiveDatabase = (): never => {
    throw new Error("EROFS");
  };
  const hand = handTransport({ receiveDatabase });
  const { request, response } = ask(hand, "POST", "/raft/snapshot");
  request.body!.onBytes(envelope(snapshotMessage(localId, peerId)));
  assert.equal(decodeUtf8(response.bytes), "failed to save KV snapshot (EROFS)\n");
  assert.equal(hand.transport.counters.of("bb").snapshotsBeingReceived, 0);
});

test("four snapshots are received at a time", () => {
  const disk = (): never => new SlowReceiver() as unknown as never;
  const hand = handTransport({ receiveDatabase: disk });
  const open = Array.from({ length: 5 }, () => ask(hand, "POST", "/raft/snapshot"));
  assert.deepEqual(
    open.map(({ response }) => response.status),
    [0, 0, 0, 0, 500],
  );
  open[0]!.request.body!.onError(new Error("gone"));
  assert.equal(ask(hand, "POST", "/raft/snapshot").response.status, 0);
  hand.transport.stop();
  assert.ok(open.slice(1, 4).every(({ response }) => response.isAborted));
});

test("sizes read as etcd prints them", () => {
  const sizes = [0, 9, 10, 999, 1_000, 36_864, 1_250_000, 999_999, 2_147_483_648];
  const texts = ["0 B", "9 B", "10 B", "999 B", "1.0 kB", "37 kB", "1.3 MB", "1000 kB", "2.1 GB"];
  assert.deepEqual(sizes.map(humanSize), texts);
});
