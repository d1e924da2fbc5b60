// core/raft: consensus, as go.etcd.io/raft v3.7 does it, one node at a time. A RawNode takes in
// messages, proposals and ticks, and hands out in each Ready what its host must save, apply and
// send. Promises: no two nodes apply different entries at one index, whatever is lost, delayed,
// doubled or restarted, as long as the host saves what it is told before it sends; the same inputs
// give the same outputs; a Go peer cannot tell it from its own kind. What contradicts itself stops
// the node with an InvariantError. It never waits, reads a clock, or looks into what it replicates.
export { type AnyConfChange, asV2, decodeChange } from "./conf-change/change.ts";
export type { Peer } from "./bootstrap.ts";
export type { Config, ReadOnlyOption } from "./host/config.ts";
export type { RaftEvent, RaftObserver } from "./host/events.ts";
export type { Ready, SoftState } from "./host/ready.ts";
export type { DropReason, Refusal } from "./host/refusal.ts";
export type { BasicStatus, ProgressStatus, Status } from "./host/status.ts";
export { encodedSize, noLimit, payloadSize } from "./log/entry-size.ts";
export { MemoryStorage } from "./log/memory-storage.ts";
export { type Storage, type StorageRefusal, storageRefusals } from "./log/storage.ts";
export {
  ConfChangeType,
  type ConfState,
  decodeConfChange,
  type Entry,
  EntryType,
  type HardState,
  isConfChange,
  isLocalTarget,
  localAppendThread,
  localApplyThread,
  type Message,
  MessageType,
  newEntry,
  newMessage,
  type Snapshot,
  snapshotConfState,
  snapshotIndex,
  snapshotTerm,
} from "./messages.ts";
export { RawNode } from "./raw-node.ts";
export type { ReadState } from "./read-only-queue.ts";
export type { Role } from "./state.ts";
export type { Configuration } from "./tracker/configuration.ts";
export type { ProgressState } from "./tracker/progress.ts";
