import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { concatBytes, seededRandom } from "../../../src/base/index.ts";
import { decodeMessage, encodeSnapshot, type Message } from "../../../src/core/proto/index.ts";
import {
  EntryType,
  type Message as RaftMessage,
  MessageType,
  newEntry,
  newMessage,
} from "../../../src/core/raft/index.ts";
import type { PeerRequest } from "../../../src/io/http/index.ts";
import type { SnapshotSource, TransportLimits } from "../../../src/io/rafthttp/index.ts";
import { CuttingProxy } from "./cutting-proxy.ts";
import { RecordingRaft, TransportNode, until } from "./transport-node.ts";

const limits: Partial<TransportLimits> = { dialIntervalMs: 5, readTimeoutMs: 600 };

/** Member 1 sends, member 2 receives; a proxy stands before either. */
class Pair {
  readonly raftA = new RecordingRaft();
  readonly raftB = new RecordingRaft();
  /** Indexes of messages that came to member 2 by POST. */
  readonly posted = new Set<number>();
  a!: TransportNode;
  b!: TransportNode;
  toA!: CuttingProxy;
  toB!: CuttingProxy;

  static async start(more: Partial<TransportLimits> = {}): Promise<Pair> {
    const pair = new Pair();
    const own = { ...limits, ...more };
    pair.a = await TransportNode.start({ id: 1n, raft: pair.raftA, limits: own });
    pair.b = await TransportNode.start({
      id: 2n,
      raft: pair.raftB,
      limits: own,
      onRequest: (request) => (request.path === "/raft" ? pair.#noted(request) : request),
    });
    pair.toA = await CuttingProxy.start(() => pair.a.url);
    pair.toB = await CuttingProxy.start(() => pair.b.url);
    return pair;
  }

  connect(): void {
    this.a.transport.addPeer(2n, [this.toB.url]);
    this.b.transport.addPeer(1n, [this.toA.url]);
  }

  async stop(): Promise<void> {
    await Promise.all([this.toA.close(), this.toB.close()]);
    await Promise.all([this.a.stop(), this.b.stop()]);
  }

  #noted(request: PeerRequest): PeerRequest {
    const chunks: Uint8Array[] = [];
    return {
      method: request.method,
      path: request.path,
      remoteAddress: request.remoteAddress,
      header: (name) => request.header(name),
      pause: () => request.pause(),
      resume: () => request.resume(),
      read: (events) =>
        request.read({
          onBytes: (bytes) => {
            chunks.push(bytes);
            events.onBytes(bytes);
          },
          onEnd: () => {
            this.posted.add(decodeMessage(concatBytes(chunks)).index);
            events.onEnd();
          },
          onError: (error) => events.onError(error),
        }),
    };
  }
}

/** The number is the index; what an append carries follows from it. */
function numbered(number: number, size: number): RaftMessage {
  const type = number % 3 === 0 ? MessageType.MsgVote : MessageType.MsgApp;
  const message = newMessage(type, 2n);
  message.from = 1n;
  message.term = 5;
  message.logTerm = 5;
  message.index = number;
  if (type === MessageType.MsgVote) return message;
  const data = new Uint8Array(size).fill(number % 251);
  message.entries = [{ ...newEntry(EntryType.EntryNormal, data), term: 5, index: number + 1 }];
  return message;
}

function checkWhole(message: Message): void {
  if (message.type !== MessageType.MsgApp) return;
  const { data } = message.entries[0]!;
  const expected = message.index % 251;
  assert.ok(
    data.every((byte) => byte === expected),
    `message ${message.index} is as it was sent`,
  );
}

test("connections cut after any byte lose messages, but neither double, mix nor spoil them", async () => {
  const seed = 7;
  const random = seededRandom(seed);
  const pair = await Pair.start();
  try {
    pair.toA.budget = () => random.below(30_000);
    pair.toB.budget = () => random.below(3_000);
    pair.connect();
    let sent = 0;
    await until(`80 cuts and 2000 arrivals (seed ${seed})`, () => {
      const batch = Array.from({ length: 20 }, () => numbered(++sent, random.below(700)));
      pair.a.transport.send(batch);
      return pair.toA.cuts >= 80 && pair.raftB.messages.length >= 2_000;
    });
    pair.toA.budget = () => Infinity;
    pair.toB.budget = () => Infinity;
    const last = sent + 1_000_000;
    await until("streams are there again after the last cut", () => {
      pair.a.transport.send([numbered(last + sent++, 10)]);
      return pair.raftB.messages.some(({ index }) => index >= last && !pair.posted.has(index));
    });
    const byStream = new Map<number, number>([
      [MessageType.MsgApp, 0],
      [MessageType.MsgVote, 0],
    ]);
    let streamed = 0;
    for (const message of pair.raftB.messages) {
      checkWhole(message);
      if (pair.posted.has(message.index)) continue;
      streamed++;
      const before = byStream.get(message.type)!;
      // Between streams of one kind order is kept too, for one ends before the next begins.
      assert.ok(message.index > before, `seed ${seed}: ${message.index} after ${before}`);
      byStream.set(message.type, message.index);
    }
    assert.ok(streamed > 100 && pair.posted.size > 0, "both ways were taken");
    assert.ok(pair.raftA.unreachable.includes(2n), "raft is told that messages were lost");
    assert.ok(pair.raftA.lost + pair.raftB.lost > 0, "and that connections ended");
  } finally {
    await pair.stop();
  }
});

