import { assert } from "../../../base/index.ts";
import { IntervalTree } from "./interval-tree.ts";
import { keyText, singleKey } from "./key-text.ts";
import { type Watcher, WatcherGroup } from "./watcher.ts";

/**
 * Watchers found by key. Those on one key stand in a hash map, those on a range in an interval
 * tree; equal ranges share a group. One change costs O(log ranges + matching groups), however many
 * watchers there are.
 */
export class WatcherIndex {
  readonly #single = new Map<string, WatcherGroup>();
  readonly #ranges = new IntervalTree<WatcherGroup>();
  #size = 0;

  /** How many watchers are in it. */
  get size(): number {
    return this.#size;
  }

  add(watcher: Watcher): void {
    assert(watcher.group === undefined, "a watcher stands in one index at a time");
    const { key, end } = watcher;
    let group = watcher.single ? this.#single.get(key) : this.#ranges.get(key, end);
    if (group === undefined) {
      group = new WatcherGroup(this, key, end);
      if (watcher.single) this.#single.set(key, group);
      else this.#ranges.insert(key, end, group);
    }
    group.link(watcher);
    this.#size++;
  }

  remove(watcher: Watcher): void {
    const group = watcher.group;
    assert(group !== undefined && group.index === this, "a watcher leaves the index it stands in");
    group.unlink(watcher);
    this.#size--;
    if (group.size > 0) return;
    if (group.end === singleKey) this.#single.delete(group.key);
    else this.#ranges.delete(group.key, group.end);
  }

  /** Appends to `found` every group whose range holds `key`. */
  match(key: Uint8Array, found: WatcherGroup[]): void {
    if (this.#size === 0) return;
    const text = keyText(key);
    const group = this.#single.get(text);
    if (group !== undefined) found.push(group);
    if (this.#ranges.size > 0) this.#ranges.stab(text, found);
  }

  /** Removes up to `max` watchers and returns them. */
  take(max: number): Watcher[] {
    const taken: Watcher[] = [];
    // One iterator for all: a new one would walk over every entry deleted before.
    for (const group of this.#single.values()) {
      if (taken.length >= max) return taken;
      this.#takeFrom(group, max, taken);
    }
    while (taken.length < max) {
      const group = this.#ranges.any();
      if (group === undefined) break;
      this.#takeFrom(group, max, taken);
    }
    return taken;
  }

  #takeFrom(group: WatcherGroup, max: number, taken: Watcher[]): void {
    let watcher = group.head;
    while (watcher !== undefined && taken.length < max) {
      const next: Watcher | undefined = watcher.next;
      this.remove(watcher);
      taken.push(watcher);
      watcher = next;
    }
  }
}
