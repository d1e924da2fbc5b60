import assert from "node:assert/strict";
import { test } from "node:test";
import { makeConfState } from "../../core/proto/index.ts";
import { EntryType, MemoryStorage, newEntry } from "../../core/raft/index.ts";
import { MemoryCompaction } from "./memory-compaction.ts";
import type { MemberSettings } from "./member-parts.ts";

/** First indexes of the log after each of 300 applied entries; the distinct ones. */
function firstIndexes(snapshotCount: number, snapshotCatchUpEntries: number): number[] {
  const storage = new MemoryStorage();
  const settings = { snapshotCount, snapshotCatchUpEntries } as MemberSettings;
  const compaction = new MemoryCompaction({ storage, settings, mayCompact: () => true });
  const seen: number[] = [];
  for (let index = 1; index <= 300; index++) {
    const entry = { ...newEntry(EntryType.EntryNormal, new Uint8Array(0)), index, term: 1 };
    storage.append([entry]);
    compaction.applied(index, makeConfState());
    if (seen.at(-1) !== storage.firstIndex()) seen.push(storage.firstIndex());
  }
  return seen;
}

test("the log in memory is cut every hundred entries, sooner where snapshots on disk are", () => {
  assert.deepEqual(firstIndexes(10_000, 50), [1, 51, 151, 251]);
  assert.deepEqual(firstIndexes(99, 50), [1, 51, 151, 251]);
  assert.deepEqual(firstIndexes(10, 250), [1, 4, 15, 26, 37, 48]);
});
