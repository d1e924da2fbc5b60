// Cutting off what a crash left half written at the end of the last segment
// (server/storage/wal/repair.go). A member does it once per start at most.
import { type Disk, type DiskFile, silentLog } from "../host/index.ts";
import type { WalPlace } from "./read.ts";
import { RecordType } from "./record.ts";
import { RecordDecoder } from "./record-decoder.ts";
import { listSegments } from "./segment-name.ts";
import { readSyncedMark, type SyncedPlace } from "./synced-mark.ts";
import { isWalError } from "./wal-error.ts";

/**
 * Cuts the last segment behind its last good record and keeps the whole of it as `<name>.broken`.
 * False when that would not help: another holder has the lock, or the damage is not at the end.
 */
export function repairWal(place: WalPlace): boolean {
  const log = place.log ?? silentLog;
  const { disk, directory } = place;
  let path = directory;
  const lock = disk.tryLock(directory);
  if (lock === undefined) return false;
  let file: DiskFile | undefined;
  try {
    path = `${directory}/${listSegments(disk, directory, log).at(-1)!.name}`;
    log.info("repairing", { path });
    file = disk.open(path);
    const goodBytes = endOfGoodRecords(file, readSyncedMark(disk, directory));
    if (goodBytes === undefined) {
      log.info("repaired", { path, error: "EOF" });
      return true;
    }
    keepBroken(disk, file, `${path}.broken`);
    file.truncate(goodBytes);
    file.syncNow();
    log.info("repaired", { path, error: "unexpected EOF" });
    return true;
  } catch (error) {
    log.warn("failed to repair", { path, error });
    return false;
  } finally {
    file?.close();
    lock.release();
  }
}

/** Undefined when the file ends cleanly. */
function endOfGoodRecords(file: DiskFile, mark: SyncedPlace | undefined): number | undefined {
  const decoder = new RecordDecoder([file], mark);
  try {
    while (decoder.next()) if (decoder.type === RecordType.crc) decoder.acceptCrc();
    return undefined;
  } catch (error) {
    if (isWalError(error, "unexpectedEof")) return decoder.lastOffset;
    throw error;
  }
}

/** Copies the file; the room it holds in zeros stays a hole. */
function keepBroken(disk: Disk, from: DiskFile, path: string): void {
  const to = disk.open(path, { create: true, truncate: true });
  try {
    const size = from.size();
    const piece = new Uint8Array(1024 * 1024);
    for (let at = 0; at < size;) {
      const read = from.readInto(piece, 0, piece.length, at);
      if (read === 0) break;
      const bytes = piece.subarray(0, read);
      if (bytes.some((byte) => byte !== 0)) to.write(bytes, at);
      at += read;
    }
    to.allocate(size);
    to.syncNow();
  } finally {
    to.close();
  }
}
