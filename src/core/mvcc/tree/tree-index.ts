// All keys in order with all revisions that are kept: etcd's treeIndex (storage/mvcc/index.go).
import { assert, compareBytes } from "../../../base/index.ts";
import { Arena, type Ref } from "./arena.ts";
import { BTree } from "./b-tree.ts";
import { BulkLoad } from "./bulk-load.ts";
import { GarbageQueue } from "./garbage-queue.ts";
import { assertSub, KeyIndex } from "./key-index.ts";
import { KeyState } from "./key-state.ts";
import { countAt, countLive } from "./live-count.ts";
import { TreeCursor } from "./tree-cursor.ts";
import { TreePath } from "./tree-path.ts";

/** The place of one change: its revision, and whether its record names a lease. */
export interface Change {
  readonly main: number;
  readonly sub: number;
  readonly leased: boolean;
}

export class TreeIndex {
  readonly keys = new KeyIndex(new Arena());
  readonly tree = new BTree(this.keys);
  /** Revisions another one replaced: removable once the compacted revision reaches `main`. */
  readonly superseded = new GarbageQueue();
  /** Tombstones: removable once the compacted revision is above `main`. */
  readonly tombstones = new GarbageQueue();
  readonly #path = new TreePath();
  readonly #scratch = new KeyState();
  #size = 0;
  #live = 0;

  /** Keys in the index, deleted ones that are not yet compacted among them. */
  get size(): number {
    return this.#size;
  }

  /** Keys that exist now. */
  get liveCount(): number {
    return this.#live;
  }

  /** Bytes the entries and older revisions take. */
  get memoryBytes(): number {
    return this.keys.arena.usedBytes;
  }

