// The append messages a follower has not yet acknowledged: a sliding window with a limit on their
// number and on their bytes.
import { assert } from "../../../base/index.ts";

/** A window of messages, each known by the index of its last entry, oldest first. */
export class Inflights {
  readonly #messagesMax: number;
  readonly #bytesMax: number;
  // A ring whose capacity is a power of two. It grows as it is used: the limit may be huge.
  #indexes: number[] = [0];
  #sizes: number[] = [0];
  #start = 0;
  #count = 0;
  #bytes = 0;

  /** `bytesMax` may be Infinity; one message may take the window past it. */
  constructor(messagesMax: number, bytesMax: number) {
    this.#messagesMax = messagesMax;
    this.#bytesMax = bytesMax;
  }

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  isFull(): boolean {
    return this.#count === this.#messagesMax || this.#bytes >= this.#bytesMax;
  }

  /** Adds a message whose last entry is `index` and whose entries carry `bytes` of payload. */
  add(index: number, bytes: number): void {
    assert(!this.isFull(), "a message is sent only while the window has room");
    if (this.#count === this.#indexes.length) this.#grow();
    const at = (this.#start + this.#count) & (this.#indexes.length - 1);
    this.#indexes[at] = index;
    this.#sizes[at] = bytes;
    this.#count++;
    this.#bytes += bytes;
  }

  /** Forgets the messages whose last entry is at or before `index`. */
  freeThrough(index: number): void {
    const mask = this.#indexes.length - 1;
    while (this.#count > 0 && this.#indexes[this.#start]! <= index) {
      this.#bytes -= this.#sizes[this.#start]!;
      this.#start = (this.#start + 1) & mask;
      this.#count--;
    }
  }

  clear(): void {
    this.#start = 0;
    this.#count = 0;
    this.#bytes = 0;
  }

  #grow(): void {
    const capacity = this.#indexes.length;
    const indexes = Array.from<number>({ length: capacity * 2 }).fill(0);
    const sizes = Array.from<number>({ length: capacity * 2 }).fill(0);
    for (let at = 0; at < this.#count; at++) {
      const from = (this.#start + at) & (capacity - 1);
      indexes[at] = this.#indexes[from]!;
      sizes[at] = this.#sizes[from]!;
    }
    this.#indexes = indexes;
    this.#sizes = sizes;
    this.#start = 0;
  }
}
