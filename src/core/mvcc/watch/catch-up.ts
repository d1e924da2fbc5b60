// Reading history for the watchers that are behind. etcd reads, every 100 ms and under the store's
// lock, all history from the oldest of up to 512 watchers to the present (syncWatchers in
// watchable_store.go); here a few sweeps move forward in slices, and each event is read once for
// all that ride along.
import { assert } from "../../../base/index.ts";
import type { WatchCounts } from "./counts.ts";
import { Fanout } from "./fanout.ts";
import type { StoreEvent, WatchSource } from "./source.ts";
import { Place, type Watcher } from "./watcher.ts";
import { WatcherIndex } from "./watcher-index.ts";

// Sweeps at different depths, so that who is a little behind need not wait for who is far behind.
const sweepsMax = 8;
// A watcher this close above a sweep rides with it; a watcher this close to the present may take
// the last free sweep, which is kept for such.
const nearRevisions = 2048;
// A slice ends with the revision that reaches one of these.
const sliceRecordsMax = 1000;
const seatingsMax = 8;
// A watcher that changes its list costs as much as this many records read.
const moveUnits = 4;
const sliceBytesMax = 1024 * 1024;
// Changes gathered, each counted for every group it matches.
const slicePendingMax = 4000;

interface Sweep {
  /** Everything below this revision has been read for its riders. */
  position: number;
  readonly riders: WatcherIndex;
}

export class CatchUp {
  readonly #source: WatchSource;
  readonly #counts: WatchCounts;
  readonly #fanout: Fanout;
  readonly #synced: WatcherIndex;
  readonly #sweeps: Sweep[] = [];
  /** Came since the last run. */
  readonly #entering = new Set<Watcher>();
  /** Found no sweep that could take them. */
  #waiting = new Set<Watcher>();
  #turn = 0;
  #seatings = 0;

  // The slice being read; fields, so that one visitor serves all slices.
  #riders: WatcherIndex | undefined;
  #records = 0;
  #lastRevision = 0;
  readonly #visit = (event: StoreEvent): boolean => this.#read(event);

  constructor(source: WatchSource, counts: WatchCounts, synced: WatcherIndex) {
    this.#source = source;
    this.#counts = counts;
    this.#synced = synced;
    this.#fanout = new Fanout(source, counts);
  }

  /** Whether `run` has something to do now. */
  get active(): boolean {
    return this.#sweeps.length > 0 || this.#entering.size > 0;
  }

  /**
   * Takes in a watcher that is behind and stands in no list. Nothing is sent before `run`, so that
   * a new watcher is acknowledged first.
   */
  enter(watcher: Watcher): void {
    watcher.place = Place.waiting;
    this.#entering.add(watcher);
  }

  /** Lets go of a watcher that waits for a sweep. */
  forget(watcher: Watcher): void {
    this.#entering.delete(watcher);
    this.#waiting.delete(watcher);
  }

  /**
   * Reads and delivers until about `budget` units are spent: a record read or a watcher given
   * something is one, a watcher moved to another list four. Returns whether more can be done now.
   */
  run(budget: number): boolean {
    let left = budget - moveUnits * this.#seatEntering(Math.ceil(budget / moveUnits));
    // Sweeps set out when everybody who came together is seated, so that history is read once for
    // all of them; but newcomers without end do not keep them from setting out.
    if (this.#entering.size > 0 && ++this.#seatings < seatingsMax) return true;
    this.#seatings = 0;
    while (left > 0 && this.#sweeps.length > 0) {
      this.#turn = (this.#turn + 1) % this.#sweeps.length;
      const sweep = this.#sweeps[this.#turn]!;
      left -= this.#advance(sweep, left);
      if (sweep.riders.size === 0) this.#close(sweep);
    }
    return this.active;
  }

  #seatEntering(max: number): number {
    const seated: Watcher[] = [];
    for (const watcher of this.#entering) {
      if (seated.length >= max) break;
      this.#entering.delete(watcher);
      seated.push(watcher);
    }
    this.#seat(seated);
    return seated.length;
  }

