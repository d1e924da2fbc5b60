import type { EventRun } from "./event-run.ts";

/**
 * What carries one stream's responses to its client. The hub never keeps a response that the
 * carrier will not take: it looks at `ready` first and remembers only where to go on.
 *
 * A carrier whose `ready` turned false must call `WatchStream.drained()` once it is true again.
 */
export interface WatchSink {
  /** Whether the carrier takes more events now. */
  readonly ready: boolean;
  /** Events for one watcher. Never refused; `run` and its bytes are borrowed. */
  events(watchId: number, run: EventRun, fragment: boolean): void;
  /** A response without events: every event up to `revision` has been given to this carrier. */
  progress(watchId: number, revision: number): void;
  /** The watcher ended, because the history it needs was compacted at `compactedRevision`. */
  compacted(watchId: number, compactedRevision: number): void;
}
