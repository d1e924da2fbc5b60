// What every Disk must do, real or simulated. Both run exactly this.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Disk,
  DiskError,
  isDiskError,
  readWholeFile,
  writeWholeFile,
} from "../../src/io/host/index.ts";

export interface DiskUnderTest {
  readonly disk: Disk;
  /** An empty directory to work in. */
  readonly root: string;
  /** Lets background work go on until it is over; a real disk needs nothing. */
  settle(): void;
  dispose(): void;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const refusal = (code: string) => (error: unknown) => {
  assert.ok(error instanceof DiskError);
  assert.equal(error.code, code);
  return true;
};

/** Runs a background call and waits for its answer. */
function answered(
  under: DiskUnderTest,
  call: (done: (error: Error | undefined) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error === undefined ? resolve() : reject(error)));
    under.settle();
  });
}

export function diskContract(name: string, make: () => DiskUnderTest): void {
  const withDisk = (
    sentence: string,
    run: (under: DiskUnderTest) => void | Promise<void>,
  ): void => {
    void test(`${name}: ${sentence}`, async () => {
      const under = make();
      try {
        await run(under);
      } finally {
        under.dispose();
      }
    });
  };
  contentContract(withDisk);
  nameContract(withDisk);
  syncContract(withDisk);
  lockContract(withDisk);
}

type WithDisk = (sentence: string, run: (under: DiskUnderTest) => void | Promise<void>) => void;

function contentContract(withDisk: WithDisk): void {
  withDisk("what was written is read back, holes as zeros", ({ disk, root }) => {
    const file = disk.open(`${root}/a`, { create: true });
    file.write(bytesOf("tail"), 9_000);
    file.write(bytesOf("head"), 0);
    assert.equal(file.size(), 9_004);
    const all = readWholeFile(disk, `${root}/a`);
    assert.equal(textOf(all.subarray(0, 4)), "head");
    assert.ok(all.subarray(4, 9_000).every((byte) => byte === 0));
    assert.equal(textOf(all.subarray(9_000)), "tail");
    file.close();
  });

  withDisk("reading stops at the end of the file", ({ disk, root }) => {
    writeWholeFile(disk, `${root}/a`, bytesOf("0123456789"));
    const file = disk.open(`${root}/a`, { readOnly: true });
    const target = new Uint8Array(8).fill(0x2e);
    assert.equal(file.readInto(target, 2, 4, 3), 4);
    assert.equal(textOf(target), "..3456..");
    assert.equal(file.readInto(target, 0, 8, 8), 2);
    assert.equal(file.readInto(target, 0, 8, 100), 0);
    file.close();
  });

  withDisk("truncate cuts, and what grows back is zeros", ({ disk, root }) => {
    const file = disk.open(`${root}/a`, { create: true });
    file.write(new Uint8Array(10_000).fill(1), 0);
    file.truncate(700);
    file.truncate(9_000);
    assert.equal(file.size(), 9_000);
    const all = readWholeFile(disk, `${root}/a`);
    assert.ok(all.subarray(0, 700).every((byte) => byte === 1));
    assert.ok(all.subarray(700).every((byte) => byte === 0));
    file.allocate(5_000);
    assert.equal(file.size(), 9_000);
    file.allocate(64_000_000);
    assert.equal(file.size(), 64_000_000);
    file.close();
  });

  withDisk("opening creates, empties and refuses as told", ({ disk, root }) => {
    const path = `${root}/a`;
    assert.throws(() => disk.open(path), refusal("ENOENT"));
    disk.open(path, { create: true, mode: 0o640 }).close();
    assert.equal(disk.stat(path)?.mode, 0o640);
    writeWholeFile(disk, path, bytesOf("text"));
    disk.open(path, { create: true }).close();
    assert.equal(disk.stat(path)?.size, 4);
    disk.open(path, { truncate: true }).close();
    assert.equal(disk.stat(path)?.size, 0);
    assert.throws(() => disk.open(path, { create: true, exclusive: true }), refusal("EEXIST"));
    const readOnly = disk.open(path, { readOnly: true });
    assert.throws(() => readOnly.write(bytesOf("x"), 0), DiskError);
    readOnly.close();
  });
}

