// Reading a log back: all of it for a member that starts, its snapshots, or just whether it holds.
import { equalBytes } from "../../base/index.ts";
import type { Entry, HardState, WalSnapshot } from "../../core/proto/index.ts";
import { emptyHardState } from "./hard-state.ts";
import { readEntry, readHardState, readSnapshot } from "./payload.ts";
import { type Disk, type DiskFile, isDiskError, type Log, silentLog } from "../host/index.ts";
import { RecordType } from "./record.ts";
import { RecordDecoder } from "./record-decoder.ts";
import { listSegments, type SegmentName, segmentsFrom } from "./segment-name.ts";
import { readSyncedMark } from "./synced-mark.ts";
import { isWalError, WalError, walErrors } from "./wal-error.ts";

/** A snapshot is seldom further from the end. */
const skimmedSegmentsMax = 4;

/** The snapshot a reader starts from; (0, 0) for the whole log. */
export interface WalStart {
  readonly index: number;
  readonly term: number;
}

/** What a log holds after its start. */
export interface WalContent {
  /** The bytes at the head of each segment; undefined when no record of them was read. */
  readonly metadata: Uint8Array | undefined;
  /** The last one saved; entries beyond its commit may still be overwritten. */
  readonly hardState: HardState;
  /**
   * Ascending by one from start.index + 1; what a later term overwrote is gone. Their data may be
   * kept: it views pieces of 1 MiB that are never reused.
   */
  readonly entries: Entry[];
  /** Index of the last entry record, also of one at or before the start. */
  readonly lastIndex: number;
  /** Whether a record of the starting snapshot was there. */
  readonly snapshotFound: boolean;
}

export interface WalPlace {
  readonly disk: Disk;
  readonly directory: string;
  readonly log?: Log;
}

/**
 * Reads every record of `decoder` by etcd's rules. An error of the decoder is passed on, with
 * `lenient` an `unexpectedEof` ends the reading instead.
 */
export function readRecords(decoder: RecordDecoder, start: WalStart, lenient: boolean): WalContent {
  let metadata: Uint8Array | undefined;
  let hardState = emptyHardState;
  let lastIndex = 0;
  let snapshotFound = false;
  const entries: Entry[] = [];
  while (nextOrEnd(decoder, lenient)) {
    switch (decoder.type) {
      case RecordType.entry: {
        const entry = readEntry(decoder);
        lastIndex = entry.index;
        keepEntry(entries, entry, start);
        break;
      }
      case RecordType.hardState:
        hardState = readHardState(decoder);
        break;
      case RecordType.metadata:
        metadata = sameMetadata(metadata, decoder.payload());
        break;
      case RecordType.crc:
        decoder.acceptCrc();
        break;
      case RecordType.snapshot:
        if (isStart(decoder, start)) snapshotFound = true;
        break;
      default:
        throw walErrors.unexpectedBlock(decoder.type);
    }
  }
  return { metadata, hardState, entries, lastIndex, snapshotFound };
}

function nextOrEnd(decoder: RecordDecoder, lenient: boolean): boolean {
  try {
    return decoder.next();
  } catch (error) {
    if (lenient && isWalError(error, "unexpectedEof")) return false;
    throw error;
  }
}

/** An entry replaces what stands at its index and ends what stood behind. */
function keepEntry(entries: Entry[], entry: Entry, start: WalStart): void {
  if (entry.index <= start.index) return;
  const at = entry.index - start.index - 1;
  if (at === entries.length) {
    entries.push(entry);
    return;
  }
  if (at > entries.length) {
    throw new WalError(
      "sliceOutOfRange",
      `wal: slice bounds out of range, snapshot[Index: ${start.index}, Term: ${start.term}], ` +
        `current entry[Index: ${entry.index}, Term: ${entry.term}], len(ents): ${entries.length}`,
    );
  }
  entries.length = at;
  entries.push(entry);
}

function sameMetadata(known: Uint8Array | undefined, read: Uint8Array): Uint8Array {
  if (known !== undefined && !equalBytes(known, read)) throw walErrors.metadataConflict();
  return known ?? read;
}

function isStart(decoder: RecordDecoder, start: WalStart): boolean {
  const snapshot = readSnapshot(decoder);
  if (snapshot.index !== start.index) return false;
  if (snapshot.term !== start.term) throw walErrors.snapshotMismatch();
  return true;
}

