// io/rafthttp: what members say to each other, as etcd's package of this name does it on the wire:
// streams for the small and frequent, POST for what finds no stream, databases piece by piece. It
// promises that messages of one stream arrive in order, once or not at all, that raft is told when
// some may be lost, and that no queue, body or buffer grows without limit. It decides nothing about
// raft, owns no socket, and never waits longer than its limits say.
export { PeerCounters, TransportCounters } from "./counters.ts";
export { type AskPeer, type PeerAnswer, peerAsker, type PeerQuestion } from "./peer-asker.ts";
export {
  defaultTransportLimits,
  type RaftPort,
  type Settled,
  type SnapshotStore,
  type TransportLimits,
  type TransportObserver,
  type TransportOptions,
} from "./ports.ts";
export type { OutgoingSnapshot, SnapshotSource } from "./snapshot/snapshot-sender.ts";
export { Transport } from "./transport.ts";
export { peerUrls } from "./url-picker.ts";
