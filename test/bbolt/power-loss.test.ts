// The whole backend on the simulated disk: a power loss before every operation of the disk, from the
// making of the file on, through commits and defragmentations, and what that loss may leave.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type DiskHost, diskHost } from "../../sim/disk-host.ts";
import { bytesFromLatin1, type RandomSource, seededRandom } from "../../src/base/index.ts";
import { FileBackend } from "../../src/io/backend/index.ts";

const folder = "/member/snap";
const path = `${folder}/db`;
const indexKey = bytesFromLatin1("consistent_index");
const statesPerLoss = 4;

function open(host: DiskHost): FileBackend {
  const onFailure = (error: Error): void => {
    throw error;
  };
  return FileBackend.open({ disk: host.disk, path, onFailure, cacheBytesMax: 0, stepPages: 3 });
}

/** What the backend must hold after entry `index`: revisions written and not removed. */
interface History {
  /** By entry: the revisions that exist after it. */
  readonly revisions: Set<number>[];
  /** The last entry that is known to be durable. */
  acknowledged: number;
}

function checkState(after: DiskHost, history: History, what: string): void {
  const backend = open(after);
  assert.deepEqual(backend.check(), [], what);
  const stored = backend.get("meta", indexKey);
  const index = stored === undefined ? 0 : Number(Buffer.from(stored).toString());
  assert.ok(index >= history.acknowledged, `${what}: ${index} < ${history.acknowledged}`);
  const found = new Set<number>();
  const cursor = backend.records.cursor();
  for (let more = cursor.seekFrom(0, 0); more; more = cursor.next()) found.add(cursor.main);
  assert.deepEqual(found, history.revisions[index], `${what}: entry ${index}`);
  backend.close();
}

function lookAtStates(
  host: DiskHost,
  random: RandomSource,
  history: History,
  what: string,
): number {
  const choices = host.disk.crashChoices();
  const all = choices.count;
  const states = Math.min(all, statesPerLoss);
  for (let state = 0; state < states; state++) {
    if (all <= statesPerLoss) choices.takeNumber(state);
    else if (state === 0) choices.takeNumber(0);
    else choices.takeRandom(random);
    const after = diskHost({}, (options) => host.disk.restarted(choices, options));
    checkState(after, history, `${what}, state ${state} of ${all}`);
  }
  return states;
}

/** One member's life: entries that put and remove, commits as they fall, two defragmentations. */
class Life {
  readonly #random: RandomSource;
  readonly #host: DiskHost;
  readonly #history: History;
  readonly #backend: FileBackend;
  #index = 0;
  #nowMs = 0;

  constructor(random: RandomSource, host: DiskHost, history: History) {
    this.#random = random;
    this.#host = host;
    this.#history = history;
    this.#backend = open(host);
    const hook = (): void => this.#backend.put("meta", indexKey, Buffer.from(`${this.#index}`));
    this.#backend.setBeforeCommit(hook);
  }

  run(entries: number): void {
    for (let entry = 0; entry < entries; entry++) {
      this.#apply();
      if (entry % 40 === 20) this.#backend.defragment((error) => assert.equal(error, undefined));
      if (this.#random.below(5) === 0) this.#commit();
      this.#turn();
    }
    while (this.#backend.isDefragmenting) this.#turn();
    this.#backend.close();
  }

  #apply(): void {
    const index = ++this.#index;
    const revisions = new Set(this.#history.revisions.at(-1));
    const length = this.#random.below(6) === 0 ? 9000 : 300;
    this.#backend.records.append(index + 1, 0, false, Buffer.alloc(length, index), 0, length);
    revisions.add(index + 1);
    for (const old of revisions) {
      if (this.#random.below(12) !== 0) continue;
      this.#backend.records.remove(old, 0, false);
      revisions.delete(old);
    }
    this.#history.revisions.push(revisions);
  }

  #commit(): void {
    const index = this.#index;
    this.#backend.commit((error) => {
      assert.equal(error, undefined);
      this.#history.acknowledged = Math.max(this.#history.acknowledged, index);
    });
  }

  #turn(): void {
    this.#nowMs += 30;
    for (let work = 1 + this.#random.below(4); work > 0; work--)
      this.#backend.maybeCommit(this.#nowMs);
    if (this.#random.below(2) === 0) this.#host.step();
  }
}

function runLife(seed: number): number {
  const random = seededRandom(seed);
  const history: History = { revisions: [new Set()], acknowledged: 0 };
  let states = 0;
  let isLooking = true;
  const host: DiskHost = diskHost({
    fault: (operation) => {
      if (isLooking || operation === "read" || operation === "open") return undefined;
      isLooking = true;
      states += lookAtStates(host, random, history, `seed ${seed}, before ${operation}`);
      isLooking = false;
      return undefined;
    },
  });
  host.disk.mkdir(folder);
  host.disk.settleEverything();
  isLooking = false;
  new Life(random, host, history).run(70);
  return states;
}

test("no power loss in a backend's life costs an acknowledged entry or half of one", () => {
  const base = Number(process.env["SEED"] ?? 1);
  let states = 0;
  for (let seed = base; seed < base + Number(process.env["SEEDS"] ?? 4); seed++) {
    states += runLife(seed);
  }
  console.log(`${states} crash states`);
  assert.ok(states > 1000);
});
