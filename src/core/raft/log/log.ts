// The whole log, on disk and not yet, and how far it is committed and applied.
// Invariants: applied <= applying <= committed <= last index (log.go).
import { assert } from "../../../base/index.ts";
import { type Entry, type Snapshot, sizeEntry, snapshotIndex } from "../messages.ts";
import { encodedSize, noLimit } from "./entry-size.ts";
import type { Storage } from "./storage.ts";
import { Unstable } from "./unstable.ts";

export class RaftLog {
  readonly #storage: Storage;
  readonly unstable: Unstable;
  /** The last entry that a quorum is known to have. */
  #committed: number;
  /** The last entry handed out to be applied. */
  #applying: number;
  /** The last entry known to be applied. */
  #applied: number;
  readonly #applyingSizeMax: number;
  /** The encoded bytes handed out to be applied and not yet acknowledged. */
  #applyingSize = 0;
  #applyingPaused = false;

  /** `applyingSizeMax` limits the bytes being applied at a time; the last entry may go past it. */
  constructor(storage: Storage, applyingSizeMax: number) {
    this.#storage = storage;
    this.unstable = new Unstable(storage.lastIndex() + 1);
    this.#applyingSizeMax = applyingSizeMax;
    const compacted = storage.firstIndex() - 1;
    this.#committed = compacted;
    this.#applying = compacted;
    this.#applied = compacted;
  }

  get committed(): number {
    return this.#committed;
  }

  get applied(): number {
    return this.#applied;
  }

  firstIndex(): number {
    const { snapshot } = this.unstable;
    return snapshot === undefined ? this.#storage.firstIndex() : snapshotIndex(snapshot) + 1;
  }

  lastIndex(): number {
    return this.unstable.lastIndex() ?? this.#storage.lastIndex();
  }

  lastTerm(): number {
    const term = this.term(this.lastIndex());
    assert(term !== undefined, "the term of the last entry is always known");
    return term;
  }

  /** The term at `index`, known in [first - 1, last]; undefined outside. */
  term(index: number): number | undefined {
    const unstable = this.unstable.term(index);
    if (unstable !== undefined) return unstable;
    if (index + 1 < this.firstIndex() || index > this.lastIndex()) return undefined;
    return this.#storage.term(index);
  }

  matchTerm(index: number, term: number): boolean {
    return this.term(index) === term;
  }

  /** Whether a log that ends so is at least as good as this one: who asks may be voted for. */
  isUpToDate(lastIndex: number, lastTerm: number): boolean {
    const term = this.lastTerm();
    return lastTerm > term || (lastTerm === term && lastIndex >= this.lastIndex());
  }

  /**
   * The highest index up to `index` whose term is at most `term`: the logs cannot agree after it.
   * Where our own term is unknown the search ends, with term 0.
   */
  findConflictByTerm(index: number, term: number): { index: number; term: number } {
    for (let at = index; at > 0; at--) {
      const ours = this.term(at);
      if (ours === undefined) return { index: at, term: 0 };
      if (ours <= term) return { index: at, term: ours };
    }
    return { index: 0, term: 0 };
  }

