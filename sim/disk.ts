// The Disk port without a disk: a tree in memory that forgets, on a power loss, what no sync covered.
// Everything it does is decided by its caller and its seed.
import { assert, type RandomSource } from "../src/base/index.ts";
import {
  type Disk,
  DiskError,
  type DiskFile,
  type DiskLock,
  type FileStat,
  type OpenOptions,
  parentDirectory,
  type Synced,
} from "../src/io/host/index.ts";
import { CrashChoices } from "./disk-crash.ts";
import { DirectoryNode, FileNode, type SimNode } from "./disk-node.ts";

export type DiskOperation =
  | "open"
  | "read"
  | "write"
  | "truncate"
  | "sync"
  | "rename"
  | "remove"
  | "mkdir"
  | "syncDirectory";

/** What goes wrong with one operation. */
export type DiskFault =
  /** It is refused and nothing happens. */
  | { readonly code: string }
  /** A write stops after so many bytes with this error. */
  | { readonly code: string; readonly writtenBytes: number }
  /** A write stops where a page of the file begins, as file systems do that find no room. */
  | { readonly code: string; readonly stopsAtPage: true }
  /** A sync fails and what it should have covered is taken for clean: it is never written. */
  | { readonly code: string; readonly losesPages: true };

export interface SimDiskOptions {
  /** Runs `fn` later: when a sync, a background write or a directory sync is over. */
  readonly defer: (fn: () => void, operation: DiskOperation) => void;
  /** Room for contents in bytes, counted in pages of 4096. */
  readonly capacityBytes?: number;
  /** Asked before each operation. */
  readonly fault?: (operation: DiskOperation, path: string) => DiskFault | undefined;
}

const pageBytes = 4096;

export class SimDisk implements Disk {
  readonly #root: DirectoryNode;
  readonly #options: SimDiskOptions;
  readonly #locks = new Map<number, number>();
  #nextInode = 1;
  #usedPages = 0;
  #halted = false;
  /** Operations that reached the disk, for counting and for crash points. */
  operations = 0;

  constructor(options: SimDiskOptions, root: DirectoryNode = new DirectoryNode(0, 0o755)) {
    this.#options = options;
    this.#root = root;
    this.#measure(root, new Set());
  }

  // The machine -------------------------------------------------------------------------------

  /** The power is gone: every further call fails and no `done` is called any more. */
  halt(): void {
    this.#halted = true;
  }

