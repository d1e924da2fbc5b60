import { type EncodedEvent, encodeEvent, type EventRun, runsOf } from "./event-run.ts";
import { FrameMemory } from "./frame-memory.ts";
import type { StoreEvent, WatchSource } from "./source.ts";
import type { WatchCounts } from "./counts.ts";
import { option, variantCount, variantMask, type Watcher, type WatcherGroup } from "./watcher.ts";
import type { WatcherIndex } from "./watcher-index.ts";

/**
 * Gathers changes for the groups they match, then hands each group's watchers their runs. A group
 * gathers once for all its watchers, and what one variant of them receives is built once.
 */
export class Fanout {
  readonly #source: WatchSource;
  readonly #counts: WatchCounts;
  #dirty: WatcherGroup[] = [];
  readonly #memory = new FrameMemory();
  readonly #found: WatcherGroup[] = [];
  readonly #runs: (EventRun[] | undefined)[] = Array.from({ length: variantCount });
  #bytes = 0;
  #count = 0;

  constructor(source: WatchSource, counts: WatchCounts) {
    this.#source = source;
    this.#counts = counts;
  }

  /** Bytes of the events gathered and not yet delivered, each counted once. */
  get pendingBytes(): number {
    return this.#bytes;
  }

  /** Changes gathered and not yet delivered, each counted for every group it matches. */
  get pendingCount(): number {
    return this.#count;
  }

  get idle(): boolean {
    return this.#dirty.length === 0;
  }

  /** Copies what it needs: the event's bytes may be reused once this returns. */
  gather(event: StoreEvent, index: WatcherIndex): void {
    const found = this.#found;
    index.match(event.key, found);
    if (found.length === 0) return;
    const encoded = this.#encode(event, found);
    for (const group of found) if (group.gather(encoded)) this.#dirty.push(group);
    this.#count += found.length;
    found.length = 0;
    this.#bytes += (encoded.plain ?? encoded.withPrevious)!.length;
  }

  #encode(event: StoreEvent, groups: readonly WatcherGroup[]): EncodedEvent {
    const wanted = { plain: false, withPrevious: false };
    for (const group of groups) {
      if (group.previousCount > 0) wanted.withPrevious = true;
      if (group.previousCount < group.size) wanted.plain = true;
    }
    const previous = wanted.withPrevious ? this.#previousOf(event) : undefined;
    return encodeEvent(this.#memory, event, wanted, previous);
  }

  /**
   * The KeyValue one revision before the event. Not there for a creation, nor when that revision is
   * compacted, even if the record itself still is (etcd reads at mod_revision - 1, v3rpc/watch.go).
   */
  #previousOf(event: StoreEvent): Uint8Array | undefined {
    if (event.created || event.mainRevision - 1 < this.#source.compactedRevision) return undefined;
    const { previousMain } = event;
    if (previousMain === 0) return undefined;
    // One revision may change a key twice, in nested transactions: what was before both is meant.
    if (previousMain === event.mainRevision) {
      return this.#source.recordAt(event.key, event.mainRevision - 1);
    }
    return this.#source.readRecord(previousMain, event.previousSub);
  }

  /**
   * Delivers what was gathered. A watcher whose stream takes nothing is parked at the first
   * revision it misses. `coveredRevision`: all history up to it has been gathered. Returns the
   * number of watchers looked at.
   */
  deliver(coveredRevision: number | undefined): number {
    const dirty = this.#dirty;
    if (dirty.length === 0) return 0;
    this.#dirty = [];
    this.#bytes = 0;
    this.#count = 0;
    let visited = 0;
    for (const group of dirty) {
      visited += group.size;
      this.#deliverGroup(group, coveredRevision);
    }
    this.#memory.reset();
    return visited;
  }

  #deliverGroup(group: WatcherGroup, coveredRevision: number | undefined): void {
    const events = group.takePending();
    const first = events[0]!.revision;
    const last = events.at(-1)!.revision;
    const runs = this.#runs.fill(undefined);
    let watcher = group.head;
    while (watcher !== undefined) {
      const next: Watcher | undefined = watcher.next;
      const { nextRevision, options } = watcher;
      if (nextRevision <= first) {
        const variant = options & variantMask;
        this.#hand(watcher, (runs[variant] ??= runsOf(events, options, first, coveredRevision)));
      } else if (nextRevision <= last) {
        this.#hand(watcher, runsOf(events, options, nextRevision, coveredRevision));
      }
      watcher = next;
    }
  }

  #hand(watcher: Watcher, runs: readonly EventRun[]): void {
    const { stream } = watcher;
    for (const run of runs) {
      if (!stream.sink.ready) {
        watcher.group!.index.remove(watcher);
        stream.park(watcher, run.firstRevision);
        return;
      }
      stream.sink.events(watcher.id, run, watcher.has(option.fragment));
      watcher.options &= ~option.progressDue;
      this.#counts.events += run.frames.length;
    }
  }
}
