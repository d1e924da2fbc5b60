// What the records carry, read strictly: their sum held, so anything odd is another program's work.
import {
  decodeEntry,
  decodeHardState,
  decodeWalSnapshot,
  type Entry,
  type HardState,
  MalformedError,
  type WalSnapshot,
} from "../../core/proto/index.ts";
import type { RecordDecoder } from "./record-decoder.ts";
import { walErrors } from "./wal-error.ts";

/** The entry's data is a view that stays good. */
export function readEntry(record: RecordDecoder): Entry {
  const entry = strictly("entry", record, decodeEntry);
  if (!(entry.term + entry.index < Infinity)) throw walErrors.malformed("entry");
  return entry;
}

export function readHardState(record: RecordDecoder): HardState {
  const state = strictly("hard state", record, decodeHardState);
  if (!(state.term + state.commit < Infinity)) throw walErrors.malformed("hard state");
  return state;
}

export function readSnapshot(record: RecordDecoder): WalSnapshot {
  const snapshot = strictly("snapshot", record, decodeWalSnapshot);
  if (!(snapshot.term + snapshot.index < Infinity)) throw walErrors.malformed("snapshot");
  return snapshot;
}

function strictly<Message>(
  what: string,
  record: RecordDecoder,
  decode: (bytes: Uint8Array, start: number, end: number) => Message,
): Message {
  try {
    return decode(record.bytes, record.start, record.end);
  } catch (error) {
    if (error instanceof MalformedError) throw walErrors.malformed(what);
    throw error;
  }
}
