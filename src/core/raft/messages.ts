// What raft nodes say to each other, as raftpb has it, and what of it raft itself must tell apart.
import { emptyBytes, type Id64, zeroId } from "../../base/index.ts";
import {
  type ConfState,
  type Entry as WireEntry,
  EntryType,
  type Message as WireMessage,
  MessageType,
  type Snapshot,
} from "../proto/index.ts";

export {
  type ConfChange,
  type ConfChangeSingle,
  ConfChangeTransition,
  ConfChangeType,
  type ConfChangeV2,
  type ConfState,
  decodeConfChange,
  decodeConfChangeV2,
  encodeConfChange,
  encodeConfChangeV2,
  EntryType,
  type HardState,
  MalformedError,
  MessageType,
  sizeEntry,
  type Snapshot,
} from "../proto/index.ts";

/**
 * An entry of the log. One that was proposed here is the same object until it comes back committed,
 * and carries the proposer's `tag`, which raft never looks at and which is never on the wire.
 */
export interface Entry extends WireEntry {
  tag?: unknown;
}

export interface Message extends WireMessage {
  entries: Entry[];
  responses: Message[];
}

/** Addresses of the host's storage threads, for nodes with `asyncStorageWrites`. */
export const localAppendThread: Id64 = 0xffff_ffff_ffff_ffffn;
export const localApplyThread: Id64 = 0xffff_ffff_ffff_fffen;

export const isLocalTarget = (id: Id64): boolean =>
  id === localAppendThread || id === localApplyThread;

/** Types a node sends only to itself; from anyone else they are refused. */
const localTypes = flagsOf([
  MessageType.MsgHup,
  MessageType.MsgBeat,
  MessageType.MsgUnreachable,
  MessageType.MsgSnapStatus,
  MessageType.MsgCheckQuorum,
  MessageType.MsgStorageAppend,
  MessageType.MsgStorageAppendResp,
  MessageType.MsgStorageApply,
  MessageType.MsgStorageApplyResp,
]);

/** Types that answer something; only who is in the configuration may send them. */
const responseTypes = flagsOf([
  MessageType.MsgAppResp,
  MessageType.MsgVoteResp,
  MessageType.MsgHeartbeatResp,
  MessageType.MsgUnreachable,
  MessageType.MsgReadIndexResp,
  MessageType.MsgPreVoteResp,
  MessageType.MsgStorageAppendResp,
  MessageType.MsgStorageApplyResp,
]);

export const isLocalType = (type: number): boolean => localTypes[type] === true;
export const isResponseType = (type: number): boolean => responseTypes[type] === true;

function flagsOf(types: readonly MessageType[]): boolean[] {
  const flags = Array.from(Object.values(MessageType), () => false);
  for (const type of types) flags[type] = true;
  return flags;
}

/** A message with everything else empty. All are of one shape, that of decoded ones. */
export const newMessage = (type: MessageType, to: Id64): Message => ({
  type,
  to,
  from: zeroId,
  term: 0,
  logTerm: 0,
  index: 0,
  entries: [],
  commit: 0,
  vote: zeroId,
  snapshot: undefined,
  reject: false,
  rejectHint: 0,
  context: emptyBytes,
  responses: [],
});

/** An entry to be proposed. Term and index are given when it is appended. */
export const newEntry = (type: EntryType, data: Uint8Array, tag?: unknown): Entry => ({
  term: 0,
  index: 0,
  type,
  data,
  tag,
});

export const isConfChange = (entry: Entry): boolean =>
  entry.type === EntryType.EntryConfChange || entry.type === EntryType.EntryConfChangeV2;

/** Zero for no snapshot at all. */
export const snapshotIndex = (snapshot: Snapshot): number => snapshot.metadata?.index ?? 0;
export const snapshotTerm = (snapshot: Snapshot): number => snapshot.metadata?.term ?? 0;
export const snapshotConfState = (snapshot: Snapshot): ConfState =>
  snapshot.metadata?.confState ?? emptyConfState();

export const emptyConfState = (): ConfState => ({
  voters: [],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
});

export const emptySnapshot = (): Snapshot => ({
  data: emptyBytes,
  metadata: { confState: emptyConfState(), index: 0, term: 0 },
});
