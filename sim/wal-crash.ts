// Small-scope enumeration of power losses under a write-ahead log: a sequence of calls, a power loss
// before every single operation of the disk, and every state that loss may leave. Each must open
// again with all that was acknowledged and nothing that was never saved.
import { assert, type RandomSource, seededRandom } from "../src/base/index.ts";
import type { Entry, HardState, WalSnapshot } from "../src/core/proto/index.ts";
import {
  createWal,
  emptyHardState,
  openOrRepairWal,
  readWal,
  newestSnapshotEntry,
  validSnapshotEntries,
  type Wal,
  type WalContent,
  walExists,
  type WalOptions,
} from "../src/io/wal/index.ts";
import type { SimDisk } from "./disk.ts";
import { type DiskHost, diskHost } from "./disk-host.ts";

const directory = "/member/wal";
const metadata = new Uint8Array([8, 1, 16, 2]);
const voter = 0xfedc_ba98_7654_3210n;

export const walCalls = [
  "save one",
  "save many",
  "save large",
  "commit",
  "vote",
  "overwrite",
  "snapshot",
  "reopen",
] as const;
export type WalCall = (typeof walCalls)[number];

export interface CrashScope {
  readonly calls: readonly WalCall[];
  readonly seed: number;
  /** States looked at for one power loss; more than these are drawn by chance. */
  readonly statesPerLoss: number;
  readonly segmentBytes: number;
  readonly zeroAheadBytes: number;
}

/** One record as the log will have it. */
type Written = Entry | HardState | { readonly snapshotIndex: number };

interface Expectation {
  readonly records: Written[];
  /** How many of the records must be there whatever happens. */
  acknowledged: number;
  created: boolean;
}

/** Runs one sequence; returns how many states were looked at. Throws at the first wrong one. */
export function enumerateWalCrashes(scope: CrashScope): number {
  const random = seededRandom(scope.seed);
  const expectation: Expectation = { records: [], acknowledged: 0, created: false };
  let states = 0;
  let looking = false;
  const host: DiskHost = diskHost({
    fault: () => {
      if (looking) return undefined;
      looking = true;
      states += lookAtEveryState(scope, host.disk, expectation, random);
      looking = false;
      return undefined;
    },
  });
  looking = true;
  host.disk.mkdir("/member");
  host.disk.settleEverything();
  looking = false;
  new Session(scope, host, expectation, random).run();
  return states + lookAtEveryState(scope, host.disk, expectation, random);
}

function optionsOn(scope: CrashScope, host: DiskHost): WalOptions {
  return {
    disk: host.disk,
    keepsMark: true,
    clock: host.clock,
    directory,
    segmentBytes: scope.segmentBytes,
    zeroAheadBytes: scope.zeroAheadBytes,
    syncing: "background",
  };
}

/** The calls, and what they promise. */
class Session {
  readonly #scope: CrashScope;
  readonly #host: DiskHost;
  readonly #expectation: Expectation;
  readonly #random: RandomSource;
  #wal: Wal;
  #term = 1;
  #last = 0;
  #lastTerm = 0;
  #snapshotIndex = 0;

  constructor(scope: CrashScope, host: DiskHost, expectation: Expectation, random: RandomSource) {
    this.#scope = scope;
    this.#host = host;
    this.#expectation = expectation;
    this.#random = random;
    this.#wal = createWal(optionsOn(scope, host), metadata);
    expectation.created = true;
  }

  run(): void {
    for (const call of this.#scope.calls) {
      this.#call(call);
      // A member may wait for the answer or go on before it.
      for (let steps = this.#random.below(6); steps > 0; steps--) this.#host.step();
    }
    this.#host.settle();
    const { records, acknowledged } = this.#expectation;
    const unsynced = records.slice(acknowledged);
    assert(unsynced.every(isCommitOnly), "everything but commits was acknowledged in the end");
  }

  #call(call: WalCall): void {
    switch (call) {
      case "save one":
        this.#save([this.#entry(20)], this.#last);
        return;
      case "save many":
        this.#save([this.#entry(300), this.#entry(0), this.#entry(500)], this.#last);
        return;
      case "save large":
        this.#save([this.#entry(this.#scope.segmentBytes >> 1)], this.#last);
        return;
      case "commit":
        this.#save([], this.#last);
        return;
      case "vote":
        this.#term++;
        this.#save([], this.#last, true);
        return;
      case "overwrite":
        this.#term++;
        this.#last = Math.max(this.#snapshotIndex, this.#last - 2);
        this.#save([this.#entry(100), this.#entry(200)], this.#last);
        return;
      case "snapshot":
        this.#takeSnapshot();
        return;
      case "reopen":
        this.#reopen();
    }
  }

