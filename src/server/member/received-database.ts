// The index of a database that came with a snapshot, made in steps while the member goes on with what it
// has: at once it would stand still for a second per million keys, and miss its heartbeats.
import { type Backend, IndexRestore } from "../../core/mvcc/index.ts";
import type { Clock } from "../../io/host/index.ts";

/** Some milliseconds: two microseconds or so each. */
const stepRecords = 2048;

/** A received database that is only read; nothing of it is in force. */
export interface ReceivedReader {
  readonly backend: Backend;
  close(): void;
}

export class ReceivedDatabase {
  readonly #clock: Clock;
  readonly #open: ((index: number) => ReceivedReader) | undefined;
  #ready: { readonly index: number; readonly restore: IndexRestore } | undefined;

  /** Without `open` nothing is prepared: the index is made when the database is put in place. */
  constructor(clock: Clock, open: ((index: number) => ReceivedReader) | undefined) {
    this.#clock = clock;
    this.#open = open;
  }

  /** Reads the database received for the snapshot at `index`, then calls `done`. */
  prepare(index: number, done: () => void): void {
    this.#ready = undefined;
    if (this.#open === undefined) return done();
    let reader: ReceivedReader | undefined;
    let restore: IndexRestore;
    try {
      reader = this.#open(index);
      restore = new IndexRestore(reader.backend);
    } catch {
      // What is wrong with it is said when it is put in place.
      reader?.close();
      return done();
    }
    this.#step(reader, { index, restore }, done);
  }

  /** What was prepared for `index`, once. */
  take(index: number): IndexRestore | undefined {
    const ready = this.#ready;
    this.#ready = undefined;
    return ready?.index === index ? ready.restore : undefined;
  }

  #step(
    reader: ReceivedReader,
    ready: { readonly index: number; readonly restore: IndexRestore },
    done: () => void,
  ): void {
    let isWhole = true;
    try {
      isWhole = ready.restore.step(stepRecords);
      if (isWhole) this.#ready = ready;
    } catch {
      // As above.
    }
    if (!isWhole) return this.#clock.later(() => this.#step(reader, ready, done));
    reader.close();
    done();
  }
}