  /** A put: fills `before` with the key's state until now and `after` with the new one. */
  put(key: Uint8Array, change: Change, before: KeyState, after: KeyState): void {
    assertSub(change.sub);
    const found = this.tree.find(key, this.#path);
    after.main = change.main;
    after.sub = change.sub;
    after.leased = change.leased;
    after.live = true;
    if (!found) {
      before.clear();
      after.createRevision = change.main;
      after.version = 1;
      this.#insert(key, after);
      return;
    }
    const entry = this.tree.entryAt(this.#path);
    this.#supersede(entry, change.main, before);
    after.entry = entry;
    after.createRevision = before.live ? before.createRevision : change.main;
    after.version = before.live ? before.version + 1 : 1;
    this.keys.set(entry, after);
    if (before.live) {
      this.tree.touch(this.#path, change.main);
    } else {
      this.#live++;
      this.tree.turn(this.#path, true);
      this.tree.touch(this.#path, change.main);
    }
  }

  /** Deletes a live key: fills `before` with its state until now. */
  tombstone(key: Uint8Array, main: number, sub: number, before: KeyState): void {
    assertSub(sub);
    const found = this.tree.find(key, this.#path);
    assert(found, "a deleted key was in the index");
    this.#delete(this.#path, main, sub, before);
  }

  /** As `tombstone`, of the key a cursor stands on; the cursor may go on. */
  tombstoneAt(cursor: TreeCursor, main: number, sub: number, before: KeyState): void {
    assertSub(sub);
    this.#delete(cursor.place, main, sub, before);
  }

  /** The key at the end of main revision `at`, which must not lie below the compacted one. */
  get(key: Uint8Array, at: number, into: KeyState): boolean {
    if (!this.tree.find(key, this.#path)) {
      into.clear();
      return false;
    }
    return this.keys.getAt(this.tree.entryAt(this.#path), at, into);
  }

  /** The key's entry; 0 when the index does not know it. */
  entryOf(key: Uint8Array): Ref {
    return this.tree.find(key, this.#path) ? this.tree.entryAt(this.#path) : 0;
  }

  /** Keys of [key, end) that existed at `at`; `end` undefined is the end of all keys. */
  count(key: Uint8Array, end: Uint8Array | undefined, at: number, current: number): number {
    if (end !== undefined && compareBytes(key, end) >= 0) return 0;
    if (at >= current) return countLive(this.tree, key, end, this.#live);
    return countAt(this.tree, key, end, at);
  }

  cursor(): TreeCursor {
    return new TreeCursor(this.tree);
  }

  /**
   * A put found in the backend, in revision order. Create revision and version are its record's:
   * what they could be counted from may be compacted away (kvstore.go restoreIntoIndex). etcd counts
   * where it can, which comes to the same, as it deletes in revision order and we do not.
   */
  restorePut(key: Uint8Array, change: Change, createRevision: number, version: number): void {
    const state = restoredAfter;
    if (this.tree.find(key, this.#path)) {
      this.put(key, change, restoredBefore, state);
      state.createRevision = createRevision;
      state.version = version;
      this.keys.set(state.entry, state);
      return;
    }
    state.main = change.main;
    state.sub = change.sub;
    state.leased = change.leased;
    state.live = true;
    state.createRevision = createRevision;
    state.version = version;
    this.#insert(key, state);
  }

  /** Fills an empty index from an image of one (`IndexImageWriter`). */
  restoreImage(blocks: readonly Uint8Array[]): void {
    const { arena } = this.keys;
    arena.adopt(blocks);
    const load = new BulkLoad(this.tree, arena);
    load.run(blocks.length);
    load.fillQueues(this.superseded, this.tombstones);
    this.#size = load.size;
    this.#live = load.live;
  }

  /** A tombstone found in the backend. */
  restoreTombstone(key: Uint8Array, main: number, sub: number): void {
    const state = this.#scratch;
    if (this.tree.find(key, this.#path)) {
      const entry = this.tree.entryAt(this.#path);
      // A second tombstone in a row means nothing; compaction takes its record away.
      if (this.keys.isDead(entry)) {
        this.tombstones.push(main, sub, entry);
        return;
      }
      this.#supersede(entry, main, state);
      this.#bury(entry, main, sub, state, this.#path);
      return;
    }
    state.main = main;
    state.sub = sub;
    state.leased = false;
    state.live = false;
    state.createRevision = 0;
    state.version = 1;
    this.tombstones.push(main, sub, this.#insert(key, state));
  }

  /** Forgets a key whose newest revision is the tombstone (main, sub); does nothing otherwise. */
  forget(entry: Ref, main: number, sub: number): void {
    const { keys } = this;
    if (!keys.isDead(entry) || keys.main(entry) !== main || keys.sub(entry) !== sub) return;
    const found = this.tree.find(keys.key(entry), this.#path);
    assert(found && this.tree.entryAt(this.#path) === entry, "a tombstone's key is in the index");
    this.tree.remove(this.#path);
    keys.release(entry);
    this.#size--;
  }

  #insert(key: Uint8Array, state: KeyState): Ref {
    const entry = this.keys.create(key);
    state.entry = entry;
    this.keys.set(entry, state);
    this.tree.insert(key, entry, this.#path, state);
    this.#size++;
    if (state.live) this.#live++;
    return entry;
  }

  #supersede(entry: Ref, main: number, before: KeyState): void {
    const node = this.keys.pushDown(entry, before);
    before.entry = entry;
    this.superseded.push(main, 0, node);
  }

  #delete(path: TreePath, main: number, sub: number, before: KeyState): void {
    const entry = this.tree.entryAt(path);
    this.#supersede(entry, main, before);
    assert(before.live, "a deleted key was alive");
    this.#bury(entry, main, sub, before, path);
  }

  /** Writes a tombstone over the entry at `path`, whose state until now is `before`. */
  #bury(entry: Ref, main: number, sub: number, before: KeyState, path: TreePath): void {
    const after = restoredAfter;
    after.main = main;
    after.sub = sub;
    after.createRevision = before.createRevision;
    after.version = before.version + 1;
    after.live = false;
    after.leased = false;
    this.keys.set(entry, after);
    this.#live--;
    this.tree.turn(path, false);
    this.tree.touch(path, main);
    this.tombstones.push(main, sub, entry);
  }
}

const restoredBefore = new KeyState();
const restoredAfter = new KeyState();
