import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryDisk } from "../../../test/bbolt/memory-disk.ts";
import { seededRandom } from "../../base/index.ts";
import { imageBlockBytes } from "../../core/mvcc/index.ts";
import { IndexFile } from "./index-file.ts";

const path = "member/db.index";
const revision = 2 ** 40 + 5;

function written(blocks: number): MemoryDisk {
  const disk = new MemoryDisk();
  const writer = new IndexFile(disk, path).begin()!;
  for (let at = 0; at < blocks; at++) writer.append(new Uint8Array(imageBlockBytes).fill(at + 1));
  assert.ok(writer.finish(revision, -1));
  return disk;
}

test("what was written is read, and only under its name", () => {
  const checkpoint = new IndexFile(written(3), path).load();
  assert.deepEqual([checkpoint?.revision, checkpoint?.compacted], [revision, -1]);
  assert.deepEqual(
    checkpoint?.blocks.map((block) => [block[0], block.at(-1), block.length]),
    [1, 2, 3].map((byte) => [byte, byte, imageBlockBytes]),
  );
  const disk = written(1);
  disk.rename(path, `${path}.tmp`);
  assert.equal(new IndexFile(disk, path).load(), undefined);
  assert.equal(new IndexFile(new MemoryDisk(), path).load(), undefined);
});

test("a file with any single fault is none", () => {
  const seed = 77;
  const random = seededRandom(seed);
  const sound = written(2);
  const size = sound.files.get(path)!.size;
  for (let round = 0; round < 60; round++) {
    const disk = written(2);
    const file = disk.open(path);
    const at = round < 30 ? size - 1 - random.below(60) : random.below(size);
    const byte = new Uint8Array(1);
    const what = round % 3;
    file.readInto(byte, 0, 1, at);
    if (what === 0) file.write(Uint8Array.of(byte[0]! ^ (1 << random.below(8))), at);
    else if (what === 1) file.truncate(at);
    else file.write(new Uint8Array(512), Math.min(at - (at % 512), 2 * imageBlockBytes - 512));
    assert.equal(new IndexFile(disk, path).load(), undefined, `seed ${seed} round ${round}`);
  }
});

test("one that was begun and left leaves the one before", () => {
  const disk = written(1);
  const file = new IndexFile(disk, path);
  const writer = file.begin()!;
  writer.append(new Uint8Array(imageBlockBytes));
  assert.equal(file.load()?.revision, revision);
  writer.abandon();
  assert.equal(file.load()?.revision, revision);
  file.remove();
  file.remove();
  assert.equal(file.load(), undefined);
});
