// A store's history in memory: what the watch machine's tests, benches and simulations read from.
import { assert, equalBytes, ownBytes } from "../../../base/index.ts";
import { encodeKeyValue, makeKeyValue } from "../../proto/index.ts";
import { keyText } from "./key-text.ts";
import type { StoreEvent, WatchSource } from "./source.ts";

export interface Change {
  readonly key: Uint8Array;
  /** Undefined deletes the key, which must exist. */
  readonly value: Uint8Array | undefined;
}

interface Generation {
  createRevision: number;
  version: number;
}

/** Keeps every change; compaction drops what etcd's would. Begins at revision 1, as etcd does. */
export class MemoryHistory implements WatchSource {
  currentRevision = 1;
  compactedRevision = -1;
  #events: StoreEvent[] = [];
  readonly #alive = new Map<string, Generation>();
  /** Per key its records, oldest first. */
  readonly #records = new Map<string, StoreEvent[]>();
  /** How many records were visited: what reading history cost. */
  visited = 0;
  lookedUp = 0;

  /** One transaction: a new revision with these changes. Returns its events. */
  write(changes: readonly Change[]): StoreEvent[] {
    this.currentRevision++;
    return changes.map((change, sub) => this.#change(change, sub));
  }

  has(key: Uint8Array): boolean {
    return this.#alive.has(keyText(key));
  }

  #change(change: Change, subRevision: number): StoreEvent {
    const key = ownBytes(change.key);
    const text = keyText(key);
    const mainRevision = this.currentRevision;
    const before = this.#alive.get(text);
    const tombstone = change.value === undefined;
    assert(!tombstone || before !== undefined, "only what exists is deleted");
    const modRevision = mainRevision;
    let kv: Uint8Array;
    if (tombstone) {
      this.#alive.delete(text);
      kv = encodeKeyValue(makeKeyValue({ key, modRevision }));
    } else {
      const createRevision = before?.createRevision ?? mainRevision;
      const version = (before?.version ?? 0) + 1;
      this.#alive.set(text, { createRevision, version });
      const value = change.value;
      kv = encodeKeyValue(makeKeyValue({ key, createRevision, modRevision, version, value }));
    }
    const created = !tombstone && before === undefined;
    const records = this.#records.get(text);
    const previous = before === undefined ? undefined : records?.at(-1);
    const event = {
      tombstone,
      key,
      kv,
      mainRevision,
      subRevision,
      created,
      previousMain: previous?.mainRevision ?? 0,
      previousSub: previous?.subRevision ?? 0,
    };
    this.#events.push(event);
    if (records === undefined) this.#records.set(text, [event]);
    else records.push(event);
    return event;
  }

  /** Keeps for each key the newest record at or below `revision`, and all above. */
  compact(revision: number): void {
    assert(revision > this.compactedRevision, "compaction goes forward");
    this.compactedRevision = revision;
    const kept = new Set<StoreEvent>();
    for (const [text, records] of this.#records) {
      const newest = records.findLast((event) => event.mainRevision <= revision);
      const rest = records.filter(
        (event) =>
          event.mainRevision > revision ||
          (event === newest && (!event.tombstone || event.mainRevision === revision)),
      );
      for (const event of rest) kept.add(event);
      if (rest.length === 0) this.#records.delete(text);
      else this.#records.set(text, rest);
    }
    this.#events = this.#events.filter((event) => kept.has(event));
  }

  eventsBetween(
    from: number,
    to: number,
    budget: number,
    visit: (event: StoreEvent) => boolean,
  ): number {
    let last = from - 1;
    let left = budget;
    for (let at = this.#firstFrom(from, 0); at < this.#events.length; at++) {
      const event = this.#events[at]!;
      if (event.mainRevision > to) break;
      if (event.mainRevision !== last && left <= 0) return event.mainRevision;
      last = event.mainRevision;
      left--;
      this.visited++;
      if (!visit(event)) return event.mainRevision;
    }
    return to + 1;
  }

  readRecord(main: number, sub: number): Uint8Array | undefined {
    this.lookedUp++;
    const record = this.#events[this.#firstFrom(main, sub)];
    return record?.mainRevision === main && record.subRevision === sub ? record.kv : undefined;
  }

  recordAt(key: Uint8Array, revision: number): Uint8Array | undefined {
    for (let at = this.#firstFrom(revision + 1, 0) - 1; at >= 0; at--) {
      const event = this.#events[at]!;
      if (equalBytes(event.key, key)) return event.tombstone ? undefined : event.kv;
    }
    return undefined;
  }

  /** Where the first record at or above (main, sub) stands. */
  #firstFrom(main: number, sub: number): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const { mainRevision, subRevision } = this.#events[middle]!;
      if (mainRevision < main || (mainRevision === main && subRevision < sub)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
