import type { DiskFile } from "../host/index.ts";

const windowBytes = 1024 * 1024;

/**
 * A moving window over one file. Windows are never reused, so views into them stay good for as long
 * as someone keeps them.
 */
export class SegmentReader {
  readonly file: DiskFile;
  readonly size: number;
  /** The bytes at hand: file bytes [start, start + bytes.length). */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;

  constructor(file: DiskFile) {
    this.file = file;
    this.size = file.size();
  }

  /**
   * Makes [position, position + length) available where the file has it. Returns how many of these
   * bytes there are; they begin at bytes[position - start].
   */
  need(position: number, length: number): number {
    const missing = position + length > this.start + this.bytes.length;
    if (position < this.start || missing) this.#move(position, length);
    return Math.min(length, Math.max(0, this.start + this.bytes.length - position));
  }

  #move(position: number, length: number): void {
    const left = Math.max(0, this.size - position);
    const window = new Uint8Array(Math.min(left, Math.max(windowBytes, length)));
    const read = this.file.readInto(window, 0, window.length, position);
    this.bytes = read === window.length ? window : window.subarray(0, read);
    this.start = position;
  }
}
