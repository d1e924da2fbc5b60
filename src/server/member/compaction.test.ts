import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8, zeroId } from "../../base/index.ts";
import { finishedCompaction, Store } from "../../core/mvcc/index.ts";
import { silentLog } from "../../io/host/index.ts";
import { type AutoCompactionOptions, CompactionRunner, startAutoCompaction } from "./compaction.ts";
import { memoryBackendHost } from "./backend-host.ts";
import { HandClock, keptLog, leadingServer, type Line } from "./testing.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

type SlicedStore = Store & { left: number };

/** A store that needs so many slices. */
function sliced(slices: number): SlicedStore {
  const store = {
    left: slices,
    compactedRevision: 7,
    get pendingCompactions(): number {
      return store.left > 0 ? 1 : 0;
    },
    get compactedRecords(): number {
      return 10 * (slices - store.left);
    },
    compactStep: (): boolean => --store.left <= 0,
    compactionHashes: () => [
      { revision: 5, compactRevision: -1, hash: 1 },
      { revision: 7, compactRevision: 5, hash: 99 },
    ],
  };
  return store as unknown as SlicedStore;
}

test("compaction deletes slice by slice, with the pause asked for between them", () => {
  const clock = new HandClock();
  const store = sliced(3);
  new CompactionRunner(store, clock, silentLog, { sleepMs: 10 }).run();
  assert.equal(store.left, 2);
  clock.advance(9);
  assert.equal(store.left, 2);
  clock.advance(1);
  assert.equal(store.left, 1);
  clock.advance(10);
  assert.equal(store.left, 0);
});

test("the log tells of a compaction what etcd's tells", () => {
  const clock = new HandClock();
  const lines: Line[] = [];
  const backend = { sizeBytes: () => 24_576, inUseBytes: () => 20_480 };
  new CompactionRunner(sliced(2), clock, keptLog(lines), { sleepMs: 10, backend }).run();
  clock.advance(10);
  assert.deepEqual(
    lines.map(({ message, fields }) => [message, fields]),
    [
      ["compact tree index", { revision: 7 }],
      [
        "finished scheduled compaction",
        {
          "compact-revision": 7,
          took: "10ms",
          "number-of-keys-compacted": 20,
          hash: 99,
          "current-db-size-bytes": 24_576,
          "current-db-size": "25 kB",
          "current-db-size-in-use-bytes": 20_480,
          "current-db-size-in-use": "20 kB",
        },
      ],
      ["storing new hash", { hash: 99, revision: 7, "compact-revision": 5 }],
    ],
  );
});

test("a second run while one is under way changes nothing", () => {
  const clock = new HandClock();
  const store = sliced(3);
  const runner = new CompactionRunner(store, clock, silentLog, { sleepMs: 10 });
  runner.run();
  runner.run();
  assert.equal(store.left, 2);
});

test("those who wait for a physical compaction hear of its end, or at once when none is left", () => {
  const clock = new HandClock();
  const store = sliced(2);
  const runner = new CompactionRunner(store, clock, silentLog, { sleepMs: 10 });
  let told = 0;
  const done = (): void => {
    told++;
  };
  runner.whenDone(done);
  runner.whenDone(done);
  assert.equal(told, 0);
  clock.advance(10);
  assert.equal(told, 2);
  runner.whenDone(done);
  assert.equal(told, 3);
});

test("a stopped runner touches the store no more and tells nobody", () => {
  const clock = new HandClock();
  const store = sliced(3);
  const runner = new CompactionRunner(store, clock, silentLog, { sleepMs: 10 });
  runner.whenDone(() => assert.fail("nothing is done"));
  runner.stop();
  clock.advance(1000);
  runner.run();
  assert.equal(store.left, 2);
});

interface Auto {
  readonly clock: HandClock;
  readonly asked: { readonly atMs: number; readonly revision: number }[];
  answer: string | undefined;
  leads: boolean;
  /** The store's revision now; one for each minute unless a test says otherwise. */
  revision: () => number;
  stop: () => void;
}

function auto(options: Pick<AutoCompactionOptions, "mode" | "retention">): Auto {
  const clock = new HandClock();
  const all: Auto = {
    clock,
    asked: [],
    answer: undefined,
    leads: true,
    revision: () => 1 + Math.floor(clock.now / minuteMs),
    stop: () => {},
  };
  all.stop = startAutoCompaction(clock, silentLog, {
    ...options,
    currentRevision: () => all.revision(),
    isLeader: () => all.leads,
    compact: (revision, done) => {
      all.asked.push({ atMs: clock.now, revision });
      // An answer takes its time: it comes after the log.
      clock.after(3, () => done(all.answer));
    },
  });
  return all;
}

