import { zeroId } from "../../base/index.ts";
import type { Backend } from "./backend.ts";
import { KeyValueView } from "./record/key-value.ts";
import type { TreeIndex } from "./tree/index.ts";

/**
 * Fills an empty index from bucket `key`, read in revision order. Returns the newest main revision
 * seen, 0 when there is none (kvstore.go restoreIntoIndex). With `from`, only what is newer is read.
 */
export function restoreIndex(backend: Backend, index: TreeIndex, from = 0): number {
  const cursor = backend.records.cursor();
  const view = new KeyValueView();
  const change = { main: 0, sub: 0, leased: false };
  let last = 0;
  for (let more = cursor.seekFrom(from + 1, 0); more; more = cursor.next()) {
    view.read(cursor.buffer, cursor.start, cursor.end);
    last = cursor.main;
    if (cursor.tombstone) {
      index.restoreTombstone(view.key, cursor.main, cursor.sub);
      continue;
    }
    change.main = cursor.main;
    change.sub = cursor.sub;
    change.leased = view.lease !== zeroId;
    index.restorePut(view.key, change, view.createRevision, view.version);
  }
  return last;
}
