// Random lives of a hub against a naive model: the whole history, replayed for each watcher.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { env } from "node:process";
import { test } from "node:test";
import { bytesFromLatin1, type RandomSource, seededRandom, zeroId } from "../../../base/index.ts";
import { MemoryBackend, Store } from "../index.ts";
import { type Change, MemoryHistory } from "./memory-history.ts";
import type { StoreEvent } from "./source.ts";
import type { WatchSpec, WatchStream } from "./stream.ts";
import { type RecordingSink, type Seen, type SeenEvent, specOf, World } from "./test-fixture.ts";

const seed = Number(env["SEED"] ?? randomInt(1e9));
const keys = ["a", "ab", "b", "ba", "bb", "c", "d", "\xff"];
const rangeEnds = ["", "", "b", "bb", "c", "\0", "\xff"];

interface ModelWatcher {
  readonly spec: WatchSpec;
  readonly key: string;
  readonly rangeEnd: string;
  /** The first revision it must see. */
  readonly from: number;
  readonly received: SeenEvent[];
  /** No event at or below this revision may come any more. */
  bookmark: number;
  compactedAt: number | undefined;
  canceled: boolean;
}

interface ModelStream {
  readonly sink: RecordingSink;
  readonly stream: WatchStream;
  readonly watchers: Map<number, ModelWatcher>;
}

class Model {
  readonly world: World;
  readonly random: RandomSource;
  /** Every change ever made; the store forgets, this does not. */
  readonly events: (SeenEvent & { readonly created: boolean })[] = [];
  readonly values = new Map<string, { value: string; createRevision: number }>();
  streams: ModelStream[] = [];
  readonly gone: ModelWatcher[] = [];
  nowMs = 0;

