import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { env } from "node:process";
import { test } from "node:test";
import { seededRandom } from "../../base/index.ts";
import { World } from "../../core/mvcc/watch/test-fixture.ts";
import { type Client, eventTexts, serve } from "./watch-fixture.ts";
import type { WatchService, WatchServiceOptions } from "./watch.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function start(more: Partial<WatchServiceOptions> = {}): {
  world: World;
  service: WatchService;
  connect: () => Client;
} {
  const world = new World();
  const currentRevision = (): number => world.history.currentRevision;
  return { world, ...serve(world.hub, { currentRevision, ...more }) };
}

test("a creation is acknowledged with the current revision before any of its events", () => {
  const { world, connect } = start();
  world.write("a=1");
  world.write("a=2");
  const client = connect();
  client.create("a", { startRevision: 2 });
  world.catchUp();
  const [ack, events, ...more] = client.call.take();
  assert.deepEqual(more, []);
  assert.deepEqual(ack, {
    header: { clusterId: 7n, memberId: 8n, revision: 3, raftTerm: 9 },
    watchId: 0,
    created: true,
    canceled: false,
    compactRevision: 0,
    cancelReason: "",
    fragment: false,
    events: [],
  });
  assert.equal(events?.created, false);
  assert.equal(events?.header?.revision, 3);
  assert.equal(events?.header?.memberId, 8n);
  assert.deepEqual(eventTexts([events!]), ["a@2", "a@3"]);
});

test("refused creations are created and canceled at once, with id -1 and etcd's reason", () => {
  const denied = "rpc error: code = PermissionDenied desc = etcdserver: permission denied";
  const asked: string[] = [];
  const { connect } = start({
    checkPermission: (_call, key, rangeEnd) => {
      asked.push(`${new TextDecoder().decode(key)},${new TextDecoder().decode(rangeEnd)}`);
      return key[0] === 0 ? denied : undefined;
    },
  });
  const client = connect();
  client.create("a", { startRevision: -1 });
  client.create("", { rangeEnd: bytes("z") });
  client.create("b", { rangeEnd: bytes("a") });
  client.create("b", { watchId: 4 });
  client.create("b", { watchId: 4 });
  const responses = client.call.take();
  assert.deepEqual(asked, ["\0,z", "b,a", "b,", "b,"], "a negative start is refused unasked");
  assert.deepEqual(
    responses.map(({ watchId, created, canceled, cancelReason }) => [
      watchId,
      created && canceled,
      cancelReason,
    ]),
    [
      [-1, true, "etcdserver: mvcc: required revision has been compacted"],
      [-1, true, denied],
      [-1, true, "mvcc: watcher range is empty"],
      [4, false, ""],
      [-1, true, "mvcc: duplicate watch ID provided on the WatchStream"],
    ],
  );
  assert.ok(responses.every(({ header }) => header?.revision === 1));
});

test("a compacted start is acknowledged, then canceled without reason or header revision", () => {
  const { world, connect } = start();
  world.write("a=1");
  world.write("a=2");
  world.history.compact(3);
  const client = connect();
  client.create("a", { startRevision: 1 });
  world.catchUp();
  const [ack, cancel] = client.call.take();
  assert.deepEqual([ack?.created, ack?.canceled, ack?.header?.revision], [true, false, 3]);
  assert.equal(cancel?.canceled, true);
  assert.equal(cancel?.created, false);
  assert.equal(cancel?.compactRevision, 3);
  assert.equal(cancel?.cancelReason, "");
  assert.equal(cancel?.header?.revision, 0);
  assert.equal(cancel?.header?.clusterId, 7n);
});

test("a cancel is answered once, with the header filled; an unknown id with silence", () => {
  const { world, connect } = start();
  const client = connect();
  client.create("a");
  client.call.take();
  world.write("b=1");
  client.cancel(0);
  client.cancel(0);
  client.cancel(9);
  const [canceled, ...more] = client.call.take();
  assert.deepEqual(more, []);
  assert.equal(canceled?.canceled, true);
  assert.equal(canceled?.watchId, 0);
  assert.equal(canceled?.header?.revision, 2);
  world.write("a=1");
  assert.deepEqual(client.call.take(), []);
});

test("after a half-close events go on", () => {
  const { world, connect } = start();
  const client = connect();
  client.create("a");
  client.halfClose();
  client.call.take();
  world.write("a=1");
  assert.deepEqual(eventTexts(client.call.take()), ["a@2"]);
  assert.equal(client.call.ended, false);
});

