import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { diskHost, type DiskHost } from "../../../sim/disk-host.ts";
import type { DiskFault, DiskOperation } from "../../../sim/disk.ts";
import { bytesFromHex, equalBytes, hexOf } from "../../base/index.ts";
import { encodeSnapshot, makeSnapshot, type Snapshot } from "../../core/proto/index.ts";
import { readWholeFile, repeatableRandom, writeWholeFile } from "../host/index.ts";
import { decodeSnapFile, encodeV2Store, SnapError, Snapshotter } from "./index.ts";
import { encodeSnapFile } from "./snap-file.ts";

const samples = new URL("../../../../shared/spec/samples/", import.meta.url);
const directory = "/member/snap";

function makeSnapshotter(
  host: DiskHost = diskHost(),
  failpoint?: (name: string) => string | undefined,
): { host: DiskHost; snapshotter: Snapshotter } {
  host.disk.mkdir(directory);
  host.disk.settleEverything();
  const { disk, clock } = host;
  const random = repeatableRandom(1);
  return { host, snapshotter: new Snapshotter({ disk, clock, random, directory, failpoint }) };
}

const snapshotAt = (term: number, index: number): Snapshot =>
  makeSnapshot({
    data: new Uint8Array(100).fill(index),
    metadata: {
      index,
      term,
      confState: {
        voters: [0x9e73_7feb_b6b9_9eeen],
        learners: [],
        votersOutgoing: [],
        learnersNext: [],
        autoLeave: false,
      },
    },
  });

function answerOf(
  host: DiskHost,
  call: (done: (error: Error | undefined) => void) => void,
): unknown {
  let answer: unknown = "nothing";
  call((error) => {
    answer = error;
  });
  assert.equal(answer, "nothing");
  host.settle();
  return answer;
}

test("a snap file has the bytes etcd gives it", () => {
  const snapshot = makeSnapshot({ metadata: snapshotAt(2, 21).metadata });
  assert.equal(
    hexOf(encodeSnapshot(snapshot)),
    "1213" + "0a0d08eebde6b5bbfddfb99e012800" + "1015" + "1802",
  );
  const bytes = encodeSnapFile(snapshot);
  assert.equal(hexOf(bytes.subarray(bytes.length - 23, bytes.length - 21)), "1215");
  assert.deepEqual(decodeSnapFile(bytes).metadata, snapshot.metadata);
});

test("the sample snapshot of etcd is read and written again byte for byte", () => {
  const path = new URL("0000000000000002-0000000000000015.snap", samples);
  if (!existsSync(path)) return;
  const bytes = readFileSync(path);
  const snapshot = decodeSnapFile(bytes);
  assert.equal(snapshot.metadata?.index, 0x15);
  assert.ok(equalBytes(encodeSnapFile(snapshot), bytes));
  const store = readFileSync(new URL("snap_data_v2store.json", samples));
  assert.ok(equalBytes(snapshot.data, store));
});

const sampleMembership = {
  members: [
    {
      id: 0x9e73_7feb_b6b9_9eeen,
      peerUrls: ["http://127.0.0.1:22380"],
      isLearner: false,
      name: "n1",
      clientUrls: ["http://127.0.0.1:22379"],
    },
  ],
  removed: [],
  clusterVersion: "3.7.0",
};

test("the membership as a v2 store is what etcd writes, byte for byte", () => {
  const text = new TextDecoder().decode(encodeV2Store(sampleMembership));
  assert.ok(text.startsWith('{"Root":{"Path":"/","CreatedIndex":0,"ModifiedIndex":0,'));
  const parsed = JSON.parse(text) as { WatcherHub: { EventHistory: { Queue: { Events: [] } } } };
  assert.equal(parsed.WatcherHub.EventHistory.Queue.Events.length, 1000);
  const path = new URL("snap_data_v2store.json", samples);
  if (existsSync(path)) assert.equal(text, readFileSync(path, "utf8"));
});

