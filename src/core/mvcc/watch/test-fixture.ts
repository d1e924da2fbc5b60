// What the tests of this room share: a hub over a history, and sinks that write down what they get.
import { assert, bytesFromLatin1, seededRandom } from "../../../base/index.ts";
import { decodeEvent, decodeKeyValue } from "../../proto/index.ts";
import type { EventRun } from "./event-run.ts";
import { WatchHub } from "./hub.ts";
import { keyText } from "./key-text.ts";
import { MemoryHistory } from "./memory-history.ts";
import type { WatchSink } from "./sink.ts";
import type { WatchSpec, WatchStream } from "./stream.ts";

/** One event as a client reads it. */
export interface SeenEvent {
  readonly type: "put" | "delete";
  readonly key: string;
  readonly value: string;
  readonly revision: number;
  readonly createRevision: number;
  /** The value before; undefined without a prev_kv. */
  readonly previous: string | undefined;
}

export type Seen =
  | {
      readonly kind: "events";
      readonly watchId: number;
      readonly revision: number;
      readonly events: readonly SeenEvent[];
      readonly fragment: boolean;
    }
  | { readonly kind: "progress"; readonly watchId: number; readonly revision: number }
  | { readonly kind: "compacted"; readonly watchId: number; readonly compactedRevision: number };

function seenEvent(frame: Uint8Array): SeenEvent {
  assert(frame[0] === 0x5a, "a frame is field 11");
  let at = 1;
  while (frame[at++]! > 0x7f);
  const event = decodeEvent(frame, at);
  const kv = decodeKeyValue(event.kv!);
  const previous = event.prevKv === undefined ? undefined : decodeKeyValue(event.prevKv).value;
  return {
    type: event.type === 1 ? "delete" : "put",
    key: keyText(kv.key),
    value: keyText(kv.value),
    revision: kv.modRevision,
    createRevision: kv.createRevision,
    previous: previous === undefined ? undefined : keyText(previous),
  };
}

/** A sink that takes `room` responses, or any number. */
export class RecordingSink implements WatchSink {
  seen: Seen[] = [];
  room: number = Number.MAX_SAFE_INTEGER;

  get ready(): boolean {
    return this.room > 0;
  }

  events(watchId: number, run: EventRun, fragment: boolean): void {
    assert(this.ready, "a hub looks before it sends events");
    this.room--;
    const revision = run.headerRevision;
    this.seen.push({
      kind: "events",
      watchId,
      revision,
      events: run.frames.map(seenEvent),
      fragment,
    });
  }

  progress(watchId: number, revision: number): void {
    assert(this.ready, "a hub looks before it sends progress");
    this.seen.push({ kind: "progress", watchId, revision });
  }

  compacted(watchId: number, compactedRevision: number): void {
    this.seen.push({ kind: "compacted", watchId, compactedRevision });
  }

  /** Takes what was seen so far. */
  take(): Seen[] {
    const seen = this.seen;
    this.seen = [];
    return seen;
  }

  /** The events seen so far, as short texts such as `put a@2` or `delete a@3 was x`. */
  texts(): string[] {
    return this.take().flatMap((seen) => (seen.kind === "events" ? seen.events.map(textOf) : []));
  }
}

export function textOf(event: SeenEvent): string {
  const was = event.previous === undefined ? "" : ` was ${event.previous}`;
  return `${event.type} ${event.key}@${event.revision}${was}`;
}

export interface RangeSpec extends Partial<Omit<WatchSpec, "key" | "rangeEnd">> {
  readonly rangeEnd?: string;
}

export function specOf(key: string, more: RangeSpec = {}): WatchSpec {
  const { rangeEnd = "", ...rest } = more;
  return {
    key: bytesFromLatin1(key),
    rangeEnd: bytesFromLatin1(rangeEnd),
    startRevision: 0,
    watchId: 0,
    noPut: false,
    noDelete: false,
    previousKv: false,
    progressNotify: false,
    fragment: false,
    ...rest,
  };
}

/** A store, its hub, and the driver's part in short form. */
export class World {
  readonly history: MemoryHistory;
  readonly hub: WatchHub;
  works = 0;
  /** In how many milliseconds the hub has last asked to be ticked. */
  tickInMs = 0;

  constructor(progressIntervalMs = 1000, history: MemoryHistory = new MemoryHistory()) {
    this.history = history;
    this.hub = new WatchHub({
      source: this.history,
      random: seededRandom(1),
      progressIntervalMs,
      onWork: (inMs) => {
        if (inMs === 0) this.works++;
        else this.tickInMs = inMs;
      },
    });
  }

  open(): { sink: RecordingSink; stream: WatchStream } {
    const sink = new RecordingSink();
    return { sink, stream: this.hub.openStream(sink) };
  }

  /** One transaction: `a=1` puts, `a` deletes. Published, not flushed. */
  publish(...changes: string[]): number {
    const events = this.history.write(
      changes.map((change) => {
        const [key = "", value] = change.split("=");
        const written = value === undefined ? undefined : bytesFromLatin1(value);
        return { key: bytesFromLatin1(key), value: written };
      }),
    );
    this.hub.publish(this.history.currentRevision, events);
    return this.history.currentRevision;
  }

  write(...changes: string[]): number {
    const revision = this.publish(...changes);
    this.hub.flush();
    return revision;
  }

  catchUp(): void {
    for (let turn = 0; this.hub.catchUp(10_000); turn++) {
      assert(turn < 10_000, "catching up comes to an end");
    }
  }
}