  #entry(bytes: number): Entry {
    const index = ++this.#last;
    this.#lastTerm = this.#term;
    return { term: this.#term, index, type: 0, data: new Uint8Array(bytes).fill(index + 100) };
  }

  #save(entries: Entry[], commit: number, durable = entries.length > 0): void {
    const state = { term: this.#term, vote: voter, commit };
    this.#expectation.records.push(...entries, state);
    const count = this.#expectation.records.length;
    this.#wal.save(state, entries, (error) => this.#answered(error, durable, count));
  }

  #answered(error: Error | undefined, durable: boolean, count: number): void {
    if (error !== undefined) throw error;
    if (durable && count > this.#expectation.acknowledged) this.#expectation.acknowledged = count;
  }

  #takeSnapshot(): void {
    if (this.#last === 0) return;
    const index = this.#last;
    const term = this.#lastTerm;
    this.#snapshotIndex = index;
    this.#expectation.records.push({ snapshotIndex: index });
    const count = this.#expectation.records.length;
    const confState = {
      voters: [voter],
      learners: [],
      votersOutgoing: [],
      learnersNext: [],
      autoLeave: false,
    };
    this.#wal.saveSnapshot({ index, term, confState }, (error) => {
      this.#answered(error, true, count);
      this.#wal.releaseLockTo(index);
    });
  }

  #reopen(): void {
    let closed = false;
    const count = this.#expectation.records.length;
    this.#wal.close((error) => {
      this.#answered(error, true, count);
      closed = true;
    });
    this.#host.settle();
    assert(closed, "a log closes");
    this.#wal = openOrRepairWal(optionsOn(this.#scope, this.#host), { index: 0, term: 0 }).wal;
  }
}

const isCommitOnly = (record: Written): boolean => "commit" in record;

/** Every way the power loss may have gone, or so many of them by chance. */
function lookAtEveryState(
  scope: CrashScope,
  disk: SimDisk,
  expectation: Expectation,
  random: RandomSource,
): number {
  const choices = disk.crashChoices();
  const all = choices.count <= scope.statesPerLoss;
  const states = all ? choices.count : scope.statesPerLoss;
  for (let number = 0; number < states; number++) {
    if (all) choices.takeNumber(number);
    else choices.takeRandom(random);
    const after = diskHost({}, (options) => disk.restarted(choices, options));
    try {
      lookAtState(scope, after, expectation, random);
    } catch (error) {
      const where = `seed ${scope.seed}, calls ${scope.calls.join(", ")}, state ${number}`;
      throw new Error(`${where}: ${String(error)}`, { cause: error });
    }
  }
  return states;
}

function lookAtState(
  scope: CrashScope,
  host: DiskHost,
  expectation: Expectation,
  random: RandomSource,
): void {
  if (!walExists(host.disk, directory)) {
    assert(!expectation.created, "a log that was made is there");
    return;
  }
  const index = checkContent(scope, host, expectation);
  // A second start may find its own power loss, on top of what the first left.
  const again = diskHost({}, (options) => host.disk.crash(random, options));
  assert(checkContent(scope, again, expectation) >= index, "opening twice loses nothing");
  appendSome(scope, again, index + 1);
  const last = diskHost({}, (options) => again.disk.crash(random, options));
  const { content } = openOrRepairWal(optionsOn(scope, last), { index: 0, term: 0 });
  const bytes = content.entries.slice(index).map((entry) => entry.data.length);
  assert(sameNumbers(bytes, appendedSizes(scope)), "what a second start appended is there");
}