  constructor(random: RandomSource, history: MemoryHistory) {
    this.random = random;
    this.world = new World(1000, history);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.random.below(items.length)]!;
  }

  chance(oneIn: number): boolean {
    return this.random.below(oneIn) === 0;
  }

  write(published: boolean): void {
    const { world } = this;
    const revision = world.history.currentRevision + 1;
    const touched = new Set(
      Array.from({ length: 1 + this.random.below(4) }, () => this.pick(keys)),
    );
    const changes: Change[] = [];
    for (const key of touched) {
      const before = this.values.get(key);
      const deletes = before !== undefined && this.chance(3);
      const value = `${key}${revision}`;
      const createRevision = before?.createRevision ?? revision;
      if (deletes) this.values.delete(key);
      else this.values.set(key, { value, createRevision });
      this.events.push({
        type: deletes ? "delete" : "put",
        key,
        value: deletes ? "" : value,
        revision,
        createRevision: deletes ? 0 : createRevision,
        previous: before?.value,
        created: before === undefined,
      });
      const bytes = deletes ? undefined : bytesFromLatin1(value);
      changes.push({ key: bytesFromLatin1(key), value: bytes });
    }
    const events = world.history.write(changes);
    if (published) world.hub.publish(revision, events);
  }

  create(model: ModelStream): void {
    const { history } = this.world;
    const key = this.pick(keys);
    const rangeEnd = this.pick(rangeEnds);
    const current = history.currentRevision;
    const startRevision = this.chance(2)
      ? 0
      : Math.max(1, current + 6 - this.random.below(this.chance(2) ? 12 : current + 12));
    const spec = specOf(key, {
      rangeEnd,
      startRevision,
      watchId: this.chance(8) ? this.random.below(40) : 0,
      noPut: this.chance(6),
      noDelete: this.chance(6),
      previousKv: this.chance(2),
      progressNotify: this.chance(2),
    });
    const created = model.stream.create(spec);
    if (created.refused !== undefined) return;
    assert.ok(!model.watchers.has(created.watchId), "a living id is not given again");
    model.watchers.set(created.watchId, {
      spec,
      key,
      rangeEnd,
      from: startRevision === 0 ? current + 1 : startRevision,
      received: [],
      bookmark: 0,
      compactedAt: undefined,
      canceled: false,
    });
  }

  expectedOf(watcher: ModelWatcher): (SeenEvent & { readonly created: boolean })[] {
    const { key, rangeEnd, spec, from } = watcher;
    return this.events.filter((event) => {
      const inside =
        rangeEnd === ""
          ? event.key === key
          : event.key >= key && (rangeEnd === "\0" || event.key < rangeEnd);
      const wanted = event.type === "put" ? !spec.noPut : !spec.noDelete;
      return inside && wanted && event.revision >= from;
    });
  }

  /** What has arrived at a stream, checked as it arrives. */
  receive(model: ModelStream): void {
    for (const seen of model.sink.take()) {
      if (seen.kind === "progress" && seen.watchId === -1) {
        for (const watcher of model.watchers.values()) this.checkProgress(watcher, seen.revision);
        continue;
      }
      const watcher = model.watchers.get(seen.watchId);
      assert.ok(watcher !== undefined, "nothing comes for a cancelled id");
      this.receiveOne(watcher, seen);
    }
  }

  receiveOne(watcher: ModelWatcher, seen: Seen): void {
    assert.equal(watcher.compactedAt, undefined, "nothing follows the cancellation");
    switch (seen.kind) {
      case "progress":
        return this.checkProgress(watcher, seen.revision);
      case "compacted": {
        const needed = this.expectedOf(watcher)[watcher.received.length]?.revision ?? Infinity;
        const last = watcher.received.at(-1)?.revision ?? 0;
        assert.equal(seen.compactedRevision, this.world.history.compactedRevision);
        assert.ok(Math.max(watcher.from, last) < seen.compactedRevision || needed === Infinity);
        watcher.compactedAt = seen.compactedRevision;
        return;
      }
      case "events": {
        const [first, last] = [seen.events[0]!.revision, seen.events.at(-1)!.revision];
        assert.ok(first > watcher.bookmark, "a response never reaches back behind a bookmark");
        assert.ok(seen.revision >= last && seen.revision <= this.world.history.currentRevision);
        watcher.bookmark = seen.revision;
        watcher.received.push(...seen.events);
        return;
      }
      default:
        assert.fail("no other response");
    }
  }

  /** A progress response at R: every matching event up to R has arrived. */
  checkProgress(watcher: ModelWatcher, revision: number): void {
    if (watcher.compactedAt !== undefined) return;
    assert.ok(revision >= watcher.bookmark, "progress never goes back");
    assert.ok(revision >= watcher.spec.startRevision, "no progress before the start");
    const due = this.expectedOf(watcher).filter((event) => event.revision <= revision);
    assert.equal(watcher.received.length, due.length, "progress does not overtake events");
    watcher.bookmark = revision;
  }

  /** What a watcher received is what the model says, up to where it has come. */
  checkEvents(watcher: ModelWatcher, complete: boolean): void {
    const expected = this.expectedOf(watcher);
    if (complete) assert.equal(watcher.received.length, expected.length, "every event arrived");
    for (const [at, event] of watcher.received.entries()) {
      const { created, ...model } = expected[at]!;
      const compacted = event.revision - 1 < this.world.history.compactedRevision;
      const absent = !watcher.spec.previousKv || created;
      if (absent || (compacted && event.previous === undefined)) {
        assert.deepEqual(event, { ...model, previous: undefined });
      } else assert.deepEqual(event, model);
    }
  }

  step(): void {
    const { world } = this;
    const model = this.pick(this.streams);
    const action = this.random.below(24);
    if (action < 9) this.write(true);
    else if (action < 12) world.hub.catchUp(1 + this.random.below(40));
    else if (action < 15) this.create(model);
    else if (action === 15) this.cancel(model);
    else if (action === 16) model.sink.room = this.random.below(4);
    else if (action === 17) {
      model.sink.room = 1 + this.random.below(20);
      model.stream.drained();
    } else if (action === 18) world.hub.tick((this.nowMs += this.random.below(900)));
    else if (action === 19) model.stream.requestProgress();
    else if (action === 20 && this.chance(4)) this.compact();
    else if (action === 21 && this.chance(4)) this.restore();
    else if (action === 22 && this.chance(4)) this.replaceStream(model);
    else world.hub.flush();
    for (const each of this.streams) this.receive(each);
  }

  cancel(model: ModelStream): void {
    if (model.watchers.size === 0) return;
    const watchId = this.pick([...model.watchers.keys()]);
    assert.equal(model.stream.cancel(watchId), true);
    const watcher = model.watchers.get(watchId)!;
    watcher.canceled = true;
    this.gone.push(watcher);
    model.watchers.delete(watchId);
  }

  compact(): void {
    const { currentRevision, compactedRevision } = this.world.history;
    const from = Math.max(1, compactedRevision + 1);
    if (from > currentRevision) return;
    this.world.history.compact(from + this.random.below(currentRevision - from + 1));
  }

  restore(): void {
    for (let count = this.random.below(5); count > 0; count--) this.write(false);
    this.world.hub.storeReplaced();
  }

  replaceStream(model: ModelStream): void {
    model.stream.close();
    for (const watcher of model.watchers.values()) this.gone.push(watcher);
    this.streams = this.streams.map((each) => (each === model ? this.open() : each));
  }

  open(): ModelStream {
    return { ...this.world.open(), watchers: new Map() };
  }

  finish(): void {
    for (const model of this.streams) {
      model.sink.room = Number.MAX_SAFE_INTEGER;
      model.stream.drained();
    }
    this.world.hub.flush();
    this.world.catchUp();
    for (const model of this.streams) {
      this.receive(model);
      for (const watcher of model.watchers.values()) {
        this.checkEvents(watcher, watcher.compactedAt === undefined);
      }
    }
    for (const watcher of this.gone) this.checkEvents(watcher, false);
    const live = this.streams.flatMap(({ watchers }) =>
      [...watchers.values()].filter((watcher) => watcher.compactedAt === undefined),
    );
    const { counts } = this.world.hub;
    assert.equal(counts.watchers, live.length);
    assert.equal(counts.slowWatchers, 0);
    assert.equal(counts.streams, this.streams.length);
  }
}

