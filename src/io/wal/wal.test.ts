import assert from "node:assert/strict";
import { test } from "node:test";
import type { DiskFault, DiskOperation } from "../../../sim/disk.ts";
import { type DiskHost, diskHost } from "../../../sim/disk-host.ts";
import type { Entry, HardState } from "../../core/proto/index.ts";
import {
  createWal,
  isWalError,
  newestSnapshotEntry,
  openOrRepairWal,
  openWal,
  readWal,
  validSnapshotEntries,
  verifyWal,
  type Wal,
  type WalOptions,
} from "./index.ts";

const directory = "/member/wal";
const metadata = new TextEncoder().encode("who I am");
const start = { index: 0, term: 0 };
const confState = {
  voters: [1n, 0xffff_ffff_ffff_fff1n],
  learners: [7n],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
};

const entry = (index: number, term = 1, bytes = 10): Entry => ({
  term,
  index,
  type: 0,
  data: new Uint8Array(bytes).fill(index),
});
const state = (term: number, commit: number, vote = 9n): HardState => ({ term, vote, commit });

interface Made {
  readonly host: DiskHost;
  readonly options: WalOptions;
  readonly wal: Wal;
}

function makeWal(more: Partial<WalOptions> = {}, host = diskHost()): Made {
  host.disk.mkdir("/member");
  host.disk.settleEverything();
  const options = { ...optionsOn(host), ...more };
  return { host, options, wal: createWal(options, metadata) };
}

const optionsOn = (host: DiskHost): WalOptions => ({
  disk: host.disk,
  clock: host.clock,
  directory,
  segmentBytes: 4096,
  zeroAheadBytes: 0,
});

/** Saves and waits; gives what `done` got. */
function saved({ host, wal }: Made, hardState: HardState | undefined, entries: Entry[]): unknown {
  let answer: unknown = "nothing";
  wal.save(hardState, entries, (error) => {
    answer = error;
  });
  host.settle();
  return answer;
}

function closed({ host, wal }: Made): void {
  let answer: unknown = "nothing";
  wal.close((error) => {
    answer = error;
  });
  host.settle();
  assert.equal(answer, undefined);
}

const indexesOf = (entries: readonly Entry[]): number[] => entries.map(({ index }) => index);

test("what was saved is read back: entries, the last state, metadata", () => {
  const made = makeWal();
  assert.equal(saved(made, state(1, 0), [entry(1), entry(2)]), undefined);
  assert.equal(saved(made, state(1, 2), [entry(3)]), undefined);
  closed(made);
  const { content, wal } = openWal(made.options, start);
  assert.deepEqual(indexesOf(content.entries), [1, 2, 3]);
  assert.deepEqual(content.hardState, state(1, 2));
  assert.equal(new TextDecoder().decode(content.metadata), "who I am");
  assert.equal(content.snapshotFound, true);
  assert.equal(wal.lastIndex, 3);
});

test("names and modes of files are etcd's, and closing leaves no spare", () => {
  const made = makeWal();
  const first = "0000000000000000-0000000000000000.wal";
  assert.deepEqual(made.options.disk.readdir(directory), ["0.tmp", first]);
  assert.equal(made.options.disk.stat(`${directory}/${first}`)?.size, 4096);
  assert.equal(made.options.disk.stat(`${directory}/${first}`)?.mode, 0o600);
  assert.equal(made.options.disk.stat(directory)?.mode, 0o700);
  closed(made);
  assert.deepEqual(made.options.disk.readdir(directory), [first]);
});

