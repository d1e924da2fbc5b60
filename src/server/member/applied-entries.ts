// The end of the log's way: committed entries become state, and whoever proposed one here hears of it.
import { assert } from "../../base/index.ts";
import type { EntryOutcome } from "../../core/apply/index.ts";
import { errors } from "../../core/errors/index.ts";
import {
  type ConfState,
  type Entry,
  EntryType,
  type Snapshot,
  snapshotConfState,
  snapshotIndex,
  snapshotTerm,
} from "../../core/raft/index.ts";
import { confStateOf } from "./conf-state.ts";
import type { MemberParts, Settled } from "./member-parts.ts";
import type { MemberMeters } from "./meters.ts";
import type { ReadIndex } from "./read-index.ts";
import type { RequestIds } from "./request-ids.ts";
import type { Wait, Waiting } from "./wait.ts";

/** Who is told of what has been applied. */
export interface AppliedEntriesParts {
  readonly parts: MemberParts;
  readonly ids: RequestIds;
  readonly meters: MemberMeters;
  readonly wait: Wait<Settled>;
  readonly reads: ReadIndex;
}

export class AppliedEntries {
  readonly #parts: MemberParts;
  readonly #ids: RequestIds;
  readonly #meters: MemberMeters;
  readonly #wait: Wait<Settled>;
  readonly #reads: ReadIndex;
  #index: number;
  #term = 0;
  #confState: ConfState;

  constructor({ parts, ids, meters, wait, reads }: AppliedEntriesParts) {
    this.#parts = parts;
    this.#ids = ids;
    this.#meters = meters;
    this.#wait = wait;
    this.#reads = reads;
    this.#index = parts.appliedIndex;
    this.#confState = confStateOf(parts.raft);
  }

  /** Of the last entry that has been applied. */
  get index(): number {
    return this.#index;
  }
  /** Of the last entry applied since the start; 0 before. */
  get term(): number {
    return this.#term;
  }
  get confState(): ConfState {
    return this.#confState;
  }

  apply(entries: readonly Entry[]): void {
    for (const entry of entries) {
      assert(entry.index === this.#index + 1, "entries are applied in order, once");
      this.#applyEntry(entry);
      this.#index = entry.index;
      this.#term = entry.term;
    }
  }

  /** A snapshot's state has taken the place of what entries made. */
  installed(snapshot: Snapshot): void {
    this.#index = snapshotIndex(snapshot);
    this.#term = snapshotTerm(snapshot);
    this.#confState = snapshotConfState(snapshot);
  }

  #applyEntry(entry: Entry): void {
    const { applier, raft, clock } = this.#parts;
    switch (entry.type) {
      case EntryType.EntryNormal: {
        this.#parts.failpoint?.("beforeApplyOneEntryNormal");
        if (entry.data.length === 0) {
          // The first entry of a leader: reads asked for before it were not answered.
          this.#reads.askAgain();
          applier.applyEmpty(entry.index, entry.term);
          this.#parts.termBegan();
          return;
        }
        const startedMs = clock.nowMs();
        const applied = applier.apply(entry.index, entry.term, entry.data);
        this.#meters.applied(entry, applied, startedMs, clock.nowMs());
        this.#settle(entry, applied);
        return;
      }
      case EntryType.EntryConfChange: {
        this.#parts.failpoint?.("beforeApplyOneConfChange");
        this.#settle(entry, applier.applyConfChange(entry.index, entry.term, entry.data, raft));
        this.#confState = confStateOf(raft);
        return;
      }
      default:
        throw new Error(`unknown entry type ${entry.type}`);
    }
  }

  #settle(entry: Entry, applied: EntryOutcome): void {
    if (applied.outcome !== errors.noSpace()) return this.#tell(entry, applied);
    this.#parts.raiseNoSpace(() => this.#tell(entry, applied));
  }

  /** Tells whoever proposed the entry here. It carries its caller, unless it came from the log. */
  #tell(entry: Entry, { requestId, outcome }: EntryOutcome): void {
    const { tag } = entry;
    if (tag !== undefined) {
      // The log keeps the entry for a while; it need not keep the caller.
      entry.tag = undefined;
      return this.#wait.settle(tag as Waiting<Settled>, outcome);
    }
    const suffix = this.#wait.size === 0 ? undefined : this.#ids.suffixOf(requestId);
    if (suffix !== undefined) this.#wait.settleSuffix(suffix, outcome);
  }
}
