// Work for the host's disk in the form of messages, which carry the answers to be delivered when it
// is done. In the synchronous form the same answers are kept here and come with `advance`.
import {
  type Entry,
  localAppendThread,
  localApplyThread,
  type Message,
  MessageType,
  newMessage,
} from "../messages.ts";
import type { RaftState } from "../state.ts";
import type { Ready } from "./ready.ts";

type Work = Pick<Ready, "entries" | "hardState" | "snapshot">;

/**
 * What the append thread has to make durable before it delivers the responses, or undefined when
 * there is neither work nor anything that waits for work under way. Without responses it need not
 * be durable.
 */
export function storageAppend(raft: RaftState, work: Work): Message | undefined {
  const { entries, hardState, snapshot } = work;
  const responses = raft.messagesAfterAppend;
  const isNeeded =
    entries.length > 0 || hardState !== undefined || snapshot !== undefined || responses.length > 0;
  if (!isNeeded) return undefined;
  const message = newMessage(MessageType.MsgStorageAppend, localAppendThread);
  message.from = raft.id;
  message.entries = entries;
  if (hardState !== undefined) {
    message.term = hardState.term;
    message.vote = hardState.vote;
    message.commit = hardState.commit;
  }
  message.snapshot = snapshot;
  const stable = storageAppendResponse(raft, work);
  message.responses = stable === undefined ? [...responses] : [...responses, stable];
  return message;
}

/**
 * Tells this node that its log is on disk up to now, in this term.
 *
 * It names the end of the log whenever anything is unstable, not only when this work has entries:
 * an answer of an earlier term is ignored, for in a later one entries may have been replaced twice
 * and look the same while older writes are still under way (rawnode.go tells the A-B-A story). The
 * work that saves a new term then vouches again for what was written before it.
 */
export function storageAppendResponse(raft: RaftState, work: Work): Message | undefined {
  const hasUnstable = !raft.log.unstable.isEmpty;
  if (!hasUnstable && work.snapshot === undefined) return undefined;
  const message = newMessage(MessageType.MsgStorageAppendResp, raft.id);
  message.from = localAppendThread;
  message.term = raft.term;
  if (hasUnstable) {
    message.index = raft.log.lastIndex();
    message.logTerm = raft.log.lastTerm();
  }
  message.snapshot = work.snapshot;
  return message;
}

/** What the apply thread has to apply. It belongs to no term: what is committed stays so. */
export function storageApply(raft: RaftState, entries: Entry[]): Message {
  const message = newMessage(MessageType.MsgStorageApply, localApplyThread);
  message.from = raft.id;
  message.entries = entries;
  message.responses = [storageApplyResponse(raft, entries)];
  return message;
}

/** Tells this node that the entries are applied. */
export function storageApplyResponse(raft: RaftState, entries: Entry[]): Message {
  const message = newMessage(MessageType.MsgStorageApplyResp, raft.id);
  message.from = localApplyThread;
  message.entries = entries;
  return message;
}
