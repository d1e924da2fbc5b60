// A few nodes in memory that hand each other every message at once, for tests of one rule each.
import { emptyBytes, seededRandom } from "../../src/base/index.ts";
import {
  asV2,
  type Config,
  decodeChange,
  type Entry,
  isConfChange,
  MemoryStorage,
  type Message,
  noLimit,
  RawNode,
  type ReadState,
} from "../../src/core/raft/index.ts";

export class SmallCluster {
  readonly nodes: RawNode[] = [];
  readonly storages: MemoryStorage[] = [];
  /** What each node has applied, in order. */
  readonly applied: Entry[][] = [];
  readonly reads: ReadState[][] = [];
  /** Messages for which this is true are lost. */
  isLost: (message: Message) => boolean = () => false;
  #inFlight: Message[] = [];

  constructor(count: number, settings: Partial<Config> = {}) {
    const voters = Array.from({ length: count }, (_, at) => BigInt(at + 1));
    for (const id of voters) {
      const storage = new MemoryStorage();
      const confState = {
        voters,
        learners: [],
        votersOutgoing: [],
        learnersNext: [],
        autoLeave: false,
      };
      storage.applySnapshot({ data: emptyBytes, metadata: { confState, index: 1, term: 1 } });
      storage.setHardState({ term: 1, vote: 0n, commit: 1 });
      this.storages.push(storage);
      this.nodes.push(new RawNode({ ...smallConfig(id, storage), ...settings }));
      this.applied.push([]);
      this.reads.push([]);
    }
  }

  node(id: number): RawNode {
    return this.nodes[id - 1]!;
  }

  elect(id: number): void {
    this.node(id).campaign();
    this.settle();
  }

  /** Lets everybody work until nothing is left to do. */
  settle(): void {
    for (let busy = true; busy;) {
      busy = false;
      for (let id = 1; id <= this.nodes.length; id++) busy = this.work(id) || busy;
      const messages = this.#inFlight;
      this.#inFlight = [];
      for (const message of messages) {
        busy = true;
        this.nodes[Number(message.to) - 1]?.step(message);
      }
    }
  }

  /** One Ready of one node; false when there is none. */
  work(id: number): boolean {
    const node = this.node(id);
    if (!node.hasReady()) return false;
    const ready = node.ready();
    const storage = this.storages[id - 1]!;
    if (ready.snapshot !== undefined) storage.applySnapshot(ready.snapshot);
    storage.append(ready.entries);
    if (ready.hardState !== undefined) storage.setHardState(ready.hardState);
    this.#inFlight.push(...ready.messages.filter((message) => !this.isLost(message)));
    this.reads[id - 1]!.push(...ready.readStates);
    for (const entry of ready.committedEntries) {
      this.applied[id - 1]!.push(entry);
      if (isConfChange(entry)) node.applyConfChange(asV2(decodeChange(entry)!));
    }
    node.advance();
    return true;
  }
}

export const smallConfig = (id: bigint, storage: MemoryStorage): Config => ({
  id,
  storage,
  random: seededRandom(Number(id)),
  electionTicks: 10,
  heartbeatTicks: 1,
  messageSizeMax: noLimit,
  inflightMessagesMax: 256,
  applied: storage.firstIndex() - 1,
});
