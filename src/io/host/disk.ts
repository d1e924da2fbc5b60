// The Disk port: files as a storage engine sees them. Nothing is durable before a sync says so.
import { isDiskError } from "./disk-error.ts";

/** Called once; an error means the bytes it covers may be lost and the sync must not be retried. */
export type Synced = (error: Error | undefined) => void;

export interface OpenOptions {
  /** Only reading is allowed. */
  readonly readOnly?: boolean;
  /** Makes the file when it is not there. */
  readonly create?: boolean;
  /** With `create`: fails with EEXIST when it is there. */
  readonly exclusive?: boolean;
  /** Cuts it to nothing. */
  readonly truncate?: boolean;
  /** Permission bits of a file that is made, before the umask; 0o600 unless told. */
  readonly mode?: number;
}

export interface FileStat {
  /** Bytes. */
  readonly size: number;
  readonly isDirectory: boolean;
  /** The permission bits alone. */
  readonly mode: number;
  /** Device and inode: equal for two paths exactly when they are one file. */
  readonly identity: string;
}

/** A held lock. It ends with the process, or here; releasing twice is harmless. */
export interface DiskLock {
  release(): void;
}

/** Paths are absolute or relative to the working directory. Every refusal is a `DiskError`. */
export interface Disk {
  open(path: string, options?: OpenOptions): DiskFile;
  /** Replaces `to`. Durable after a sync of the directories it left and entered. */
  rename(from: string, to: string): void;
  unlink(path: string): void;
  /** Makes the directory and those above it; content when it is there. 0o700 unless told. */
  mkdir(path: string, mode?: number): void;
  /** Removes the file or the whole tree; content when it is not there. */
  rmtree(path: string): void;
  /** Names in byte order. */
  readdir(path: string): string[];
  /** Undefined when nothing has that name. */
  stat(path: string): FileStat | undefined;
  /** Makes the names in a directory durable, off the calling thread. */
  syncDirectory(path: string, done: Synced): void;
  syncDirectoryNow(path: string): void;
  /** Bytes an unprivileged process may still allocate on the file system of `path`. */
  freeBytes(path: string): number;
  /**
   * Takes the lock of a file or directory that exists, or returns undefined when another holder has
   * it, be it in this process. docs/adr/0008-file-locks.md says whom it keeps out.
   */
  tryLock(path: string, mode?: "exclusive" | "shared"): DiskLock | undefined;
}

/** One open file. Positions and sizes are bytes; there is no cursor. */
export interface DiskFile {
  readonly path: string;
  /** Fills target[targetStart, +length) from `position`; returns the bytes read, fewer at the end. */
  readInto(target: Uint8Array, targetStart: number, length: number, position: number): number;
  /** Writes all of `bytes` at `position` or throws; a hole before it reads as zeros. */
  write(bytes: Uint8Array, position: number): void;
  /** As `write`, off the calling thread. `bytes` belongs to the disk until `done`. */
  writeInBackground(bytes: Uint8Array, position: number, done: Synced): void;
  /** fdatasync off the calling thread: covers every write that returned before the call. */
  sync(done: Synced): void;
  /** fdatasync on the calling thread. */
  syncNow(): void;
  /** Cuts the file or extends it with zeros. */
  truncate(size: number): void;
  /** As `truncate`, off the calling thread. */
  truncateInBackground(size: number, done: Synced): void;
  size(): number;
  /** At least `size` bytes long, by zeros at the end that take no room before they are written. */
  allocate(size: number): void;
  /** Gives the descriptor back; further calls fail. Closing twice is harmless. */
  close(): void;
}

/** Reads the whole file into bytes of its own. */
export function readWholeFile(disk: Disk, path: string): Uint8Array {
  const file = disk.open(path, { readOnly: true });
  try {
    const bytes = new Uint8Array(file.size());
    const read = file.readInto(bytes, 0, bytes.length, 0);
    return read === bytes.length ? bytes : bytes.subarray(0, read);
  } finally {
    file.close();
  }
}

/** Creates or replaces the file in place and syncs it; its directory is the caller's business. */
export function writeWholeFile(disk: Disk, path: string, bytes: Uint8Array, mode = 0o600): void {
  const file = disk.open(path, { create: true, truncate: true, mode });
  try {
    file.write(bytes, 0);
    file.syncNow();
  } finally {
    file.close();
  }
}

export const existsOn = (disk: Disk, path: string): boolean => disk.stat(path) !== undefined;

/** Removes a file that may be gone already. */
export function unlinkIfThere(disk: Disk, path: string): void {
  try {
    disk.unlink(path);
  } catch (error) {
    if (!isDiskError(error, "ENOENT")) throw error;
  }
}

/** The directory a path stands in. */
export function parentDirectory(path: string): string {
  const cut = path.replace(/\/+$/, "").lastIndexOf("/");
  if (cut < 0) return ".";
  return cut === 0 ? "/" : path.slice(0, cut);
}