  /** Appends entries[from, length), replacing what is there from the first of them on. */
  append(entries: readonly Entry[], from = 0): void {
    if (from >= entries.length) return;
    assert(entries[from]!.index > this.#committed, "a committed entry is never replaced");
    this.unstable.truncateAndAppend(entries, from);
  }

  /**
   * Appends what a leader sent after the entry at `previousIndex`, which must have `previousTerm`;
   * undefined when it has not. Returns the last index that now equals the leader's.
   */
  maybeAppend(
    previousIndex: number,
    previousTerm: number,
    entries: readonly Entry[],
  ): number | undefined {
    if (!this.matchTerm(previousIndex, previousTerm)) return undefined;
    // Entries we have already are left alone, or an old message would cut newer entries off.
    let from = 0;
    while (from < entries.length && this.matchTerm(entries[from]!.index, entries[from]!.term)) {
      from++;
    }
    this.append(entries, from);
    return previousIndex + entries.length;
  }

  /** Moves the commit index forward; it never moves back. */
  commitTo(index: number): void {
    if (index <= this.#committed) return;
    assert(index <= this.lastIndex(), "the log has what is committed, or it was lost or damaged");
    this.#committed = index;
  }

  /** At the start: what the disk says was committed. */
  restoreCommitted(index: number): void {
    assert(index >= this.#committed, "what was compacted away was committed");
    assert(index <= this.lastIndex(), "the saved commit index lies inside the saved log");
    this.#committed = index;
  }

  /** Replaces the log by a snapshot. */
  restore(snapshot: Snapshot): void {
    this.#committed = snapshotIndex(snapshot);
    this.unstable.restore(snapshot);
  }

  get hasSnapshot(): boolean {
    return this.unstable.snapshot !== undefined;
  }

  /** The snapshot for a follower, or undefined while there is none to be had. */
  snapshot(): Snapshot | undefined {
    return this.unstable.snapshot ?? this.#storage.snapshot();
  }

  hasNextCommitted({ allowUnstable }: { allowUnstable: boolean }): boolean {
    // A snapshot must be applied before any entry after it.
    if (this.#applyingPaused || this.hasSnapshot) return false;
    return this.#applying < this.#appliableIndex(allowUnstable);
  }

  /** The committed entries to apply next, within the size limit. */
  nextCommitted(options: { allowUnstable: boolean }): Entry[] {
    if (!this.hasNextCommitted(options)) return [];
    const sizeMax = this.#applyingSizeMax - this.#applyingSize;
    assert(sizeMax > 0, "applying stops when its size limit is reached");
    const end = this.#appliableIndex(options.allowUnstable) + 1;
    const entries = this.slice(this.#applying + 1, end, sizeMax);
    assert(entries !== undefined, "what is not yet applied is never compacted");
    return entries;
  }

  /** Entries up to `index`, of `size` encoded bytes, were handed out to be applied. */
  acceptApplying(index: number, size: number, { allowUnstable }: { allowUnstable: boolean }): void {
    assert(index <= this.#committed, "only what is committed is applied");
    assert(index >= this.#applying, "entries are applied in order");
    this.#applying = index;
    this.#applyingSize += size;
    // Either the limit is reached, or the next entry would have gone past it.
    this.#applyingPaused =
      this.#applyingSize >= this.#applyingSizeMax || index < this.#appliableIndex(allowUnstable);
  }

  /** Entries up to `index` are applied; `size` encoded bytes of them had been handed out. */
  appliedTo(index: number, size: number): void {
    assert(index <= this.#committed, "only what is committed is applied");
    assert(index >= this.#applied, "the applied index never moves back");
    this.#applied = index;
    this.#applying = Math.max(this.#applying, index);
    this.#applyingSize = Math.max(0, this.#applyingSize - size);
    this.#applyingPaused = this.#applyingSize >= this.#applyingSizeMax;
  }

  /** The entries from `low` on, within `sizeMax` encoded bytes; undefined when compacted away. */
  entriesFrom(low: number, sizeMax: number): Entry[] | undefined {
    const last = this.lastIndex();
    return low > last ? [] : this.slice(low, last + 1, sizeMax);
  }

  /** The entries [low, high), within `sizeMax` encoded bytes; undefined when compacted away. */
  slice(low: number, high: number, sizeMax: number): Entry[] | undefined {
    assert(low < high, "a slice of the log is not empty");
    assert(high <= this.lastIndex() + 1, "a slice ends inside the log");
    const { offset } = this.unstable;
    if (low >= offset) return this.unstable.slice(low, high, sizeMax);
    if (low < this.firstIndex()) return undefined;
    const cut = Math.min(high, offset);
    const stable = this.#storage.entries(low, cut, sizeMax);
    if (stable === undefined || high <= offset || stable.length < cut - low) return stable;
    return this.#extend(stable, high, sizeMax);
  }

  /** Adds unstable entries up to `high` to stable ones while they fit. */
  #extend(entries: Entry[], high: number, sizeMax: number): Entry[] {
    let room = sizeMax === noLimit ? noLimit : sizeMax - encodedSize(entries);
    if (room <= 0) return entries;
    for (const entry of this.unstable.slice(this.unstable.offset, high, room)) {
      if (room !== noLimit && (room -= sizeEntry(entry)) < 0) break;
      entries.push(entry);
    }
    return entries;
  }

  /** Entries that are not on our own disk may be applied when the host writes before it applies. */
  #appliableIndex(allowUnstable: boolean): number {
    return allowUnstable ? this.#committed : Math.min(this.#committed, this.unstable.offset - 1);
  }
}
