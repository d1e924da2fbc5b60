// Reads that wait until a quorum has confirmed who leads.
//
// Reads are counted. A heartbeat carries the count of all reads known when it was sent; who echoes
// it confirms that no newer leader had reached it by then, and so confirms every read up to it. A
// count is never used for two different reads, whatever ids the callers chose (read_only.go).
import type { Id64 } from "../../base/index.ts";
import type { Message } from "./messages.ts";
import { type JointConfig, jointCommittedIndex } from "./quorum/joint.ts";

/** A read that may be served once everything up to `index` is applied. */
export interface ReadState {
  readonly index: number;
  /** What the reader gave, as it gave it. */
  readonly requestContext: Uint8Array;
}

/** A request and the commit index when it came. */
export interface PendingRead {
  readonly request: Message;
  readonly index: number;
}

const contextLength = 8;

export class ReadOnlyQueue {
  #waiting: PendingRead[] = [];
  #confirmedCount = 0;
  readonly #acks = new Map<Id64, number>();
  readonly #ackOf = (id: Id64): number | undefined => this.#acks.get(id);

  get size(): number {
    return this.#waiting.length;
  }

  add(request: Message, commitIndex: number): void {
    this.#waiting.push({ request, index: commitIndex });
  }

  /** What a heartbeat carries: the count as a little-endian uint64; nothing when no read waits. */
  heartbeatContext(): Uint8Array | undefined {
    if (this.#waiting.length === 0) return undefined;
    const context = new Uint8Array(contextLength);
    new DataView(context.buffer).setBigUint64(0, BigInt(this.#issuedCount), true);
    return context;
  }

  /** `from` has echoed a heartbeat's context. What we cannot have sent confirms nothing. */
  acknowledge(from: Id64, context: Uint8Array): void {
    if (context.length < contextLength) return;
    const view = new DataView(context.buffer, context.byteOffset, contextLength);
    const count = Number(view.getBigUint64(0, true));
    if (count > this.#issuedCount) return;
    this.#acks.set(from, Math.max(count, this.#acks.get(from) ?? 0));
  }

  /** Takes the reads that a quorum of `voters` has confirmed by now, in order. */
  takeConfirmed(voters: JointConfig): PendingRead[] {
    const count = jointCommittedIndex(voters, this.#ackOf);
    if (count <= this.#confirmedCount) return [];
    const confirmed = this.#waiting.splice(0, count - this.#confirmedCount);
    this.#confirmedCount = count;
    return confirmed;
  }

  get #issuedCount(): number {
    return this.#confirmedCount + this.#waiting.length;
  }
}
