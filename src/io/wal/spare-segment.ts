// The file that becomes the next segment, made ahead of time (server/storage/wal/file_pipeline.go).
import { type Disk, unlinkIfThere } from "../host/index.ts";

/** Keeps one empty file of full length under the name `0.tmp` or `1.tmp`. */
export class SpareSegment {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #segmentBytes: number;
  #count = 0;
  #ready: string | undefined;

  constructor(disk: Disk, directory: string, segmentBytes: number) {
    this.#disk = disk;
    this.#directory = directory;
    this.#segmentBytes = segmentBytes;
  }

  /** Makes the file unless it is there already. */
  prepare(): void {
    if (this.#ready !== undefined) return;
    const path = `${this.#directory}/${this.#count % 2}.tmp`;
    // What an earlier run left under this name must not show behind our records.
    const file = this.#disk.open(path, { create: true, truncate: true });
    try {
      file.allocate(this.#segmentBytes);
    } finally {
      file.close();
    }
    this.#count++;
    this.#ready = path;
  }

  /** Hands the file out; the caller renames it. */
  take(): string {
    this.prepare();
    const path = this.#ready!;
    this.#ready = undefined;
    return path;
  }

  /** Removes what nobody took. */
  remove(): void {
    if (this.#ready !== undefined) unlinkIfThere(this.#disk, this.#ready);
    this.#ready = undefined;
  }
}
