// Making a log and opening one for appending.
import { encodeWalSnapshot } from "../../core/proto/index.ts";
import { emptyHardState } from "./hard-state.ts";
import { type DiskFile, type DiskLock, parentDirectory, silentLog } from "../host/index.ts";
import { readRecords, type WalContent, type WalStart } from "./read.ts";
import { RecordType, segmentBytesDefault } from "./record.ts";
import { RecordDecoder } from "./record-decoder.ts";
import { RecordEncoder } from "./record-encoder.ts";
import { repairWal } from "./repair.ts";
import { listSegments, segmentName, segmentsFrom, walExists } from "./segment-name.ts";
import { Wal } from "./wal.ts";
import { readSyncedMark, type SyncedPlace } from "./synced-mark.ts";
import { isWalError, walErrors } from "./wal-error.ts";
import type { WalOptions } from "./wal-options.ts";

const scannedBytes = 256 * 1024;
const zeros = Buffer.alloc(scannedBytes);

/** A longer end is not read again at a start. */
const rewrittenBytesMax = 16 * 1024 * 1024;

/**
 * Makes a log whose segments begin with `metadata`. It is complete or not there at all: it is made
 * beside its place as `<directory>.tmp` and renamed. Throws WalError `exists`, or a DiskError.
 */
export function createWal(options: WalOptions, metadata: Uint8Array): Wal {
  const { disk, directory } = options;
  if (walExists(disk, directory)) throw walErrors.exists();
  const temporary = `${directory.replace(/\/+$/, "")}.tmp`;
  const first = segmentName(0, 0);
  let lock: DiskLock | undefined;
  disk.rmtree(temporary);
  try {
    disk.mkdir(temporary);
    lock = disk.tryLock(temporary);
    if (lock === undefined) throw walErrors.locked();
    const encoder = new RecordEncoder(0);
    encoder.appendCrc();
    encoder.appendPayload(RecordType.metadata, metadata);
    const start = encodeWalSnapshot({ index: 0, term: 0, confState: undefined });
    encoder.appendPayload(RecordType.snapshot, start);
    writeFirstSegment(options, `${temporary}/${first.name}`, encoder.view());
    if (!options.unsafeNoFsync) disk.syncDirectoryNow(temporary);
    disk.rmtree(directory);
    disk.rename(temporary, directory);
    persistRename(options);
    return new Wal(options, {
      lock,
      segments: [first],
      file: disk.open(`${directory}/${first.name}`),
      offset: encoder.length,
      crc: encoder.crc,
      metadata,
      hardState: emptyHardState,
      lastIndex: 0,
    });
  } catch (error) {
    lock?.release();
    disk.rmtree(temporary);
    throw error;
  }
}

function writeFirstSegment(options: WalOptions, path: string, head: Uint8Array): void {
  const file = options.disk.open(path, { create: true });
  try {
    file.allocate(options.segmentBytes ?? segmentBytesDefault);
    file.write(head, 0);
    if (!options.unsafeNoFsync) file.syncNow();
  } finally {
    file.close();
  }
}

/** A log whose name may be lost again must not be found at the next start either. */
function persistRename({ disk, directory, clock, unsafeNoFsync }: WalOptions): void {
  if (unsafeNoFsync) return;
  try {
    disk.syncDirectoryNow(parentDirectory(directory));
  } catch (error) {
    disk.rename(directory, `${directory}.broken.${stampOf(clock.wallMs())}`);
    throw error;
  }
}

/** As Go's layout 20060102.150405.999999 prints it. */
function stampOf(wallMs: number): string {
  const digits = new Date(wallMs).toISOString().replaceAll(/[-:TZ]/g, "");
  const stamp = `${digits.slice(0, 8)}.${digits.slice(8)}`;
  return stamp.replace(/\.?0+$/, "");
}

/**
 * Opens the log at a snapshot, reads what follows it and makes it ready for appending. Throws
 * WalError: `unexpectedEof` when `repairWal` may help, `locked` while someone else has it open.
 *
 * `content.snapshotFound` is for the caller to judge, as etcd starts without that record too.
 */
export function openWal(options: WalOptions, start: WalStart): { wal: Wal; content: WalContent } {
  const { disk, directory } = options;
  const segments = segmentsFrom(
    listSegments(disk, directory, options.log ?? silentLog),
    start.index,
  );
  const lock = disk.tryLock(directory);
  if (lock === undefined) throw walErrors.locked();
  const files: DiskFile[] = [];
  let tail: DiskFile | undefined;
  try {
    for (const { name } of segments) files.push(disk.open(`${directory}/${name}`));
    const mark = readSyncedMark(disk, directory);
    const decoder = new RecordDecoder(files, mark);
    const content = readRecords(decoder, start, false);
    tail = files.pop()!;
    rewriteTail(tail, mark, decoder.lastOffset);
    clearBehind(tail, decoder.lastOffset, options.segmentBytes ?? segmentBytesDefault);
    if (!options.unsafeNoFsync) tail.syncNow();
    const wal = new Wal(options, {
      lock,
      segments,
      file: tail,
      offset: decoder.lastOffset,
      crc: decoder.crc,
      metadata: content.metadata ?? new Uint8Array(0),
      hardState: content.hardState,
      lastIndex: content.lastIndex,
    });
    return { wal, content };
  } catch (error) {
    tail?.close();
    lock.release();
    throw error;
  } finally {
    for (const file of files) file.close();
  }
}

/**
 * Writes what no sync is known to have covered once more. After a failed sync a kernel shows from
 * memory what the disk never took; now it is dirty again, and the sync that follows tells.
 */
function rewriteTail(file: DiskFile, mark: SyncedPlace | undefined, end: number): void {
  if (mark === undefined || !file.path.endsWith(mark.segment)) return;
  const bytes = new Uint8Array(Math.max(0, end - mark.offset));
  if (bytes.length === 0 || bytes.length > rewrittenBytesMax) return;
  const read = file.readInto(bytes, 0, bytes.length, mark.offset);
  file.write(bytes.subarray(0, read), mark.offset);
}

/**
 * A zero length word ends the log, but a torn write may have left bytes behind it. They were never
 * acknowledged; records written over a part of them would read as damage. The cut is synced before
 * anything is appended, as a power loss may otherwise bring back only some of them.
 */
function clearBehind(file: DiskFile, offset: number, segmentBytes: number): void {
  const fileBytes = file.size();
  const size = Math.max(fileBytes, segmentBytes);
  // Zeros that are there already are room that a full disk would not give again.
  if (hasBytes(file, offset, fileBytes)) file.truncate(offset);
  file.truncate(size);
}

function hasBytes(file: DiskFile, from: number, to: number): boolean {
  const piece = Buffer.alloc(scannedBytes);
  for (let at = from; at < to; at += scannedBytes) {
    const read = file.readInto(piece, 0, Math.min(scannedBytes, to - at), at);
    if (!piece.subarray(0, read).equals(zeros.subarray(0, read))) return true;
  }
  return false;
}

/** As `openWal`, with one repair where the log ends torn, which is what a member does at start. */
export function openOrRepairWal(
  options: WalOptions,
  start: WalStart,
): { wal: Wal; content: WalContent } {
  try {
    return openWal(options, start);
  } catch (error) {
    if (!isWalError(error, "unexpectedEof")) throw error;
    const fields = { "wal-dir": options.directory, error };
    if (!repairWal(options)) throw error;
    options.log?.info("repaired WAL", fields);
    return openWal(options, start);
  }
}
