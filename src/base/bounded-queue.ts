import { assert } from "./assert.ts";

/** A first-in, first-out queue with a limit: `offer` says no instead of growing. */
export class BoundedQueue<Item> {
  readonly limit: number;
  #items: (Item | undefined)[] = [];
  #head = 0;

  constructor(limit: number) {
    assert(limit > 0, "a queue holds at least one item");
    this.limit = limit;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** Takes the item, or returns false when the queue is full. */
  offer(item: Item): boolean {
    if (this.size >= this.limit) return false;
    this.#items.push(item);
    return true;
  }

  peek(): Item | undefined {
    return this.#items[this.#head];
  }

  take(): Item | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    // Moving the rest down only when half is gone keeps take() O(1) on average.
    if (this.#head > 32 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Takes everything at once. */
  drain(): Item[] {
    const all = this.#items.slice(this.#head) as Item[];
    this.#items = [];
    this.#head = 0;
    return all;
  }
}