test("a client's cancellation ends the stream as Canceled and takes its watchers", () => {
  const { world, service, connect } = start();
  const client = connect();
  client.create("a");
  const { onCancel } = client.call;
  onCancel?.("reset");
  assert.deepEqual(client.call.status, { code: 1, message: "etcdserver: watch canceled" });
  assert.deepEqual([world.hub.counts.watchers, world.hub.counts.streams], [0, 0]);
  assert.equal(service.heldBytes, 0);
  client.create("a");
  client.call.take();
  world.write("a=1");
  assert.deepEqual(client.call.take(), []);
});

test("a request of no known kind is passed over; bytes that are no request end the stream", () => {
  let unknown = 0;
  const { connect } = start({ onUnknownRequest: () => void unknown++ });
  const client = connect();
  client.message(new Uint8Array(0));
  assert.equal(unknown, 1);
  assert.equal(client.call.ended, false);
  client.message(Uint8Array.of(0x0a, 0x7f));
  assert.equal(client.call.status?.code, 13);
  assert.match(
    client.call.status?.message ?? "",
    /^grpc: failed to unmarshal the received message/,
  );
});

test("filters keep their kinds away, and unknown filters are ignored", () => {
  const { world, connect } = start();
  const client = connect();
  client.create("a", { filters: [0, 77] });
  client.create("a", { filters: [1, -3] });
  client.create("a", { filters: [5] });
  client.call.take();
  world.write("a=1");
  world.write("a");
  const got = client.call.take().map(({ watchId, header }) => [watchId, header?.revision]);
  assert.deepEqual(
    got.toSorted(([a = 0], [b = 0]) => a - b),
    [
      [0, 3],
      [1, 2],
      [2, 2],
      [2, 3],
    ],
  );
});

test("progress comes with id -1, no events and the revision everything was sent up to", () => {
  const { world, connect } = start();
  const client = connect();
  client.requestProgress();
  client.create("a");
  world.publish("a=1");
  client.call.take();
  client.requestProgress();
  const [events, progress, ...more] = client.call.take();
  assert.deepEqual(more, []);
  assert.deepEqual(eventTexts([events!]), ["a@2"]);
  assert.equal(progress?.watchId, -1);
  assert.equal(progress?.header?.revision, 2);
  assert.deepEqual(progress?.events, []);
  assert.equal(progress?.canceled, false);
});

test("a client that does not read holds a megabyte and a response, and loses nothing", () => {
  const { world, service, connect } = start();
  const [slow, fast] = [connect(), connect()];
  slow.create("a");
  fast.create("a");
  slow.call.take();
  fast.call.take();
  slow.call.reading = false;
  const value = "x".repeat(10_000);
  for (let round = 0; round < 300; round++) world.write(`a=${value}`);
  assert.ok(slow.call.bufferedBytes >= 1024 * 1024);
  assert.ok(slow.call.bufferedBytes < 1024 * 1024 + 11_000);
  assert.equal(service.heldBytes, slow.call.bufferedBytes);
  assert.equal(fast.call.take().length, 300);
  assert.equal(world.hub.counts.slowWatchers, 1);
  for (let round = 0; round < 10; round++) {
    slow.call.drain();
    world.catchUp();
  }
  const revisions = Array.from({ length: 300 }, (_, at) => `a@${at + 2}`);
  assert.deepEqual(eventTexts(slow.call.take()), revisions);
  assert.equal(world.hub.counts.slowWatchers, 0);
});

test("when all streams together hold too much, each is held to the carrier's own mark", () => {
  const { world, service, connect } = start();
  const client = connect();
  client.create("a");
  client.call.take();
  client.call.reading = false;
  service.heldBytes += 512 * 1024 * 1024;
  for (let round = 0; round < 300; round++) world.write(`a=${"x".repeat(1000)}`);
  assert.ok(client.call.bufferedBytes > 64 * 1024);
  assert.ok(client.call.bufferedBytes < 66 * 1024);
});

