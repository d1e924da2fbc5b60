// A disk in memory that remembers what was written between syncs, so that a test can ask what a
// power cut would have left.
import type {
  Disk,
  DiskFile,
  DiskLock,
  FileStat,
  OpenOptions,
  Synced,
} from "../../src/io/host/index.ts";
import { DiskError } from "../../src/io/host/index.ts";

export type Effect =
  | { readonly kind: "write"; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly size: number }
  | { readonly kind: "sync" };

/** Content of one file; it survives renames. Zeros at its end take no memory. */
export class MemoryFile {
  /** The first bytes of the file; those from here to `size` are zero. */
  bytes: Uint8Array = new Uint8Array(0);
  #written = 0;
  size = 0;
  /** What happened to the file, in order, since it was set. */
  effects: Effect[] | undefined;
  /** Asked before each write; returns the errno of a refusal. */
  refuse: ((position: number, length: number) => string | undefined) | undefined;
  /** Completions of syncs that `MemoryDisk.settle` is to call. */
  readonly waiting: Synced[] = [];
  syncError: Error | undefined;

  static of(bytes: Uint8Array): MemoryFile {
    const file = new MemoryFile();
    file.bytes = Uint8Array.from(bytes);
    file.#written = bytes.length;
    file.size = bytes.length;
    return file;
  }

  clone(): MemoryFile {
    const file = MemoryFile.of(this.bytes.subarray(0, this.#written));
    file.size = this.size;
    return file;
  }

  read(target: Uint8Array, targetStart: number, length: number, position: number): number {
    const end = Math.min(position + length, this.size);
    if (end <= position) return 0;
    const known = this.bytes.subarray(position, Math.min(end, this.#written));
    target.set(known, targetStart);
    target.fill(0, targetStart + known.length, targetStart + end - position);
    return end - position;
  }

  apply(effect: Effect): void {
    if (effect.kind === "write") {
      const end = effect.position + effect.bytes.length;
      this.#reserve(end);
      this.bytes.set(effect.bytes, effect.position);
      this.#written = Math.max(this.#written, end);
      this.size = Math.max(this.size, end);
    } else if (effect.kind === "truncate") {
      this.bytes.fill(0, effect.size);
      this.#written = Math.min(this.#written, effect.size);
      this.size = effect.size;
    }
  }

  #reserve(size: number): void {
    if (size <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(size, 2 * this.bytes.length));
    grown.set(this.bytes.subarray(0, this.#written));
    this.bytes = grown;
  }
}

export class MemoryDisk implements Disk {
  readonly files = new Map<string, MemoryFile>();
  readonly #locked = new Set<string>();

  open(path: string, options: OpenOptions = {}): DiskFile {
    let file = this.files.get(path);
    if (file === undefined) {
      if (options.create !== true) throw new DiskError("open", path, "ENOENT");
      file = new MemoryFile();
      this.files.set(path, file);
    }
    if (options.truncate === true) file.apply({ kind: "truncate", size: 0 });
    return new OpenMemoryFile(path, file);
  }

  rename(from: string, to: string): void {
    this.files.set(to, this.files.get(from)!);
    this.files.delete(from);
  }
  unlink(path: string): void {
    this.files.delete(path);
  }
  mkdir(): void {}
  rmtree(): void {}
  readdir(): string[] {
    return [...this.files.keys()];
  }
  stat(path: string): FileStat | undefined {
    const file = this.files.get(path);
    return file && { size: file.size, isDirectory: false, mode: 0o600, identity: path };
  }
  syncDirectory(_path: string, done: Synced): void {
    done(undefined);
  }
  syncDirectoryNow(): void {}
  freeBytes(): number {
    return 2 ** 40;
  }
  tryLock(path: string): DiskLock | undefined {
    if (this.#locked.has(path)) return undefined;
    this.#locked.add(path);
    return { release: () => void this.#locked.delete(path) };
  }
  /** Forgets locks, as a machine that lost its power does. */
  forgetLocks(): void {
    this.#locked.clear();
  }
  /** Completes the oldest sync that waits; false when none does. */
  settle(): boolean {
    for (const file of this.files.values()) {
      const done = file.waiting.shift();
      if (done === undefined) continue;
      const error = file.syncError;
      file.syncError = undefined;
      done(error);
      return true;
    }
    return false;
  }
}

class OpenMemoryFile implements DiskFile {
  readonly path: string;
  readonly #file: MemoryFile;

  constructor(path: string, file: MemoryFile) {
    this.path = path;
    this.#file = file;
  }

  readInto(target: Uint8Array, targetStart: number, length: number, position: number): number {
    return this.#file.read(target, targetStart, length, position);
  }
  write(bytes: Uint8Array, position: number): void {
    const refused = this.#file.refuse?.(position, bytes.length);
    if (refused !== undefined) throw new DiskError("write", this.path, refused);
    this.#do({ kind: "write", position, bytes: Uint8Array.from(bytes) });
  }
  writeInBackground(bytes: Uint8Array, position: number, done: Synced): void {
    this.write(bytes, position);
    this.#file.waiting.push(done);
  }
  sync(done: Synced): void {
    this.#do({ kind: "sync" });
    this.#file.waiting.push(done);
  }
  syncNow(): void {
    this.#do({ kind: "sync" });
  }
  truncate(size: number): void {
    this.#do({ kind: "truncate", size });
  }
  truncateInBackground(size: number, done: Synced): void {
    this.truncate(size);
    this.#file.waiting.push(done);
  }
  size(): number {
    return this.#file.size;
  }
  allocate(size: number): void {
    if (size > this.#file.size) this.truncate(size);
  }
  close(): void {}

  #do(effect: Effect): void {
    this.#file.apply(effect);
    this.#file.effects?.push(effect);
  }
}
