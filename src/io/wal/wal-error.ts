// What reading or writing a log may refuse, with etcd's texts (server/storage/wal/wal.go).

export type WalErrorCode =
  | "exists"
  | "fileNotFound"
  | "sequenceBroken"
  | "locked"
  /** The file ends inside a record, or its last record was torn: `repairWal` may help. */
  | "unexpectedEof"
  | "crcMismatch"
  /** What was synced once is damaged or gone: nothing is cut off, nobody is served. */
  | "lost"
  | "metadataConflict"
  | "snapshotMismatch"
  | "snapshotNotFound"
  | "sliceOutOfRange"
  | "unexpectedBlock"
  /** Bytes whose checksum holds and that are no protobuf message: another program's work. */
  | "malformed"
  /** A write or sync failed before: the log takes nothing more until it is opened anew. */
  | "failed"
  | "closed"
  | "invalidSnapshot";

export class WalError extends Error {
  override readonly name = "WalError";
  readonly code: WalErrorCode;

  constructor(code: WalErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export const isWalError = (error: unknown, code: WalErrorCode): boolean =>
  error instanceof WalError && error.code === code;

export const walErrors = {
  exists: () => new WalError("exists", "file already exists"),
  fileNotFound: () => new WalError("fileNotFound", "wal: file not found"),
  noFileFor: (index: number) =>
    new WalError("fileNotFound", `wal: file not found which matches the snapshot index '${index}'`),
  sequenceBroken: (from: number) =>
    new WalError(
      "sequenceBroken",
      `wal: file sequence numbers (starting from ${from}) do not increase continuously`,
    ),
  locked: () =>
    new WalError(
      "locked",
      "openAtIndex failed: [openAtIndex] openWALFiles failed: " +
        "[openWALFiles] fileutil.TryLockFile failed: fileutil: file already locked",
    ),
  metadataConflict: () => new WalError("metadataConflict", "wal: conflicting metadata found"),
  crcMismatch: () => new WalError("crcMismatch", "walpb: crc mismatch"),
  snapshotMismatch: () => new WalError("snapshotMismatch", "wal: snapshot mismatch"),
  snapshotNotFound: () => new WalError("snapshotNotFound", "wal: snapshot not found"),
  unexpectedBlock: (type: number) =>
    new WalError("unexpectedBlock", `unexpected block type ${type}`),
  malformed: (what: string) => new WalError("malformed", `wal: ${what} is not a valid message`),
  closed: () => new WalError("closed", "wal: the log is closed"),
} as const;
