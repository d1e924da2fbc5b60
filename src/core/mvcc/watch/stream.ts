import { assert } from "../../../base/index.ts";
import { watchCancelReasons } from "../../errors/index.ts";
import { keyText, openEnd, singleKey } from "./key-text.ts";
import type { WatchSink } from "./sink.ts";
import { option, Place, Watcher } from "./watcher.ts";

/** What a client asks to watch. Bytes are borrowed. */
export interface WatchSpec {
  /** Empty stands for the smallest key, one zero byte. */
  readonly key: Uint8Array;
  /** Empty: the key alone. One zero byte: every key from `key` on. Otherwise the end, exclusive. */
  readonly rangeEnd: Uint8Array;
  /** 0: from the next revision on. Must not be negative. */
  readonly startRevision: number;
  /** 0: the next free id. */
  readonly watchId: number;
  readonly noPut: boolean;
  readonly noDelete: boolean;
  readonly previousKv: boolean;
  readonly progressNotify: boolean;
  readonly fragment: boolean;
}

/** `refused` is the reason text a client sees, etcd's own (storage/mvcc/watcher.go). */
export type WatchCreated =
  | { readonly watchId: number; readonly refused?: undefined }
  | { readonly watchId: -1; readonly refused: string };

const emptyRange: WatchCreated = { watchId: -1, refused: watchCancelReasons.emptyRange };
const duplicateId: WatchCreated = { watchId: -1, refused: watchCancelReasons.duplicateId };

/** What a stream needs of its hub. */
export interface StreamHost {
  /** The newest revision, of which everything was published; undefined while publishing lags. */
  progressRevision(): number | undefined;
  /** Puts a new watcher where it belongs. */
  admit(watcher: Watcher, startRevision: number): void;
  /** Takes up again a watcher that was parked. */
  resume(watcher: Watcher): void;
  /** Takes a watcher out of whatever list of the hub it stands in. */
  dismiss(watcher: Watcher): void;
  flush(): void;
  /** Asserts that no delivery is under way. */
  assertQuiet(): void;
  /** Runs the task now, or after the delivery that is under way. */
  whenQuiet(task: () => void): void;
  streamParked(): void;
  watchProgress(stream: WatchStream): void;
  streamClosed(stream: WatchStream): void;
}

/** The watchers of one client stream, by id. */
export class WatchStream {
  readonly sink: WatchSink;
  readonly #host: StreamHost;
  readonly #watchers = new Map<number, Watcher>();
  #nextId = 0;
  #parked: Watcher | undefined;
  #progressWanted = false;
  #closed = false;
  /** How many live watchers are not synced. Kept by the hub. */
  behindCount = 0;
  /** When the next progress tick of this stream is due, in the hub's milliseconds. */
  progressDueMs = 0;
  progressPeriodMs = 0;

  /** Made by `WatchHub.openStream`. */
  constructor(sink: WatchSink, host: StreamHost) {
    this.sink = sink;
    this.#host = host;
  }

