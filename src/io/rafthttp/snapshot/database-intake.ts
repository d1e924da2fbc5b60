// Writes a database to disk as it comes: a bounded amount waits in memory while the disk works,
// and the sender is held back meanwhile.
import type { DatabaseReceiver } from "../../snap/index.ts";

/** What waits for the disk before the sender is told to wait; one write takes as much. */
const waitingBytesMax = 1024 * 1024;

export interface IntakeEvents {
  /** Too much waits: bring no more until `onRoom`. */
  onFull(): void;
  onRoom(): void;
  /** Nothing follows. */
  onFailed(error: Error): void;
}

export class DatabaseIntake {
  readonly #receiver: DatabaseReceiver;
  readonly #events: IntakeEvents;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Where pieces are put together; free while nothing is written. */
  #joined = new Uint8Array(0);
  #isWriting = false;
  #isFull = false;
  #isOver = false;
  #whenDrained: (() => void) | undefined;
  #bytes = 0;

  constructor(receiver: DatabaseReceiver, events: IntakeEvents) {
    this.#receiver = receiver;
    this.#events = events;
  }

  /** Bytes taken in so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The bytes are the intake's. */
  add(bytes: Uint8Array): void {
    if (this.#isOver || bytes.length === 0) return;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#bytes += bytes.length;
    if (!this.#isWriting) this.#write();
    else if (this.#waitingBytes >= waitingBytesMax && !this.#isFull) {
      this.#isFull = true;
      this.#events.onFull();
    }
  }

  /** Nothing more comes: `done` is called when the database has its name and is durable. */
  finish(done: (error: Error | undefined) => void): void {
    this.#whenDrained = () => {
      this.#isOver = true;
      this.#receiver.finish(done);
    };
    if (!this.#isWriting) this.#whenDrained();
  }

  /** Gives up; the file goes once the disk has let go of it. */
  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting = [];
    if (!this.#isWriting) this.#discard();
  }

  #discard(): void {
    try {
      this.#receiver.abort();
    } catch {
      // Why it failed is told already; the next start removes the file.
    }
  }

  #write(): void {
    const bytes = this.#waiting.length === 1 ? this.#waiting[0]! : this.#join();
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#isWriting = true;
    this.#receiver.write(bytes, (error) => {
      this.#isWriting = false;
      if (this.#isOver) this.#discard();
      else if (error !== undefined) {
        this.abort();
        this.#events.onFailed(error);
      } else this.#written();
    });
  }

  /** Into the same memory each time: V8 answers new megabytes by collecting all it has. */
  #join(): Uint8Array {
    const size = this.#waitingBytes;
    if (this.#joined.length < size) this.#joined = new Uint8Array(Math.max(size, waitingBytesMax));
    let at = 0;
    for (const piece of this.#waiting) {
      this.#joined.set(piece, at);
      at += piece.length;
    }
    return this.#joined.subarray(0, size);
  }

  #written(): void {
    if (this.#waiting.length > 0) this.#write();
    else this.#whenDrained?.();
    if (!this.#isFull) return;
    this.#isFull = false;
    this.#events.onRoom();
  }
}