test("learners, unpublished and removed members are in the v2 store as etcd has them", () => {
  const text = new TextDecoder().decode(
    encodeV2Store({
      members: [
        { id: 1n, peerUrls: ["http://a<b"], isLearner: true, name: "", clientUrls: [] },
        { id: 2n, peerUrls: [], isLearner: false, name: "", clientUrls: ["http://c"] },
      ],
      removed: [0xabn],
      clusterVersion: undefined,
    }),
  );
  assert.ok(
    text.includes(String.raw`"Value":"{\"peerURLs\":[\"http://a\\u003cb\"],\"isLearner\":true}"`),
  );
  assert.ok(text.includes(String.raw`"Value":"{\"clientURLs\":[\"http://c\"]}"`));
  assert.ok(text.includes('"ab":{"Path":"/0/removed_members/ab","CreatedIndex":4,'));
  assert.ok(
    text.includes('"CurrentIndex":4,"Stats":{"getsSuccess":0,"getsFail":1,"setsSuccess":1,'),
  );
  assert.ok(text.includes('"createSuccess":3,'));
  JSON.parse(text);
});

test("more steps than the history remembers overwrite the oldest", () => {
  const removed = Array.from({ length: 1003 }, (_, at) => BigInt(at + 1));
  const text = new TextDecoder().decode(
    encodeV2Store({ members: [], removed, clusterVersion: undefined }),
  );
  assert.ok(text.includes('"Size":1000,"Front":3,"Back":3,"Capacity":1000},"StartIndex":4,'));
});

test("the newest readable snapshot is loaded, and broken ones are put aside", () => {
  const { host, snapshotter } = makeSnapshotter();
  for (const [term, index] of [
    [1, 5],
    [2, 9],
    [2, 12],
    [3, 11],
  ] as const) {
    assert.equal(
      answerOf(host, (done) => snapshotter.saveSnap(snapshotAt(term, index), done)),
      undefined,
    );
  }
  assert.equal(snapshotter.load()?.metadata?.index, 11);
  host.disk.corrupt(`${directory}/0000000000000003-000000000000000b.snap`, (bytes) => {
    bytes[40]! ^= 1;
  });
  writeWholeFile(
    host.disk,
    `${directory}/0000000000000004-0000000000000001.snap`,
    new Uint8Array(0),
  );
  assert.equal(snapshotter.load()?.metadata?.index, 12);
  assert.deepEqual(host.disk.readdir(directory), [
    "0000000000000001-0000000000000005.snap",
    "0000000000000002-0000000000000009.snap",
    "0000000000000002-000000000000000c.snap",
    "0000000000000003-000000000000000b.snap.broken",
    "0000000000000004-0000000000000001.snap.broken",
  ]);
  const known = [
    { index: 9, term: 2 },
    { index: 5, term: 1 },
    { index: 0, term: 0 },
  ];
  assert.equal(snapshotter.loadNewestAvailable(known)?.metadata?.index, 9);
  assert.equal(snapshotter.loadNewestAvailable([{ index: 9, term: 1 }]), undefined);
});

test("each kind of damage has etcd's name", () => {
  const good = encodeSnapFile(snapshotAt(1, 1));
  const codeOf = (bytes: Uint8Array): string => {
    try {
      decodeSnapFile(bytes);
      return "good";
    } catch (error) {
      assert.ok(error instanceof SnapError);
      return error.message;
    }
  };
  assert.equal(codeOf(good), "good");
  assert.equal(codeOf(new Uint8Array(0)), "snap: empty snapshot");
  assert.equal(codeOf(bytesFromHex("0801")), "snap: empty snapshot");
  const flipped = good.slice();
  flipped[30]! ^= 1;
  assert.equal(codeOf(flipped), "snap: crc mismatch");
  assert.equal(codeOf(good.subarray(0, 50)), "snap: snapshot is not a valid message");
});

