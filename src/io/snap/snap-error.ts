export type SnapErrorCode = "empty" | "crcMismatch" | "malformed" | "noDatabase";

/** Why a snapshot file is not used; the texts are etcd's (etcdserver/api/snap). */
export class SnapError extends Error {
  override readonly name = "SnapError";
  readonly code: SnapErrorCode;

  constructor(code: SnapErrorCode) {
    super(textOf[code]);
    this.code = code;
  }
}

const textOf: Readonly<Record<SnapErrorCode, string>> = {
  empty: "snap: empty snapshot",
  crcMismatch: "snap: crc mismatch",
  malformed: "snap: snapshot is not a valid message",
  noDatabase: "snap: snapshot file doesn't exist",
};
