// Where a member's database stands: what a copy of it is sent as, and whether the log can go on from it.
import type { ConfState } from "../../core/raft/index.ts";
import { encodeV2Store, type StoredMembership } from "../../io/snap/index.ts";

/** Where the database stood at a commit. */
export interface CommittedState {
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState;
  /** The membership as a v2 store, for members of 3.6. */
  readonly data: () => Uint8Array;
}

/** Of a database that holds all up to `index`; undefined when that is nothing. */
export function committedState(
  index: number,
  term: number,
  confState: ConfState,
  membership: StoredMembership,
): CommittedState | undefined {
  if (index === 0) return undefined;
  return { index, term, confState, data: () => encodeV2Store(membership) };
}

/**
 * The log begins where the database should be: without it what was acknowledged is gone, and an empty
 * store must not be served in its place (etcdserver.recoverSnapshotBackend).
 */
export function checkDatabaseReaches(snapshotIndex: number, consistentIndex: number): void {
  if (snapshotIndex <= consistentIndex) return;
  throw new Error(
    "failed to find database snapshot file (snap: snapshot file doesn't exist): the log begins " +
      `at ${snapshotIndex}, the database ends at ${consistentIndex}`,
  );
}
