import assert from "node:assert/strict";
import { test } from "node:test";
import { type DiskHost, diskHost } from "../../../sim/disk-host.ts";
import { type RandomSource, seededRandom } from "../../base/index.ts";
import type { Entry } from "../../core/proto/index.ts";
import { createWal, isWalError, openOrRepairWal, readWal, type WalOptions } from "./index.ts";
import { markPath, readSyncedMark } from "./synced-mark.ts";

const directory = "/member/wal";
const start = { index: 0, term: 0 };
const entriesSaved = 20;

/** A log with a mark, written entry by entry and left as a kill leaves it. */
function written(random: RandomSource): {
  host: DiskHost;
  options: WalOptions;
  entries: Entry[];
} {
  const entries: Entry[] = [];
  const host = diskHost();
  host.disk.mkdir("/member");
  host.disk.settleEverything();
  const options: WalOptions = {
    disk: host.disk,
    clock: host.clock,
    directory,
    keepsMark: true,
    segmentBytes: 64 * 1024,
    zeroAheadBytes: 0,
  };
  const wal = createWal(options, new Uint8Array([1, 2]));
  for (let index = 1; index <= entriesSaved; index++) {
    const data = new Uint8Array(20 + random.below(700)).map(() => 1 + random.below(255));
    const entry = { term: 1, index, type: 0, data };
    entries.push(entry);
    wal.save({ term: 1, vote: 9n, commit: index - 1 }, [entry], () => {});
    host.settle();
  }
  wal.close(() => {});
  host.settle();
  return { host, options, entries };
}

function change(host: DiskHost, name: string, edit: (bytes: Uint8Array) => void): void {
  const file = host.disk.open(`${directory}/${name}`);
  const bytes = new Uint8Array(file.size());
  file.readInto(bytes, 0, bytes.length, 0);
  edit(bytes);
  file.write(bytes, 0);
  file.close();
}

const segment = "0000000000000000-0000000000000000.wal";

test("damage below the mark is refused with file, offset and advice, and nothing is cut off", () => {
  const seed = Number(process.env["SEED"] ?? 3);
  const random = seededRandom(seed);
  let refused = 0;
  for (let round = 0; round < 200; round++) {
    const { host, options, entries } = written(random);
    const mark = readSyncedMark(host.disk, directory);
    assert.equal(mark?.segment, segment);
    const kind = round % 4;
    const at = random.below(mark.offset);
    const what = `seed ${seed}, round ${round}, kind ${kind}, at ${at}`;
    change(host, segment, (bytes) => {
      if (kind === 0) bytes[at]! ^= 1 << random.below(8);
      else if (kind === 1) bytes.fill(0, at - (at % 512), at - (at % 512) + 512);
      else if (kind === 2) bytes.fill(0, at - (at % 8));
      else bytes.copyWithin(at - (at % 8), 0, 512);
    });
    let refusal: unknown;
    try {
      const { content } = openOrRepairWal(options, start);
      // Padding and the like: no sum covers it, and it says nothing.
      assert.deepEqual(content.entries, entries, what);
    } catch (error) {
      refusal = error;
      const codes = ["lost", "crcMismatch", "unexpectedBlock"] as const;
      assert.ok(
        codes.some((code) => isWalError(error, code)),
        `${what}: ${String(error)}`,
      );
    }
    refused += refusal === undefined ? 0 : 1;
    assert.ok(!host.disk.readdir(directory).some((name) => name.endsWith(".broken")), what);
  }
  assert.ok(refused > 150, `${refused} refused`);
});

test("a record the disk refused midway, behind the mark, is cut off and the log goes on", () => {
  const random = seededRandom(4);
  for (const cut of [20, 130, 300, 511]) {
    const { host, options } = written(random);
    const mark = readSyncedMark(host.disk, directory)!;
    let kept = new Uint8Array(0);
    change(host, "synced.mark.tmp", (bytes) => (kept = bytes.slice()));
    const { wal } = openOrRepairWal(options, start);
    const data = new Uint8Array(900).fill(7);
    wal.save(undefined, [{ term: 1, index: entriesSaved + 1, type: 0, data }], () => {});
    wal.close(() => {});
    host.settle();
    // As if that sync had failed: the mark stands before it, and only its first bytes are there.
    change(host, "synced.mark.tmp", (bytes) => bytes.set(kept));
    change(host, segment, (bytes) => bytes.fill(0, mark.offset + cut));
    const repaired = openOrRepairWal(options, start);
    assert.equal(repaired.content.lastIndex, entriesSaved, `${cut}`);
  }
});

test("a torn or missing mark only protects less: the log opens", () => {
  const random = seededRandom(5);
  const { host, options } = written(random);
  change(host, "synced.mark.tmp", (bytes) => (bytes[3]! ^= 1));
  assert.equal(openOrRepairWal(options, start).content.lastIndex, entriesSaved);
  host.disk.unlink(markPath(directory));
  assert.equal(readWal(options, start).lastIndex, entriesSaved);
});

test("a sync of the mark that fails ends the log, but for want of room", () => {
  for (const [code, isOver] of [
    ["EIO", true],
    ["ENOSPC", false],
  ] as const) {
    const host = diskHost({
      fault: (operation, path) =>
        operation === "sync" && path === markPath(directory) ? { code } : undefined,
    });
    host.disk.mkdir("/member");
    const { disk, clock } = host;
    const wal = createWal({ disk, clock, directory, keepsMark: true }, Uint8Array.of(1));
    const answers: (Error | undefined)[] = [];
    for (const index of [1, 2, 3]) {
      const entry = { term: 1, index, type: 0, data: Uint8Array.of(1) };
      wal.save({ term: 1, vote: 9n, commit: 0 }, [entry], (error) => answers.push(error));
      host.settle();
    }
    assert.equal(answers[0], undefined, "the record itself is durable");
    assert.equal(answers[2] !== undefined, isOver, code);
  }
});
