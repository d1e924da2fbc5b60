import { assert, type RandomSource } from "../../../base/index.ts";
import { CatchUp } from "./catch-up.ts";
import type { WatchCounts } from "./counts.ts";
import { Fanout } from "./fanout.ts";
import type { WatchSink } from "./sink.ts";
import type { StoreEvent, WatchSource } from "./source.ts";
import { type StreamHost, WatchStream } from "./stream.ts";
import { option, Place, type Watcher } from "./watcher.ts";
import { WatcherIndex } from "./watcher-index.ts";

// A turn that publishes more than this is delivered in several parts.
const pendingBytesMax = 4 * 1024 * 1024;
const pendingCountMax = 20_000;
const progressIntervalMinMs = 100;
// With longer ones a heartbeat's lateness matters to nobody.
const tickedIntervalMs = 1000;
// A timer may come a fraction early.
const timerEarlyMs = 1;

export interface WatchHubOptions {
  readonly source: WatchSource;
  readonly random: RandomSource;
  /** --watch-progress-notify-interval; raised to 100 ms, the least etcd allows. */
  readonly progressIntervalMs: number;
  /** Called when `catchUp` has work where it had none, or (`inMs` > 0) `tick` will have. */
  readonly onWork?: (inMs: number) => void;
}

/** All watchers of one member. See the door for the order in which its driver calls it. */
export class WatchHub {
  readonly counts: WatchCounts = { streams: 0, watchers: 0, slowWatchers: 0, events: 0 };
  readonly #source: WatchSource;
  readonly #random: RandomSource;
  readonly #progressIntervalMs: number;
  readonly #onWork: ((inMs: number) => void) | undefined;
  readonly #synced = new WatcherIndex();
  readonly #live: Fanout;
  readonly #catchUp: CatchUp;
  readonly #progressStreams = new Set<WatchStream>();
  readonly #host: StreamHost;
  #revision: number;
  #nowMs = 0;
  /** When the first of all streams is due. */
  #progressDueMs = Infinity;
  #delivering = false;
  readonly #afterDelivery: (() => void)[] = [];

  constructor(options: WatchHubOptions) {
    this.#source = options.source;
    this.#random = options.random;
    this.#progressIntervalMs = Math.max(options.progressIntervalMs, progressIntervalMinMs);
    this.#onWork = options.onWork;
    this.#revision = options.source.currentRevision;
    this.#live = new Fanout(options.source, this.counts);
    this.#catchUp = new CatchUp(options.source, this.counts, this.#synced);
    this.#host = this.#makeHost();
  }

  /** The newest revision published. */
  get revision(): number {
    return this.#revision;
  }

  /** Whether `catchUp` has something to do now. */
  get hasWork(): boolean {
    return this.#catchUp.active;
  }

  openStream(sink: WatchSink): WatchStream {
    this.counts.streams++;
    return new WatchStream(sink, this.#host);
  }

  /**
   * One revision has been made: the changes of it, in order. They are copied as far as somebody
   * watches; nothing is delivered before `flush`, unless a turn publishes megabytes.
   */
  publish(revision: number, events: readonly StoreEvent[]): void {
    assert(revision > this.#revision, "revisions are published once, in order");
    this.#revision = revision;
    if (this.#synced.size === 0) return;
    for (const event of events) this.#live.gather(event, this.#synced);
    const { pendingBytes, pendingCount } = this.#live;
    if (pendingBytes > pendingBytesMax || pendingCount > pendingCountMax) this.flush();
  }

  /** Delivers what was published. Returns the number of watchers it looked at. */
  flush(): number {
    return this.#live.idle ? 0 : this.#deliver(() => this.#live.deliver(undefined));
  }

  /**
   * Reads history for watchers that are behind, for about `budget` units (a record read or a
   * watcher served, each about a microsecond). Returns whether more can be done at once.
   */
  catchUp(budget: number): boolean {
    this.flush();
    if (this.#catchUp.active) this.#deliver(() => this.#catchUp.run(budget));
    return this.#catchUp.active;
  }

  /** Sends the progress notifications that are due. `nowMs` is any clock that never goes back. */
  tick(nowMs: number): void {
    this.#nowMs = nowMs;
    if (nowMs < this.#progressDueMs) return;
    this.flush();
    const revision = this.#progressRevision();
    let nextMs = Infinity;
    this.#deliver(() => {
      for (const stream of this.#progressStreams) {
        if (nowMs >= stream.progressDueMs) {
          stream.tickProgress(revision);
          stream.progressDueMs = nextDueMs(stream, nowMs);
        }
        nextMs = Math.min(nextMs, stream.progressDueMs);
      }
    });
    this.#progressDueMs = Infinity;
    this.#expectProgress(nextMs);
  }

  /** The store was replaced by a snapshot: every watcher goes on from where it is, by reading. */
  storeReplaced(): void {
    this.flush();
    const from = this.#revision + 1;
    this.#revision = this.#source.currentRevision;
    this.#deliver(() => {
      for (const watcher of this.#synced.take(Number.MAX_SAFE_INTEGER)) {
        watcher.reached(from);
        watcher.stream.behindCount++;
        this.counts.slowWatchers++;
        this.#goBehind(watcher);
      }
    });
    if (this.#catchUp.active) this.#onWork?.(0);
  }

  /** A watcher that is behind, counted as such, and in no list. */
  #goBehind(watcher: Watcher): void {
    if (watcher.stream.sink.ready) this.#catchUp.enter(watcher);
    else {
      watcher.place = Place.parked;
      watcher.stream.park(watcher, watcher.nextRevision);
    }
  }

  #admit(watcher: Watcher, startRevision: number): void {
    this.counts.watchers++;
    const current = this.#source.currentRevision;
    if (startRevision === 0 || startRevision > current) {
      watcher.place = Place.synced;
      watcher.nextRevision = Math.max(current + 1, startRevision);
      if (startRevision > 0) watcher.options |= option.awaitsStart;
      this.#synced.add(watcher);
      return;
    }
    watcher.nextRevision = startRevision;
    watcher.stream.behindCount++;
    this.counts.slowWatchers++;
    this.#waking(() => this.#goBehind(watcher));
  }

