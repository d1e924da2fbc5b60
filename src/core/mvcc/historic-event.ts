import { concatBytes } from "../../base/index.ts";
import type { RecordCursor } from "./backend.ts";
import { KeyValueView } from "./record/key-value.ts";
import type { Store } from "./store.ts";
import type { StoreEvent } from "./store-event.ts";
import { sizeCount, writeCount } from "./record/varint.ts";

const modTag = 0x18;
const view = new KeyValueView();

/**
 * An event read back from the backend; its bytes are borrowed from the cursor. Which record it
 * replaced is looked up when asked.
 */
export class HistoricEvent implements StoreEvent {
  readonly tombstone: boolean;
  readonly key: Uint8Array;
  readonly kv: Uint8Array;
  readonly mainRevision: number;
  readonly subRevision: number;
  readonly created: boolean;
  readonly #store: Store;
  #previous: { main: number; sub: number } | undefined;

  constructor(store: Store, cursor: RecordCursor) {
    const { buffer, start, end } = cursor;
    view.read(buffer, start, end);
    const stored = buffer.subarray(start, end);
    this.#store = store;
    this.tombstone = cursor.tombstone;
    this.mainRevision = cursor.main;
    this.subRevision = cursor.sub;
    this.created = !cursor.tombstone && view.version === 1;
    this.kv = cursor.tombstone ? withModRevision(stored, cursor.main) : stored;
    this.key = this.kv.subarray(view.keyStart - start, view.keyEnd - start);
  }

  get previousMain(): number {
    this.#previous ??= this.#store.previousOf(this.key, this.mainRevision, this.subRevision);
    return this.#previous.main;
  }

  get previousSub(): number {
    this.#previous ??= this.#store.previousOf(this.key, this.mainRevision, this.subRevision);
    return this.#previous.sub;
  }
}

/** A stored tombstone names only its key; its event also says when (watchable_store.go). */
function withModRevision(stored: Uint8Array, main: number): Uint8Array {
  const field = new Uint8Array(1 + sizeCount(main));
  field[0] = modTag;
  writeCount(main, field, 1);
  return concatBytes([stored, field]);
}