  /** What is undecided if the power fails at this moment. The disk itself goes on. */
  crashChoices(): CrashChoices {
    return new CrashChoices(this.#root);
  }

  /** The disk of the next start after `choices` were taken. */
  restarted(choices: CrashChoices, options: SimDiskOptions = this.#options): SimDisk {
    return new SimDisk(options, choices.build());
  }

  /** The disk in the hands of the next process: this one was killed, and the machine runs on. */
  reopened(options: SimDiskOptions): SimDisk {
    this.halt();
    return new SimDisk(options, this.#root);
  }

  /** A power loss by chance. */
  crash(random: RandomSource, options: SimDiskOptions = this.#options): SimDisk {
    const choices = this.crashChoices();
    choices.takeRandom(random);
    this.halt();
    return this.restarted(choices, options);
  }

  /** Everything as it is now becomes durable: a disk to begin an enumeration with. */
  settleEverything(): void {
    const settle = (node: SimNode): void => {
      node.settle(node.pending.length);
      if (node.kind === "directory") for (const child of node.seen.values()) settle(child);
    };
    settle(this.#root);
  }

  /** Changes bytes behind everyone's back: `change` gets the file's content. */
  corrupt(path: string, change: (bytes: Uint8Array) => void): void {
    const node = this.#file("corrupt", path);
    const bytes = node.seen.slice(0, node.seen.size);
    change(bytes);
    node.seen.write(bytes, 0);
    node.durable = node.seen.clone();
    node.pending = [];
  }

  // The port ----------------------------------------------------------------------------------

  open(path: string, options: OpenOptions = {}): DiskFile {
    this.#enter("open", path);
    let node = this.#find(path);
    if (node === undefined) {
      if (!options.create) throw new DiskError("open", path, "ENOENT");
      const parent = this.#directory("open", parentDirectory(path));
      node = new FileNode(this.#nextInode++, options.mode ?? 0o600);
      parent.change({ name: baseName(path), node });
    } else if (options.create && options.exclusive) throw new DiskError("open", path, "EEXIST");
    if (node.kind === "directory") throw new DiskError("open", path, "EISDIR");
    if (options.truncate && node.seen.size > 0) this.truncateNode(node, 0);
    return new SimDiskFile(this, path, node, options.readOnly ?? false);
  }

  rename(from: string, to: string): void {
    this.#enter("rename", from);
    const node = this.#find(from);
    if (node === undefined) throw new DiskError("rename", from, "ENOENT");
    const source = this.#directory("rename", parentDirectory(from));
    const target = this.#directory("rename", parentDirectory(to));
    const replaced = this.#find(to);
    if (replaced?.kind === "directory") {
      if (node.kind === "file") throw new DiskError("rename", from, "EISDIR");
      if (replaced.seen.size > 0) throw new DiskError("rename", from, "ENOTEMPTY");
    }
    if (source === target) source.change({ name: baseName(to), node, gone: baseName(from) });
    else {
      target.change({ name: baseName(to), node });
      source.change({ name: baseName(from), node: undefined });
    }
  }

  unlink(path: string): void {
    this.#enter("remove", path);
    const node = this.#find(path);
    if (node === undefined) throw new DiskError("remove", path, "ENOENT");
    if (node.kind === "directory") throw new DiskError("remove", path, "EISDIR");
    this.#drop(path, node);
  }

  mkdir(path: string, mode = 0o700): void {
    this.#enter("mkdir", path);
    let directory = this.#root;
    for (const name of partsOf(path)) {
      let next = directory.seen.get(name);
      if (next === undefined) {
        next = new DirectoryNode(this.#nextInode++, mode);
        directory.change({ name, node: next });
      }
      if (next.kind === "file") throw new DiskError("mkdir", path, "ENOTDIR");
      directory = next;
    }
  }

  rmtree(path: string): void {
    this.#enter("remove", path);
    const node = this.#find(path);
    if (node === undefined) return;
    const remove = (at: string, what: SimNode): void => {
      if (what.kind === "directory") {
        for (const [name, child] of what.seen) remove(`${at}/${name}`, child);
      }
      this.#drop(at, what);
    };
    remove(path, node);
  }

  readdir(path: string): string[] {
    this.#enter("read", path);
    return [...this.#directory("open", path).seen.keys()].toSorted();
  }

  stat(path: string): FileStat | undefined {
    this.#enter("read", path);
    const node = this.#find(path);
    if (node === undefined) return undefined;
    const isDirectory = node.kind === "directory";
    const size = node.kind === "file" ? node.seen.size : 0;
    return { size, isDirectory, mode: node.mode, identity: `sim:${node.inode}` };
  }

  syncDirectory(path: string, done: Synced): void {
    const node = this.#directory("open", path);
    const fault = this.faultOf("syncDirectory", path);
    const count = node.pending.length;
    this.later("syncDirectory", () => {
      if (fault === undefined) node.settle(Math.min(count, node.pending.length));
      done(fault && new DiskError("sync", path, fault.code));
    });
  }

  syncDirectoryNow(path: string): void {
    const node = this.#directory("open", path);
    this.#enter("syncDirectory", path);
    node.settle(node.pending.length);
  }

  freeBytes(_path: string): number {
    const capacity = this.#options.capacityBytes ?? Number.MAX_SAFE_INTEGER;
    return Math.max(0, capacity - this.#usedPages * pageBytes);
  }

  /** Counts the holders: -1 is one exclusive, n > 0 are n shared. */
  tryLock(path: string, mode: "exclusive" | "shared" = "exclusive"): DiskLock | undefined {
    this.#enter("open", path);
    const node = this.#find(path);
    if (node === undefined) throw new DiskError("open", path, "ENOENT");
    const holders = this.#locks.get(node.inode) ?? 0;
    if (holders < 0 || (mode === "exclusive" && holders > 0)) return undefined;
    this.#locks.set(node.inode, mode === "exclusive" ? -1 : holders + 1);
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        const left = mode === "exclusive" ? 0 : (this.#locks.get(node.inode) ?? 1) - 1;
        this.#locks.set(node.inode, left);
      },
    };
  }

  // For files ---------------------------------------------------------------------------------

  writeNode(node: FileNode, path: string, bytes: Uint8Array, position: number): void {
    const fault = this.faultOf("write", path);
    const asked = fault === undefined ? bytes.length : bytesBefore(fault, position);
    const pages = node.seen.newPages(position, bytes.length);
    const room = Math.floor(this.freeBytes(path) / pageBytes);
    // A full disk takes what still fits and refuses the rest.
    const fits =
      pages <= room ? bytes.length : Math.max(0, room * pageBytes - (position % pageBytes));
    const count = Math.min(asked, fits, bytes.length);
    if (count > 0) {
      const before = node.seen.pageCount;
      node.write(bytes.subarray(0, count), position);
      this.#usedPages += node.seen.pageCount - before;
    }
    if (fault !== undefined) throw new DiskError("write", path, fault.code);
    if (count < bytes.length) throw new DiskError("write", path, "ENOSPC");
  }

  truncateNode(node: FileNode, size: number): void {
    const before = node.seen.pageCount;
    node.truncate(size);
    this.#usedPages += node.seen.pageCount - before;
  }

  faultOf(operation: DiskOperation, path: string): DiskFault | undefined {
    assert(!this.#halted, "a disk without power is not used");
    this.operations++;
    return this.#options.fault?.(operation, path);
  }

  later(operation: DiskOperation, fn: () => void): void {
    this.#options.defer(() => {
      if (!this.#halted) fn();
    }, operation);
  }

  #enter(operation: DiskOperation, path: string): void {
    const fault = this.faultOf(operation, path);
    if (fault !== undefined) throw new DiskError(operation, path, fault.code);
  }

  #find(path: string): SimNode | undefined {
    let node: SimNode = this.#root;
    for (const name of partsOf(path)) {
      if (node.kind === "file") return undefined;
      const next = node.seen.get(name);
      if (next === undefined) return undefined;
      node = next;
    }
    return node;
  }

  #directory(operation: string, path: string): DirectoryNode {
    const node = this.#find(path);
    if (node === undefined) throw new DiskError(operation, path, "ENOENT");
    if (node.kind === "file") throw new DiskError(operation, path, "ENOTDIR");
    return node;
  }

  #file(operation: string, path: string): FileNode {
    const node = this.#find(path);
    if (node?.kind !== "file") throw new DiskError(operation, path, "ENOENT");
    return node;
  }

  #drop(path: string, node: SimNode): void {
    const parent = this.#directory("remove", parentDirectory(path));
    parent.change({ name: baseName(path), node: undefined });
    if (node.kind === "file") this.#usedPages -= node.seen.pageCount;
  }

  #measure(node: SimNode, known: Set<SimNode>): void {
    if (known.has(node)) return;
    known.add(node);
    this.#nextInode = Math.max(this.#nextInode, node.inode + 1);
    if (node.kind === "file") this.#usedPages += node.seen.pageCount;
    else for (const child of node.seen.values()) this.#measure(child, known);
  }
}

