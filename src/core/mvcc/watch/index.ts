// core/mvcc/watch: who watches what, and what each watcher has not yet been given. A pure machine:
// changes and bytes in, responses out to sinks; it reads history from the store and changes nothing.
//
// It promises each watcher every matching change once, in order, whole revisions at a time, from
// its start revision on (reliability guarantees W1 to W15), and a cancellation instead of a gap
// when compaction took what it needed. It never keeps events for a stream that takes none: such a
// watcher is a revision to go on from, so memory does not grow with what a client fails to read,
// and a slow client costs the writers nothing.
//
// How its driver (server/member) calls it:
// 1. `hub.publish(revision, events)` after each applied write, before anything else sees the store;
// 2. `hub.flush()` at the end of the turn, when all writes of the turn are published;
// 3. `hub.catchUp(budget)` once each turn, and turns go on while it returns true; `onWork` asks for
//    a turn when there was nothing to do before;
// 4. `hub.tick(nowMs)` each turn, for progress notifications (a clock that never goes back, such as
//    the monotonic one); `onWork(inMs)` asks for a turn when the next is due;
// 5. `hub.storeReplaced()` after a snapshot was installed and the store serves it.
// `server/rpc` opens a stream per client stream, acknowledges what `create` and `cancel` return,
// and tells the stream when its client reads again (`drained`) and when it is gone (`close`).
//
// Memory: about 300 bytes a watcher and 800 a stream with its carrier; besides, what one turn publishes
// until `flush`, at most 4 MiB and one revision, shared by all, and 1 MiB and one revision for a
// slice of history. What a stream may hold unsent is its sink's to decide.
export type { WatchCounts } from "./counts.ts";
export type { EventRun } from "./event-run.ts";
export { WatchHub, type WatchHubOptions } from "./hub.ts";
export type { WatchSink } from "./sink.ts";
export type { StoreEvent, WatchSource } from "./source.ts";
export type { WatchCreated, WatchSpec, WatchStream } from "./stream.ts";