  #dismiss(watcher: Watcher): void {
    if (watcher.place === Place.ended) return;
    this.counts.watchers--;
    if (watcher.place !== Place.synced) {
      watcher.stream.behindCount--;
      this.counts.slowWatchers--;
    }
    if (watcher.place === Place.waiting) this.#catchUp.forget(watcher);
    watcher.group?.index.remove(watcher);
  }

  #progressRevision(): number | undefined {
    return this.#source.currentRevision === this.#revision ? this.#revision : undefined;
  }

  #watchProgress(stream: WatchStream): void {
    if (this.#progressStreams.has(stream)) return;
    // Jitter, so that streams opened together do not all report together.
    const jitterMs = this.#random.below(Math.max(1, Math.floor(this.#progressIntervalMs / 10)));
    stream.progressPeriodMs = this.#progressIntervalMs + jitterMs;
    stream.progressDueMs = this.#nowMs + stream.progressPeriodMs;
    this.#progressStreams.add(stream);
    this.#expectProgress(stream.progressDueMs);
  }

  /** Asks for a tick then, if the member's own ticks may be a large part of the interval apart. */
  #expectProgress(dueMs: number): void {
    if (dueMs >= this.#progressDueMs) return;
    this.#progressDueMs = dueMs;
    if (this.#progressIntervalMs > tickedIntervalMs) return;
    this.#onWork?.(Math.ceil(dueMs - this.#nowMs) + timerEarlyMs);
  }

  #waking(change: () => void): void {
    const wasActive = this.#catchUp.active;
    change();
    if (!wasActive && this.#catchUp.active) this.#onWork?.(0);
  }

  /** A carrier may close or drain while it is being given something; that waits until the end. */
  #deliver<Result>(work: () => Result): Result {
    assert(
      !this.#delivering,
      "a carrier does not make the hub deliver while it is given something",
    );
    this.#delivering = true;
    const result = work();
    this.#delivering = false;
    for (const task of this.#afterDelivery.splice(0)) task();
    return result;
  }

  #makeHost(): StreamHost {
    return {
      progressRevision: () => this.#progressRevision(),
      admit: (watcher, startRevision) => this.#admit(watcher, startRevision),
      resume: (watcher) => this.#waking(() => this.#goBehind(watcher)),
      dismiss: (watcher) => this.#dismiss(watcher),
      flush: () => void this.flush(),
      assertQuiet: () =>
        assert(!this.#delivering, "a carrier makes no request while it is given something"),
      whenQuiet: (task) => {
        if (this.#delivering) this.#afterDelivery.push(task);
        else task();
      },
      streamParked: () => void this.counts.slowWatchers++,
      watchProgress: (stream) => this.#watchProgress(stream),
      streamClosed: (stream) => {
        this.#progressStreams.delete(stream);
        this.counts.streams--;
      },
    };
  }
}

/** Its next due time after now: one that came late moves none after it (as Go's time.Ticker). */
function nextDueMs({ progressDueMs, progressPeriodMs }: WatchStream, nowMs: number): number {
  const periods = Math.floor((nowMs - progressDueMs) / progressPeriodMs) + 1;
  return progressDueMs + periods * progressPeriodMs;
}