test("saves that come during a sync share the next write and sync, and are answered in order", () => {
  const operations: DiskOperation[] = [];
  const host = diskHost({
    fault: (operation) => {
      operations.push(operation);
      return undefined;
    },
  });
  const { wal } = makeWal({}, host);
  operations.length = 0;
  const answers: number[] = [];
  for (let index = 1; index <= 10; index++) {
    wal.save(state(1, index - 1), [entry(index)], () => answers.push(index));
  }
  assert.deepEqual(answers, []);
  host.settle();
  assert.deepEqual(answers, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual(operations, ["write", "sync", "write", "sync"]);
});

test("a state that only moves the commit costs no disk, a vote or a term does", () => {
  const operations: DiskOperation[] = [];
  const host = diskHost({
    fault: (operation) => {
      operations.push(operation);
      return undefined;
    },
  });
  const made = makeWal({}, host);
  saved(made, state(1, 0), [entry(1)]);
  operations.length = 0;
  assert.equal(saved(made, state(1, 1), []), undefined);
  assert.equal(saved(made, undefined, []), undefined);
  assert.deepEqual(operations, []);
  assert.equal(saved(made, state(1, 1, 8n), []), undefined);
  assert.deepEqual(operations, ["write", "sync"]);
  assert.equal(saved(made, state(2, 1, 8n), []), undefined);
  assert.equal(operations.length, 4);
});

test("the first failed sync ends the log: everyone who waits hears it, and no sync is tried again", () => {
  let syncs = 0;
  const fault = (operation: DiskOperation): DiskFault | undefined => {
    if (operation !== "sync") return undefined;
    return ++syncs === 3 ? { code: "EIO", losesPages: true } : undefined;
  };
  const made = makeWal({}, diskHost({ fault }));
  saved(made, state(1, 0), [entry(1)]);
  const answers: unknown[] = [];
  for (let index = 2; index <= 4; index++) {
    made.wal.save(undefined, [entry(index)], (error) => answers.push(error));
  }
  made.host.settle();
  assert.equal(answers.length, 3);
  for (const answer of answers) assert.ok(isWalError(answer, "failed"));
  assert.match(String(answers[0]), /sync .*\.wal: input\/output error/);
  assert.ok(isWalError(saved(made, undefined, [entry(5)]), "failed"));
  assert.equal(syncs, 3);
  const after = diskHost({}, (options) =>
    made.host.disk.restarted(made.host.disk.crashChoices(), options),
  );
  const { content } = openOrRepairWal(optionsOn(after), start);
  assert.deepEqual(indexesOf(content.entries), [1]);
});

test("a sync of the zeros ahead that fails ends the log too, and nobody hears of success after it", () => {
  let syncs = 0;
  const fault = (operation: DiskOperation): DiskFault | undefined =>
    operation === "sync" && ++syncs === 3 ? { code: "EIO", losesPages: true } : undefined;
  const made = makeWal({ segmentBytes: 1 << 20, zeroAheadBytes: 1 << 18 }, diskHost({ fault }));
  const answers: unknown[] = [];
  for (let index = 1; index <= 3; index++) {
    made.wal.save(undefined, [entry(index)], (error) => answers.push(error));
  }
  made.host.settle();
  assert.ok(isWalError(made.wal.failure, "failed"));
  assert.equal(answers.length, 3);
  assert.ok(isWalError(answers.at(-1), "failed"));
  assert.ok(isWalError(saved(made, undefined, [entry(4)]), "failed"));
});

test("a full disk ends the log, and what it confirmed is there when there is room again", () => {
  let full = false;
  const fault = (operation: DiskOperation): DiskFault | undefined =>
    full && operation === "write" ? { code: "ENOSPC", writtenBytes: 700 } : undefined;
  const made = makeWal({}, diskHost({ fault }));
  saved(made, state(1, 0), [entry(1)]);
  full = true;
  const answer = saved(made, undefined, [entry(2, 1, 1500)]);
  assert.match(String(answer), /write .*: no space left on device/);
  let closing: unknown;
  made.wal.close((error) => {
    closing = error;
  });
  made.host.settle();
  assert.ok(isWalError(closing, "failed"));
  full = false;
  const { content } = openOrRepairWal(made.options, start);
  assert.deepEqual(indexesOf(content.entries), [1]);
});

test("a later term replaces what stands at its index and all behind it", () => {
  const made = makeWal();
  saved(made, state(1, 1), [entry(1), entry(2), entry(3), entry(4)]);
  saved(made, state(2, 1), [entry(2, 2)]);
  closed(made);
  const { content } = openWal(made.options, start);
  assert.deepEqual(
    content.entries.map(({ index, term }) => [index, term]),
    [
      [1, 1],
      [2, 2],
    ],
  );
});

test("a gap between entries, a wrong snapshot and foreign metadata are refused", () => {
  const gap = makeWal();
  saved(gap, state(1, 1), [entry(1), entry(3)]);
  closed(gap);
  assert.throws(
    () => openWal(gap.options, start),
    (error) => isWalError(error, "sliceOutOfRange"),
  );
  const wrong = makeWal();
  wrong.wal.saveSnapshot({ index: 5, term: 2, confState }, () => {});
  closed(wrong);
  const at = { index: 5, term: 3 };
  for (const open of [openWal, readWal, verifyWal]) {
    assert.throws(
      () => open(wrong.options, at),
      (error) => isWalError(error, "snapshotMismatch"),
    );
  }
  const unknown = { index: 4, term: 1 };
  assert.equal(readWal(wrong.options, unknown).snapshotFound, false);
  assert.throws(
    () => verifyWal(wrong.options, unknown),
    (error) => isWalError(error, "snapshotNotFound"),
  );
});

test("a snapshot beyond its first needs a conf state", () => {
  const { wal } = makeWal();
  assert.throws(
    () => wal.saveSnapshot({ index: 1, term: 1, confState: undefined }, () => {}),
    /Saved \(not-initial\) snapshot is missing ConfState/,
  );
});

test("segments are cut, chained, released up to a snapshot and purged", () => {
  const made = makeWal();
  for (let index = 1; index <= 12; index++) saved(made, state(1, index), [entry(index, 1, 1500)]);
  const names = (): string[] =>
    made.options.disk.readdir(directory).filter((name) => name.endsWith(".wal"));
  assert.deepEqual(names(), [
    "0000000000000000-0000000000000000.wal",
    "0000000000000001-0000000000000004.wal",
    "0000000000000002-0000000000000007.wal",
    "0000000000000003-000000000000000a.wal",
    "0000000000000004-000000000000000d.wal",
  ]);
  assert.deepEqual(made.wal.purge(2), []);
  made.wal.saveSnapshot({ index: 8, term: 1, confState }, () => {});
  made.host.settle();
  made.wal.releaseLockTo(8);
  assert.deepEqual(made.wal.purge(0), []);
  assert.equal(made.wal.purge(4).length, 1);
  assert.equal(made.wal.purge(1).length, 1);
  assert.equal(names()[0], "0000000000000002-0000000000000007.wal");
  closed(made);
  assert.throws(
    () => openWal(made.options, start),
    /wal: file not found which matches the snapshot/,
  );
  const [snapshot] = validSnapshotEntries(made.options);
  assert.deepEqual(snapshot, { index: 8, term: 1, confState });
  assert.deepEqual(newestSnapshotEntry(made.options), snapshot);
  const { content, wal } = openWal(made.options, snapshot!);
  assert.deepEqual(indexesOf(content.entries), [9, 10, 11, 12]);
  assert.deepEqual(content.hardState, state(1, 12));
  assert.equal(wal.lastIndex, 12);
});

test("a batch larger than many segments ends one of them, whatever else waits", () => {
  const made = makeWal();
  const answers: number[] = [];
  made.wal.save(state(1, 0), [entry(1)], () => answers.push(1));
  made.wal.save(undefined, [entry(2, 1, 50_000)], () => answers.push(2));
  made.wal.save(undefined, [entry(3, 1, 5_000)], () => answers.push(3));
  made.wal.save(undefined, [entry(4)], () => answers.push(4));
  made.host.settle();
  assert.deepEqual(answers, [1, 2, 3, 4]);
  closed(made);
  assert.deepEqual(made.options.disk.readdir(directory), [
    "0000000000000000-0000000000000000.wal",
    "0000000000000001-0000000000000003.wal",
    "0000000000000002-0000000000000004.wal",
  ]);
  assert.deepEqual(indexesOf(openWal(made.options, start).content.entries), [1, 2, 3, 4]);
});

test("a log is open for appending once, with etcd's words for the second", () => {
  const made = makeWal();
  assert.throws(
    () => openWal(made.options, start),
    /openAtIndex failed: .*fileutil: file already locked$/,
  );
  assert.throws(() => createWal(made.options, metadata), /file already exists/);
  closed(made);
  openWal(made.options, start);
});

test("a log cut off at any byte opens after one repair, with the records before the cut", () => {
  const made = makeWal({ segmentBytes: 1 << 20 });
  for (let index = 1; index <= 8; index++)
    saved(made, state(1, index), [entry(index, 1, 5 * index)]);
  const end = made.wal.offset;
  closed(made);
  const name = `${directory}/0000000000000000-0000000000000000.wal`;
  const disk = made.host.disk;
  disk.settleEverything();
  let repaired = 0;
  for (let length = 16; length < end; length++) {
    const host = diskHost({}, (options) => disk.restarted(disk.crashChoices(), options));
    const file = host.disk.open(name);
    file.truncate(length);
    file.close();
    const options = optionsOn(host);
    const kept = readWal(options, start).entries.length;
    const { content, wal } = openOrRepairWal(options, start);
    assert.equal(content.entries.length, kept);
    if (host.disk.stat(`${name}.broken`) !== undefined) {
      assert.equal(host.disk.stat(`${name}.broken`)?.size, length);
      repaired++;
    }
    const again = { host, options, wal };
    assert.equal(saved(again, undefined, [entry(kept + 1)]), undefined);
    closed(again);
    assert.equal(openWal(options, start).content.entries.length, kept + 1);
  }
  assert.ok(repaired > end / 2);
});

test("a flipped bit in the middle is never repaired away", () => {
  const made = makeWal();
  for (let index = 1; index <= 5; index++) saved(made, state(1, index), [entry(index, 1, 400)]);
  closed(made);
  const name = `${directory}/0000000000000000-0000000000000000.wal`;
  made.host.disk.corrupt(name, (bytes) => {
    bytes[700]! ^= 1;
  });
  assert.throws(
    () => openOrRepairWal(made.options, start),
    (error) => isWalError(error, "crcMismatch"),
  );
  assert.equal(made.host.disk.stat(`${name}.broken`), undefined);
});

test("bytes behind a zero length are cleared before anything is appended", () => {
  const made = makeWal();
  saved(made, state(1, 0), [entry(1)]);
  const end = made.wal.offset;
  closed(made);
  const name = `${directory}/0000000000000000-0000000000000000.wal`;
  made.host.disk.corrupt(name, (bytes) => bytes.fill(0x41, end + 512, end + 1024));
  const { wal } = openWal(made.options, start);
  const file = made.host.disk.open(name, { readOnly: true });
  const behind = new Uint8Array(4096);
  const length = file.readInto(behind, 0, behind.length, end);
  assert.ok(behind.subarray(0, length).every((byte) => byte === 0));
  assert.equal(wal.offset, end);
});

test("an adaptive log answers in order, and never before the call has returned", () => {
  const made = makeWal({ syncing: "adaptive", segmentBytes: 1 << 20 });
  const answers: number[] = [];
  for (let index = 1; index <= 300; index++) {
    let returned = false;
    made.wal.save(undefined, [entry(index)], (error) => {
      assert.equal(error, undefined);
      assert.ok(returned);
      answers.push(index);
    });
    returned = true;
    for (let steps = index % 4; steps > 0; steps--) made.host.step();
  }
  made.host.settle();
  assert.deepEqual(
    answers,
    Array.from({ length: 300 }, (_, at) => at + 1),
  );
});

test("failpoints stand around the sync and end the log when they throw", () => {
  const passed: string[] = [];
  const made = makeWal({
    failpoint: (name) => {
      passed.push(name);
      if (passed.length === 4) throw new Error(`failpoint ${name}`);
    },
  });
  assert.equal(saved(made, undefined, [entry(1)]), undefined);
  assert.match(String(saved(made, undefined, [entry(2)])), /failpoint walAfterSync/);
  assert.deepEqual(passed, ["walBeforeSync", "walAfterSync", "walBeforeSync", "walAfterSync"]);
});

test("a log whose name could not be made durable is put aside", () => {
  const host = diskHost({
    fault: (operation, path) =>
      operation === "syncDirectory" && path === "/member" ? { code: "EIO" } : undefined,
  });
  assert.throws(() => makeWal({}, host), /sync|input\/output/);
  assert.deepEqual(host.disk.readdir("/member"), ["wal.broken.20260102.030405"]);
});

test("without fsync nothing is synced and all is answered", () => {
  const operations: DiskOperation[] = [];
  const host = diskHost({
    fault: (operation) => {
      operations.push(operation);
      return undefined;
    },
  });
  const made = makeWal({ unsafeNoFsync: true }, host);
  for (let index = 1; index <= 5; index++) saved(made, undefined, [entry(index, 1, 1500)]);
  closed(made);
  assert.ok(!operations.includes("sync") && !operations.includes("syncDirectory"));
  assert.equal(openWal(made.options, start).content.entries.length, 5);
});