  /**
   * Adds a watcher. The caller acknowledges it before it lets the hub deliver: `create` itself
   * hands nothing to the sink.
   */
  create(spec: WatchSpec): WatchCreated {
    this.#host.assertQuiet();
    assert(!this.#closed, "a closed stream takes no watcher");
    assert(spec.startRevision >= 0, "a negative start revision was refused before");
    const key = spec.key.length === 0 ? "\0" : keyText(spec.key);
    const rangeEnd = keyText(spec.rangeEnd);
    const end = rangeEnd === "\0" ? openEnd : rangeEnd;
    if (end !== singleKey && key >= end) return emptyRange;
    const watchId = spec.watchId === 0 ? this.#freeId() : spec.watchId;
    if (this.#watchers.has(watchId)) return duplicateId;
    const options = optionsOf(spec);
    const range = { id: watchId, stream: this as WatchStream, key, end, options };
    const watcher = new Watcher({ ...range, nextRevision: 0 });
    this.#watchers.set(watchId, watcher);
    this.#host.admit(watcher, spec.startRevision);
    if (spec.progressNotify) this.#host.watchProgress(this);
    return { watchId };
  }

  /** Ends a watcher and frees its id. False when there is none of that id. */
  cancel(watchId: number): boolean {
    this.#host.assertQuiet();
    const watcher = this.#watchers.get(watchId);
    if (watcher === undefined) return false;
    this.#watchers.delete(watchId);
    this.#dismiss(watcher);
    return true;
  }

  /**
   * Answers with a progress response for id -1 when every watcher is synced and has reached its
   * start; otherwise not at all. A sink that takes nothing just now is asked again when drained.
   */
  requestProgress(): void {
    this.#host.assertQuiet();
    if (this.#closed) return;
    // What was published before the request must be on its way before the answer is.
    this.#host.flush();
    if (!this.sink.ready) {
      this.#progressWanted = true;
      return;
    }
    this.#progressWanted = false;
    const revision = this.#host.progressRevision();
    if (revision === undefined || this.behindCount > 0) return;
    let live = 0;
    for (const watcher of this.#watchers.values()) {
      if (watcher.place === Place.ended) continue;
      if (awaitsStart(watcher, revision)) return;
      live++;
    }
    if (live > 0) this.sink.progress(-1, revision);
  }

  /** The sink takes events again. */
  drained(): void {
    this.#host.whenQuiet(() => this.#resume());
  }

  /** Ends every watcher. The sink is not used any more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#host.whenQuiet(() => {
      for (const watcher of this.#watchers.values()) this.#dismiss(watcher);
      this.#watchers.clear();
      this.#host.streamClosed(this);
    });
  }

  /** Keeps a watcher that stands in no list, to go on at `nextRevision` when the sink drains. */
  park(watcher: Watcher, nextRevision: number): void {
    if (watcher.place === Place.synced) {
      this.behindCount++;
      this.#host.streamParked();
    }
    watcher.place = Place.parked;
    watcher.nextRevision = nextRevision;
    watcher.next = this.#parked;
    if (this.#parked !== undefined) this.#parked.previous = watcher;
    this.#parked = watcher;
  }

  /** One progress tick: a response for each synced watcher that asked and was sent nothing. */
  tickProgress(revision: number | undefined): void {
    for (const watcher of this.#watchers.values()) {
      if (!watcher.has(option.progress)) continue;
      const due = watcher.has(option.progressDue);
      watcher.options |= option.progressDue;
      if (!due || revision === undefined || watcher.place !== Place.synced) continue;
      if (this.#closed || !this.sink.ready || awaitsStart(watcher, revision)) continue;
      this.sink.progress(watcher.id, revision);
    }
  }

  #freeId(): number {
    while (this.#watchers.has(this.#nextId)) this.#nextId++;
    return this.#nextId++;
  }

  #resume(): void {
    if (this.#closed) return;
    let watcher = this.#parked;
    this.#parked = undefined;
    while (watcher !== undefined) {
      const next: Watcher | undefined = watcher.next;
      watcher.next = undefined;
      watcher.previous = undefined;
      this.#host.resume(watcher);
      watcher = next;
    }
    if (this.#progressWanted) this.requestProgress();
  }

  #dismiss(watcher: Watcher): void {
    if (watcher.place === Place.parked) {
      if (watcher.previous === undefined) this.#parked = watcher.next;
      else watcher.previous.next = watcher.next;
      if (watcher.next !== undefined) watcher.next.previous = watcher.previous;
    }
    this.#host.dismiss(watcher);
  }
}

/** Whether the store has yet to reach the revision the watcher was asked to start at. */
const awaitsStart = (watcher: Watcher, revision: number): boolean =>
  watcher.has(option.awaitsStart) && revision < watcher.nextRevision;

function optionsOf(spec: WatchSpec): number {
  let options = 0;
  if (spec.previousKv) options |= option.previous;
  if (spec.noPut) options |= option.noPut;
  if (spec.noDelete) options |= option.noDelete;
  if (spec.fragment) options |= option.fragment;
  if (spec.progressNotify) options |= option.progress | option.progressDue;
  return options;
}
