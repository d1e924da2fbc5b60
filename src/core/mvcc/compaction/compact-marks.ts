// What bucket `meta` remembers of compactions (storage/mvcc/store.go).
import { bytesFromLatin1 } from "../../../base/index.ts";
import type { Backend, BackendReader } from "../backend.ts";
import { neverCompacted } from "../revision.ts";
import { isRevisionKey, mainOfKey, revisionKey } from "../record/revision-key.ts";

const scheduledKey = bytesFromLatin1("scheduledCompactRev");
const finishedKey = bytesFromLatin1("finishedCompactRev");

/** The revision of the compaction accepted last; -1 when there was none. */
export const scheduledCompaction = (backend: BackendReader): number => read(backend, scheduledKey);

/** The revision of the compaction that deleted its records last; -1 when there was none. */
export const finishedCompaction = (backend: BackendReader): number => read(backend, finishedKey);

export function setScheduledCompaction(backend: Backend, revision: number): void {
  backend.put("meta", scheduledKey, revisionKey(revision, 0));
}

export function setFinishedCompaction(backend: Backend, revision: number): void {
  backend.put("meta", finishedKey, revisionKey(revision, 0));
}

function read(backend: BackendReader, name: Uint8Array): number {
  const value = backend.get("meta", name);
  return value !== undefined && isRevisionKey(value) ? mainOfKey(value) : neverCompacted;
}