test("after any power loss a confirmed snap file is there, an unconfirmed one whole or unused", () => {
  const { host, snapshotter } = makeSnapshotter();
  let confirmed = false;
  snapshotter.saveSnap(snapshotAt(1, 7), (error) => {
    confirmed = error === undefined;
  });
  do {
    const choices = host.disk.crashChoices();
    for (let number = 0; number < choices.count; number++) {
      choices.takeNumber(number);
      const after = diskHost({}, (options) => host.disk.restarted(choices, options));
      const found = makeSnapshotter(after).snapshotter.load();
      assert.ok(found === undefined ? !confirmed : found.metadata?.index === 7);
    }
  } while (host.step());
  assert.ok(confirmed);
});

test("the snapshot of index 0 is never written, and a failed write leaves nothing", () => {
  let failing = false;
  const fault = (operation: DiskOperation): DiskFault | undefined =>
    failing && operation === "sync" ? { code: "EIO" } : undefined;
  const { host, snapshotter } = makeSnapshotter(diskHost({ fault }));
  assert.equal(
    answerOf(host, (done) => snapshotter.saveSnap(makeSnapshot(), done)),
    undefined,
  );
  failing = true;
  const answer = answerOf(host, (done) => snapshotter.saveSnap(snapshotAt(1, 7), done));
  assert.match(String(answer), /input\/output error/);
  assert.deepEqual(host.disk.readdir(directory), []);
});

/** Receives ten pieces of 700 bytes; gives the answers of all calls. */
function receive(host: DiskHost, snapshotter: Snapshotter, index: number): unknown[] {
  const receiver = snapshotter.receiveDatabase(index);
  const answers: unknown[] = [];
  for (let piece = 0; piece < 10; piece++) {
    const bytes = new Uint8Array(700).fill(piece + index);
    answers.push(answerOf(host, (done) => receiver.write(bytes, done)));
  }
  answers.push(answerOf(host, (done) => receiver.finish(done)));
  return answers.filter((answer) => answer !== undefined);
}