/** The real store, checked at every write against the history in memory. */
class StoreHistory extends MemoryHistory {
  readonly #store = new Store(new MemoryBackend());

  override write(changes: readonly Change[]): StoreEvent[] {
    const expected = super.write(changes);
    const transaction = this.#store.write();
    for (const { key, value } of changes) {
      if (value === undefined) transaction.deleteRange(key, "single");
      else transaction.put(key, value, zeroId);
    }
    const { revision, events } = transaction.end();
    assert.equal(revision, this.currentRevision);
    assert.deepEqual(events.map(plainEvent), expected.map(plainEvent));
    return [...events];
  }

  override compact(revision: number): void {
    super.compact(revision);
    this.#store.compact(revision);
    // Sometimes the records of earlier compactions are still there.
    if (revision % 3 > 0) while (!this.#store.compactStep(1000));
  }

  override eventsBetween(
    from: number,
    to: number,
    budget: number,
    visit: (event: StoreEvent) => boolean,
  ): number {
    return this.#store.eventsBetween(from, to, budget, visit);
  }

  override readRecord(main: number, sub: number): Uint8Array | undefined {
    return this.#store.readRecord(main, sub);
  }
}

const plainEvent = (event: StoreEvent): StoreEvent => ({
  tombstone: event.tombstone,
  key: new Uint8Array(event.key),
  kv: new Uint8Array(event.kv),
  mainRevision: event.mainRevision,
  subRevision: event.subRevision,
  created: event.created,
  previousMain: event.previousMain,
  previousSub: event.previousSub,
});

function live(lives: number, makeHistory: () => MemoryHistory): void {
  for (let life = 0; life < lives; life++) {
    const model = new Model(seededRandom(seed + life), makeHistory());
    model.streams = Array.from({ length: 3 }, () => model.open());
    try {
      for (let step = 0; step < 300; step++) model.step();
      model.finish();
    } catch (error) {
      throw new Error(`SEED=${seed + life} in the first life`, { cause: error });
    }
  }
}

test("in random lives each watcher receives what a replay of all history gives it", (context) => {
  context.diagnostic(`SEED=${seed}`);
  live(120, () => new MemoryHistory());
});

test("in random lives on the real store, too, each watcher receives just that", (context) => {
  context.diagnostic(`SEED=${seed}`);
  live(60, () => new StoreHistory());
});