test("periodic compaction begins after one whole period, with the revision of its beginning", () => {
  const all = auto({ mode: "periodic", retention: 10 * minuteMs });
  all.clock.advance(10 * minuteMs - 1);
  assert.equal(all.asked.length, 0);
  all.clock.advance(1);
  assert.deepEqual(all.asked, [{ atMs: 10 * minuteMs, revision: 1 }]);
});

test("periodic compaction keeps one whole period of revisions, ever after", () => {
  const retention = 10 * minuteMs;
  const all = auto({ mode: "periodic", retention });
  all.clock.advance(8 * hourMs);
  assert.ok(all.asked.length > 30, `${all.asked.length} compactions`);
  for (const { atMs, revision } of all.asked) {
    assert.equal(revision, 1 + (atMs - retention) / minuteMs, `at ${atMs}`);
  }
});

test("a period above an hour is compacted every hour once it has gone by", () => {
  const all = auto({ mode: "periodic", retention: 5 * hourMs });
  all.clock.advance(5 * hourMs - 1);
  assert.equal(all.asked.length, 0);
  all.clock.advance(3 * hourMs);
  const gaps = all.asked.slice(1).map(({ atMs }, at) => atMs - all.asked[at]!.atMs);
  assert.equal(all.asked[0]!.atMs, 5 * hourMs);
  for (const gap of gaps) assert.ok(gap >= hourMs && gap <= 1.1 * hourMs, String(gap));
  for (const { atMs, revision } of all.asked) {
    assert.equal(revision, 1 + (atMs - 5 * hourMs) / minuteMs, `at ${atMs}`);
  }
});

test("revision mode keeps so many revisions, every five minutes", () => {
  const all = auto({ mode: "revision", retention: 3 });
  all.clock.advance(15 * minuteMs);
  assert.deepEqual(all.asked, [
    { atMs: 5 * minuteMs, revision: 3 },
    { atMs: 10 * minuteMs, revision: 8 },
    { atMs: 15 * minuteMs, revision: 13 },
  ]);
});

test("nothing is compacted twice, nor before there is more than the retention", () => {
  const all = auto({ mode: "revision", retention: 50 });
  all.revision = () => 50;
  all.clock.advance(20 * minuteMs);
  assert.equal(all.asked.length, 0);
  all.revision = () => 60;
  all.clock.advance(30 * minuteMs);
  assert.deepEqual(
    all.asked.map(({ revision }) => revision),
    [10],
  );
});

test("only a leader compacts", () => {
  for (const mode of ["periodic", "revision"] as const) {
    const all = auto({ mode, retention: mode === "periodic" ? 10 * minuteMs : 3 });
    all.leads = false;
    all.clock.advance(hourMs);
    assert.equal(all.asked.length, 0);
    all.leads = true;
    all.clock.advance(10 * minuteMs);
    assert.ok(all.asked.length > 0, mode);
  }
});

test("a compaction that failed is tried again; one that came too late counts as made", () => {
  const all = auto({ mode: "periodic", retention: 10 * minuteMs });
  all.answer = "etcdserver: request timed out";
  all.clock.advance(12 * minuteMs + 10);
  assert.equal(all.asked.length, 3);
  all.answer = "etcdserver: mvcc: required revision has been compacted";
  all.clock.advance(9 * minuteMs);
  assert.equal(all.asked.length, 4);
});

test("without a retention nothing is ever compacted, nor after a stop", () => {
  const off = auto({ mode: "periodic", retention: 0 });
  off.clock.advance(hourMs);
  const stopped = auto({ mode: "revision", retention: 1 });
  stopped.stop();
  stopped.clock.advance(hourMs);
  assert.deepEqual([...off.asked, ...stopped.asked], []);
});

test("a compaction that was cut off is finished after the next start", () => {
  const backend = memoryBackendHost();
  const before = new Store(backend.backend);
  for (let round = 0; round < 20; round++) {
    const tx = before.write();
    tx.put(encodeUtf8("k"), encodeUtf8("v"), zeroId);
    tx.end();
  }
  before.compact(15);
  const { server, clock } = leadingServer({}, { backend });
  clock.advance(1000);
  assert.equal(finishedCompaction(backend.backend), 15);
  assert.equal(server.store.pendingCompactions, 0);
});
