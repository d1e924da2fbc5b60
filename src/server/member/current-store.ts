// The store as watchers see it: whichever is in force, since a snapshot replaces it.
import type { Store } from "../../core/mvcc/index.ts";
import type { StoreEvent, WatchSource } from "../../core/mvcc/watch/index.ts";

export class CurrentStore implements WatchSource {
  readonly #store: () => Store;

  constructor(store: () => Store) {
    this.#store = store;
  }

  get currentRevision(): number {
    return this.#store().currentRevision;
  }

  get compactedRevision(): number {
    return this.#store().compactedRevision;
  }

  eventsBetween(
    from: number,
    to: number,
    budget: number,
    visit: (event: StoreEvent) => boolean,
  ): number {
    return this.#store().eventsBetween(from, to, budget, visit);
  }

  readRecord(main: number, sub: number): Uint8Array | undefined {
    return this.#store().readRecord(main, sub);
  }

  recordAt(key: Uint8Array, revision: number): Uint8Array | undefined {
    return this.#store().recordAt(key, revision);
  }
}
