// What the records carry: etcdserverpb.Metadata, raftpb.Entry, raftpb.HardState, walpb.Snapshot.
// Fields are present or absent exactly as etcd 3.7 writes them (docs/internals/wal.md).
import type { Id64 } from "../../base/index.ts";
import { WireCursor, writeVarint, writeVarint64 } from "./varint.ts";
import { walErrors } from "./wal-error.ts";

/** An entry of the raft log. `type` is raftpb's EntryType; 0 is a normal entry. */
export interface WalEntry {
  readonly type: number;
  readonly term: number;
  readonly index: number;
  readonly data: Uint8Array;
}

/** raftpb.HardState: what a node must remember of votes and commits. */
export interface WalHardState {
  readonly term: number;
  readonly vote: Id64;
  readonly commit: number;
}

/** raftpb.ConfState: who takes part as of a snapshot. */
export interface WalConfState {
  readonly voters: readonly Id64[];
  readonly learners: readonly Id64[];
  readonly votersOutgoing: readonly Id64[];
  readonly learnersNext: readonly Id64[];
  readonly autoLeave: boolean;
}

/** walpb.Snapshot: that a snapshot of this index and term exists. Without a conf state only at 0. */
export interface WalSnapshot {
  readonly index: number;
  readonly term: number;
  readonly confState: WalConfState | undefined;
}

/** etcdserverpb.Metadata, equal at the head of every segment. */
export interface WalMetadata {
  readonly nodeId: Id64;
  readonly clusterId: Id64;
}

export const emptyHardState: WalHardState = { term: 0, vote: 0n, commit: 0 };

export const isEmptyHardState = (state: WalHardState): boolean =>
  state.term === 0 && state.vote === 0n && state.commit === 0;

const varintMax = 10;

export function encodeMetadata(metadata: WalMetadata): Uint8Array {
  const bytes = new Uint8Array(2 * (1 + varintMax));
  bytes[0] = 0x08;
  let at = writeVarint64(bytes, 1, metadata.nodeId);
  bytes[at++] = 0x10;
  at = writeVarint64(bytes, at, metadata.clusterId);
  return bytes.slice(0, at);
}

export function decodeMetadata(bytes: Uint8Array): WalMetadata {
  const cursor = cursorOver(bytes, 0, bytes.length);
  let nodeId = 0n;
  let clusterId = 0n;
  while (cursor.more) {
    const tag = cursor.tag();
    if (tag === 0x08) nodeId = cursor.id64();
    else if (tag === 0x10) clusterId = cursor.id64();
    else cursor.skip(tag);
  }
  if (cursor.broken) throw walErrors.malformed("metadata");
  return { nodeId, clusterId };
}

export const hardStateBytesMax = 3 * (1 + varintMax);

/** Writes the three fields at `at`, zeros too; returns the place after them. */
export function writeHardState(target: Uint8Array, at: number, state: WalHardState): number {
  target[at] = 0x08;
  let place = writeVarint(target, at + 1, state.term);
  target[place++] = 0x10;
  place = writeVarint64(target, place, state.vote);
  target[place++] = 0x18;
  return writeVarint(target, place, state.commit);
}

export function decodeHardState(bytes: Uint8Array, start = 0, end = bytes.length): WalHardState {
  const cursor = cursorOver(bytes, start, end);
  let term = 0;
  let vote = 0n;
  let commit = 0;
  while (cursor.more) {
    const tag = cursor.tag();
    if (tag === 0x08) term = cursor.counter();
    else if (tag === 0x10) vote = cursor.id64();
    else if (tag === 0x18) commit = cursor.counter();
    else cursor.skip(tag);
  }
  if (cursor.broken) throw walErrors.malformed("hard state");
  return { term, vote, commit };
}