/** The second of them fills its segment, so that the third begins a new one. */
const appendedSizes = (scope: CrashScope): number[] => [700, scope.segmentBytes, 10];

/** Opens the log, compares it with what may be there, and returns its last entry's index. */
function checkContent(scope: CrashScope, host: DiskHost, expectation: Expectation): number {
  const { records, acknowledged } = expectation;
  const options = { ...optionsOn(scope, host), syncing: "inline" as const };
  const newest = newestSnapshotEntry(options);
  const { wal, content } = openOrRepairWal(options, { index: 0, term: 0 });
  assert(content.metadata?.length === metadata.length, "the metadata is there");
  assert(content.snapshotFound, "the first snapshot record is there");
  const found = signatureOf(content.entries, content.hardState);
  const valid = validSnapshotEntries(options);
  const snapshots = valid.map((snapshot) => snapshot.index);
  assert(newest?.index === snapshots.at(-1), "the newest snapshot is found from the end");
  checkFromSnapshot(options, valid.at(-1)!, content);
  wal.close(() => {});
  const log = new ExpectedLog();
  for (let count = 0; ; count++) {
    const matches = count >= acknowledged && log.signature() === found;
    if (matches && sameNumbers(log.validSnapshots(), snapshots)) break;
    assert(count < records.length, `the log is a prefix of what was saved: ${found}`);
    log.apply(records[count]!);
  }
  return content.entries.at(-1)?.index ?? 0;
}

function appendSome(scope: CrashScope, host: DiskHost, first: number): void {
  const options = { ...optionsOn(scope, host), syncing: "inline" as const };
  const { wal } = openOrRepairWal(options, { index: 0, term: 0 });
  let durable = 0;
  for (const [at, size] of appendedSizes(scope).entries()) {
    const entry = { term: 99, index: first + at, type: 0, data: new Uint8Array(size).fill(7) };
    wal.save({ term: 99, vote: 1n, commit: 0 }, [entry], (error) => {
      if (error !== undefined) throw error;
      durable++;
    });
  }
  assert(durable === 3, "an inline save is over when it returns");
}

/** A reader that starts at a snapshot sees the same end of the log. */
function checkFromSnapshot(options: WalOptions, snapshot: WalSnapshot, content: WalContent): void {
  const part = readWal(options, snapshot);
  assert(part.snapshotFound, "the record of the snapshot is there");
  const rest = content.entries.filter((entry) => entry.index > snapshot.index);
  const expected = signatureOf(rest, content.hardState);
  assert(signatureOf(part.entries, part.hardState) === expected, "the log ends as it does");
}

/** What a log with these records holds. */
class ExpectedLog {
  #entries: Entry[] = [];
  #state: HardState = emptyHardState;
  readonly #snapshots: number[] = [0];

  apply(record: Written): void {
    if ("snapshotIndex" in record) this.#snapshots.push(record.snapshotIndex);
    else if ("commit" in record) this.#state = record;
    else {
      this.#entries.length = record.index - 1;
      this.#entries.push(record);
    }
  }

  signature(): string {
    return signatureOf(this.#entries, this.#state);
  }

  validSnapshots(): number[] {
    return this.#snapshots.filter((index) => index <= this.#state.commit);
  }
}

function signatureOf(entries: readonly Entry[], state: HardState): string {
  const parts = entries.map(
    ({ term, index, data }) =>
      `${term}/${index}/${data.length}/${data[0] ?? 0}/${data.at(-1) ?? 0}`,
  );
  return `${parts.join(" ")} | ${state.term} ${state.vote} ${state.commit}`;
}

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, at) => value === b[at]);

/** All sequences of up to `length` calls, shortest first. */
export function* callSequences(length: number): Generator<WalCall[]> {
  let shorter: WalCall[][] = [[]];
  for (let size = 1; size <= length; size++) {
    const longer: WalCall[][] = [];
    for (const start of shorter) for (const call of walCalls) longer.push([...start, call]);
    yield* longer;
    shorter = longer;
  }
}