/** Opens the files, lets `read` look at them and closes them again. */
function reading<Result>(
  { disk, directory }: WalPlace,
  segments: readonly SegmentName[],
  read: (decoder: RecordDecoder) => Result,
  skims = false,
): Result {
  const files: DiskFile[] = [];
  try {
    for (const { name } of segments) {
      files.push(disk.open(`${directory}/${name}`, { readOnly: true }));
    }
    return read(new RecordDecoder(files, readSyncedMark(disk, directory), skims));
  } finally {
    for (const file of files) file.close();
  }
}

/** Reads a log without locking or changing it; a torn end is passed over. */
export function readWal(place: WalPlace, start: WalStart): WalContent {
  const segments = listSegments(place.disk, place.directory, place.log ?? silentLog);
  const chosen = segmentsFrom(segments, start.index);
  return reading(place, chosen, (decoder) => readRecords(decoder, start, true));
}

/**
 * The snapshots recorded in the whole log that its last hard state covers, oldest first. A record
 * beyond the commit belongs to a snapshot that did not become durable.
 *
 * A segment that is purged meanwhile makes it start over, three times at most.
 */
export function validSnapshotEntries(place: WalPlace): WalSnapshot[] {
  const log = place.log ?? silentLog;
  for (let attempt = 1; ; attempt++) {
    try {
      return readSnapshots(place, listSegments(place.disk, place.directory, log));
    } catch (error) {
      if (!isDiskError(error, "ENOENT") || attempt === 3) throw error;
      log.warn("retrying WAL snapshot scan after transient file removal", {
        "wal-dir": place.directory,
        attempt,
        "max-attempts": 3,
        error,
      });
    }
  }
}

/**
 * The newest of `validSnapshotEntries`; undefined when there is none. It is looked for from the end, and
 * entries known to be durable are passed over unread, so damage in what nobody needs any more goes
 * unseen. Opening the log there reads the rest with all its sums.
 */
export function newestSnapshotEntry(place: WalPlace): WalSnapshot | undefined {
  try {
    const segments = listSegments(place.disk, place.directory, place.log ?? silentLog);
    for (let last = 1; last <= Math.min(segments.length, skimmedSegmentsMax); last++) {
      const found = readSnapshots(place, segments.slice(-last), true).at(-1);
      if (found !== undefined) return found;
    }
  } catch (error) {
    if (!(error instanceof WalError || isDiskError(error, "ENOENT"))) throw error;
  }
  return validSnapshotEntries(place).at(-1);
}

function readSnapshots(
  place: WalPlace,
  segments: readonly SegmentName[],
  skims = false,
): WalSnapshot[] {
  const snapshots: WalSnapshot[] = [];
  let commit = 0;
  reading(
    place,
    segments,
    (decoder) => {
      while (nextOrEnd(decoder, true)) {
        if (decoder.type === RecordType.crc) decoder.acceptCrc();
        else if (decoder.type === RecordType.snapshot) {
          snapshots.push(readSnapshot(decoder));
        } else if (decoder.type === RecordType.hardState) {
          commit = readHardState(decoder).commit;
        }
      }
    },
    skims,
  );
  return snapshots.filter((snapshot) => snapshot.index <= commit);
}

/**
 * Checks the chain of sums, the metadata and the snapshot without keeping anything; returns the last
 * hard state. Throws WalError, `snapshotNotFound` when no record of `start` is there.
 */
export function verifyWal(place: WalPlace, start: WalStart): HardState {
  const segments = listSegments(place.disk, place.directory, place.log ?? silentLog);
  const chosen = segmentsFrom(segments, start.index);
  let metadata: Uint8Array | undefined;
  let hardState = emptyHardState;
  let found = false;
  reading(place, chosen, (decoder) => {
    while (nextOrEnd(decoder, true)) {
      switch (decoder.type) {
        case RecordType.metadata:
          metadata = sameMetadata(metadata, decoder.payload());
          break;
        case RecordType.crc:
          decoder.acceptCrc();
          break;
        case RecordType.snapshot:
          if (isStart(decoder, start)) found = true;
          break;
        case RecordType.hardState:
          hardState = readHardState(decoder);
          break;
        case RecordType.entry:
          break;
        default:
          throw walErrors.unexpectedBlock(decoder.type);
      }
    }
  });
  if (!found) throw walErrors.snapshotNotFound();
  return hardState;
}
