import assert from "node:assert/strict";
import { test } from "node:test";
import { diskHost } from "../../../sim/disk-host.ts";
import { encodeMetadata, makeConfState, makeMetadata } from "../../core/proto/index.ts";
import { EntryType, MemoryStorage, newEntry } from "../../core/raft/index.ts";
import { repeatableRandom, silentLog } from "../../io/host/index.ts";
import { Snapshotter } from "../../io/snap/index.ts";
import { createWal, validSnapshotEntries } from "../../io/wal/index.ts";
import type { BackendDone, DurableBackend } from "./backend-host.ts";
import { Snapshots } from "./snapshots.ts";

function host(): {
  readonly disk: ReturnType<typeof diskHost>;
  readonly snapshots: Snapshots;
  readonly commits: BackendDone[];
  readonly failures: Error[];
  readonly snapFiles: () => string[];
  readonly walRecords: () => number[];
  readonly wal: ReturnType<typeof createWal>;
} {
  const disk = diskHost();
  disk.disk.mkdir("/snap");
  const walOptions = { disk: disk.disk, clock: disk.clock, directory: "/wal", log: silentLog };
  const wal = createWal(walOptions, encodeMetadata(makeMetadata({ nodeID: 1n, clusterID: 2n })));
  const storage = new MemoryStorage();
  storage.applySnapshot({
    data: new Uint8Array(0),
    metadata: { confState: makeConfState({ voters: [1n] }), index: 1, term: 1 },
  });
  const entries = Array.from({ length: 60 }, (_, at) => ({
    ...newEntry(EntryType.EntryNormal, new Uint8Array(0)),
    index: at + 2,
    term: 3,
  }));
  storage.append(entries);
  wal.save({ term: 3, vote: 1n, commit: 61 }, entries, () => {});
  disk.settle();
  const commits: BackendDone[] = [];
  const failures: Error[] = [];
  const snapshots = new Snapshots(
    {
      wal,
      storage,
      snapshotter: new Snapshotter({
        disk: disk.disk,
        clock: disk.clock,
        random: repeatableRandom(1),
        directory: "/snap",
      }),
      durable: () =>
        ({ commit: (done: BackendDone) => commits.push(done) }) as unknown as DurableBackend,
      clock: disk.clock,
      log: silentLog,
      failpoint: undefined,
      confState: () => makeConfState({ voters: [1n] }),
      membership: () => ({ members: [], removed: [], clusterVersion: "3.7.0" }),
      fail: (error) => failures.push(error),
      memberId: 1n,
      snapshotCount: 10,
      maxWalFiles: 5,
      maxSnapshotFiles: 5,
    },
    1,
  );
  return {
    disk,
    snapshots,
    commits,
    failures,
    wal,
    snapFiles: () => disk.disk.readdir("/snap"),
    walRecords: () => validSnapshotEntries(walOptions).map(({ index }) => index),
  };
}

const fileOf12 = "0000000000000003-000000000000000c.snap";

test("a snapshot is made when more than --snapshot-count entries were applied since the last", () => {
  const { snapshots, commits } = host();
  snapshots.applied(11);
  assert.equal(commits.length, 0);
  snapshots.applied(12);
  assert.equal(commits.length, 1);
});

test("first the database is committed, then the file is written, then the log says so", () => {
  const { disk, snapshots, commits, snapFiles, walRecords } = host();
  snapshots.applied(12);
  disk.settle();
  assert.deepEqual([snapFiles(), walRecords()], [[], [0]]);
  commits[0]!(undefined);
  assert.deepEqual([snapFiles(), walRecords()], [[fileOf12], [0]]);
  let steps = 0;
  while (walRecords().length === 1 && disk.step()) steps++;
  assert.ok(steps >= 2, "the file and its name were synced before the log was written");
  disk.settle();
  assert.deepEqual([snapFiles(), walRecords()], [[fileOf12], [0, 12]]);
});

test("while one snapshot is being made no other begins, and the next counts from it", () => {
  const { disk, snapshots, commits, walRecords } = host();
  snapshots.applied(12);
  snapshots.applied(40);
  assert.equal(commits.length, 1);
  commits[0]!(undefined);
  disk.settle();
  snapshots.applied(22);
  assert.equal(commits.length, 1);
  snapshots.applied(23);
  assert.equal(commits.length, 2);
  commits[1]!(undefined);
  disk.settle();
  assert.deepEqual(walRecords(), [0, 12, 23]);
});

test("a commit that fails leaves no file and no record, and stops the member", () => {
  const { disk, snapshots, commits, failures, snapFiles, walRecords } = host();
  snapshots.applied(12);
  commits[0]!(new Error("no space left on device"));
  disk.settle();
  assert.deepEqual([snapFiles(), walRecords()], [[], [0]]);
  assert.equal(failures[0]!.message, "no space left on device");
});

test("a stop leaves a snapshot that is being made where it is: the log is closed then", () => {
  for (let stopAfter = 0; ; stopAfter++) {
    const { disk, snapshots, commits, failures, wal } = host();
    snapshots.applied(12);
    const steps = [
      () => commits[0]!(undefined),
      ...Array.from({ length: 8 }, () => () => disk.step()),
    ];
    for (const step of steps.slice(0, stopAfter)) step();
    snapshots.stop();
    wal.close(() => {});
    for (const step of steps.slice(stopAfter)) step();
    disk.settle();
    snapshots.applied(40);
    assert.deepEqual(failures, []);
    if (stopAfter === steps.length) break;
  }
});
