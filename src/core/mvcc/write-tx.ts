import { assert, type Id64, zeroId } from "../../base/index.ts";
import type { RangeEnd } from "./key.ts";
import { KeyValueView, sizeKeyValue, writeKeyValue } from "./record/key-value.ts";
import type { Store } from "./store.ts";
import {
  type Changes,
  CommittedEvent,
  EventFields,
  EventMemory,
  type LeaseChange,
  type StoreEvent,
} from "./store-event.ts";
import { KeyState } from "./tree/index.ts";
import { sizeCount, writeCount } from "./record/varint.ts";

const keyTag = 0x0a;
const modTag = 0x18;

/** What the transactions of one store share, so that a put allocates only its event. */
export class WriteScratch {
  readonly before = new KeyState();
  readonly after = new KeyState();
  readonly event = new EventFields();
  readonly memory = new EventMemory();
  readonly view = new KeyValueView();
  readonly fields = {
    key: new Uint8Array(0) as Uint8Array,
    createRevision: 0,
    modRevision: 0,
    version: 0,
    value: new Uint8Array(0) as Uint8Array,
    lease: zeroId,
  };
  readonly change = { main: 0, sub: 0, leased: false };
}

/**
 * One revision being made: every change gets the next sub revision of it, and reads through the
 * store see the changes made so far. Nothing here fails for reasons of a client, and nothing is
 * ever taken back: whoever begins a transaction has checked everything (kvstore_txn.go).
 */
export class WriteTx {
  readonly #store: Store;
  readonly #scratch: WriteScratch;
  readonly #main: number;
  readonly #countsBefore: number;
  readonly #events: StoreEvent[] = [];
  #leaseChanges: LeaseChange[] | undefined;

  constructor(store: Store, scratch: WriteScratch) {
    this.#store = store;
    this.#scratch = scratch;
    this.#main = store.currentRevision + 1;
    const { puts, deletes, ranges } = store.counts;
    this.#countsBefore = puts + deletes + ranges;
  }

  /** The revision reads see: the one being made once something changed. */
  get revision(): number {
    return this.#events.length > 0 ? this.#main : this.#main - 1;
  }

  /** The revision its changes have. */
  get nextRevision(): number {
    return this.#main;
  }

  /** Stores a value under `key`. Both are borrowed; `value` may be a view of a stored record. */
  put(key: Uint8Array, value: Uint8Array, lease: Id64): void {
    const { before, after, change, fields, memory } = this.#scratch;
    const { index, backend } = this.#store;
    const { counts } = this.#store;
    counts.puts++;
    counts.putBytes += key.length + value.length;
    change.main = this.#main;
    change.sub = this.#events.length;
    change.leased = lease !== zeroId;
    index.put(key, change, before, after);
    fields.key = key;
    fields.createRevision = after.createRevision;
    fields.modRevision = this.#main;
    fields.version = after.version;
    fields.value = value;
    fields.lease = lease;
    const size = sizeKeyValue(fields);
    memory.allocate(size);
    const { buffer, start } = memory;
    writeKeyValue(fields, buffer, start);
    const detached = before.live && before.leased ? this.#leaseOf(before) : zeroId;
    backend.records.append(this.#main, change.sub, false, buffer, start, start + size);
    const event = this.#addEvent(key.length, buffer, start, start + size, false);
    if (detached !== lease) this.#changeLease(event.key, detached, lease);
  }

  /** Deletes the live keys of a range, each with a sub revision of its own, in key order. */
  deleteRange(key: Uint8Array, end: RangeEnd): number {
    const { index } = this.#store;
    const { before } = this.#scratch;
    this.#store.counts.deletes++;
    if (end === "single") {
      if (!index.get(key, this.revision, before)) return 0;
      index.tombstone(key, this.#main, this.#events.length, before);
      this.#deleted(key);
      return 1;
    }
    const cursor = index.cursor();
    cursor.start(key, end);
    let deleted = 0;
    for (let entry = cursor.nextLive(); entry !== 0; entry = cursor.nextLive()) {
      index.tombstoneAt(cursor, this.#main, this.#events.length, before);
      this.#deleted(index.keys.key(entry));
      deleted++;
    }
    return deleted;
  }

  /** Makes the revision current when there were changes; the transaction must not be used again. */
  end(): Changes {
    const revision = this.revision;
    const { counts } = this.#store;
    if (counts.puts + counts.deletes + counts.ranges - this.#countsBefore > 1) counts.txns++;
    this.#store.endWrite(revision);
    return { revision, events: this.#events, leaseChanges: this.#leaseChanges ?? noLeaseChanges };
  }

  /** The index has its tombstone: writes the record, and notes the event. */
  #deleted(key: Uint8Array): void {
    const { before, memory } = this.#scratch;
    const { backend } = this.#store;
    const sub = this.#events.length;
    // A stored tombstone has only its key; its event has the revision, too.
    const stored = key.length === 0 ? 0 : 1 + sizeCount(key.length) + key.length;
    const size = stored + 1 + sizeCount(this.#main);
    memory.allocate(size);
    const { buffer, start } = memory;
    if (key.length > 0) {
      buffer[start] = keyTag;
      buffer.set(key, writeCount(key.length, buffer, start + 1));
    }
    buffer[start + stored] = modTag;
    writeCount(this.#main, buffer, start + stored + 1);
    const detached = before.leased ? this.#leaseOf(before) : zeroId;
    backend.records.append(this.#main, sub, true, buffer, start, start + stored);
    const event = this.#addEvent(key.length, buffer, start, start + size, true);
    if (detached !== zeroId) this.#changeLease(event.key, detached, zeroId);
  }

  /** Notes the change that `before` and the next sub revision describe. */
  #addEvent(
    keyLength: number,
    buffer: Uint8Array,
    start: number,
    end: number,
    tombstone: boolean,
  ): StoreEvent {
    const { event, before } = this.#scratch;
    const replaces = before.live;
    const keyStart = keyLength === 0 ? start : start + 1 + sizeCount(keyLength);
    event.tombstone = tombstone;
    event.mainRevision = this.#main;
    event.subRevision = this.#events.length;
    event.created = !replaces;
    event.previousMain = replaces ? before.main : 0;
    event.previousSub = replaces ? before.sub : 0;
    event.buffer = buffer;
    event.start = start;
    event.end = end;
    event.keyStart = keyStart;
    event.keyEnd = keyStart + keyLength;
    const committed = new CommittedEvent(event);
    this.#events.push(committed);
    return committed;
  }

  #changeLease(key: Uint8Array, detached: Id64, attached: Id64): void {
    this.#leaseChanges ??= [];
    this.#leaseChanges.push({ key, detached, attached });
  }

  /** The lease the key's record named before this change. */
  #leaseOf(before: KeyState): Id64 {
    const { view } = this.#scratch;
    const cursor = this.#store.leaseCursor;
    const found = cursor.seek(before.main, before.sub);
    assert(found, "an indexed record is in the backend");
    view.read(cursor.buffer, cursor.start, cursor.end);
    return view.lease;
  }
}

const noLeaseChanges: readonly LeaseChange[] = [];
