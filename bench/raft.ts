// How many proposals a second the raft core takes from propose to applied on every node, in memory, a
// second of CPU time. `node bench/raft.ts [CPU seconds [nodes [batch]]]`. One turn proposes a batch, as a
// member does with all that came meanwhile, and then lets everything settle.
import { bytesFromLatin1, type Id64, seededRandom } from "../src/base/index.ts";
import {
  type Entry,
  MemoryStorage,
  type Message,
  newEntry,
  RawNode,
} from "../src/core/raft/index.ts";

const seconds = Number(process.argv[2] ?? 2);
const data = bytesFromLatin1("x".repeat(128));
const compactEvery = 10_000;
const turnsBetweenLooks = 16;

function measure(nodeCount: number, batch: number): void {
  const cluster = new Cluster(nodeCount);
  cluster.run(batch, 0.5);
  const usedBefore = cpuSeconds();
  const proposals = cluster.run(batch, seconds);
  const rate = Math.round(proposals / (cpuSeconds() - usedBefore));
  console.log(`${nodeCount} nodes, ${batch} a turn: ${rate.toLocaleString("en")} proposals/s`);
}

/** Other work on the machine takes time from the clock, but not from this. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

class Cluster {
  readonly #storages: MemoryStorage[] = [];
  readonly #nodes: RawNode[] = [];
  readonly #inboxes: Message[][] = [];
  #applied = 0;

  constructor(nodeCount: number) {
    const voters = Array.from({ length: nodeCount }, (_, at) => BigInt(at + 1));
    for (const id of voters) {
      const storage = new MemoryStorage();
      const confState = {
        voters,
        learners: [],
        votersOutgoing: [],
        learnersNext: [],
        autoLeave: false,
      };
      storage.applySnapshot({ data, metadata: { confState, index: 1, term: 1 } });
      this.#storages.push(storage);
      this.#inboxes.push([]);
      // As etcd configures it (raft.Config in server/etcdserver/bootstrap.go).
      this.#nodes.push(
        new RawNode({
          id,
          storage,
          random: seededRandom(Number(id)),
          electionTicks: 10,
          heartbeatTicks: 1,
          messageSizeMax: 1 << 20,
          inflightMessagesMax: 512,
          checkQuorum: true,
          preVote: true,
          applied: 1,
        }),
      );
    }
    this.#nodes[0]!.campaign();
    this.#settle();
  }

  /** Proposes batches for so long; every entry is applied by the leader in the end. */
  run(batch: number, forSeconds: number): number {
    const before = this.#applied;
    const until = cpuSeconds() + forSeconds;
    while (cpuSeconds() < until) {
      for (let turn = 0; turn < turnsBetweenLooks; turn++) {
        const entries: Entry[] = [];
        for (let at = 0; at < batch; at++) entries.push(newEntry(0, data));
        this.#nodes[0]!.proposeEntries(entries);
        this.#settle();
      }
    }
    return this.#applied - before;
  }

  #settle(): void {
    for (let busy = true; busy;) {
      busy = false;
      for (let at = 0; at < this.#nodes.length; at++) busy = this.#turn(at) || busy;
    }
  }

  #inboxOf(id: Id64): Message[] {
    let at = 0;
    while (this.#nodes[at]!.id !== id) at++;
    return this.#inboxes[at]!;
  }

  /** What a host does once: takes in what came, then does what the Ready says. */
  #turn(at: number): boolean {
    const node = this.#nodes[at]!;
    const inbox = this.#inboxes[at]!;
    if (inbox.length > 0) {
      this.#inboxes[at] = [];
      for (const message of inbox) node.step(message);
    }
    if (!node.hasReady()) return false;
    const ready = node.ready();
    const storage = this.#storages[at]!;
    storage.append(ready.entries);
    if (ready.hardState !== undefined) storage.setHardState(ready.hardState);
    for (const message of ready.messages) this.#inboxOf(message.to).push(message);
    if (at === 0) this.#applied += ready.committedEntries.length;
    node.advance();
    if (node.applied - storage.firstIndex() > 2 * compactEvery) {
      storage.compact(node.applied - compactEvery);
    }
    return true;
  }
}

const chosen = (at: number, all: readonly number[]): readonly number[] =>
  process.argv[at] === undefined ? all : [Number(process.argv[at])];

for (const nodes of chosen(3, [1, 3, 5])) {
  for (const batch of chosen(4, [1, 8, 64, 512])) measure(nodes, batch);
}