test("a received database bears its name only when it is whole and durable", () => {
  const { host, snapshotter } = makeSnapshotter();
  assert.throws(() => snapshotter.databasePath(7), /snap: snapshot file doesn't exist/);
  assert.deepEqual(receive(host, snapshotter, 7), []);
  const path = snapshotter.databasePath(7);
  assert.equal(path, `${directory}/0000000000000007.snap.db`);
  assert.equal(readWholeFile(host.disk, path).length, 7000);
  const choices = host.disk.crashChoices();
  assert.equal(choices.count, 1);
  assert.deepEqual(receive(host, snapshotter, 7), []);
  assert.deepEqual(host.disk.readdir(directory), ["0000000000000007.snap.db"]);
});

test("a power loss while a database is received leaves it whole or under a temporary name", () => {
  const { host, snapshotter } = makeSnapshotter();
  const receiver = snapshotter.receiveDatabase(7);
  receiver.write(new Uint8Array(1200).fill(3), () => {});
  host.settle();
  receiver.finish(() => {});
  do {
    const choices = host.disk.crashChoices();
    for (let number = 0; number < choices.count; number++) {
      choices.takeNumber(number);
      const after = diskHost({}, (options) => host.disk.restarted(choices, options));
      const next = makeSnapshotter(after).snapshotter;
      next.removeTemporary();
      for (const name of after.disk.readdir(directory)) {
        assert.equal(name, "0000000000000007.snap.db");
        const bytes = readWholeFile(after.disk, `${directory}/${name}`);
        assert.ok(bytes.length === 1200 && bytes.every((byte) => byte === 3));
      }
    }
  } while (host.step());
});

test("a reception that fails or is given up leaves nothing behind", () => {
  let failing: DiskOperation | undefined;
  const fault = (operation: DiskOperation): DiskFault | undefined =>
    operation === failing ? { code: "ENOSPC", writtenBytes: 100 } : undefined;
  const { host, snapshotter } = makeSnapshotter(diskHost({ fault }));
  for (const operation of ["write", "sync", "rename"] as const) {
    const receiver = snapshotter.receiveDatabase(3);
    failing = operation;
    const writing = answerOf(host, (done) => receiver.write(new Uint8Array(500), done));
    if (operation === "write") {
      assert.match(String(writing), /no space left on device/);
      receiver.abort();
    } else {
      assert.match(String(answerOf(host, (done) => receiver.finish(done))), /no space left/);
    }
    failing = undefined;
    assert.deepEqual(host.disk.readdir(directory), []);
  }
});

test("a long reception is synced while it lasts, and what a sync lost then is not forgotten", () => {
  const syncs: boolean[] = [];
  let isFailing = false;
  const fault = (operation: DiskOperation): DiskFault | undefined => {
    if (operation !== "sync") return undefined;
    syncs.push(isFailing);
    return isFailing ? { code: "EIO", losesPages: true } : undefined;
  };
  const { host, snapshotter } = makeSnapshotter(diskHost({ fault }));
  const half = new Uint8Array(32 << 20);
  for (const fails of [false, true]) {
    syncs.length = 0;
    const receiver = snapshotter.receiveDatabase(3);
    isFailing = fails;
    assert.equal(
      answerOf(host, (done) => receiver.write(half, done)),
      undefined,
    );
    isFailing = false;
    const finished = answerOf(host, (done) => receiver.finish(done));
    if (!fails) {
      assert.equal(finished, undefined);
      assert.deepEqual(syncs, [false, false], "one meanwhile, one at the end");
      host.disk.unlink(snapshotter.databasePath(3));
    } else {
      assert.match(String(finished), /input\/output error/);
      assert.deepEqual(syncs, [true, false]);
      assert.deepEqual(host.disk.readdir(directory), []);
    }
  }
});

test("a reception given up while it is synced lets go of its file afterwards", () => {
  const { host, snapshotter } = makeSnapshotter();
  const receiver = snapshotter.receiveDatabase(3);
  receiver.write(new Uint8Array(32 << 20), () => receiver.abort());
  host.settle();
  assert.deepEqual(host.disk.readdir(directory), []);
});

test("failpoints stand where etcd has them", () => {
  const passed: string[] = [];
  const { host, snapshotter } = makeSnapshotter(diskHost(), (name) => {
    passed.push(name);
    return name === "snapDBDirSyncError" ? "planted" : undefined;
  });
  assert.match(String(receive(host, snapshotter, 5)[0]), /planted/);
  assert.deepEqual(passed, ["snapDBRenameBeforeDirSync", "snapDBDirSyncError"]);
});

test("old files are released and purged, but never a database that waits to be installed", () => {
  const { host, snapshotter } = makeSnapshotter();
  for (const index of [100, 200, 300, 400]) receive(host, snapshotter, index);
  snapshotter.pinDatabase(200);
  snapshotter.releaseDatabases(300);
  const databases = (): string[] =>
    host.disk.readdir(directory).filter((name) => name.endsWith(".db"));
  assert.deepEqual(databases(), [
    "00000000000000c8.snap.db",
    "000000000000012c.snap.db",
    "0000000000000190.snap.db",
  ]);
  assert.deepEqual(snapshotter.purge(1), []);
  snapshotter.unpinDatabase(200);
  for (const index of [1, 2, 3]) {
    answerOf(host, (done) => snapshotter.saveSnap(snapshotAt(1, index), done));
  }
  assert.deepEqual(snapshotter.purge(0), []);
  assert.deepEqual(snapshotter.purge(2), [
    "00000000000000c8.snap.db",
    "0000000000000001-0000000000000001.snap",
  ]);
});

test("what broken-off receptions and defragmentations left is removed", () => {
  const { host, snapshotter } = makeSnapshotter();
  for (const name of ["tmp123", "db.tmp.1", "db", "other"]) {
    writeWholeFile(host.disk, `${directory}/${name}`, new Uint8Array(1));
  }
  snapshotter.removeTemporary();
  assert.equal(snapshotter.load(), undefined);
  assert.deepEqual(host.disk.readdir(directory), ["db", "other"]);
});
