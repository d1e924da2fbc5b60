// One node of a scenario: raft, its storage, its work under way, and a state machine that appends
// every entry's data to what it has, with a snapshot after each entry.
import { concatBytes } from "../../src/base/index.ts";
import {
  asV2,
  type Config,
  decodeChange,
  type Entry,
  type HardState,
  isConfChange,
  MemoryStorage,
  type Message,
  RawNode,
  type Snapshot,
  snapshotConfState,
  type Storage,
} from "../../src/core/raft/index.ts";

export class ScenarioNode {
  readonly config: Config;
  readonly storage = new MemoryStorage();
  readonly raw: RawNode;
  readonly isAsync: boolean;
  readonly appendWork: Message[] = [];
  readonly applyWork: Message[] = [];
  readonly #history: Snapshot[];

  constructor(config: Omit<Config, "storage">, snapshot: Snapshot, isEmpty: boolean) {
    if (!isEmpty) this.storage.applySnapshot(snapshot);
    this.#history = [snapshot];
    this.config = { ...config, storage: this.#withNewestSnapshot() };
    this.isAsync = config.asyncStorageWrites === true;
    this.raw = new RawNode(this.config);
  }

  snapshot(): Snapshot {
    return this.#history.at(-1)!;
  }

  tick(count: number): void {
    for (let at = 0; at < count; at++) this.raw.tick();
  }

  /** Writes to the storage; returns why that is not possible. */
  save(
    hardState: HardState | undefined,
    entries: readonly Entry[],
    snapshot: Snapshot | undefined,
  ): string | undefined {
    if (hardState !== undefined) this.storage.setHardState(hardState);
    if (snapshot === undefined) {
      this.storage.append(entries);
      return undefined;
    }
    if (entries.length > 0) return "can't apply snapshot and entries at the same time";
    return this.storage.applySnapshot(snapshot);
  }

  apply(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const before = this.snapshot();
      let confState = snapshotConfState(before);
      let update = entry.data;
      if (isConfChange(entry)) {
        const change = decodeChange(entry)!;
        confState = this.raw.applyConfChange(change);
        update = asV2(change).context;
      }
      const { index, term } = entry;
      this.#history.push({
        data: concatBytes([before.data, update]),
        metadata: { confState, index, term },
      });
    }
  }

  /** The storage, except that a snapshot can be had of every applied entry. */
  #withNewestSnapshot(): Storage {
    const { storage } = this;
    return {
      initialState: () => storage.initialState(),
      entries: (low, high, sizeMax) => storage.entries(low, high, sizeMax),
      term: (index) => storage.term(index),
      lastIndex: () => storage.lastIndex(),
      firstIndex: () => storage.firstIndex(),
      snapshot: () => this.snapshot(),
    };
  }
}
