// A watching client: one stream with its watchers, reopened at another member when its own dies, and
// the watch guarantees W1 to W12 checked on everything it receives (docs/simulation.md).
import { bytesFromLatin1, concatBytes, equalBytes } from "../src/base/index.ts";
import type { EventRun, WatchSink, WatchStream } from "../src/core/mvcc/watch/index.ts";
import { decodeEvent, decodeWatchResponse } from "../src/core/proto/index.ts";
import type { Server } from "../src/server/member/index.ts";
import { kvOf, type Model, type ModelEvent } from "./model.ts";
import { printed } from "./model-response.ts";
import type { PlannedStream, PlannedWatcher } from "./plan.ts";
import { hold } from "./violation.ts";

/** One watch as the client sees it, over all the streams that carried it. */
interface Watch {
  readonly planned: PlannedWatcher;
  /** On the present stream; -1 while there is none. */
  id: number;
  /** Everything matching below this was delivered, or never asked for. */
  next: number;
  /** When it last heard anything, in milliseconds. */
  heardMs: number;
  /** Below this even progress may not be told: the revision asked for, in the future. */
  start: number;
  state: "waiting" | "open" | "cancelled" | "ended";
}

/** What came, kept until the oracle has heard of everything applied. */
type Received =
  | {
      readonly kind: "events";
      readonly watch: Watch;
      readonly bytes: Uint8Array;
      readonly first: number;
    }
  | { readonly kind: "progress"; readonly watches: readonly Watch[]; readonly revision: number }
  | { readonly kind: "compacted"; readonly watch: Watch; readonly revision: number };

export interface WatchedMember {
  readonly index: number;
  readonly name: string;
  readonly server: Server;
}

/** A client that begins to read again has to say so. */
const drainMs = 10;
const noBytes = new Uint8Array(0);

export class WatchClient {
  readonly name: string;
  readonly planned: PlannedStream;
  readonly #watches: Watch[];
  #member: WatchedMember | undefined;
  #stream: WatchStream | undefined;
  #stalledUntilMs = 0;
  #received: Received[] = [];
  progressReceived = 0;
  eventsChecked = 0;