test("a connection that falls silent is given up, and the peer is back when it speaks again", async () => {
  const pair = await Pair.start();
  try {
    pair.connect();
    const { transport } = pair.b;
    await until("both see each other", () =>
      [pair.a.transport.activeSinceMs(2n), transport.activeSinceMs(1n)].every(
        (ms) => ms !== undefined,
      ),
    );
    const thaws = [pair.toA, pair.toB].map((proxy) => proxy.disturb({ holds: "all" }));
    await until("silence is noticed", () => transport.activeSinceMs(1n) === undefined);
    for (const thaw of thaws) thaw();
    pair.toA.cutAll();
    await until("they are back", () => transport.activeSinceMs(1n) !== undefined);
    const before = pair.raftB.messages.length;
    await until("messages flow", () => {
      pair.a.transport.send([numbered(1, 1)]);
      return pair.raftB.messages.length > before;
    });
  } finally {
    await pair.stop();
  }
});

test("a peer that does not read holds a bounded queue, and raft is told of the rest", async () => {
  const pair = await Pair.start({ readTimeoutMs: 60_000, writeTimeoutMs: 60_000 });
  try {
    pair.connect();
    let sent = 0;
    await until("a stream is there", () => {
      pair.a.transport.send([numbered(++sent, 1)]);
      return pair.raftB.messages.some(({ index }) => !pair.posted.has(index));
    });
    const before = sent;
    pair.toA.disturb({ holds: "all" });
    const { counters } = pair.a.transport;
    await until("the queue is full", () => {
      for (let at = 0; at < 100; at++) pair.a.transport.send([numbered(3 * ++sent + 1, 4_000)]);
      return counters.of("2").sentFailures > 0;
    });
    assert.ok(sent - before >= 4_096, `${sent} sent`);
    assert.ok(pair.raftA.unreachable.length > 0);
  } finally {
    await pair.stop();
  }
});

function memorySource(size: number, closed: (error: Error | undefined) => void): SnapshotSource {
  return {
    size,
    readInto: (target, start, length, position) => {
      for (let at = 0; at < length; at++) target[start + at] = (position + at) % 253;
      return length;
    },
    close: closed,
  };
}

function snapshotMessage(index: number): RaftMessage {
  const message = newMessage(MessageType.MsgSnap, 2n);
  message.from = 1n;
  message.term = 5;
  const confState = {
    voters: [1n, 2n],
    learners: [],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
  const data = new Uint8Array(9_000).fill(7);
  message.snapshot = { data, metadata: { confState, index, term: 5 } };
  return message;
}

test("a database arrives whole under its name, and one that is cut leaves nothing", async () => {
  const pair = await Pair.start();
  const size = 6 * 1024 * 1024 + 4096;
  try {
    pair.connect();
    await until("the way is open", () => pair.a.transport.activeSinceMs(2n) !== undefined);
    const closed: (Error | undefined)[] = [];
    const send = (index: number): void =>
      pair.a.transport.sendSnapshot({
        message: snapshotMessage(index),
        source: memorySource(size, (error) => closed.push(error)),
      });
    send(40);
    await until("it arrived", () => pair.raftA.snapshots.length === 1);
    assert.deepEqual(pair.raftA.snapshots, ["2 finished"]);
    assert.deepEqual(closed, [undefined]);
    const name = "0000000000000028.snap.db";
    const bytes = readFileSync(join(pair.b.directory, name));
    assert.equal(bytes.length, size);
    assert.ok(bytes.every((byte, at) => byte === at % 253));
    const arrived = pair.raftB.messages.find(({ type }) => type === MessageType.MsgSnap)!;
    assert.deepEqual(
      encodeSnapshot(arrived.snapshot!),
      encodeSnapshot(snapshotMessage(40).snapshot!),
    );

    // The second one is cut while it is on its way.
    send(41);
    const isTemporary = (file: string): boolean => file.startsWith("tmp");
    await until("it has begun", () => readdirSync(pair.b.directory).some(isTemporary));
    pair.toB.cutAll();
    await until("its failure is told", () => pair.raftA.snapshots.length === 2);
    assert.equal(pair.raftA.snapshots[1], "2 failed");
    assert.ok(closed[1] !== undefined);
    await until("no half file is left", () => readdirSync(pair.b.directory).join() === name);
    assert.equal(pair.raftB.messages.filter(({ type }) => type === MessageType.MsgSnap).length, 1);
  } finally {
    await pair.stop();
  }
});

test("a removed member learns of it from the first stream it asks for", async () => {
  const pair = await Pair.start();
  try {
    pair.raftA.removed.add(2n);
    pair.connect();
    await until("it is told", () => pair.raftB.isLocalRemoved);
  } finally {
    await pair.stop();
  }
});

test("who is not in our cluster may introduce himself and is answered by post", async () => {
  const pair = await Pair.start();
  try {
    pair.b.transport.addPeer(1n, [pair.a.url]);
    await until("a newcomer is reached by someone who does not know him", () => {
      pair.a.transport.send([numbered(9, 5)]);
      return pair.raftB.messages.length > 0;
    });
    assert.ok(pair.posted.has(9));
  } finally {
    await pair.stop();
  }
});
