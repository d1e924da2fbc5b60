// What a node hands to its host: what to save, what to apply, what to send.
import type { Id64 } from "../../../base/index.ts";
import type { Entry, HardState, Message, Snapshot } from "../messages.ts";
import type { ReadState } from "../read-only-queue.ts";
import type { Role } from "../state.ts";

/** What need not survive a crash. */
export interface SoftState {
  readonly lead: Id64;
  readonly role: Role;
}

/**
 * One batch of work (Ready of node.go). Arrays are the host's; entries, messages and snapshots in
 * them are shared with raft and not to be changed.
 *
 * In the synchronous form the host saves `snapshot`, then `entries` and `hardState`, durably if
 * `mustSync`; only then sends `messages` (a leader may send while it saves); applies `snapshot` and
 * `committedEntries`; and calls `advance`. With `asyncStorageWrites` all of that is in `messages`
 * as well, addressed to the storage threads, and these fields only tell what is in them.
 */
export interface Ready {
  /** Undefined when it is as before. */
  readonly softState: SoftState | undefined;
  /** To be saved with the entries; undefined when it is as before. */
  readonly hardState: HardState | undefined;
  readonly readStates: readonly ReadState[];
  /** To be appended to the log, replacing what is there from the first of them on. */
  readonly entries: Entry[];
  /** To be saved in place of the whole log. */
  readonly snapshot: Snapshot | undefined;
  readonly committedEntries: Entry[];
  readonly messages: Message[];
  /** Whether entries or hard state must be on disk before messages go out. */
  readonly mustSync: boolean;
}
