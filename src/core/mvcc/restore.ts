import { latin1FromBytes, zeroId } from "../../base/index.ts";
import type { Backend, RecordCursor } from "./backend.ts";
import { KeyValueView } from "./record/key-value.ts";
import { TreeIndex } from "./tree/index.ts";

/** Fills an index from bucket `key`, read in revision order (kvstore.go restoreIntoIndex). */
export class IndexRestore {
  readonly index: TreeIndex;
  /** The newest main revision seen; 0 when there is none. */
  newest = 0;
  /** Keys of all records read that name a lease, as latin1 text: those that may name one now. */
  readonly leasedKeys = new Set<string>();
  readonly #cursor: RecordCursor;
  readonly #view = new KeyValueView();
  readonly #change = { main: 0, sub: 0, leased: false };
  #more: boolean;

  /** Nothing may be written to the backend meanwhile. With `from`, only what is newer is read. */
  constructor(backend: Backend, index = new TreeIndex(), from = 0) {
    this.index = index;
    this.#cursor = backend.records.cursor();
    this.#more = this.#cursor.seekFrom(from + 1, 0);
  }

  /** Reads so many records more, about a microsecond each; true when all are read. */
  step(recordsMax: number): boolean {
    const cursor = this.#cursor;
    for (let left = recordsMax; this.#more && left > 0; left--) {
      this.#take(cursor);
      this.#more = cursor.next();
    }
    return !this.#more;
  }

  #take(cursor: RecordCursor): void {
    const { index } = this;
    const view = this.#view;
    const change = this.#change;
    view.read(cursor.buffer, cursor.start, cursor.end);
    this.newest = cursor.main;
    if (cursor.tombstone) return index.restoreTombstone(view.key, cursor.main, cursor.sub);
    change.main = cursor.main;
    change.sub = cursor.sub;
    change.leased = view.lease !== zeroId;
    if (change.leased) this.leasedKeys.add(latin1FromBytes(view.key));
    index.restorePut(view.key, change, view.createRevision, view.version);
  }
}
