import assert from "node:assert/strict";
import { test } from "node:test";
import { specOf, World } from "./test-fixture.ts";

test("ids begin at 0, explicit ones are kept, a taken one is refused and numbers do not come back", () => {
  const { stream } = new World().open();
  assert.deepEqual(stream.create(specOf("a")), { watchId: 0 });
  assert.deepEqual(stream.create(specOf("a", { watchId: 1 })), { watchId: 1 });
  assert.deepEqual(stream.create(specOf("a")), { watchId: 2 });
  assert.deepEqual(stream.create(specOf("a", { watchId: 2 })), {
    watchId: -1,
    refused: "mvcc: duplicate watch ID provided on the WatchStream",
  });
  assert.equal(stream.cancel(2), true);
  assert.equal(stream.cancel(2), false);
  assert.deepEqual(stream.create(specOf("a")), { watchId: 3 });
  assert.deepEqual(stream.create(specOf("a", { watchId: 2 })), { watchId: 2 });
});

test("ids belong to their stream", () => {
  const world = new World();
  const [one, two] = [world.open(), world.open()];
  one.stream.create(specOf("a"));
  two.stream.create(specOf("a"));
  world.write("a=1");
  one.stream.cancel(0);
  world.write("a=2");
  assert.deepEqual(one.sink.texts(), ["put a@2"]);
  assert.deepEqual(two.sink.texts(), ["put a@2", "put a@3"]);
});

test("a range that ends at or before its key is refused", () => {
  const { stream } = new World().open();
  for (const rangeEnd of ["b", "a", "ab"]) {
    assert.deepEqual(stream.create(specOf("b", { rangeEnd })), {
      watchId: -1,
      refused: "mvcc: watcher range is empty",
    });
  }
});

test("a range is one key, up to its end, or everything from its key on", () => {
  const world = new World();
  const { sink, stream } = world.open();
  const received = (key: string, rangeEnd = ""): string[] => {
    const { watchId } = stream.create(specOf(key, { rangeEnd }));
    world.write("\0=0", "a=0", "ab=0", "b=0", "c=0", "\xff=0");
    stream.cancel(watchId);
    return sink.texts().map((text) => text.slice(4, text.indexOf("@")));
  };
  assert.deepEqual(received("a"), ["a"]);
  assert.deepEqual(received("a", "b"), ["a", "ab"]);
  assert.deepEqual(received("b", "\0"), ["b", "c", "\xff"]);
  assert.deepEqual(received("\0", "\0"), ["\0", "a", "ab", "b", "c", "\xff"]);
  assert.deepEqual(received(""), ["\0"]);
  assert.deepEqual(received("", "b"), ["\0", "a", "ab"]);
});

test("without a start revision a watcher sees what comes after its creation", () => {
  const world = new World();
  const { sink, stream } = world.open();
  world.write("a=1");
  world.publish("a=2");
  stream.create(specOf("a"));
  world.publish("a=3");
  world.hub.flush();
  assert.deepEqual(sink.texts(), ["put a@4"]);
  assert.equal(world.hub.hasWork, false);
});

test("a watcher started in the past sees every revision once, in order, then goes on live", () => {
  const world = new World();
  const { sink, stream } = world.open();
  world.write("a=1");
  world.write("a=2", "b=2");
  world.write("a");
  world.write("c=4");
  assert.equal(world.works, 0);
  stream.create(specOf("a", { rangeEnd: "c", startRevision: 3 }));
  assert.equal(world.works, 1);
  assert.deepEqual(sink.take(), [], "nothing before the acknowledgement");
  world.write("a=5");
  world.catchUp();
  world.write("b=6");
  const seen = sink.take();
  assert.deepEqual(
    seen.map((response) => (response.kind === "events" ? response.revision : 0)),
    [6, 7],
    "a catch-up response bears the revision up to which it read",
  );
  sink.seen = seen;
  assert.deepEqual(sink.texts(), ["put a@3", "put b@3", "delete a@4", "put a@6", "put b@7"]);
});

test("a live response bears the revision of its last event, and shares a turn's revisions", () => {
  const world = new World();
  const { sink, stream } = world.open();
  stream.create(specOf("a"));
  world.publish("a=1");
  world.publish("a=2");
  world.publish("b=3");
  world.hub.flush();
  const [seen, ...more] = sink.take();
  assert.deepEqual(more, []);
  assert.equal(seen?.kind === "events" ? seen.revision : 0, 3);
});