class SimDiskFile implements DiskFile {
  readonly path: string;
  readonly #disk: SimDisk;
  readonly #node: FileNode;
  readonly #readOnly: boolean;
  #closed = false;
  /** Losses this descriptor was told of. */
  #lossesTold: number;

  constructor(disk: SimDisk, path: string, node: FileNode, readOnly: boolean) {
    this.path = path;
    this.#disk = disk;
    this.#node = node;
    this.#readOnly = readOnly;
    this.#lossesTold = node.losses;
  }

  readInto(target: Uint8Array, targetStart: number, length: number, position: number): number {
    this.#check();
    const fault = this.#disk.faultOf("read", this.path);
    if (fault !== undefined) throw new DiskError("read", this.path, fault.code);
    return this.#node.seen.read(target, targetStart, length, position);
  }

  write(bytes: Uint8Array, position: number): void {
    this.#checkWritable();
    this.#disk.writeNode(this.#node, this.path, bytes, position);
  }

  writeInBackground(bytes: Uint8Array, position: number, done: Synced): void {
    this.#checkWritable();
    this.#afterwards(() => this.#disk.writeNode(this.#node, this.path, bytes, position), done);
  }

  #afterwards(change: () => void, done: Synced): void {
    this.#disk.later("write", () => {
      let failed: Error | undefined;
      try {
        change();
      } catch (error) {
        failed = error as Error;
      }
      done(failed);
    });
  }

  sync(done: Synced): void {
    this.#check();
    const node = this.#node;
    const covered = node.pending.slice();
    const fault = this.#disk.faultOf("sync", this.path);
    this.#disk.later("sync", () => {
      // Another sync may have been quicker with the first of these changes.
      const left = covered.findIndex((change) => change === node.pending[0]);
      const count = left < 0 ? 0 : covered.length - left;
      if (fault === undefined) node.settle(count);
      else if ("losesPages" in fault) node.lose(count);
      const code = this.#untoldLoss() ?? fault?.code;
      done(code === undefined ? undefined : new DiskError("sync", this.path, code));
    });
  }

  syncNow(): void {
    this.#check();
    const node = this.#node;
    const fault = this.#disk.faultOf("sync", this.path);
    if (fault === undefined) node.settle(node.pending.length);
    else if ("losesPages" in fault) node.lose(node.pending.length);
    const code = this.#untoldLoss() ?? fault?.code;
    if (code !== undefined) throw new DiskError("sync", this.path, code);
  }

  /** Linux tells every descriptor once of writes that were lost, whoever's sync met the error. */
  #untoldLoss(): string | undefined {
    if (this.#lossesTold === this.#node.losses) return undefined;
    this.#lossesTold = this.#node.losses;
    return "EIO";
  }

  truncate(size: number): void {
    this.#checkWritable();
    const fault = this.#disk.faultOf("truncate", this.path);
    if (fault !== undefined) throw new DiskError("truncate", this.path, fault.code);
    this.#disk.truncateNode(this.#node, size);
  }

  truncateInBackground(size: number, done: Synced): void {
    this.#checkWritable();
    this.#afterwards(() => this.truncate(size), done);
  }

  size(): number {
    this.#check();
    return this.#node.seen.size;
  }

  allocate(size: number): void {
    if (this.size() < size) this.truncate(size);
  }

  close(): void {
    this.#closed = true;
  }

  #check(): void {
    assert(!this.#closed, "a closed file is not used");
  }

  #checkWritable(): void {
    this.#check();
    if (this.#readOnly) throw new DiskError("write", this.path, "EBADF");
  }
}

/** What a faulty write at `position` still writes. */
function bytesBefore(fault: DiskFault, position: number): number {
  if ("writtenBytes" in fault) return fault.writtenBytes;
  return "stopsAtPage" in fault ? pageBytes - (position % pageBytes) : 0;
}

const partsOf = (path: string): string[] =>
  path.split("/").filter((part) => part !== "" && part !== ".");
const baseName = (path: string): string => partsOf(path).at(-1) ?? "";
