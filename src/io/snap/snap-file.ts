// One `.snap` file: a raft snapshot under its checksum (etcdserver/api/snap/snapshotter.go).
import { crc32c } from "../../base/index.ts";
import {
  decodeSnapSnapshot,
  decodeSnapshot,
  encodeSnapshot,
  encodeSnapSnapshot,
  MalformedError,
  type Snapshot,
} from "../../core/proto/index.ts";
import { type Disk, readWholeFile } from "../host/index.ts";
import { SnapError } from "./snap-error.ts";

const hex16 = (value: number): string => value.toString(16).padStart(16, "0");

export const snapFileName = (term: number, index: number): string =>
  `${hex16(term)}-${hex16(index)}.snap`;

export const databaseFileName = (index: number): string => `${hex16(index)}.snap.db`;

/** Undefined when the name is not one of a received database. */
export function databaseFileIndex(name: string): number | undefined {
  const found = /^([0-9a-f]{1,16})\.snap\.db$/i.exec(name);
  return found === null ? undefined : Number.parseInt(found[1]!, 16);
}

export function encodeSnapFile(snapshot: Snapshot): Uint8Array {
  const data = encodeSnapshot(snapshot);
  return encodeSnapSnapshot({ crc: crc32c(0, data), data });
}

/** Throws SnapError; the snapshot's data is a view into `bytes`. */
export function decodeSnapFile(bytes: Uint8Array): Snapshot {
  if (bytes.length === 0) throw new SnapError("empty");
  try {
    const file = decodeSnapSnapshot(bytes);
    if (file.data.length === 0 || file.crc === 0) throw new SnapError("empty");
    if (crc32c(0, file.data) !== file.crc) throw new SnapError("crcMismatch");
    return decodeSnapshot(file.data);
  } catch (error) {
    if (error instanceof MalformedError) throw new SnapError("malformed");
    throw error;
  }
}

/** Reads one file. Throws SnapError or DiskError. */
export const readSnapFile = (disk: Disk, path: string): Snapshot =>
  decodeSnapFile(readWholeFile(disk, path));
