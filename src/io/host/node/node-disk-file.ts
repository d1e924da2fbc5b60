import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncate,
  ftruncateSync,
  readSync,
  write,
  writeSync,
} from "node:fs";
import { assert } from "../../../base/index.ts";
import type { DiskFile, Synced } from "../disk.ts";
import { asDiskError } from "./node-error.ts";

/** One descriptor. It is closed only when no background call uses it any more. */
export class NodeDiskFile implements DiskFile {
  readonly path: string;
  #descriptor: number;
  #background = 0;
  #closing = false;

  constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  readInto(target: Uint8Array, targetStart: number, length: number, position: number): number {
    let read = 0;
    try {
      while (read < length) {
        const at = targetStart + read;
        const count = readSync(this.#open(), target, at, length - read, position + read);
        if (count === 0) break;
        read += count;
      }
    } catch (error) {
      throw asDiskError("read", this.path, error);
    }
    return read;
  }

  write(bytes: Uint8Array, position: number): void {
    let written = 0;
    try {
      while (written < bytes.length) {
        const rest = bytes.length - written;
        written += writeSync(this.#open(), bytes, written, rest, position + written);
      }
    } catch (error) {
      throw asDiskError("write", this.path, error);
    }
  }

  writeInBackground(bytes: Uint8Array, position: number, done: Synced): void {
    this.#background++;
    const rest = (from: number): void => {
      write(this.#descriptor, bytes, from, bytes.length - from, position + from, (error, count) => {
        if (error) this.#finish(asDiskError("write", this.path, error), done);
        else if (from + count < bytes.length) rest(from + count);
        else this.#finish(undefined, done);
      });
    };
    this.#open();
    rest(0);
  }

  sync(done: Synced): void {
    this.#background++;
    fdatasync(this.#open(), (error) => {
      this.#finish(error ? asDiskError("sync", this.path, error) : undefined, done);
    });
  }

  syncNow(): void {
    try {
      fdatasyncSync(this.#open());
    } catch (error) {
      throw asDiskError("sync", this.path, error);
    }
  }

  truncate(size: number): void {
    try {
      ftruncateSync(this.#open(), size);
    } catch (error) {
      throw asDiskError("truncate", this.path, error);
    }
  }

  truncateInBackground(size: number, done: Synced): void {
    const descriptor = this.#open();
    this.#background++;
    ftruncate(descriptor, size, (error) => {
      this.#finish(error ? asDiskError("truncate", this.path, error) : undefined, done);
    });
  }

  size(): number {
    return fstatSync(this.#open()).size;
  }

  allocate(size: number): void {
    if (this.size() < size) this.truncate(size);
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#background === 0) this.#release();
  }

  #open(): number {
    assert(!this.#closing, "a closed file is not used");
    return this.#descriptor;
  }

  #finish(error: Error | undefined, done: Synced): void {
    this.#background--;
    if (this.#closing && this.#background === 0) this.#release();
    done(error);
  }

  // The number may be given to another file at once, so it must not be used again by mistake.
  #release(): void {
    closeSync(this.#descriptor);
    this.#descriptor = -1;
  }
}