test("revisions share a response up to 256 KiB, and a revision is never split", () => {
  const world = new World();
  const { sink, stream } = world.open();
  stream.create(specOf("a", { rangeEnd: "c" }));
  const value = "x".repeat(200_000);
  for (let round = 0; round < 4; round++) world.publish(`a=${value}`, `b=${value}`);
  world.publish("a=1");
  world.publish("b=1");
  world.hub.flush();
  const responses = sink
    .take()
    .map((seen) => (seen.kind === "events" ? seen.events.map((event) => event.revision) : []));
  assert.deepEqual(responses, [
    [2, 2],
    [3, 3],
    [4, 4],
    [5, 5],
    [6, 7],
  ]);
});

test("a watcher of the future gets nothing below its start, neither events nor progress", () => {
  const world = new World(1000);
  const { sink, stream } = world.open();
  stream.create(specOf("a", { startRevision: 4, progressNotify: true }));
  world.write("a=1");
  stream.requestProgress();
  world.hub.tick(2000);
  world.hub.storeReplaced();
  world.catchUp();
  world.write("a=2");
  stream.requestProgress();
  assert.deepEqual(sink.take(), []);
  world.write("a=3");
  assert.deepEqual(sink.texts(), ["put a@4"]);
  stream.requestProgress();
  assert.deepEqual(sink.take(), [{ kind: "progress", watchId: -1, revision: 4 }]);
});

test("a watcher of the future that started is like any other, across restores too", () => {
  const world = new World();
  const { sink, stream } = world.open();
  stream.create(specOf("a", { startRevision: 3 }));
  stream.create(specOf("a", { startRevision: 5 }));
  world.write("b=1");
  world.write("b=1");
  world.hub.storeReplaced();
  for (let round = 0; round < 2; round++) {
    world.history.write([{ key: Uint8Array.of(98), value: Uint8Array.of(1) }]);
  }
  world.hub.storeReplaced();
  world.catchUp();
  stream.requestProgress();
  assert.deepEqual(sink.take(), [{ kind: "progress", watchId: -1, revision: 5 }]);
});

test("a watcher of the far future outlives a restore and still counts as synced", () => {
  const world = new World();
  const { sink, stream } = world.open();
  stream.create(specOf("a", { startRevision: Infinity }));
  world.write("a=1");
  world.hub.storeReplaced();
  world.catchUp();
  assert.equal(world.hub.counts.slowWatchers, 0);
  world.write("a=1");
  assert.deepEqual(sink.take(), []);
});

test("a start below the compaction is cancelled with its revision; a start at it is allowed", () => {
  const world = new World();
  const { sink, stream } = world.open();
  world.write("a=1");
  world.write("a=2");
  world.write("a");
  world.history.compact(4);
  stream.create(specOf("a", { startRevision: 3 }));
  stream.create(specOf("a", { startRevision: 4 }));
  assert.deepEqual(sink.take(), []);
  world.catchUp();
  assert.deepEqual(sink.take(), [
    { kind: "compacted", watchId: 0, compactedRevision: 4 },
    {
      kind: "events",
      watchId: 1,
      revision: 4,
      fragment: false,
      events: [
        {
          type: "delete",
          key: "a",
          value: "",
          revision: 4,
          createRevision: 0,
          previous: undefined,
        },
      ],
    },
  ]);
  assert.equal(world.hub.counts.watchers, 1);
  assert.equal(stream.cancel(0), true, "the id stays taken until the client gives it back");
  assert.equal(stream.cancel(0), false);
});

test("compaction that passes a slow watcher cancels it once, never leaving a gap", () => {
  const world = new World();
  const { sink, stream } = world.open();
  stream.create(specOf("a"));
  sink.room = 0;
  world.write("a=1");
  world.write("a=2");
  world.history.compact(3);
  world.catchUp();
  assert.deepEqual(sink.take(), []);
  sink.room = 9;
  stream.drained();
  world.catchUp();
  assert.deepEqual(sink.take(), [{ kind: "compacted", watchId: 0, compactedRevision: 3 }]);
  world.write("a=3");
  world.catchUp();
  assert.deepEqual(sink.take(), []);
});

