// The Disk port on node:fs. What blocks for long (sync) runs on libuv's pool.
import {
  close,
  closeSync,
  constants,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  unlinkSync,
} from "node:fs";
import type { Disk, DiskFile, DiskLock, FileStat, OpenOptions, Synced } from "../disk.ts";
import { NodeDiskFile } from "./node-disk-file.ts";
import { asDiskError, refusing } from "./node-error.ts";
import { tryLockPath } from "./node-lock.ts";

function flagsOf(options: OpenOptions): number {
  let flags = options.readOnly ? constants.O_RDONLY : constants.O_RDWR;
  if (options.create) flags |= constants.O_CREAT;
  if (options.exclusive) flags |= constants.O_EXCL;
  if (options.truncate) flags |= constants.O_TRUNC;
  return flags;
}

function statOf(path: string): FileStat | undefined {
  const found = refusing("stat", path, () => statSync(path, { throwIfNoEntry: false }));
  if (found === undefined) return undefined;
  return {
    size: found.size,
    isDirectory: found.isDirectory(),
    mode: found.mode & 0o777,
    identity: `${found.dev}:${found.ino}`,
  };
}

/** fsync of a directory: names are not covered by fdatasync everywhere. */
function syncDirectory(path: string, done: Synced): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY);
  } catch (error) {
    queueMicrotask(() => done(asDiskError("open", path, error)));
    return;
  }
  fsync(descriptor, (error) => {
    close(descriptor, () => {});
    done(error ? asDiskError("sync", path, error) : undefined);
  });
}

function syncDirectoryNow(path: string): void {
  const descriptor = refusing("open", path, () => openSync(path, constants.O_RDONLY));
  try {
    refusing("sync", path, () => fsyncSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

function byteOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The machine's own files. */
export const nodeDisk: Disk = {
  open: (path: string, options: OpenOptions = {}): DiskFile =>
    new NodeDiskFile(
      path,
      refusing("open", path, () => openSync(path, flagsOf(options), options.mode ?? 0o600)),
    ),
  rename: (from, to) => refusing("rename", from, () => renameSync(from, to)),
  unlink: (path) => refusing("remove", path, () => unlinkSync(path)),
  mkdir: (path, mode = 0o700) => {
    refusing("mkdir", path, () => mkdirSync(path, { recursive: true, mode }));
  },
  rmtree: (path) => refusing("remove", path, () => rmSync(path, { recursive: true, force: true })),
  readdir: (path) => refusing("open", path, () => readdirSync(path)).toSorted(byteOrder),
  stat: statOf,
  syncDirectory,
  syncDirectoryNow,
  freeBytes: (path) => {
    const system = refusing("statfs", path, () => statfsSync(path));
    return system.bavail * system.bsize;
  },
  tryLock: (path, mode = "exclusive"): DiskLock | undefined => tryLockPath(path, mode),
};
