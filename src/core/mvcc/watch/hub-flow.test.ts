import assert from "node:assert/strict";
import { test } from "node:test";
import { specOf, World } from "./test-fixture.ts";

test("a progress request is answered when all watchers are synced, and dropped otherwise", () => {
  const world = new World();
  const { sink, stream } = world.open();
  stream.requestProgress();
  assert.deepEqual(sink.take(), [], "no watcher, no answer");
  world.write("a=1");
  stream.create(specOf("a", { startRevision: 2 }));
  stream.create(specOf("b"));
  stream.requestProgress();
  assert.deepEqual(sink.take(), [], "one is behind");
  world.catchUp();
  assert.deepEqual(sink.texts(), ["put a@2"], "the request was not kept");
  world.publish("a=2");
  stream.requestProgress();
  const [events, progress] = sink.take();
  assert.equal(events?.kind, "events", "what was published goes out before the answer");
  assert.deepEqual(progress, { kind: "progress", watchId: -1, revision: 3 });
});

test("a watcher ended by compaction does not hold back progress", () => {
  const world = new World();
  const { sink, stream } = world.open();
  world.write("a=1");
  world.write("a=2");
  world.history.compact(3);
  stream.create(specOf("a", { startRevision: 2 }));
  stream.create(specOf("a"));
  world.catchUp();
  sink.take();
  stream.requestProgress();
  assert.deepEqual(sink.take(), [{ kind: "progress", watchId: -1, revision: 3 }]);
});

test("a progress request on a full stream is answered once, when it drains", () => {
  const world = new World();
  const { sink, stream } = world.open();
  stream.create(specOf("a"));
  sink.room = 0;
  stream.requestProgress();
  stream.requestProgress();
  assert.deepEqual(sink.take(), []);
  sink.room = 9;
  stream.drained();
  assert.deepEqual(sink.take(), [{ kind: "progress", watchId: -1, revision: 1 }]);
});

test("progress notifications come once an interval to synced watchers that saw no events", () => {
  const world = new World(1000);
  const { sink, stream } = world.open();
  world.hub.tick(5000);
  stream.create(specOf("a", { progressNotify: true }));
  stream.create(specOf("b", { progressNotify: true }));
  stream.create(specOf("c"));
  world.hub.tick(5999);
  assert.deepEqual(sink.take(), [], "not before the interval");
  world.hub.tick(6100);
  assert.deepEqual(sink.take(), [
    { kind: "progress", watchId: 0, revision: 1 },
    { kind: "progress", watchId: 1, revision: 1 },
  ]);
  world.write("a=1");
  sink.take();
  world.hub.tick(7200);
  assert.deepEqual(sink.take(), [{ kind: "progress", watchId: 1, revision: 2 }]);
  world.hub.tick(8300);
  assert.equal(sink.take().length, 2, "the skipped tick counts for one interval only");
});

test("a watcher that is behind gets no progress notification", () => {
  const world = new World(1000);
  const { sink, stream } = world.open();
  world.write("a=1");
  stream.create(specOf("a", { startRevision: 2, progressNotify: true }));
  world.hub.tick(1100);
  assert.deepEqual(sink.take(), []);
  sink.room = 0;
  world.catchUp();
  world.hub.tick(2200);
  assert.deepEqual(sink.take(), []);
});

test("a tick is asked for when the next progress notification is due; a late one delays none", () => {
  const world = new World(1000);
  const { sink, stream } = world.open();
  world.hub.tick(5000);
  stream.create(specOf("a", { progressNotify: true }));
  const first = world.tickInMs;
  assert.ok(first > 1000 && first <= 1101, `in ${first} ms`);
  const periodMs = first - 1;
  world.hub.tick(5000 + periodMs + 900);
  assert.equal(sink.take().length, 1);
  assert.equal(world.tickInMs, periodMs - 900 + 1);
  world.hub.tick(5000 + 2 * periodMs);
  assert.equal(sink.take().length, 1, "as if the first had been in time");
  world.hub.tick(5000 + 4 * periodMs + 1);
  assert.equal(sink.take().length, 1, "what was missed is not made up for");
  assert.equal(world.tickInMs, periodMs);
});

test("the progress interval is at least 100 ms", () => {
  const world = new World(1);
  const { sink, stream } = world.open();
  stream.create(specOf("a", { progressNotify: true }));
  world.hub.tick(99);
  assert.deepEqual(sink.take(), []);
  world.hub.tick(110);
  assert.equal(sink.take().length, 1);
});

test("a full stream keeps its place only, and goes on without gap or duplicate when it drains", () => {
  const world = new World();
  const { sink, stream } = world.open();
  const fast = world.open();
  stream.create(specOf("a"));
  fast.stream.create(specOf("a"));
  sink.room = 1;
  for (let round = 0; round < 6; round++) world.write("a=1");
  assert.deepEqual(sink.texts(), ["put a@2"]);
  assert.equal(fast.sink.texts().length, 6, "another stream is not held up");
  assert.equal(world.hub.counts.slowWatchers, 1);
  assert.equal(world.hub.hasWork, false, "a full stream asks for no turn");
  sink.room = 99;
  stream.drained();
  assert.equal(world.works, 1);
  world.write("a=2");
  world.catchUp();
  world.write("a=3");
  assert.deepEqual(
    sink.texts(),
    [3, 4, 5, 6, 7, 8, 9].map((revision) => `put a@${revision}`),
  );
  assert.equal(world.hub.counts.slowWatchers, 0);
});

