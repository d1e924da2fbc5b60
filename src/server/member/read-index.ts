// Linearizable reads, in batches: every read that waits joins the batch now forming, one ReadIndex round
// serves a whole batch, and the batch is answered when this member has applied up to its index
// (etcdserver's linearizableReadLoop).
import { assert, equalBytes } from "../../base/index.ts";
import { type EtcdError, errors } from "../../core/errors/index.ts";

export type ReadDone = (error: EtcdError | undefined) => void;

export interface ReadRound {
  /** Asks raft for a read index under this context. */
  ask(context: Uint8Array): void;
  /** A context of 8 bytes never used before. */
  nextContext(): Uint8Array;
  nowMs(): number;
  /** A round took long: it is asked again, or was given up. */
  onSlow?(what: "asked again" | "given up", context: Uint8Array): void;
}

/** Rounds that ended without an index: refused, or not heard of in time. */
export interface ReadCounts {
  failed: number;
  slow: number;
}

interface Batch {
  readonly reads: ReadDone[];
  readonly startedMs: number;
  askedMs: number;
  /** Contexts of the first question and its repetitions: the answer to any of them will do. */
  readonly contexts: Uint8Array[];
}

interface Confirmed {
  readonly index: number;
  readonly reads: ReadDone[];
}

export const retryMs = 500;
// Calls that may wait for the next batch; etcd has no such limit.
const formingMax = 200_000;

export class ReadIndex {
  readonly #round: ReadRound;
  readonly #timeoutMs: number;
  #forming: ReadDone[] = [];
  #flying: Batch | undefined;
  /** Batches that know their index and wait for it to be applied; indexes ascend. */
  #confirmed: Confirmed[] = [];
  readonly #counts: ReadCounts;

  constructor(round: ReadRound, options: { timeoutMs: number; counts?: ReadCounts }) {
    this.#round = round;
    this.#timeoutMs = options.timeoutMs;
    this.#counts = options.counts ?? { failed: 0, slow: 0 };
  }

  get waiting(): number {
    return this.#forming.length + (this.#flying?.reads.length ?? 0);
  }

  /** No more calls may join the batch that forms. */
  get isFull(): boolean {
    return this.#forming.length >= formingMax;
  }

  join(done: ReadDone): void {
    this.#forming.push(done);
  }

  /** Starts a round when reads wait and none is under way. */
  start(): void {
    if (this.#flying !== undefined || this.#forming.length === 0) return;
    const now = this.#round.nowMs();
    this.#flying = { reads: this.#forming, startedMs: now, askedMs: now, contexts: [] };
    this.#forming = [];
    this.#ask(this.#flying);
  }

  #ask(batch: Batch): void {
    const context = this.#round.nextContext();
    batch.contexts.push(context);
    batch.askedMs = this.#round.nowMs();
    this.#round.ask(context);
  }

  /** Raft confirmed an index for a context; a context of an earlier, settled round is passed over. */
  confirm(index: number, context: Uint8Array): void {
    const batch = this.#flying;
    if (batch === undefined || !batch.contexts.some((own) => equalBytes(own, context))) return;
    this.#flying = undefined;
    const last = this.#confirmed.at(-1);
    assert(last === undefined || last.index <= index, "read indexes never go back");
    this.#confirmed.push({ index, reads: batch.reads });
  }

  /** Answers every batch whose index is applied. */
  applied(index: number): void {
    while (this.#confirmed[0] !== undefined && this.#confirmed[0].index <= index) {
      const { reads } = this.#confirmed.shift()!;
      for (const done of reads) done(undefined);
    }
  }

  /** Repeats the question every 500 ms, gives up after the request timeout. */
  tick(): void {
    const batch = this.#flying;
    if (batch === undefined) return;
    const now = this.#round.nowMs();
    if (now - batch.startedMs >= this.#timeoutMs) {
      this.#counts.slow++;
      this.#round.onSlow?.("given up", batch.contexts.at(-1)!);
      this.#fail(errors.timeout());
    } else if (now - batch.askedMs >= retryMs) {
      this.#round.onSlow?.("asked again", batch.contexts.at(-1)!);
      this.#ask(batch);
    }
  }

  /** The first commit of a term may have been what the round waited for. */
  askAgain(): void {
    if (this.#flying !== undefined) this.#ask(this.#flying);
  }

  leaderChanged(): void {
    if (this.#flying === undefined) return;
    this.#counts.failed++;
    this.#fail(errors.leaderChanged());
  }

  stop(): void {
    this.#fail(errors.stopped());
    for (const { reads } of this.#confirmed) for (const done of reads) done(errors.stopped());
    this.#confirmed = [];
    for (const done of this.#forming) done(errors.stopped());
    this.#forming = [];
  }

  #fail(error: EtcdError): void {
    const reads = this.#flying?.reads ?? [];
    this.#flying = undefined;
    for (const done of reads) done(error);
  }
}
