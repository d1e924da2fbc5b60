// Consecutive entries in memory, appended at one end and released at the other.
import { assert } from "../../../base/index.ts";
import { type Entry, sizeEntry } from "../messages.ts";
import { noLimit } from "./entry-size.ts";

const shrinkFloor = 256;

/** Entries with the indexes [first, next). Every operation is O(1) an entry, releasing included. */
export class EntryRun {
  #items: (Entry | undefined)[] = [];
  /** Slots before the head are released; they go when they are more than half. */
  #head = 0;
  #first: number;
  #next: number;

  constructor(first: number) {
    this.#first = first;
    this.#next = first;
  }

  get first(): number {
    return this.#first;
  }

  /** The index that an appended entry must have. */
  get next(): number {
    return this.#next;
  }

  get isEmpty(): boolean {
    return this.#first === this.#next;
  }

  termAt(index: number): number {
    return this.#items[this.#head + index - this.#first]!.term;
  }

  /** Takes entries[from, length), which must follow without a gap. */
  append(entries: readonly Entry[], from = 0): void {
    for (let at = from; at < entries.length; at++) {
      const entry = entries[at]!;
      assert(entry.index === this.#next, "entries follow each other without a gap");
      this.#items.push(entry);
      this.#next++;
    }
  }

  /** Forgets the entries from `index` on. */
  truncate(index: number): void {
    assert(index >= this.#first && index <= this.#next, "a run is cut inside itself");
    this.#next = index;
    const length = this.#head + index - this.#first;
    // Setting the length of an array costs something even when it stays.
    if (length < this.#items.length) this.#items.length = length;
  }

  /** Releases the entries before `index`. */
  release(index: number): void {
    assert(index >= this.#first && index <= this.#next, "a run is released inside itself");
    const head = this.#head + index - this.#first;
    this.#first = index;
    for (let at = this.#head; at < head; at++) this.#items[at] = undefined;
    this.#head = head;
    if (head > shrinkFloor && head * 2 > this.#items.length) {
      this.#items = this.#items.slice(head);
      this.#head = 0;
    }
  }

  /** Starts over, empty, at `index`. */
  reset(index: number): void {
    this.#items = [];
    this.#head = 0;
    this.#first = index;
    this.#next = index;
  }

  /**
   * The entries [low, high), or as many of them as have at most `sizeMax` encoded bytes together,
   * but at least one. The array is the caller's.
   */
  slice(low: number, high: number, sizeMax: number): Entry[] {
    assert(low >= this.#first && high <= this.#next && low <= high, "a slice lies inside its run");
    const start = this.#head + low - this.#first;
    const end = start + high - low;
    if (end - start === 1) return [this.#items[start]!];
    return this.#items.slice(start, this.#endWithin(start, end, sizeMax)) as Entry[];
  }

  #endWithin(start: number, end: number, sizeMax: number): number {
    if (sizeMax === noLimit || end - start < 2) return end;
    let size = sizeEntry(this.#items[start]!);
    for (let at = start + 1; at < end; at++) {
      size += sizeEntry(this.#items[at]!);
      if (size > sizeMax) return at;
    }
    return end;
  }
}
