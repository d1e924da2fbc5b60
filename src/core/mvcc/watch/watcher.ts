import type { EncodedEvent } from "./event-run.ts";
import { singleKey } from "./key-text.ts";
import type { WatcherIndex } from "./watcher-index.ts";
import type { WatchStream } from "./stream.ts";

/** Where a watcher stands. Every watcher is in exactly one place. */
export const Place = {
  /** In the hub's index: it has been given everything that matches, up to the present. */
  synced: 0,
  /** In a sweep's index: history is being read for it. */
  riding: 1,
  /** Behind, and no sweep has room for it yet. */
  waiting: 2,
  /** Behind, and its stream takes nothing now: only `nextRevision` is kept. */
  parked: 3,
  /** Ended by compaction; its id stays taken until the client cancels it, as in etcd. */
  ended: 4,
} as const;
export type Place = (typeof Place)[keyof typeof Place];

// The options share one small integer: with 100,000 watchers each field of its own is 800 kB.
// The lowest three bits are the variant: watchers of one group with the same variant receive
// the same bytes.
export const option = {
  previous: 1,
  noPut: 2,
  noDelete: 4,
  fragment: 8,
  progress: 16,
  /** The next progress tick sends: nothing was sent since the last. */
  progressDue: 32,
  /** The store had not reached the start revision when this watcher was created. */
  awaitsStart: 64,
} as const;
export const variantMask = 7;
export const variantCount = 8;

/** One watch of one stream: its range, its options and the first revision it has not been given. */
export class Watcher {
  readonly id: number;
  readonly stream: WatchStream;
  readonly key: string;
  /** `singleKey`, `openEnd`, or the first key past the range. */
  readonly end: string;
  options: number;
  place: Place = Place.waiting;
  /**
   * No event below this revision is given to it. Exact while it is parked or waiting; a lower bound
   * while it is synced or riding, where the index it stands in says the rest.
   */
  nextRevision: number;
  group: WatcherGroup | undefined = undefined;
  /** Neighbours in the group's list, or in the stream's list of parked watchers. */
  next: Watcher | undefined = undefined;
  previous: Watcher | undefined = undefined;

  constructor(range: {
    id: number;
    stream: WatchStream;
    key: string;
    end: string;
    options: number;
    nextRevision: number;
  }) {
    this.id = range.id;
    this.stream = range.stream;
    this.key = range.key;
    this.end = range.end;
    this.options = range.options;
    this.nextRevision = range.nextRevision;
  }

  get single(): boolean {
    return this.end === singleKey;
  }

  /** Everything below `revision` was given to it, or it never asked for it. */
  reached(revision: number): void {
    if (this.nextRevision >= revision) return;
    this.nextRevision = revision;
    this.options &= ~option.awaitsStart;
  }

  has(bit: number): boolean {
    return (this.options & bit) !== 0;
  }
}

const nothingPending: EncodedEvent[] = [];

/** All watchers of one index on the same range: what matches one of them matches them all. */
export class WatcherGroup {
  readonly index: WatcherIndex;
  readonly key: string;
  readonly end: string;
  head: Watcher | undefined = undefined;
  size = 0;
  /** How many of them want the previous KeyValue. */
  previousCount = 0;
  /** Events gathered for this group and not yet delivered. */
  pending: EncodedEvent[] = nothingPending;

  constructor(index: WatcherIndex, key: string, end: string) {
    this.index = index;
    this.key = key;
    this.end = end;
  }

  /** Appends an event; true when it is the first since the last `takePending`. */
  gather(event: EncodedEvent): boolean {
    if (this.pending !== nothingPending) {
      this.pending.push(event);
      return false;
    }
    this.pending = [event];
    return true;
  }

  takePending(): EncodedEvent[] {
    const events = this.pending;
    this.pending = nothingPending;
    return events;
  }

  link(watcher: Watcher): void {
    watcher.group = this;
    watcher.next = this.head;
    if (this.head !== undefined) this.head.previous = watcher;
    this.head = watcher;
    this.size++;
    if (watcher.has(option.previous)) this.previousCount++;
  }

  unlink(watcher: Watcher): void {
    if (watcher.previous === undefined) this.head = watcher.next;
    else watcher.previous.next = watcher.next;
    if (watcher.next !== undefined) watcher.next.previous = watcher.previous;
    watcher.next = undefined;
    watcher.previous = undefined;
    watcher.group = undefined;
    this.size--;
    if (watcher.has(option.previous)) this.previousCount--;
  }
}
