// What a message must be to come from any raft node at all. A peer may be broken or hostile: what no
// working node could have sent is refused at the door, before it can contradict what we know.
import { type Message, MessageType, snapshotIndex, snapshotTerm } from "./messages.ts";

/** Nobody has counted up to here; and from here on there is room to count. */
const counterMax = 2 ** 52;

/** Whether the message makes sense by itself; O(1), but for the entries of an append. */
export function isSound(message: Message): boolean {
  const { term, logTerm, index, commit, rejectHint } = message;
  const greatest = Math.max(term, logTerm, index, commit, rejectHint);
  if (greatest > counterMax) return false;
  switch (message.type) {
    case MessageType.MsgApp:
      return areSoundEntries(message);
    case MessageType.MsgSnap:
      return isSoundSnapshot(message);
    default:
      return true;
  }
}

/** Indexes go on from the entry before without a gap, terms never decrease along a log. */
function areSoundEntries({ entries, index, logTerm, term }: Message): boolean {
  let previousTerm = logTerm;
  for (let at = 0; at < entries.length; at++) {
    const entry = entries[at]!;
    if (entry.index !== index + at + 1 || entry.term < previousTerm) return false;
    previousTerm = entry.term;
  }
  return previousTerm <= term;
}

function isSoundSnapshot({ snapshot, term }: Message): boolean {
  if (snapshot === undefined) return true;
  return snapshotIndex(snapshot) <= counterMax && snapshotTerm(snapshot) <= term;
}
