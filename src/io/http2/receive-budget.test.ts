import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/index.ts";
import { frameType } from "./frame.ts";
import { type BudgetLimits, defaultBudgetLimits, ReceiveBudget } from "./receive-budget.ts";
import type { ReceiveWindows } from "./receive-windows.ts";
import { RecordingStream, settingsAck, TestClient, TestConnection } from "./testing.ts";

const KiB = 1024;
const limits: BudgetLimits = {
  ...defaultBudgetLimits,
  grantedBytesMax: 1024 * KiB,
  scarceBytes: 512 * KiB,
  scarceHeldBytes: 64 * KiB,
  looseBytesMax: 2048 * KiB,
  looseBytesEver: 8192 * KiB,
};

/** A call that holds what has come until its message is whole. */
class HoldingStream extends RecordingStream {
  missing = 0;

  override onBody(bytes: Uint8Array, start: number, end: number, isEnd: boolean): void {
    super.onBody(bytes, start, end, isEnd);
    const { windows } = this.connection;
    this.missing -= end - start;
    windows.hold(this, end - start);
    if (this.missing === 0) windows.release(this, this.retained);
    windows.expect(this, this.missing);
  }
}

class HoldingConnection extends TestConnection {
  override openStream(...args: ConstructorParameters<typeof HoldingStream>): HoldingStream {
    const stream = new HoldingStream(...args);
    this.streams.push(stream);
    return stream;
  }
}

/** A client that sends what its windows let it. */
class Sender {
  readonly peer: HoldingConnection;
  readonly #client = new TestClient();
  readonly #windows = new Map<number, number>();
  #connectionWindow = 65_535;
  #initial = 65_535;