  /** Lowest first, so that the rest can ride along. */
  #seat(watchers: Watcher[]): void {
    watchers.sort((a, b) => a.nextRevision - b.nextRevision);
    for (const watcher of watchers) this.#join(watcher);
  }

  #join(watcher: Watcher): void {
    if (watcher.nextRevision < this.#source.compactedRevision) return this.#end(watcher);
    const head = this.#source.currentRevision;
    // One that starts in the future has nothing to read and rides with those who arrive.
    const from = Math.min(watcher.nextRevision, head + 1);
    const below = this.#sweepBelow(from);
    if (below !== undefined && from - below.position <= nearRevisions) {
      return this.#ride(below, watcher);
    }
    const near = head - from <= nearRevisions;
    if (this.#sweeps.length < (near ? sweepsMax : sweepsMax - 1)) {
      const sweep = { position: from, riders: new WatcherIndex() };
      this.#sweeps.push(sweep);
      return this.#ride(sweep, watcher);
    }
    if (below !== undefined) return this.#ride(below, watcher);
    watcher.place = Place.waiting;
    this.#waiting.add(watcher);
  }

  /** The sweep closest below a revision, or undefined. */
  #sweepBelow(revision: number): Sweep | undefined {
    let best: Sweep | undefined;
    for (const sweep of this.#sweeps) {
      if (sweep.position > revision) continue;
      if (best === undefined || sweep.position > best.position) best = sweep;
    }
    return best;
  }

  #ride(sweep: Sweep, watcher: Watcher): void {
    watcher.place = Place.riding;
    sweep.riders.add(watcher);
  }

  #advance(sweep: Sweep, budget: number): number {
    if (sweep.position < this.#source.compactedRevision) this.#skipCompacted(sweep);
    const head = this.#source.currentRevision;
    let work = 1;
    if (sweep.position <= head && sweep.riders.size > 0) work += this.#slice(sweep, head, budget);
    if (sweep.position > head) {
      const moves = Math.max(1, Math.floor((budget - work) / moveUnits));
      work += moveUnits * this.#settle(sweep, moves);
    }
    return work;
  }

  #slice(sweep: Sweep, head: number, budget: number): number {
    this.#riders = sweep.riders;
    this.#records = 0;
    this.#lastRevision = 0;
    const records = Math.max(1, Math.min(budget, sliceRecordsMax));
    const end = this.#source.eventsBetween(sweep.position, head, records, this.#visit);
    assert(end > sweep.position, "a slice reads at least one revision");
    sweep.position = end;
    return this.#records + this.#fanout.deliver(end - 1);
  }

  #read(event: StoreEvent): boolean {
    const revision = event.mainRevision;
    if (revision !== this.#lastRevision) {
      const { pendingBytes, pendingCount } = this.#fanout;
      if (pendingBytes >= sliceBytesMax || pendingCount >= slicePendingMax) return false;
      assert(revision > this.#lastRevision, "history is read in order");
      this.#lastRevision = revision;
    }
    this.#records++;
    this.#fanout.gather(event, this.#riders!);
    return true;
  }

  /** The sweep has read all there is: its riders become synced, as many as the budget allows. */
  #settle(sweep: Sweep, budget: number): number {
    const settled = sweep.riders.take(budget);
    for (const watcher of settled) {
      watcher.reached(sweep.position);
      watcher.place = Place.synced;
      watcher.stream.behindCount--;
      this.#counts.slowWatchers--;
      this.#synced.add(watcher);
    }
    return settled.length;
  }

  /** Compaction passed the sweep: riders who needed what is gone end, the others go on. */
  #skipCompacted(sweep: Sweep): void {
    const compacted = this.#source.compactedRevision;
    for (const watcher of sweep.riders.take(Number.MAX_SAFE_INTEGER)) {
      if (watcher.nextRevision < compacted) this.#end(watcher);
      else this.#ride(sweep, watcher);
    }
    sweep.position = compacted;
  }

  #end(watcher: Watcher): void {
    watcher.place = Place.ended;
    watcher.stream.behindCount--;
    this.#counts.slowWatchers--;
    this.#counts.watchers--;
    watcher.stream.sink.compacted(watcher.id, this.#source.compactedRevision);
  }

  #close(sweep: Sweep): void {
    this.#sweeps.splice(this.#sweeps.indexOf(sweep), 1);
    const waiting = this.#waiting;
    this.#waiting = new Set();
    this.#seat([...waiting]);
  }
}