function nameContract(withDisk: WithDisk): void {
  withDisk("directories are made with those above and listed in order", ({ disk, root }) => {
    disk.mkdir(`${root}/x/y/z`);
    disk.mkdir(`${root}/x/y/z`);
    for (const name of ["b", "A", "a", "10", "9"])
      writeWholeFile(disk, `${root}/x/${name}`, bytesOf("1"));
    assert.deepEqual(disk.readdir(`${root}/x`), ["10", "9", "A", "a", "b", "y"]);
    assert.equal(disk.stat(`${root}/x/y`)?.isDirectory, true);
    assert.equal(disk.stat(`${root}/nothing`), undefined);
    assert.throws(() => disk.readdir(`${root}/nothing`), refusal("ENOENT"));
  });

  withDisk("rename replaces and keeps the file's identity", ({ disk, root }) => {
    writeWholeFile(disk, `${root}/a`, bytesOf("new"));
    writeWholeFile(disk, `${root}/b`, bytesOf("old"));
    const identity = disk.stat(`${root}/a`)?.identity;
    disk.rename(`${root}/a`, `${root}/b`);
    assert.equal(textOf(readWholeFile(disk, `${root}/b`)), "new");
    assert.equal(disk.stat(`${root}/b`)?.identity, identity);
    assert.equal(disk.stat(`${root}/a`), undefined);
    assert.throws(() => disk.rename(`${root}/a`, `${root}/c`), refusal("ENOENT"));
    disk.mkdir(`${root}/tree/inner`);
    disk.rename(`${root}/tree`, `${root}/moved`);
    assert.deepEqual(disk.readdir(`${root}/moved`), ["inner"]);
  });

  withDisk("unlink takes one file, rmtree takes all below", ({ disk, root }) => {
    disk.mkdir(`${root}/t/u`);
    writeWholeFile(disk, `${root}/t/u/f`, bytesOf("1"));
    assert.throws(() => disk.unlink(`${root}/t/u/none`), refusal("ENOENT"));
    disk.unlink(`${root}/t/u/f`);
    writeWholeFile(disk, `${root}/t/g`, bytesOf("1"));
    disk.rmtree(`${root}/t`);
    disk.rmtree(`${root}/t`);
    assert.equal(disk.stat(`${root}/t`), undefined);
  });

  withDisk("an open file outlives its name", ({ disk, root }) => {
    const file = disk.open(`${root}/a`, { create: true });
    disk.unlink(`${root}/a`);
    file.write(bytesOf("still here"), 0);
    assert.equal(file.size(), 10);
    file.close();
  });

  withDisk("a refusal speaks with Go's words", ({ disk, root }) => {
    assert.throws(
      () => disk.open(`${root}/none`),
      (error) =>
        isDiskError(error, "ENOENT") &&
        (error as Error).message === `open ${root}/none: no such file or directory`,
    );
  });
}

function syncContract(withDisk: WithDisk): void {
  withDisk("syncs and background writes answer once, after the call", async (under) => {
    const { disk, root } = under;
    const file = disk.open(`${root}/a`, { create: true });
    let inside = true;
    await answered(under, (done) => {
      file.writeInBackground(bytesOf("background"), 3, (error) => {
        assert.equal(inside, false);
        done(error);
      });
      inside = false;
    });
    assert.equal(textOf(readWholeFile(disk, `${root}/a`).subarray(3)), "background");
    await answered(under, (done) => {
      inside = true;
      file.truncateInBackground(7, (error) => {
        assert.equal(inside, false);
        done(error);
      });
      inside = false;
    });
    assert.equal(textOf(readWholeFile(disk, `${root}/a`).subarray(3)), "back");
    await answered(under, (done) => file.sync(done));
    file.syncNow();
    await answered(under, (done) => disk.syncDirectory(root, done));
    disk.syncDirectoryNow(root);
    file.close();
  });

  withDisk("a file may be closed while its sync is under way", async (under) => {
    const file = under.disk.open(`${under.root}/a`, { create: true });
    file.write(bytesOf("x"), 0);
    await answered(under, (done) => {
      file.sync(done);
      file.close();
      file.close();
    });
  });

  withDisk("there is room to write", ({ disk, root }) => {
    assert.ok(disk.freeBytes(root) > 0);
  });
}

function lockContract(withDisk: WithDisk): void {
  withDisk("an exclusive lock keeps everyone out until it is released", ({ disk, root }) => {
    const first = disk.tryLock(root);
    assert.ok(first);
    assert.equal(disk.tryLock(root), undefined);
    first.release();
    first.release();
    const second = disk.tryLock(root);
    assert.ok(second);
    second.release();
  });

  withDisk("a lock stays with a directory that is renamed", ({ disk, root }) => {
    disk.mkdir(`${root}/a`);
    const lock = disk.tryLock(`${root}/a`);
    assert.ok(lock);
    disk.rename(`${root}/a`, `${root}/b`);
    assert.equal(disk.tryLock(`${root}/b`), undefined);
    lock.release();
    assert.throws(() => disk.tryLock(`${root}/a`), refusal("ENOENT"));
  });

  withDisk("different files have different locks", ({ disk, root }) => {
    writeWholeFile(disk, `${root}/a`, bytesOf("1"));
    writeWholeFile(disk, `${root}/b`, bytesOf("1"));
    const locks = [disk.tryLock(`${root}/a`), disk.tryLock(`${root}/b`)];
    for (const lock of locks) {
      assert.ok(lock);
      lock.release();
    }
  });
}