/** The entry of bytes[start, end); its data is a view into `bytes`. */
export function decodeEntry(bytes: Uint8Array, start = 0, end = bytes.length): WalEntry {
  const cursor = cursorOver(bytes, start, end);
  let type = 0;
  let term = 0;
  let index = 0;
  let dataStart = end;
  let dataEnd = end;
  while (cursor.more) {
    const tag = cursor.tag();
    if (tag === 0x08) type = cursor.uint32();
    else if (tag === 0x10) term = cursor.counter();
    else if (tag === 0x18) index = cursor.counter();
    else if (tag === 0x22) {
      dataStart = cursor.skipBytes();
      dataEnd = cursor.at;
    } else cursor.skip(tag);
  }
  if (cursor.broken) throw walErrors.malformed("entry");
  return { type, term, index, data: bytes.subarray(dataStart, dataEnd) };
}

export function encodeConfState(state: WalConfState): Uint8Array {
  const lists = [state.voters, state.learners, state.votersOutgoing, state.learnersNext];
  const count = lists.reduce((sum, list) => sum + list.length, 0);
  const bytes = new Uint8Array(count * (1 + varintMax) + 2);
  let at = 0;
  for (const [place, list] of lists.entries()) {
    for (const id of list) {
      bytes[at++] = (place + 1) << 3;
      at = writeVarint64(bytes, at, id);
    }
  }
  bytes[at++] = 0x28;
  bytes[at++] = state.autoLeave ? 1 : 0;
  return bytes.slice(0, at);
}

/** Repeated numbers may come packed too, as protobuf demands of every reader. */
export function decodeConfState(bytes: Uint8Array, start = 0, end = bytes.length): WalConfState {
  const cursor = new WireCursor();
  cursor.reset(bytes, start, end);
  const lists: Id64[][] = [[], [], [], []];
  let autoLeave = false;
  while (cursor.more) {
    const tag = cursor.tag();
    const list = lists[(tag >>> 3) - 1];
    if (list !== undefined && (tag & 7) === 0) list.push(cursor.id64());
    else if (list !== undefined && (tag & 7) === 2) readPacked(cursor, list);
    else if (tag === 0x28) autoLeave = cursor.counter() !== 0;
    else cursor.skip(tag);
  }
  if (cursor.broken) throw walErrors.malformed("conf state");
  const [voters, learners, votersOutgoing, learnersNext] = lists as [
    Id64[],
    Id64[],
    Id64[],
    Id64[],
  ];
  return { voters, learners, votersOutgoing, learnersNext, autoLeave };
}

function readPacked(cursor: WireCursor, list: Id64[]): void {
  const start = cursor.skipBytes();
  const packed = new WireCursor();
  packed.reset(cursor.bytes, start, cursor.broken ? start : cursor.at);
  while (packed.more) list.push(packed.id64());
  if (packed.broken) cursor.broken = true;
}

export function encodeSnapshot(snapshot: WalSnapshot): Uint8Array {
  const confState = snapshot.confState && encodeConfState(snapshot.confState);
  const bytes = new Uint8Array(3 * (1 + varintMax) + (confState?.length ?? 0));
  bytes[0] = 0x08;
  let at = writeVarint(bytes, 1, snapshot.index);
  bytes[at++] = 0x10;
  at = writeVarint(bytes, at, snapshot.term);
  if (confState !== undefined) {
    bytes[at++] = 0x1a;
    at = writeVarint(bytes, at, confState.length);
    bytes.set(confState, at);
    at += confState.length;
  }
  return bytes.slice(0, at);
}

export function decodeSnapshot(bytes: Uint8Array, start = 0, end = bytes.length): WalSnapshot {
  const cursor = cursorOver(bytes, start, end);
  let index = 0;
  let term = 0;
  let confState: WalConfState | undefined;
  while (cursor.more) {
    const tag = cursor.tag();
    if (tag === 0x08) index = cursor.counter();
    else if (tag === 0x10) term = cursor.counter();
    else if (tag === 0x1a) {
      const from = cursor.skipBytes();
      if (!cursor.broken) confState = decodeConfState(bytes, from, cursor.at);
    } else cursor.skip(tag);
  }
  if (cursor.broken) throw walErrors.malformed("snapshot");
  return { index, term, confState };
}

const shared = new WireCursor();

function cursorOver(bytes: Uint8Array, start: number, end: number): WireCursor {
  shared.reset(bytes, start, end);
  return shared;
}
