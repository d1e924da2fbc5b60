import type { Brand } from "../../base/index.ts";
import { assert } from "../../base/index.ts";

/** A main revision: one number for all changes of one transaction. */
export type Revision = Brand<number, "Revision">;

/** The revision of a store nobody has written to (storage/mvcc/kvstore.go). */
export const firstRevision = 1;
/** The compacted revision of a store that was never compacted. */
export const neverCompacted = -1;

export function toRevision(value: number): Revision {
  assert(Number.isSafeInteger(value) && value >= 0, "a revision is a count");
  return value as Revision;
}

/** Order of (main, sub) pairs. */
export const compareRevisions = (
  mainA: number,
  subA: number,
  mainB: number,
  subB: number,
): number => mainA - mainB || subA - subB;