test("watchers of a full stream that nothing matches stay synced", () => {
  const world = new World();
  const { sink, stream } = world.open();
  stream.create(specOf("a"));
  stream.create(specOf("b"));
  sink.room = 0;
  world.write("a=1");
  assert.equal(world.hub.counts.slowWatchers, 1);
});

test("after the store is replaced every watcher goes on from where it was", () => {
  const world = new World();
  const { sink, stream } = world.open();
  stream.create(specOf("a"));
  world.write("a=1");
  // A snapshot brings revisions nobody published.
  const unpublished = (value: number): void => {
    const key = Uint8Array.of(97);
    world.history.write([{ key, value: Uint8Array.of(value) }]);
  };
  unpublished(1);
  unpublished(2);
  world.hub.storeReplaced();
  assert.equal(world.works, 1);
  stream.requestProgress();
  world.catchUp();
  world.write("a=5");
  assert.deepEqual(sink.texts(), ["put a@2", "put a@3", "put a@4", "put a@5"]);
});

test("a replaced store that has compacted past a watcher cancels it", () => {
  const world = new World();
  const { sink, stream } = world.open();
  stream.create(specOf("a"));
  const key = Uint8Array.of(97);
  for (let round = 0; round < 5; round++) world.history.write([{ key, value: key }]);
  world.history.compact(4);
  world.hub.storeReplaced();
  world.catchUp();
  assert.deepEqual(sink.take(), [{ kind: "compacted", watchId: 0, compactedRevision: 4 }]);
});

test("history is read once for all watchers that ride along", () => {
  const world = new World();
  for (let round = 0; round < 100; round++) world.write("a=1", "b=1");
  for (let count = 0; count < 50; count++) {
    world.open().stream.create(specOf("a", { startRevision: 2 }));
  }
  world.catchUp();
  assert.equal(world.history.visited, 200);
  assert.equal(world.hub.counts.events, 50 * 100);
});

test("a watcher near the present does not wait for those far behind", () => {
  const world = new World();
  for (let round = 0; round < 30_000; round++) world.publish("x=1");
  // More streams far behind, each at a depth of its own, than there are sweeps.
  const deep = Array.from({ length: 20 }, () => world.open());
  for (const [depth, { stream: far }] of deep.entries()) {
    far.create(specOf("y", { startRevision: 2 + depth * 1400 }));
  }
  world.hub.catchUp(1);
  const { sink, stream } = world.open();
  stream.create(specOf("x", { startRevision: 30_000 }));
  world.hub.catchUp(10_000);
  assert.deepEqual(sink.texts(), ["put x@30000", "put x@30001"]);
  assert.equal(world.hub.counts.slowWatchers, 20);
  for (const [at, { stream: far }] of deep.entries()) {
    if (at % 3 === 0) assert.ok(far.cancel(0));
    if (at % 3 === 1) far.close();
  }
  assert.equal(world.hub.counts.slowWatchers, 6);
  world.catchUp();
  assert.deepEqual(world.hub.counts, { streams: 14, watchers: 7, slowWatchers: 0, events: 2 });
});

test("a watcher that waits for a sweep can be cancelled, or gets its turn", () => {
  const world = new World();
  for (let round = 0; round < 40_000; round++) world.publish("x=1");
  for (let depth = 1; depth < 12; depth++) {
    world.open().stream.create(specOf("y", { startRevision: depth * 3000 }));
  }
  world.hub.catchUp(1);
  // Below all sweeps, of which no more may begin so far back.
  const { sink, stream } = world.open();
  stream.create(specOf("x", { startRevision: 2 }));
  stream.create(specOf("x", { startRevision: 2 }));
  world.hub.catchUp(10);
  assert.equal(stream.cancel(0), true);
  world.catchUp();
  const seen = sink.take();
  assert.ok(seen.every((response) => response.watchId === 1));
  sink.seen = seen;
  assert.equal(sink.texts().length, 40_000);
  assert.equal(world.hub.counts.watchers, 12);
  assert.equal(world.hub.counts.slowWatchers, 0);
});

test("closing a stream ends its watchers wherever they stand", () => {
  const world = new World();
  const { sink, stream } = world.open();
  world.write("a=1");
  world.write("a=2");
  stream.create(specOf("a"));
  stream.create(specOf("a", { startRevision: 2 }));
  stream.create(specOf("b", { startRevision: 2 }));
  world.hub.catchUp(1);
  stream.create(specOf("b", { startRevision: 2, progressNotify: true }));
  sink.room = 0;
  world.write("a=3");
  stream.close();
  stream.close();
  assert.deepEqual(world.hub.counts, { streams: 0, watchers: 0, slowWatchers: 0, events: 0 });
  world.write("a=4");
  world.catchUp();
  world.hub.tick(10_000);
  assert.deepEqual(sink.take(), []);
});

test("a carrier that closes while it is given something stops getting more", () => {
  const world = new World();
  const { sink, stream } = world.open();
  for (let count = 0; count < 5; count++) stream.create(specOf("a"));
  const events = sink.events.bind(sink);
  sink.events = (watchId, run, fragment) => {
    events(watchId, run, fragment);
    sink.room = 0;
    stream.close();
  };
  world.write("a=1");
  assert.equal(sink.take().length, 1);
  assert.equal(world.hub.counts.watchers, 0);
});

test("a turn that publishes megabytes is delivered in parts", () => {
  const world = new World();
  const { sink, stream } = world.open();
  stream.create(specOf("a"));
  const value = "x".repeat(1 << 20);
  for (let round = 0; round < 5; round++) world.publish(`a=${value}`);
  assert.equal(sink.take().length, 4);
  world.hub.flush();
  assert.equal(sink.take().length, 1);
});