test("what streams wrote out in silence is not held against the others", () => {
  const { world, service, connect } = start();
  const value = "x".repeat(1 << 20);
  const quiet = Array.from({ length: 300 }, connect);
  for (const client of quiet) {
    client.create("a");
    client.call.reading = false;
  }
  world.write(`a=${value}`);
  for (const { call } of quiet) call.bufferedBytes = 0;
  assert.ok(service.heldBytes > 300 << 20);
  const client = connect();
  client.create("b");
  client.call.reading = false;
  for (let round = 0; round < 70; round++) {
    for (let put = 0; put < 40; put++) world.write(`b=${"x".repeat(2000)}`);
    client.call.drain();
    world.catchUp();
  }
  client.call.drain();
  world.catchUp();
  for (let put = 0; put < 200; put++) world.write(`b=${"x".repeat(2000)}`);
  assert.equal(service.heldBytes, client.call.bufferedBytes);
  assert.ok(service.heldBytes > 300_000);
});

test("a client that asks without reading the answers is not read from until it does", () => {
  const { connect } = start();
  const client = connect();
  client.call.reading = false;
  let asked = 0;
  for (; !client.call.paused; asked++) client.create("b", { rangeEnd: bytes("a") });
  assert.ok(asked < 5000);
  assert.ok(client.call.bufferedBytes < client.call.markBytes + 100);
  assert.equal(client.call.take().length, asked);
  client.call.drain();
  assert.equal(client.call.paused, false);
});

test("a call whose deadline passes ends as DeadlineExceeded", () => {
  const { connect } = start();
  const client = connect();
  client.call.onCancel?.("deadline");
  assert.deepEqual(client.call.status, { code: 4, message: "context deadline exceeded" });
});

test("streams that require a leader end when told there is none; others stay", () => {
  const { connect, service } = start({ requiresLeader: (call) => call.context === "strict" });
  const [strict, easy] = [connect(), connect()];
  strict.call.context = "strict";
  strict.create("a");
  easy.create("a");
  service.endStreamsRequiringLeader();
  assert.deepEqual(strict.call.status, { code: 14, message: "etcdserver: no leader" });
  assert.equal(easy.call.ended, false);
});

test("whatever bytes come as a request, at most their own stream ends", (context) => {
  const seed = Number(env["SEED"] ?? randomInt(1e9));
  context.diagnostic(`SEED=${seed}`);
  const random = seededRandom(seed);
  const { world, service, connect } = start();
  const witness = connect();
  witness.create("a");
  for (let round = 0; round < 20_000; round++) {
    const client = connect();
    client.create("a", { rangeEnd: bytes("b"), watchId: random.below(3), startRevision: 1 });
    const request = Uint8Array.from({ length: random.below(30) }, () => random.below(256));
    // Half of them begin as a request does.
    if (request.length > 1 && round % 2 === 0) {
      request[0] = 0x0a + 8 * random.below(3);
      request[1] = request.length - 2;
    }
    client.message(request);
    if (round % 500 === 0) world.write("a=1");
    if (round % 100 === 0) world.catchUp();
    client.call.onCancel?.("reset");
    assert.equal(client.call.ended, true);
  }
  assert.equal(eventTexts(witness.call.take()).length, 40);
  assert.deepEqual([world.hub.counts.streams, world.hub.counts.slowWatchers], [1, 0]);
  assert.equal(service.heldBytes, 0);
});

test("a stream that a failpoint holds up sends all later, in order", () => {
  const timers: (() => void)[] = [];
  const after = (ms: number, fn: () => void): void => {
    assert.equal(ms, 100);
    timers.push(fn);
  };
  let armed = true;
  const { world, connect } = start({
    place: { after, reach: (_name, sleep) => void (armed && sleep(100)) },
  });
  const [slow, closed] = [connect(), connect()];
  for (const client of [slow, closed]) {
    client.create("a");
    client.call.take();
  }
  for (let value = 1; value <= 5; value++) {
    world.write(`a=${value}`);
    world.catchUp();
  }
  slow.create("b");
  assert.deepEqual(slow.call.take(), []);
  assert.ok(slow.call.paused, "answers that wait are not asked for without end");
  armed = false;
  closed.call.onCancel?.("reset");
  for (const fire of timers.splice(0)) fire();
  world.catchUp();
  const responses = slow.call.take();
  assert.deepEqual(
    eventTexts(responses),
    [2, 3, 4, 5, 6].map((revision) => `a@${revision}`),
  );
  assert.deepEqual(
    responses.map(({ created }) => created).indexOf(true),
    1,
    "after the first event, which waited before it",
  );
  assert.ok(!slow.call.paused);
  assert.deepEqual(closed.call.take(), []);
  assert.deepEqual(timers, []);
});
