// Names of segments: `<sequence>-<index>.wal`, both 16 hex digits. A segment holds no entry below
// its index unless a later term overwrote some (server/storage/wal/util.go).
import { type Disk, isDiskError, type Log } from "../host/index.ts";
import { walErrors } from "./wal-error.ts";

export interface SegmentName {
  readonly name: string;
  readonly sequence: number;
  readonly index: number;
}

export function segmentName(sequence: number, index: number): SegmentName {
  const hex = (value: number): string => value.toString(16).padStart(16, "0");
  return { name: `${hex(sequence)}-${hex(index)}.wal`, sequence, index };
}

/** Undefined for any other file. */
export function parseSegmentName(name: string): SegmentName | undefined {
  const found = /^([0-9a-f]{1,16})-([0-9a-f]{1,16})\.wal$/i.exec(name);
  if (found === null) return undefined;
  const sequence = Number.parseInt(found[1]!, 16);
  const index = Number.parseInt(found[2]!, 16);
  if (!Number.isSafeInteger(sequence) || !Number.isSafeInteger(index)) return undefined;
  return { name, sequence, index };
}

/** Whether a directory holds a log. */
export function walExists(disk: Disk, directory: string): boolean {
  try {
    return disk.readdir(directory).some((name) => name.endsWith(".wal"));
  } catch (error) {
    if (isDiskError(error, "ENOENT") || isDiskError(error, "ENOTDIR")) return false;
    throw error;
  }
}

/** All segments in order. Throws WalError `fileNotFound` when there is none. */
export function listSegments(disk: Disk, directory: string, log: Log): SegmentName[] {
  const found: SegmentName[] = [];
  for (const name of disk.readdir(directory)) {
    const segment = parseSegmentName(name);
    if (segment !== undefined) found.push(segment);
    else if (!name.endsWith(".tmp")) log.warn("ignored file in WAL directory", { path: name });
  }
  if (found.length === 0) throw walErrors.fileNotFound();
  return found;
}

/** The segments from the last one that begins at or before `index`. */
export function segmentsFrom(segments: readonly SegmentName[], index: number): SegmentName[] {
  const at = segments.findLastIndex((segment) => segment.index <= index);
  if (at < 0) throw walErrors.noFileFor(index);
  const chosen = segments.slice(at);
  let previous = 0;
  for (const { sequence } of chosen) {
    if (previous !== 0 && previous !== sequence - 1) throw walErrors.sequenceBroken(at);
    previous = sequence;
  }
  return chosen;
}
