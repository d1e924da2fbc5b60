// What the leader knows of one follower, and how eagerly it may send to it.
import { assert, type Id64, InvariantError, unreachable } from "../../../base/index.ts";
import type { Inflights } from "./inflights.ts";

/**
 * How a follower is fed (tracker/state.go):
 * - "probe": where its log ends is unknown; at most one append a heartbeat feels for it;
 * - "replicate": appends go out optimistically, as many as the window holds;
 * - "snapshot": what it needs is compacted away; nothing is sent until a snapshot has arrived.
 */
export type ProgressState = "probe" | "replicate" | "snapshot";

/** One follower in the leader's eyes; the leader keeps one of itself too. */
export class Progress {
  readonly id: Id64;
  /** The follower's log equals the leader's up to here. Invariant: match < next. */
  match = 0;
  /** The next entry to send; those between match and next are in flight. */
  next: number;
  state: ProgressState = "probe";
  /** In state "snapshot": the index of the one sent. Then next is one more. Otherwise zero. */
  pendingSnapshot = 0;
  /** Whether it was heard of since the last quorum check. */
  recentActive = false;
  /** Set while nothing may be sent before a heartbeat is answered. */
  appendPaused = false;
  isLearner: boolean;
  readonly inflights: Inflights;
  /** The highest commit index told to the follower, as far as it is known to matter. */
  #sentCommit = 0;

  constructor(id: Id64, next: number, inflights: Inflights, isLearner: boolean) {
    this.id = id;
    this.next = next;
    this.inflights = inflights;
    this.isLearner = isLearner;
  }

  /** A copy whose role may change without touching this one; the window is shared. */
  clone(): Progress {
    const copy = new Progress(this.id, this.next, this.inflights, this.isLearner);
    copy.match = this.match;
    copy.state = this.state;
    copy.pendingSnapshot = this.pendingSnapshot;
    copy.recentActive = this.recentActive;
    copy.appendPaused = this.appendPaused;
    copy.#sentCommit = this.#sentCommit;
    return copy;
  }

  /** Forgets everything but the role: a term begins, and with it the search for `match`. */
  restart(match: number, next: number): void {
    this.match = match;
    this.next = next;
    this.recentActive = false;
    this.#sentCommit = 0;
    this.#enter("probe");
    this.#check();
  }

  becomeProbe(): void {
    // After a snapshot the follower stands at its index, even when the answer that says so is lost.
    const from =
      this.state === "snapshot" ? Math.max(this.match, this.pendingSnapshot) : this.match;
    this.#enter("probe");
    this.next = from + 1;
    this.#sentCommit = Math.min(this.#sentCommit, this.next - 1);
    this.#check();
  }

  becomeReplicate(): void {
    this.#enter("replicate");
    this.next = this.match + 1;
  }

  becomeSnapshot(index: number): void {
    this.#enter("snapshot");
    this.pendingSnapshot = index;
    this.next = index + 1;
    this.#sentCommit = index;
    this.#check();
  }

  /** An append with `count` entries of `bytes` of payload went out. */
  sentEntries(count: number, bytes: number): void {
    switch (this.state) {
      case "replicate":
        if (count > 0) {
          this.next += count;
          this.inflights.add(this.next - 1, bytes);
        }
        // A message that fills the window, or finds it full, is a probe: the flow stops there.
        this.appendPaused = this.inflights.isFull();
        break;
      case "probe":
        if (count > 0) this.appendPaused = true;
        break;
      case "snapshot":
        throw new InvariantError("nothing is appended to a follower that waits for a snapshot");
      default:
        unreachable(this.state);
    }
  }

  sentCommit(commit: number): void {
    this.#sentCommit = commit;
  }

  /** Whether telling the follower `commit` now could move its commit index. */
  canBumpCommit(commit: number): boolean {
    return commit > this.#sentCommit && this.#sentCommit < this.next - 1;
  }

  /** The follower acknowledged everything up to `index`. False when that is old news. */
  maybeUpdate(index: number): boolean {
    if (index <= this.match) return false;
    this.match = index;
    this.next = Math.max(this.next, index + 1);
    this.appendPaused = false;
    return true;
  }

  /**
   * The follower refused an append that followed `rejected`; it may agree at `hint`. False when the
   * refusal is out of date and changes nothing.
   */
  maybeDecrease(rejected: number, hint: number): boolean {
    if (this.state === "replicate") {
      if (rejected <= this.match) return false;
      this.next = this.match + 1;
    } else {
      // A probe is sent one at a time, so a true refusal names the entry before `next`.
      if (this.next - 1 !== rejected) return false;
      this.next = Math.max(Math.min(rejected, hint + 1), this.match + 1);
      this.appendPaused = false;
    }
    this.#sentCommit = Math.min(this.#sentCommit, this.next - 1);
    this.#check();
    return true;
  }

  isPaused(): boolean {
    return this.state === "snapshot" || this.appendPaused;
  }

  #enter(state: ProgressState): void {
    this.appendPaused = false;
    this.pendingSnapshot = 0;
    this.state = state;
    this.inflights.clear();
  }

  #check(): void {
    assert(this.match >= 0, "a match index is never negative");
    assert(this.match < this.next, "a follower is never sent what it already has");
  }
}
