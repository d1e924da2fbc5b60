// How far the log is known to be durable, in a file beside it that etcd passes over (it ignores *.tmp).
// Damage below the mark is no torn write: what was acknowledged is gone, and nothing is cut off.
import { crc32c } from "../../base/index.ts";
import {
  type Cancel,
  type Clock,
  type Disk,
  DiskError,
  type DiskFile,
  isDiskError,
  unlinkIfThere,
} from "../host/index.ts";

/** All before this place was synced once. */
export interface SyncedPlace {
  /** Name of the segment. */
  readonly segment: string;
  readonly offset: number;
}

const fileName = "synced.mark.tmp";
/** Two places of a sector each, written in turns: a torn write spares the other. */
const slotBytes = 512;
/** A mark lost in a power cut protects less; one sync a second bounds how much. */
const syncIntervalMs = 1000;
/** While the log is written the mark follows this far behind: nobody who waits for it pays for it. */
const writeIntervalMs = 100;

export const markPath = (directory: string): string => `${directory}/${fileName}`;

export class SyncedMark {
  readonly #file: DiskFile;
  readonly #clock: Clock;
  readonly #onError: (error: Error) => void;
  /** Not yet in the mark. */
  #ahead: SyncedPlace | undefined;
  #cancelWrite: Cancel | undefined;
  #slot = 0;
  #writtenMs = -Infinity;
  #syncedMs = -Infinity;
  #isSyncing = false;
  #isOver = false;

  private constructor(file: DiskFile, clock: Clock, onError: (error: Error) => void) {
    this.#file = file;
    this.#clock = clock;
    this.#onError = onError;
  }

  /**
   * Undefined when it cannot be kept: the log does not depend on it. `onError` hears of a failed sync:
   * such a disk may lose what else was written to it.
   */
  static open(
    disk: Disk,
    directory: string,
    clock: Clock,
    onError: (error: Error) => void,
  ): SyncedMark | undefined {
    try {
      return new SyncedMark(disk.open(markPath(directory), { create: true }), clock, onError);
    } catch (error) {
      if (error instanceof DiskError) return undefined;
      throw error;
    }
  }

  /** The log is durable up to here. */
  advance(place: SyncedPlace): void {
    if (this.#isOver) return;
    this.#ahead = place;
    if (this.#cancelWrite !== undefined) return;
    const sinceMs = this.#clock.nowMs() - this.#writtenMs;
    if (sinceMs >= writeIntervalMs) this.#write();
    else
      this.#cancelWrite = this.#clock.after(writeIntervalMs - sinceMs, () => {
        this.#cancelWrite = undefined;
        this.#write();
      });
  }

  #write(): void {
    const place = this.#ahead;
    if (place === undefined || this.#isOver) return;
    this.#ahead = undefined;
    const nowMs = this.#clock.nowMs();
    this.#writtenMs = nowMs;
    this.#slot = 1 - this.#slot;
    try {
      this.#file.write(encodeMark(place), this.#slot * slotBytes);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      return this.#giveUp();
    }
    if (this.#isSyncing || nowMs - this.#syncedMs < syncIntervalMs) return;
    this.#syncedMs = nowMs;
    this.#isSyncing = true;
    this.#file.sync((error) => {
      this.#isSyncing = false;
      if (error === undefined || this.#isOver) return;
      this.#giveUp();
      if (!hasNoRoom(error)) this.#onError(error);
    });
  }

  #giveUp(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#file.close();
  }

  close(): void {
    this.#cancelWrite?.();
    this.#write();
    this.#giveUp();
  }
}

const hasNoRoom = (error: Error): boolean =>
  isDiskError(error, "ENOSPC") || isDiskError(error, "EDQUOT");

function encodeMark({ segment, offset }: SyncedPlace): Buffer {
  const text = `${segment} ${offset} `;
  const sum = crc32c(0, Buffer.from(text, "latin1"), 0, text.length);
  return Buffer.from(`${text}${sum.toString(16)}\n`, "latin1");
}

function decodeMark(bytes: Uint8Array): SyncedPlace | undefined {
  const line = Buffer.from(bytes).toString("latin1").split("\n", 1)[0]!;
  const [segment = "", offset = "", sum = ""] = line.split(" ");
  const text = `${segment} ${offset} `;
  const expected = crc32c(0, Buffer.from(text, "latin1"), 0, text.length).toString(16);
  return sum === expected ? { segment, offset: Number(offset) } : undefined;
}

/** The furthest place that either slot tells of; undefined when neither can be read. */
export function readSyncedMark(disk: Disk, directory: string): SyncedPlace | undefined {
  const path = markPath(directory);
  if (disk.stat(path) === undefined) return undefined;
  const bytes = new Uint8Array(2 * slotBytes);
  try {
    const file = disk.open(path, { readOnly: true });
    try {
      file.readInto(bytes, 0, bytes.length, 0);
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof DiskError) return undefined;
    throw error;
  }
  const first = decodeMark(bytes.subarray(0, slotBytes));
  const second = decodeMark(bytes.subarray(slotBytes));
  if (first === undefined || second === undefined) return first ?? second;
  return isBefore(first.segment, first.offset, second) ? second : first;
}

/** Whether a place lies before the mark. Names of segments sort as they follow each other. */
export const isBefore = (segment: string, offset: number, mark: SyncedPlace): boolean =>
  segment === mark.segment ? offset < mark.offset : segment < mark.segment;

/** Without syncs there is nothing to mark, and an old mark may be wrong by now. */
export function removeSyncedMark(disk: Disk, directory: string): void {
  unlinkIfThere(disk, markPath(directory));
}