  constructor(name: string, planned: PlannedStream) {
    this.name = name;
    this.planned = planned;
    this.#watches = planned.watchers.map((watcher) => ({
      planned: watcher,
      id: -1,
      next: 0,
      heardMs: 0,
      start: 0,
      state: "waiting",
    }));
  }

  get member(): number | undefined {
    return this.#member?.index;
  }

  /** Everything every open watch should have been given. */
  get behind(): string | undefined {
    const open = this.#watches.filter(({ state }) => state === "open");
    const head = this.#member?.server.store.currentRevision ?? 0;
    const late = open.find(
      (watch) => watch.id < 0 || (watch.next <= head && this.#owes(watch, head)),
    );
    return late === undefined ? undefined : `${this.name} watch ${late.id} waits for ${late.next}`;
  }

  /** What an open watch of a stream should have been given by now. */
  get owed(): string | undefined {
    const head = this.#member?.server.store.currentRevision ?? 0;
    const late = this.#watches.find(
      (watch) =>
        watch.state === "open" && watch.id >= 0 && watch.next <= head && this.#owes(watch, head),
    );
    return late && `${this.name} watch ${late.id} at ${this.#member!.name} waits for ${late.next}`;
  }

  /** Whether the client takes what comes. */
  reads(nowMs: number): boolean {
    return this.#stream !== undefined && nowMs >= this.#stalledUntilMs + drainMs;
  }

  /** Since when, `fromMs` at the earliest, a watch that asked for progress has heard nothing. */
  silentSince(fromMs: number): number | undefined {
    const head = this.#member?.server.store.currentRevision ?? 0;
    // One that has not reached its start has nothing to hear yet.
    for (const watch of this.#watches) if (watch.start > head) watch.heardMs = this.#nowMs;
    const waiting = this.#watches.filter(
      ({ planned, state, id, start }) =>
        planned.progress === true && state === "open" && id >= 0 && start <= head,
    );
    if (waiting.length === 0) return undefined;
    const heardMs = Math.min(...waiting.map((watch) => watch.heardMs));
    return Math.max(heardMs, fromMs, this.#stalledUntilMs);
  }

  /** Whether a request for progress must be answered now: every watch has reached its start. */
  get expectsProgress(): boolean {
    const open = this.#watches.filter(({ id, state }) => id >= 0 && state === "open");
    const head = this.#member?.server.store.currentRevision ?? 0;
    return open.length > 0 && open.every(({ start }) => start <= head);
  }

  #owes(watch: Watch, head: number): boolean {
    for (let revision = watch.next; revision <= head; revision++) {
      if (this.#model?.eventsOf(revision).some((event) => isWanted(watch.planned, event)))
        return true;
    }
    return false;
  }

  #model: Model | undefined;

  /** Opens a stream at this member and takes up every watch that was open. */
  connect(member: WatchedMember, nowMs: number): void {
    this.disconnect();
    this.#member = member;
    this.#stream = member.server.hub.openStream(this.#sink(nowMs));
    for (const watch of this.#watches) if (watch.state === "open") this.#create(watch, watch.next);
  }

  disconnect(): void {
    for (const watch of this.#watches) watch.id = -1;
    this.#member = undefined;
    this.#stream = undefined;
    this.#received = [];
  }

  /** Begins what is to begin by now, and ends what is to end. */
  advance(nowMs: number): void {
    if (this.#stream === undefined) return;
    const head = this.#member!.server.store.currentRevision;
    for (const watch of this.#watches) {
      const { planned, state } = watch;
      if (state === "waiting" && planned.atMs <= nowMs) {
        watch.state = "open";
        const start = planned.start === undefined ? 0 : Math.max(1, head - planned.start.ago);
        this.#create(watch, start);
      } else if (state === "open" && planned.cancelAtMs !== undefined) {
        if (planned.cancelAtMs <= nowMs) this.#cancel(watch);
      }
    }
  }

  #create(watch: Watch, start: number): void {
    const { planned } = watch;
    const head = this.#member!.server.store.currentRevision;
    const created = this.#stream!.create({
      key: bytesFromLatin1(planned.key),
      rangeEnd: planned.end === undefined ? noBytes : bytesFromLatin1(planned.end),
      startRevision: start,
      watchId: 0,
      noPut: planned.noPut ?? false,
      noDelete: planned.noDelete ?? false,
      previousKv: planned.prevKv ?? false,
      progressNotify: planned.progress ?? false,
      fragment: false,
    });
    hold(
      created.refused === undefined,
      "watches are taken",
      () => `${this.name}: ${created.refused}`,
    );
    const isTaken = this.#watches.some(({ id }) => id === created.watchId);
    hold(!isTaken, "W12 watch ids are unique", () => `${this.name}: ${created.watchId} twice`);
    watch.id = created.watchId;
    watch.next = start === 0 ? head + 1 : start;
    watch.start = watch.next;
    watch.heardMs = this.#nowMs;
  }

  #cancel(watch: Watch): void {
    watch.state = "cancelled";
    if (watch.id < 0) return;
    const known = this.#stream!.cancel(watch.id);
    hold(known, "W12 a watch can be cancelled", () => `${this.name}: ${watch.id} is not known`);
  }

  requestProgress(): void {
    this.#stream?.requestProgress();
  }

  stall(untilMs: number): void {
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, untilMs);
  }

  /** It reads again, if it may. */
  drained(nowMs: number): void {
    this.#nowMs = nowMs;
    if (nowMs >= this.#stalledUntilMs) this.#stream?.drained();
  }

  #nowMs = 0;
  tick(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  #sink(nowMs: number): WatchSink {
    this.#nowMs = nowMs;
    const isReady = (): boolean => this.#nowMs >= this.#stalledUntilMs;
    const find = (id: number): Watch => {
      const watch = this.#watches.find((candidate) => candidate.id === id);
      hold(watch !== undefined, "watch ids are known", () => `${this.name} has no watch ${id}`);
      return watch;
    };
    const tell = (what: Received): void => {
      hold(isReady(), "W15 a full stream is given nothing", () => `${this.name} does not read`);
      this.#received.push(what);
    };
    return {
      get ready() {
        return isReady();
      },
      events: (id, run: EventRun) => {
        const bytes = concatBytes(run.frames);
        tell({ kind: "events", watch: find(id), bytes, first: run.firstRevision });
      },
      progress: (id, revision) => {
        const watches = id === -1 ? this.#watches.filter((watch) => watch.id >= 0) : [find(id)];
        tell({ kind: "progress", watches, revision });
      },
      compacted: (id, revision) => {
        this.#received.push({ kind: "compacted", watch: find(id), revision });
      },
    };
  }

  /** Checks what came; the model knows everything this member has applied. */
  check(model: Model, compacted: number): void {
    this.#model = model;
    if (this.#received.length === 0) return;
    const received = this.#received;
    this.#received = [];
    for (const what of received) {
      switch (what.kind) {
        case "events":
          this.#checkEvents(model, what.watch, what.bytes, what.first, compacted);
          break;
        case "progress":
          this.progressReceived++;
          for (const watch of what.watches) this.#checkProgress(model, watch, what.revision);
          break;
        case "compacted":
          this.#checkCompacted(what.watch, what.revision, compacted);
          break;
      }
    }
  }

  #checkEvents(
    model: Model,
    watch: Watch,
    bytes: Uint8Array,
    first: number,
    compacted: number,
  ): void {
    const about = `${this.name} watch ${watch.id} at ${this.#member?.name}`;
    hold(watch.state !== "cancelled", "W12 nothing after a cancel", () => about);
    hold(watch.state !== "ended", "W10 nothing after a compaction", () => about);
    const events = decodeWatchResponse(bytes).events.map((event) => decodeEvent(event));
    hold(events.length > 0, "W3 reliable", () => `${about} is given no events`);
    let at = 0;
    let revision = watch.next;
    // Exactly what matches, in order, whole revisions at a time.
    for (; at < events.length; revision++) {
      hold(
        revision <= model.revision,
        "W1-W7 events are the history's",
        () => `${about} is given ${printed(events.slice(at))} from ${watch.next} on`,
      );
      for (const wanted of model.eventsOf(revision)) {
        if (!isWanted(watch.planned, wanted)) continue;
        const given = events[at++];
        hold(
          given?.kv !== undefined && equalBytes(given.kv, kvOf(wanted.at)),
          "W1-W8 events are the history's",
          () => `${about} is given ${printed(given)} at ${revision}, not ${printed(wanted.at)}`,
        );
        hold(
          (given.type === 1) === wanted.at.isDead,
          "W1-W8 events are the history's",
          () => about,
        );
        this.#checkPrevious(watch, given.prevKv, wanted, compacted, about);
        this.eventsChecked++;
      }
    }
    watch.heardMs = this.#nowMs;
    hold(first >= watch.next, "W2 unique", () => `${about} is given ${first} again`);
    watch.next = revision;
  }

  #checkPrevious(
    { planned }: Watch,
    given: Uint8Array | undefined,
    { at, before }: ModelEvent,
    compacted: number,
    about: string,
  ): void {
    if (!planned.prevKv || before === undefined) {
      hold(given === undefined, "W9 prev_kv", () => `${about} has prev_kv unasked`);
      return;
    }
    // Once the revision before is compacted it may be there or not.
    if (given === undefined && at.mod - 1 < compacted) return;
    hold(
      given !== undefined && equalBytes(given, kvOf(before)),
      "W9 prev_kv",
      () => `${about}: ${printed(given)} before ${at.mod}, not ${printed(before)}`,
    );
  }

  #checkProgress(model: Model, watch: Watch, revision: number): void {
    if (watch.state !== "open") return;
    const about = (): string =>
      `${this.name} watch ${watch.id} at ${this.#member?.name}, next ${watch.next}, ` +
      `hears of progress to ${revision}`;
    watch.heardMs = this.#nowMs;
    hold(revision + 1 >= watch.start, "W11 no progress before the start", about);
    for (let missed = watch.next; missed <= revision; missed++) {
      const wanted = model.eventsOf(missed).find((event) => isWanted(watch.planned, event));
      hold(wanted === undefined, "W6 bookmarkable", about);
    }
    watch.next = Math.max(watch.next, revision + 1);
  }

  #checkCompacted(watch: Watch, revision: number, compacted: number): void {
    if (watch.state === "cancelled") return;
    const about = (): string =>
      `${this.name} watch ${watch.id} needs ${watch.next}, got ${revision}`;
    hold(watch.state === "open", "W10 one cancel by compaction", about);
    hold(revision <= compacted && watch.next < revision, "W10 compaction cancels", about);
    // The client goes on where history is whole again, with a new watch.
    watch.state = "ended";
    watch.id = -1;
    watch.next = revision;
    this.#restart.push(watch);
  }

  readonly #restart: Watch[] = [];

  /** Watches that compaction ended begin again at the compacted revision. */
  restartEnded(): void {
    if (this.#stream === undefined) return;
    for (const watch of this.#restart.splice(0)) {
      watch.state = "open";
      this.#create(watch, watch.next);
    }
  }
}

function isWanted(planned: PlannedWatcher, { at }: ModelEvent): boolean {
  if (at.isDead ? planned.noDelete : planned.noPut) return false;
  if (planned.end === undefined) return at.key === planned.key;
  return at.key >= planned.key && (planned.end === "\0" || at.key < planned.end);
}