  constructor(budget: ReceiveBudget) {
    this.peer = new HoldingConnection({ budget });
    this.peer.receive(this.#client.preface, settingsAck);
    this.listen();
  }

  get windows(): ReceiveWindows {
    return this.peer.connection.windows;
  }

  /** A stream with a message of so many bytes. */
  open(id: number, bytes: number): HoldingStream {
    this.peer.receive(this.#client.headers(id, false));
    this.#windows.set(id, this.#initial);
    const stream = this.peer.streams.at(-1) as HoldingStream;
    stream.missing = bytes;
    return stream;
  }

  /** Sends up to `most` bytes of the message, as its windows allow. */
  push(stream: HoldingStream, most: number): void {
    const window = Math.min(this.#windows.get(stream.id)!, this.#connectionWindow);
    let left = Math.min(most, window, stream.missing);
    for (; left > 0 && !stream.localEnded; left -= 16_384) {
      const part = Math.min(left, 16_384);
      this.#connectionWindow -= part;
      this.#windows.set(stream.id, this.#windows.get(stream.id)! - part);
      this.peer.receive(this.#client.data(stream.id, new Uint8Array(part), false));
    }
  }

  /** Reads what the server wrote; `acknowledges` its SETTINGS or not. */
  listen(acknowledges = true): void {
    for (const { type, flags, streamId, payload } of this.peer.written()) {
      if (type === frameType.windowUpdate) {
        const more = payload.readUInt32BE(0);
        if (streamId === 0) this.#connectionWindow += more;
        else this.#windows.set(streamId, (this.#windows.get(streamId) ?? 0) + more);
      } else if (type === frameType.settings && (flags & 1) === 0 && acknowledges) {
        if (payload.readUInt16BE(0) === 4) this.#resize(payload.readUInt32BE(2));
        this.peer.receive(settingsAck);
      }
    }
  }

  #resize(initial: number): void {
    for (const [id, window] of this.#windows)
      this.#windows.set(id, window + initial - this.#initial);
    this.#initial = initial;
  }
}

test("messages of many connections that never end stay within the budget of all", () => {
  const sparedBytes = 32 * KiB;
  const budget = new ReceiveBudget({ ...limits, sparedBytes });
  const senders = Array.from({ length: 40 }, () => new Sender(budget));
  for (let round = 0; round < 60; round++) {
    for (const sender of senders) {
      sender.push(sender.open(2 * round + 1, 2_000_000), 16_000);
      sender.listen(round % 2 === 0);
    }
    assert.ok(budget.loose <= limits.looseBytesMax, `${budget.loose} in round ${round}`);
  }
  for (const sender of senders) sender.peer.connection.close();
  assert.deepEqual([budget.loose, budget.granted, budget.isAwaited], [0, 0, false]);
});

test("one large message of each of a hundred clients arrives whole, in turns", () => {
  const budget = new ReceiveBudget(limits);
  const seed = 5;
  const random = seededRandom(seed);
  const uploads = Array.from({ length: 100 }, () => {
    const sender = new Sender(budget);
    return { sender, stream: sender.open(1, 400 * KiB) };
  });
  let most = 0;
  let waiting = uploads;
  for (let turn = 0; waiting.length > 0; turn++) {
    assert.ok(turn < 50_000, `seed ${seed}: ${waiting.length} are stuck`);
    const { sender, stream } = waiting[random.below(waiting.length)]!;
    sender.push(stream, 1 + random.below(40_000));
    sender.listen();
    assert.equal(stream.events.length, 1, "nobody is refused");
    let held = 0;
    for (const { sender: one } of uploads) held += one.windows.held;
    most = Math.max(most, held);
    waiting = waiting.filter(({ stream: { missing } }) => missing > 0);
  }
  assert.ok(most <= 100 * 65_535 + limits.grantedBytesMax, `${most}`);
  assert.deepEqual([budget.loose, budget.granted, budget.isAwaited], [0, 0, false]);
});

test("who is silent on its grant loses it once others wait, and they are granted theirs", () => {
  const budget = new ReceiveBudget(limits);
  const [lazy, other] = [new Sender(budget), new Sender(budget)];
  const kept = lazy.open(1, 900 * KiB);
  lazy.push(kept, 1_000);
  const waiting = other.open(1, 500 * KiB);
  other.push(waiting, 1_000);
  assert.deepEqual([kept.granted > 0, waiting.granted], [true, 0]);
  lazy.peer.connection.tick(1_000);
  lazy.peer.connection.tick(9_000);
  assert.deepEqual(kept.events, ["open"], "time that nobody looked does not count");
  lazy.peer.connection.tick(10_000);
  assert.deepEqual(kept.events, ["open", "reset 11"]);
  assert.ok(waiting.granted > 0);
});

test("who sends a little now and then loses its grant after some seconds, and its next turn", () => {
  const budget = new ReceiveBudget(limits);
  const [slow, others] = [new Sender(budget), [new Sender(budget), new Sender(budget)]];
  const [kept, next] = [slow.open(1, 900 * KiB), slow.open(3, 900 * KiB)];
  slow.push(kept, 1_000);
  slow.push(next, 1_000);
  const waiting = others.map((other) => {
    const stream = other.open(1, 800 * KiB);
    other.push(stream, 60_000);
    return stream;
  });
  slow.listen();
  for (let nowMs = 1_000; kept.events.length === 1; nowMs += 1_000) {
    assert.ok(nowMs < 16_000);
    slow.peer.nowMs = nowMs;
    slow.push(kept, 1);
    slow.peer.connection.tick(nowMs);
  }
  assert.deepEqual([next.granted, waiting[0]!.granted > 0, waiting[1]!.granted], [0, true, 0]);
  others[0]!.listen();
  others[0]!.push(waiting[0]!, 1e6);
  assert.deepEqual([next.granted, waiting[1]!.granted > 0], [0, true]);
});

test("a slow message keeps its grant while nobody waits for it", () => {
  const sender = new Sender(new ReceiveBudget(limits));
  const stream = sender.open(1, 900 * KiB);
  sender.push(stream, 1_000);
  for (let nowMs = 1_000; nowMs <= 29_000; nowMs += 1_000) sender.peer.connection.tick(nowMs);
  assert.deepEqual(stream.events, ["open"]);
});

test("the connection that holds the most loses its newest messages first, and small ones none", () => {
  const budget = new ReceiveBudget({ ...limits, scarceBytes: 1e9, grantedBytesMax: 1 });
  const [small, large] = [new Sender(budget), new Sender(budget)];
  const modest = small.open(1, 60_100);
  small.push(modest, 60_000);
  const streams = Array.from({ length: 150 }, (_, at) => {
    const stream = large.open(2 * at + 1, 16_100);
    large.push(stream, 16_000);
    large.listen();
    return stream;
  });
  assert.deepEqual(modest.events, ["open"]);
  assert.deepEqual(streams[0]!.events, ["open"]);
  assert.deepEqual(streams.at(-1)!.events, ["open", "reset 11"]);
  assert.ok(budget.loose <= limits.looseBytesMax);
});
