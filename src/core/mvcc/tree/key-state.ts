import type { Ref } from "./arena.ts";

/**
 * What the index knows of one key at one revision. A scratch object: whoever asks brings it and
 * reads it before asking again, so that a range of many keys allocates nothing.
 */
export class KeyState {
  /** The key's entry; stays good while the key is in the index. */
  entry: Ref = 0;
  /** The revision of the newest record at the time asked about; 0 when there is none. */
  main = 0;
  sub = 0;
  createRevision = 0;
  version = 0;
  /** False for a key that does not exist then. */
  live = false;
  /** Whether the newest record names a lease; known of the current state only. */
  leased = false;

  clear(): void {
    this.entry = 0;
    this.main = 0;
    this.sub = 0;
    this.createRevision = 0;
    this.version = 0;
    this.live = false;
    this.leased = false;
  }
}
