// Whatever messages a peer sends, a node takes them in or refuses them, its own facts stay true, and
// it goes on working. It stops by itself only where its log or configuration is proven to be lost.
import assert from "node:assert/strict";
import { emptyBytes, InvariantError, type RandomSource, seededRandom } from "../../base/index.ts";
import { MemoryStorage, type Message, newEntry, newMessage, RawNode } from "./index.ts";
import { stateOf } from "./raw-node.ts";

/** Where etcd's raft stops as well: the message proves that this node has lost what it once had. */
const stops = new Set([
  "the log has what is committed, or it was lost or damaged",
  "a committed entry is never replaced",
]);

/** Each byte is a choice: what the message is, whom it is from, and how far off its numbers are. */
export function fuzzStep(input: Uint8Array): void {
  let at = 0;
  const byte = (): number => input[at++] ?? 0;
  const node = newNode({ isLeader: byte() % 2 === 0, isAsync: byte() % 4 === 0 });
  try {
    while (at < input.length) {
      const { term, committed } = node;
      node.step(anyMessage(node, byte));
      if (byte() % 4 === 0) node.tick();
      if (byte() % 4 === 0) workOnce(node);
      checkFacts(node, term, committed);
    }
  } catch (error) {
    if (!(error instanceof InvariantError) || !stops.has(error.message)) throw error;
  }
}

const storages = new WeakMap<RawNode, MemoryStorage>();
const voters = [1n, 2n, 3n];

function newNode({ isLeader, isAsync }: { isLeader: boolean; isAsync: boolean }): RawNode {
  const storage = new MemoryStorage();
  storage.applySnapshot({
    data: emptyBytes,
    metadata: { confState: someVoters(), index: 5, term: 2 },
  });
  storage.setHardState({ term: 2, vote: 0n, commit: 5 });
  const node = new RawNode({
    id: 1n,
    storage,
    random: seededRandom(1),
    electionTicks: 10,
    heartbeatTicks: 1,
    messageSizeMax: 100,
    inflightMessagesMax: 2,
    applied: 5,
    asyncStorageWrites: isAsync,
    preVote: true,
    rankedElections: true,
    checkQuorum: true,
  });
  storages.set(node, storage);
  if (isLeader && !isAsync) {
    node.campaign();
    for (const type of [18, 6]) {
      workOnce(node);
      node.step({ ...newMessage(type as 6, 1n), from: 2n, term: 3 });
    }
    assert.equal(node.role, "leader");
    for (let count = 0; count < 5; count++) node.propose(Uint8Array.of(count));
    workOnce(node);
  }
  return node;
}

const someVoters = () => ({
  voters,
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
});

function anyMessage(node: RawNode, byte: () => number): Message {
  const near = (value: number): number => {
    const choice = byte() % 16;
    return choice === 15 ? Infinity : choice === 14 ? 2 ** 53 - 1 : Math.max(0, value + choice - 5);
  };
  const message = newMessage((byte() % 25) as 0, 1n);
  message.from = [2n, 2n, 3n, 3n, 4n, 0n][byte() % 6]!;
  message.term = byte() % 4 === 0 ? near(node.term) : node.term;
  message.index = near(node.committed + 2);
  message.logTerm = near(node.term - 1);
  message.commit = Math.min(near(node.committed), byte() % 8 === 0 ? Infinity : node.committed);
  message.rejectHint = near(node.committed);
  message.reject = byte() % 2 === 0;
  message.context = new Uint8Array(byte() % 10);
  for (let count = byte() % 4; count > 0; count--) {
    const entry = newEntry((byte() % 4) as 0, new Uint8Array(byte() % 3));
    entry.index = byte() % 8 === 0 ? near(3) : message.index + message.entries.length + 1;
    entry.term = byte() % 4 === 0 ? near(node.term) : message.term;
    message.entries.push(entry);
  }
  if (byte() % 3 === 0) {
    const [index, term] = [near(node.committed + 4), near(node.term - 1)];
    message.snapshot = { data: emptyBytes, metadata: { confState: someVoters(), index, term } };
  }
  return message;
}

function workOnce(node: RawNode): void {
  if (!node.hasReady()) return;
  const ready = node.ready();
  if (stateOf(node).settings.asyncStorageWrites) return;
  const storage = storages.get(node)!;
  if (ready.snapshot !== undefined) storage.applySnapshot(ready.snapshot);
  storage.append(ready.entries);
  if (ready.hardState !== undefined) storage.setHardState(ready.hardState);
  node.advance();
}

function checkFacts(node: RawNode, term: number, committed: number): void {
  assert.ok(node.term >= term && Number.isSafeInteger(node.term));
  assert.ok(node.committed >= committed && Number.isSafeInteger(node.committed));
  assert.ok(node.applied <= node.committed);
  const { log, tracker } = stateOf(node);
  assert.ok(node.committed <= log.lastIndex());
  for (const { match, next } of tracker.ordered) assert.ok(match < next);
}

export function randomInput(random: RandomSource, choicesMax = 400): Uint8Array {
  return Uint8Array.from({ length: 2 + random.below(choicesMax) }, () => random.below(256));
}