test("compaction during a long catch-up cancels who still needed it and lets the others go on", () => {
  const world = new World();
  const { sink, stream } = world.open();
  for (let round = 0; round < 50; round++) world.write("a=1");
  stream.create(specOf("a", { startRevision: 2 }));
  stream.create(specOf("a", { startRevision: 40 }));
  world.hub.catchUp(10);
  world.history.compact(40);
  world.catchUp();
  const seen = sink.take();
  const compacted = seen.filter((response) => response.kind === "compacted");
  assert.deepEqual(compacted, [{ kind: "compacted", watchId: 0, compactedRevision: 40 }]);
  const late = seen.flatMap((response) =>
    response.kind === "events" && response.watchId === 1 ? response.events : [],
  );
  assert.deepEqual(
    late.map((event) => event.revision),
    [40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51],
  );
});

test("filters leave out puts or deletions, and what is filtered to nothing sends nothing", () => {
  const world = new World();
  const { sink, stream } = world.open();
  stream.create(specOf("a", { noPut: true }));
  world.write("a=1");
  assert.deepEqual(sink.take(), []);
  world.write("a");
  assert.deepEqual(sink.texts(), ["delete a@3"]);
  stream.cancel(0);
  stream.create(specOf("a", { noDelete: true }));
  world.write("a=1");
  world.write("a");
  assert.deepEqual(sink.texts(), ["put a@4"]);
  stream.cancel(1);
  stream.create(specOf("a", { noDelete: true, noPut: true }));
  world.write("a=1");
  assert.deepEqual(sink.take(), []);
});

test("prev_kv is the value one revision before: for changes and deletions, not for creations", () => {
  const world = new World();
  const { sink, stream } = world.open();
  stream.create(specOf("a", { previousKv: true }));
  world.write("a=1");
  world.write("a=2");
  world.write("a");
  world.write("a=4");
  assert.deepEqual(sink.texts(), ["put a@2", "put a@3 was 1", "delete a@4 was 2", "put a@5"]);
});

test("prev_kv is what was there before the revision, though the revision changes a key twice", () => {
  const world = new World();
  const { sink, stream } = world.open();
  stream.create(specOf("a", { previousKv: true }));
  world.write("a=1");
  world.write("a=2", "a");
  world.write("a=4", "a");
  assert.deepEqual(sink.texts(), [
    "put a@2",
    "put a@3 was 1",
    "delete a@3 was 1",
    "put a@4",
    "delete a@4",
  ]);
});

test("prev_kv is left out when the revision before is compacted", () => {
  const world = new World();
  const { sink, stream } = world.open();
  world.write("a=1");
  world.write("a=2");
  world.write("a=3");
  world.history.compact(3);
  stream.create(specOf("a", { previousKv: true, startRevision: 3 }));
  world.catchUp();
  assert.deepEqual(sink.texts(), ["put a@3", "put a@4 was 2"]);
});

test("a key's record before a change is looked up once, for all watchers and only if one asks", () => {
  const world = new World();
  const streams = Array.from({ length: 10 }, () => world.open());
  for (const { stream } of streams) {
    stream.create(specOf("a", { previousKv: true }));
    stream.create(specOf("", { rangeEnd: "\0", previousKv: true }));
    stream.create(specOf("a"));
    stream.create(specOf("b"));
  }
  world.write("a=1");
  world.write("a=2");
  world.write("b=2");
  world.write("b=3");
  assert.equal(world.history.lookedUp, 2);
  assert.equal(world.hub.counts.events, 10 * (6 + 4));
});

test("a transaction arrives whole and in order", () => {
  const world = new World();
  const { sink, stream } = world.open();
  stream.create(specOf("a", { rangeEnd: "z" }));
  world.write("c=1", "a=1", "b=1");
  world.write("c", "a=2");
  const seen = sink.take();
  assert.equal(seen.length, 2);
  sink.seen = seen;
  assert.deepEqual(sink.texts(), ["put c@2", "put a@2", "put b@2", "delete c@3", "put a@3"]);
});

test("after a cancel no event comes, not even one already published", () => {
  const world = new World();
  const { sink, stream } = world.open();
  stream.create(specOf("a"));
  world.publish("a=1");
  assert.equal(stream.cancel(0), true);
  world.hub.flush();
  world.write("a=2");
  assert.deepEqual(sink.take(), []);
  assert.equal(stream.cancel(7), false);
});
