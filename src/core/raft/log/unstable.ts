// The tail of the log that is not yet known to be on disk, and a snapshot that waits to be.
import { assert } from "../../../base/index.ts";
import { type Entry, type Snapshot, snapshotIndex, snapshotTerm } from "../messages.ts";
import { EntryRun } from "./entry-run.ts";
import { noLimit } from "./entry-size.ts";

export class Unstable {
  /** A snapshot received; it stands for the log before `offset`. */
  #snapshot: Snapshot | undefined;
  #snapshotInProgress = false;
  readonly #entries: EntryRun;
  /** Entries before it are being written. Invariant: offset <= inProgress <= next. */
  #inProgress: number;

  /** `next` is the index the first unstable entry will have. */
  constructor(next: number) {
    this.#entries = new EntryRun(next);
    this.#inProgress = next;
  }

  /** The index of the first unstable entry, whether it exists yet or not. */
  get offset(): number {
    return this.#entries.first;
  }

  get isEmpty(): boolean {
    return this.#entries.isEmpty;
  }

  /** The snapshot received, being written or not. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  /** The snapshot, unless it is already being written. */
  get nextSnapshot(): Snapshot | undefined {
    return this.#snapshotInProgress ? undefined : this.#snapshot;
  }

  get hasNextEntries(): boolean {
    return this.#inProgress < this.#entries.next;
  }

  /** The entries nobody has begun to write. */
  nextEntries(): Entry[] {
    return this.#entries.slice(this.#inProgress, this.#entries.next, noLimit);
  }

  /** The last index known here, if any is. */
  lastIndex(): number | undefined {
    if (!this.#entries.isEmpty) return this.#entries.next - 1;
    return this.#snapshot === undefined ? undefined : snapshotIndex(this.#snapshot);
  }

  term(index: number): number | undefined {
    if (index >= this.#entries.first) {
      return index < this.#entries.next ? this.#entries.termAt(index) : undefined;
    }
    const snapshot = this.#snapshot;
    if (snapshot === undefined || snapshotIndex(snapshot) !== index) return undefined;
    return snapshotTerm(snapshot);
  }

  slice(low: number, high: number, sizeMax: number): Entry[] {
    return this.#entries.slice(low, high, sizeMax);
  }

  /** Everything here has been handed out to be written. */
  acceptInProgress(): void {
    this.#inProgress = this.#entries.next;
    if (this.#snapshot !== undefined) this.#snapshotInProgress = true;
  }

  /**
   * The disk has the log up to `index`, where it has `term`. Ignored when that entry is no longer
   * the one here: it was replaced while it was being written.
   */
  stableTo(index: number, term: number): void {
    if (index < this.#entries.first || this.term(index) !== term) return;
    this.#entries.release(index + 1);
    this.#inProgress = Math.max(this.#inProgress, index + 1);
    this.#check();
  }

  stableSnapshotTo(index: number): void {
    if (this.#snapshot === undefined || snapshotIndex(this.#snapshot) !== index) return;
    this.#snapshot = undefined;
    this.#snapshotInProgress = false;
  }

  /** Starts over behind a snapshot. */
  restore(snapshot: Snapshot): void {
    this.#entries.reset(snapshotIndex(snapshot) + 1);
    this.#inProgress = this.#entries.first;
    this.#snapshot = snapshot;
    this.#snapshotInProgress = false;
  }

  /** Takes entries[from, length) and drops what was here from the first of them on. */
  truncateAndAppend(entries: readonly Entry[], from: number): void {
    const first = entries[from]!.index;
    if (first < this.#entries.first) {
      // What the disk has from there on is about to be overwritten, so it is unstable again.
      this.#entries.reset(first);
    } else {
      this.#entries.truncate(first);
    }
    this.#inProgress = Math.min(this.#inProgress, first);
    this.#entries.append(entries, from);
    this.#check();
  }

  #check(): void {
    assert(this.#entries.first <= this.#inProgress, "what is being written is not yet stable");
    assert(this.#inProgress <= this.#entries.next, "only entries that exist are being written");
  }
}
